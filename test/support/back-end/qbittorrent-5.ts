import { parseMagnet } from "../../../src/domain/magnet.ts";

/** A torrent in the fake. `looks`: how often it was listed, which determines its state. */
interface Held {
  readonly hash: string;
  /** Info hashes of both versions; a torrent with both is identified by the beginning of the second. */
  readonly v1: string;
  readonly v2: string;
  readonly folder: string;
  readonly tags: Set<string>;
  readonly states: readonly string[];
  looks: number;
}

const USER = "admin";
const PASSWORD = "a password of this test";
const SIZE = 1_000_000;
/** States from a magnet to finished files, one per look. Until 5.0 the last one was `pausedUP`. */
const TO_WHOLE = ["metaDL", "checkingResumeData", "stalledDL", "downloading", "moving", "checkingUP", "stoppedUP"];
const ENDLESS = ["metaDL"];
const TO_ERROR = ["metaDL", "downloading", "error"];
const MOST_WRONG = 5;
/** The required and optional parameters of each call. A wrong HTTP method is reported. */
const CALLS: Readonly<Record<string, { method: string; needs: readonly string[]; takes?: readonly string[] }>> = {
  "auth/login": { method: "POST", needs: ["username", "password"] },
  "app/version": { method: "GET", needs: [] },
  "app/processInfo": { method: "GET", needs: [] },
  "app/defaultSavePath": { method: "GET", needs: [] },
  "log/main": { method: "GET", needs: [], takes: ["normal", "info", "warning", "critical", "last_known_id"] },
  "torrents/info": { method: "GET", needs: [], takes: ["tag", "hashes", "category"] },
  // `paused` is what 4.x called `stopped`, and is ignored.
  "torrents/add": {
    method: "POST",
    needs: ["urls"],
    takes: ["savepath", "tags", "category", "autoTMM", "stopped", "paused"],
  },
  "torrents/delete": { method: "POST", needs: ["hashes", "deleteFiles"] },
  "torrents/removeTags": { method: "POST", needs: ["hashes", "tags"] },
  "torrents/deleteTags": { method: "POST", needs: ["tags"] },
};

/**
 * qBittorrent 5.2, as far as the downloader needs it, written from its Web API's changelog (2.11.8 to 2.15.1): answers without
 * content are 204, a wrong password is 401, the cookie is called by the port, what was not added is 409, an address of a torrent
 * file is 202 and comes a look later, `app/processInfo` tells when it was started, tags are joined by a comma and nothing else.
 */
export function startQbittorrent5() {
  let torrents: Held[] = [];
  let pending: Held[] = [];
  let launched = 1_780_000_000;
  let wrong = 0;
  let cookie: string | undefined;
  const calls: string[] = [];

  const text = (body: string, status = 200) => new Response(body, { status });
  const empty = () => new Response(null, { status: 204 });

  function logIn(form: URLSearchParams): Response {
    if (wrong >= MOST_WRONG) return text("Your IP address has been banned", 403);
    if (form.get("username") !== USER || form.get("password") !== PASSWORD) {
      wrong += 1;
      return text("Unauthorized", 401);
    }
    cookie = `QBT_SID_8080=${calls.length}`;
    return new Response(null, {
      status: 204,
      headers: { "set-cookie": `${cookie}; HttpOnly; SameSite=Strict; path=/` },
    });
  }

  function add(form: URLSearchParams): Response {
    const link = form.get("urls") ?? "";
    const url = new URL(link);
    const isMagnet = url.protocol === "magnet:";
    const [, v2 = ""] = /urn:btmh:1220([0-9a-f]{64})/.exec(link) ?? [];
    const [, v1 = ""] = /^magnet:btih:(.+)$/.exec(parseMagnet(url)?.key ?? "") ?? [];
    const named = isMagnet ? v2.slice(0, 40) || v1 : Bun.hash(link).toString(16).padStart(40, "0");
    const hash = named || undefined;
    const isNew = !torrents.some((one) => one.hash === hash || (v1 && one.v1 === v1) || (v2 && one.v2 === v2));
    const counts = { success_count: 0, pending_count: 0, failure_count: 0, added_torrent_ids: [] as string[] };
    if (hash === undefined || (isMagnet && !isNew))
      return Response.json({ ...counts, failure_count: 1 }, { status: 409 });
    const states = link.includes("whole") ? TO_WHOLE : link.includes("full") ? TO_ERROR : ENDLESS;
    const tags = new Set((form.get("tags") ?? "").split(",").filter(Boolean));
    const held = { hash, v1, v2, folder: form.get("savepath") ?? "/downloads", tags, states, looks: 0 };
    (isMagnet ? torrents : pending).push(held);
    return isMagnet
      ? Response.json({ ...counts, success_count: 1, added_torrent_ids: [hash] })
      : Response.json({ ...counts, pending_count: 1 }, { status: 202 });
  }

  function tell(held: Held): Record<string, unknown> {
    const { hash, v1, v2, tags, states } = held;
    const state = states[Math.min(held.looks, states.length - 1)] ?? "unknown";
    held.looks += 1;
    const isWhole = /UP$|moving/.test(state) && state !== "checkingUP";
    const isKnown = !/^(meta|checkingRes)/.test(state);
    return {
      hash,
      infohash_v1: v1,
      infohash_v2: v2,
      name: isKnown ? "Film.bin" : hash,
      tags: [...tags].join(","),
      state,
      progress: isWhole ? 1 : 0.5,
      size: isKnown ? SIZE : -1,
      amount_left: isWhole || !isKnown ? 0 : SIZE / 2,
      // It is kept while the torrent is checked again.
      completion_on: isWhole || state === "checkingUP" ? launched : -1,
    };
  }

  /** The only place in which it says why a torrent has failed. */
  function warningsOf({ states, folder, looks }: Held, id: number): Record<string, unknown>[] {
    if (states !== TO_ERROR || looks < states.length) return [];
    const path = `${folder}/Film.bin`;
    const reason = `Film.bin file_write (${path}) error: No space left on device`;
    const message = `File error alert. Torrent: "Film.bin". File: "${path}". Reason: "${reason}"`;
    return [{ id, message, timestamp: launched, type: 4 }];
  }

  function answer(path: string, form: URLSearchParams): Response {
    const hashes = form.get("hashes")?.split("|");
    const named = (form.get("tags") ?? "").split(",");
    const of = torrents.filter(({ hash }) => hashes?.includes(hash));
    switch (path) {
      case "app/version":
        return text("v5.2.1");
      case "app/processInfo":
        return Response.json({ launch_time: launched });
      case "app/defaultSavePath":
        return text("/downloads");
      case "log/main":
        return Response.json(torrents.flatMap(warningsOf));
      case "torrents/add":
        return add(form);
      case "torrents/info": {
        const tag = form.get("tag");
        const asked = (hashes === undefined ? torrents : of).filter(({ tags }) => tag === null || tags.has(tag));
        const told = Response.json(asked.map(tell));
        torrents.push(...pending.filter((one) => !torrents.some(({ hash }) => hash === one.hash)));
        pending = [];
        return told;
      }
      case "torrents/delete":
        torrents = torrents.filter((one) => !of.includes(one));
        return empty();
      default:
        for (const { tags } of path === "torrents/deleteTags" ? torrents : of)
          for (const tag of named) tags.delete(tag);
        return empty();
    }
  }

  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const { pathname, searchParams } = new URL(request.url);
      const path = pathname.replace(/^\/api\/v2\//, "");
      const call = Object.hasOwn(CALLS, path) ? CALLS[path] : undefined;
      calls.push(path);
      if (path !== "auth/login" && (cookie === undefined || request.headers.get("cookie") !== cookie))
        return text("Forbidden", 403);
      if (call === undefined) return text("Endpoint does not exist", 404);
      if (call.method !== request.method) return text("Method Not Allowed", 405);
      const form = call.method === "GET" ? searchParams : new URLSearchParams(await request.text());
      const known = [...call.needs, ...(call.takes ?? [])];
      if (!call.needs.every((name) => form.has(name)) || ![...form.keys()].every((name) => known.includes(name)))
        throw new Error(`${path} was called with ${[...form.keys()].join(", ")}`);
      return path === "auth/login" ? logIn(form) : answer(path, form);
    },
  });
  return {
    url: new URL(server.url),
    user: USER,
    secret: PASSWORD,
    calls,
    held: () => torrents,
    /** As people do in its page. */
    add: (link: string) => void add(new URLSearchParams({ urls: link })),
    /** After a restart nobody is logged in any more. */
    restarts() {
      launched += 1;
      cookie = undefined;
    },
    stop: () => server.stop(true),
  };
}
