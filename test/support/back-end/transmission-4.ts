/** A torrent in the fake. `looks`: how often it was listed, which determines its state. */
interface Held {
  readonly hash: string;
  folder: string;
  labels: readonly string[];
  readonly steps: readonly Step[];
  looks: number;
  /** It has not begun since the start. */
  isLying: boolean;
}
interface Step {
  readonly status: number;
  readonly isKnown: boolean;
  readonly left: number;
}

const USER = "transmission";
const PASSWORD = "a password of this test";
const SIZE = 1_000_000;
const METADATA: Step = { status: 4, isKnown: false, left: 0 };
/** From a magnet to complete files, one per look: it waits for its turn, is checked, downloads, and seeds. */
const TO_WHOLE: readonly Step[] = [
  METADATA,
  { status: 3, isKnown: true, left: SIZE },
  { status: 2, isKnown: true, left: SIZE },
  { status: 4, isKnown: true, left: SIZE / 2 },
  { status: 4, isKnown: true, left: 0 },
  { status: 6, isKnown: true, left: 0 },
];
/** The arguments that each call may have. */
const CALLS: Readonly<Record<string, readonly string[]>> = {
  "session-get": [],
  "session-stats": [],
  "torrent-add": ["filename", "download-dir", "paused"],
  "torrent-get": ["ids", "fields"],
  "torrent-start": ["ids"],
  "torrent-set": ["ids", "labels"],
  "torrent-set-location": ["ids", "location", "move"],
  "torrent-remove": ["ids", "delete-local-data"],
};

type Arguments = Readonly<Record<string, unknown>>;
const page = (status: number, words: string, headers: Readonly<Record<string, string>> = {}) =>
  new Response(`<h1>${status}: ${words}</h1>`, { status, headers: { "content-type": "text/html", ...headers } });

/**
 * Transmission 4.1, as far as the downloader needs it, written from what 4.1.0-beta.2 answered. It goes by one name, and makes
 * another session's id when the test says so.
 */
export function startTransmission4({ version = "4.1.0-beta.2 (ac5c9e082d)", rpc = 18 } = {}) {
  let torrents: Held[] = [];
  let started = 1_780_000_000;
  let now = started + 100;
  let sessions = 1;
  let late = 0;
  const calls: string[] = [];
  const names = new Set<string>();
  const refused = new Set<string>();

  function add({ filename: link, "download-dir": folder = "/downloads" }: Arguments): [string, object] {
    const url = URL.parse(String(link));
    const [, named = ""] = /urn:btih:([0-9a-f]{40})/i.exec(String(link)) ?? [];
    if (url?.protocol === "magnet:" && named === "") return ["unrecognized info", {}];
    if (url?.pathname === "/none.torrent") return ["Couldn't fetch torrent: Not Found (404)", {}];
    const hash = named.toLowerCase() || Bun.hash(String(link)).toString(16).padStart(40, "0");
    const torrent = { hashString: hash, id: 1, name: hash };
    if (torrents.some((one) => one.hash === hash)) return ["success", { "torrent-duplicate": torrent }];
    const steps = String(link).includes("whole") ? TO_WHOLE : [METADATA];
    torrents.push({ hash, folder: String(folder), labels: [], steps, looks: 0, isLying: false });
    return ["success", { "torrent-added": torrent }];
  }

  function tell(held: Held, fields: readonly string[]): object {
    const { status, isKnown, left } = held.steps[Math.min(held.looks, held.steps.length - 1)] ?? METADATA;
    held.looks += 1;
    const all: Arguments = {
      hashString: held.hash,
      labels: held.labels,
      name: isKnown ? "Film.bin" : held.hash,
      downloadDir: held.folder,
      status: held.isLying ? 0 : status,
      startDate: held.isLying ? 0 : started,
      error: 0,
      errorString: "",
      metadataPercentComplete: isKnown ? 1 : 0,
      sizeWhenDone: isKnown ? SIZE : 0,
      leftUntilDone: left,
      downloadedEver: isKnown ? SIZE - left : 0,
      doneDate: status === 6 ? now : 0,
    };
    return Object.fromEntries(fields.map((field) => [field, all[field]]));
  }

  function answer(method: string, args: Arguments): [string, object] {
    const ids = args.ids as readonly string[] | undefined;
    const of = torrents.filter(({ hash }) => ids?.includes(hash) ?? true);
    switch (method) {
      case "session-get":
        return ["success", { version, "rpc-version": rpc, "download-dir": "/downloads" }];
      case "session-stats":
        return [
          "success",
          { torrentCount: torrents.length, "current-stats": { secondsActive: now - started, sessionCount: 1 } },
        ];
      case "torrent-add":
        return add(args);
      case "torrent-get":
        return ["success", { torrents: of.map((one) => tell(one, args.fields as string[])) }];
      case "torrent-remove":
        torrents = torrents.filter((one) => !of.includes(one));
        return ["success", {}];
      default:
        for (const one of of) {
          if (method === "torrent-start") one.isLying = false;
          else if (method === "torrent-set") one.labels = args.labels as string[];
          else one.folder = String(args.location);
        }
        return ["success", {}];
    }
  }

  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const { pathname, hostname } = new URL(request.url);
      const login = `Basic ${Buffer.from(`${USER}:${PASSWORD}`).toString("base64")}`;
      if (names.size > 0 && !names.has(hostname)) return page(421, "Misdirected Request");
      if (pathname !== "/transmission/rpc") return page(404, "Not Found");
      if (request.headers.get("authorization") !== login) {
        calls.push("401");
        return page(401, "Unauthorized", { "www-authenticate": 'Basic realm="Transmission"' });
      }
      const id = `session ${sessions}`;
      if (request.headers.get("x-transmission-session-id") !== id)
        return page(409, "Conflict", { "x-transmission-session-id": id });
      if (request.method !== "POST") return page(405, "Method Not Allowed");
      const { method, arguments: args } = (await request.json()) as { method: string; arguments: Arguments };
      calls.push(method);
      if (refused.has(method)) return page(401, "Unauthorized");
      const known = CALLS[method];
      if (known === undefined || !Object.keys(args).every((name) => known.includes(name)))
        throw new Error(`${method} was called with ${Object.keys(args).join(", ")}`);
      const [result, told] = answer(method, args);
      const date = new Date((now + late) * 1_000).toUTCString();
      return Response.json({ arguments: told, result }, { headers: { date } });
    },
  });
  return {
    url: new URL(server.url),
    user: USER,
    secret: PASSWORD,
    calls,
    held: () => torrents,
    /** As people do in its page, into a folder and with labels of theirs. */
    add(link: string, { folder = "/downloads", labels = [] }: { folder?: string; labels?: readonly string[] } = {}) {
      add({ filename: link, "download-dir": folder });
      for (const one of torrents.slice(-1)) one.labels = labels;
    },
    /** So many seconds later; each hour it makes another id. */
    passes(seconds: number) {
      if (seconds >= 3_600) sessions += 1;
      now += seconds;
    },
    /** From now on a second passes between what it counts and the date of its answer. */
    isLate() {
      late = 1;
    },
    /** Killed and started again: it has forgotten labels and folders, which it had not saved yet. */
    restarts() {
      sessions += 1;
      now += 10;
      started = now;
      for (const one of torrents) {
        one.labels = [];
        one.folder = "/downloads";
      }
    },
    /** Killed when it had just learned the files, and started again: its torrents stay paused. */
    leavesLying() {
      for (const one of torrents) one.isLying = true;
    },
    /** From now on it accepts only calls to this name. */
    goesBy: (name: string) => void names.add(name),
    /** From now on it refuses this call. */
    refuses: (method: string) => void refused.add(method),
    stop: () => server.stop(true),
  };
}
