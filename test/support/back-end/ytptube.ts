import { unlinkSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { createFetching, folderIn, type ReadPage } from "./fetching.ts";
import { openKeptRows } from "./kept-rows.ts";

/**
 * What YTPTube answered in the middle of 2025 (one list of all entries, an answer after a link was read) and in the middle of 2026 (running
 * entries, pages of ended ones, and an immediate answer unless it is asked to wait).
 */
export type YtptubeVersion = "2025.07" | "2026.07";

/** Its configuration, and where its table is stored, for a run in another process. */
export interface YtptubeBehaviour {
  readonly version?: YtptubeVersion;
  readonly deletesFiles?: boolean;
  /** A condition that matches everything, with its own text for yt-dlp. */
  readonly condition?: string;
  /** It ignores requests to wait for the answer. */
  readonly neverWaits?: boolean;
  /** It may not read the folder of its files, and then reports nothing about itself. */
  readonly isBroken?: boolean;
  readonly basePath?: string;
  readonly password?: string;
  readonly state?: string;
  /** Waits before a link is read, between accepting and answering, and when an ended entry is in neither list. */
  readonly pause?: (at: "asked" | "taken" | "ended") => Promise<void>;
}

const itemSchema = v.object({
  url: v.string(),
  folder: v.string(),
  preset: v.optional(
    v.picklist(["default", "720p"], ({ received }) => `Preset '${JSON.parse(received)}' does not exist.`),
    "default",
  ),
  cli: v.string(),
  extras: v.record(v.string(), v.unknown()),
  auto_start: v.literal(true),
});
const deleteSchema = v.object({
  ids: v.pipe(v.array(v.string()), v.minLength(1)),
  where: v.picklist(["queue", "done"]),
  type: v.optional(v.picklist(["queue", "done"])),
  remove_file: v.optional(v.boolean(), true),
});
type Wanted = v.InferOutput<typeof itemSchema>;

interface Item extends Wanted {
  _id: string;
  id: string;
  title: string;
  status: string | null;
  percent: number | null;
  downloaded_bytes: number | null;
  total_bytes: number | null;
  file_size: number | null;
  filename: string | null;
  msg: string | null;
  error: string | null;
  /** When it will be on air, if that is known. */
  live_in: string | null;
}

/** A strict YTPTube on loopback, written from its sources of those times; it restores what it has stored after a kill. */
export function createFakeYtptube(dir: string, { port, ...behaviour }: YtptubeBehaviour & { port: number }) {
  const { version = "2026.07", basePath = "/", password, condition, pause, state } = behaviour;
  const fetching = createFetching(state);
  const rows = openKeptRows<Item>(state && join(state, "ytptube.db"), version !== "2025.07");
  // The newest of what has ended come first.
  let [queue, done] = [rows.load("queue"), rows.load("done").reverse()];
  const added: Wanted[] = [];
  const notOnAir = new Map<string, string | null>();
  // Since 2026 it only reads the queue at a start; of the ended entries it has in memory those that it added itself or was asked for.
  const known = new Set<string>();
  let running = new Map<string, AbortController>();
  let server: ReturnType<typeof Bun.serve> | undefined;
  let startedAt = 0;
  let timesAsked = 0;

  function putDone(item: Item): void {
    done.unshift(item);
    known.add(item._id);
    rows.put("done", item);
  }

  async function run(item: Item): Promise<void> {
    const stop = new AbortController();
    running.set(item._id, stop);
    const progress = (bytes: number, of: number) => {
      const sizes = { downloaded_bytes: bytes, total_bytes: of, percent: (bytes / of) * 100 };
      Object.assign(item, { status: "downloading", ...sizes });
    };
    const path = folderIn(dir, item.folder) ?? dir;
    // It keeps the parts of removed and failed entries in a folder named after the id of yt-dlp, which two pages may share.
    const goesOn = !item.cli.includes("--no-continue");
    const how = { dir: path, signal: stop.signal, progress, goesOn, leavesFiles: true };
    const end = await fetching.fetch(item, how).then(
      ({ name, size }) => ({ status: "finished", filename: name, file_size: size }),
      (error: Error) => ({ status: "error", error: error.message }),
    );
    if (running.get(item._id) !== stop) return;
    queue = queue.filter((one) => one !== item);
    rows.drop("queue", item);
    if (!stop.signal.aborted) await pause?.("ended");
    if (running.get(item._id) !== stop) return;
    running.delete(item._id);
    putDone(Object.assign(item, stop.signal.aborted ? { status: "cancelled", error: null } : end));
  }

  function put({ id, title, url }: ReadPage, wanted: Wanted): string | undefined {
    for (const one of done.filter((one) => one.url === url)) rows.drop("done", one);
    done = done.filter((one) => one.url !== url);
    if (queue.some((one) => one.url === url)) {
      return `Item id="${id}", title="${title}" is already in download queue.`;
    }
    const sizes = { percent: null, downloaded_bytes: null, total_bytes: null, file_size: null, filename: null };
    const rest = { status: null, msg: null, error: null, live_in: null, ...sizes };
    const item = { ...wanted, _id: crypto.randomUUID(), id, title, url, ...rest };
    if (condition !== undefined) item.cli = condition;
    const startsAt = notOnAir.get(url);
    if (startsAt !== undefined) {
      const error = startsAt === null ? "No start time is set for live stream." : null;
      putDone({ ...item, status: "not_live", msg: "Stream is not available yet.", error, live_in: startsAt });
      return undefined;
    }
    if (version !== "2025.07" && fetching.isArchived(url)) {
      const msg = "URL is already downloaded. Found in archive '/config/archive.log'.";
      putDone({ ...item, cli: "", status: "skip", msg });
      return undefined;
    }
    queue.push(item);
    rows.put("queue", item);
    void run(item);
    return undefined;
  }

  async function take(wanted: Wanted): Promise<{ status: boolean; msg: string | null }> {
    try {
      const pages = await fetching.read(wanted.url);
      // Each video of a list gets its own extras; newer versions keep the names of conditions to ignore.
      const { ignore_conditions } = wanted.extras;
      const names = ignore_conditions === undefined ? {} : { ignore_conditions };
      const kept = version === "2025.07" ? {} : { n_entries: pages.length, ...names };
      const each = pages.length === 1 ? wanted : { ...wanted, extras: { playlist_count: pages.length, ...kept } };
      const words = pages.map((page) => put(page, each)).filter((one) => one !== undefined);
      return { status: words.length === 0, msg: words.join(", ") || null };
    } catch (error) {
      return { status: false, msg: `Unable to extract info.${error instanceof Error ? error.message : error}` };
    }
  }

  async function add(body: unknown, isToWait: boolean): Promise<Response> {
    const parsed = v.safeParse(itemSchema, body);
    if (!parsed.success) return told({ error: parsed.issues[0].message, code: "INVALID" }, 400);
    added.push(parsed.output);
    await pause?.("asked");
    if (version === "2025.07" || (isToWait && !behaviour.neverWaits)) {
      const end = await take(parsed.output);
      await pause?.("taken");
      return told([{ item: parsed.output, ...end }]);
    }
    void take(parsed.output);
    return told({ status: "accepted", message: "Accepted 1 item(s) for processing", count: 1 }, 202);
  }

  function drop(body: unknown): Response {
    const parsed = v.safeParse(deleteSchema, body);
    if (!parsed.success) return told({ error: parsed.issues[0].message, code: "REQUIRED" }, 400);
    const { ids, where, remove_file } = parsed.output;
    const each = Object.fromEntries(ids.map((id) => [id, "ok"]));
    for (const id of ids) {
      if (where === "queue") running.get(id)?.abort();
      const item = done.find(({ _id }) => _id === id);
      if (where === "queue" || item === undefined) continue;
      if (behaviour.deletesFiles && remove_file && item.filename) unlinkSync(join(dir, item.folder, item.filename));
      done = done.filter((one) => one !== item);
      rows.drop("done", item);
    }
    if (version === "2025.07") return told(each);
    return told({ items: where === "queue" ? each : {}, deleted: ids.length });
  }

  async function list(query: URLSearchParams): Promise<Response> {
    if (version === "2025.07") return told({ queue, history: done });
    const [page, most] = [Number(query.get("page") ?? 1), Number(query.get("per_page") ?? 50)];
    if (most > 1_000) return told({ error: "per_page must be between 1 and 1000.", code: "INVALID" }, 400);
    await rows.flush();
    const only = query.get("status");
    const all = (query.get("type") === "done" ? done : queue).filter(({ status }) => only === null || status === only);
    const pages = { page, per_page: most, total: all.length, total_pages: Math.max(1, Math.ceil(all.length / most)) };
    return told({ pagination: pages, items: all.slice((page - 1) * most, page * most) });
  }

  async function answer(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    if (password !== undefined && !isLetIn(request.headers.get("authorization") ?? "", password)) {
      return told({ error: "Unauthorized.", code: "UNAUTHORIZED" }, 401);
    }
    const path = pathname.startsWith(basePath) ? pathname.slice(basePath.length) : "?";
    const asked = `${request.method} ${path}`;
    if (asked === "POST api/history") return add(await request.json(), searchParams.get("sync") === "true");
    if (asked === "DELETE api/history") return drop(await request.json());
    if (asked === "GET api/history") return list(searchParams);
    if (asked === "GET api/history/live" && version === "2026.07") {
      const live = Object.fromEntries(queue.map((item) => [item._id, item]));
      return told({ queue: live, queue_count: queue.length, history_count: done.length });
    }
    if (asked === "GET api/system/configuration" && version === "2026.07")
      return behaviour.isBroken ? told({ error: "Internal Server Error" }, 500) : told(configuration());
    const item = done.find(({ _id }) => asked === `GET api/history/${_id}`);
    if (item === undefined) return told({ error: "item not found.", code: "NOT_FOUND" }, 404);
    known.add(item._id);
    return told(item);
  }

  function configuration() {
    timesAsked += 1;
    const app = { download_path: dir, started: startedAt, app_version: "v2.0.0" };
    return { app, presets: [], dl_fields: [], paused: false, folders: [], history_count: done.length, queue };
  }

  /** A password with Basic; newer versions also have keys. */
  function isLetIn(given: string, secret: string): boolean {
    return given === `Basic ${btoa(`ann:${secret}`)}` || (version === "2026.07" && given === `Bearer ytp_${secret}`);
  }

  function start(): void {
    // In fractional seconds; never the same twice.
    startedAt = Math.max(startedAt + 0.001, Date.now() / 1_000);
    server = Bun.serve({ port, hostname: "127.0.0.1", fetch: answer });
    for (const item of queue) void run(Object.assign(item, { status: null, percent: null }));
  }

  start();
  return {
    url: new URL(`http://127.0.0.1:${port}${basePath}`),
    added,
    /** How often it had to search its folders to report its configuration. */
    timesAsked: () => timesAsked,
    leads: fetching.leads,
    breaks: fetching.breaks,
    archived: fetching.archived,
    /** `startsAt`: the start time in its page; null if there is none. */
    notOnAir: (link: string, startsAt: string | null = "Thu, 31 Dec 2026 20:00:00 GMT") =>
      void notOnAir.set(link, startsAt),
    /** It notices that by itself, and continues it as another entry when the returned function is called: then it has read the page. */
    onAir(link: string): () => void {
      notOnAir.delete(link);
      const item = done.find(({ url, _id, live_in }) => url === link && known.has(_id) && live_in !== null);
      done = done.filter((one) => one !== item);
      return () => void (item && put(item, item));
    },
    /** It retries a failure by itself, and counts that; a YTPTube of late 2026 does so if YTP_RETRY is set. */
    triesAgain(link: string): void {
      const item = done.find(({ url }) => url === link);
      done = done.filter((one) => one !== item);
      const times = Number(item?.extras.retry_attempt ?? 0) + 1;
      if (item) put(item, { ...item, extras: { ...item.extras, retry_attempt: times } });
    },
    links: () => [...queue, ...done].map(({ url }) => url),
    people: (link: string) => take({ ...PEOPLE, url: link }),
    /** An entry of somebody else that has already ended. */
    ended(page: ReadPage): void {
      notOnAir.set(page.url, null);
      put(page, { ...PEOPLE, url: page.url });
    },
    start,
    async kill(): Promise<void> {
      const stopped = running;
      running = new Map();
      if (version !== "2025.07") known.clear();
      for (const stop of stopped.values()) stop.abort();
      await server?.stop(true);
    },
  };
}

const PEOPLE = { folder: "", preset: "default", cli: "", extras: {}, auto_start: true } as const;
const told = (answer: unknown, status = 200) => Response.json(answer, { status });
