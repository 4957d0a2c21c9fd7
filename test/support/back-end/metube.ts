import { unlinkSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { createWatch } from "../watch.ts";
import { createFetching, folderIn, type ReadPage } from "./fetching.ts";
import { KeptMap } from "./kept-map.ts";

/**
 * What MeTube answered at the end of 2024 (no key can be kept, pending entries are not reported, no version), at the end of 2025 (chapters;
 * running entries are reported as they began), in the middle of 2026 (types, strict requests, links that could not be read are in the list)
 * and at its end (entries that wait for their turn are "queued"; a missing folder is an error).
 */
export type MetubeVersion = "2024.12" | "2025.12" | "2026.07" | "2026.11";

/** Its configuration. */
export interface MetubeBehaviour {
  readonly version?: MetubeVersion;
  readonly customDirs?: boolean;
  readonly deletesFiles?: boolean;
  readonly prefix?: string;
  /** Its MAX_CONCURRENT_DOWNLOADS. */
  readonly atOnce?: number;
  readonly password?: string;
  /** Where its lists are stored, for a run in another process; without it, in memory. */
  readonly state?: string;
  /**
   * Waits before a link is read, before each further video of a list, between accepting and answering, and when an ended entry is in
   * neither list.
   */
  readonly pause?: (at: "asked" | "further" | "taken" | "ended") => Promise<void>;
}

interface Item {
  id: string;
  title: string;
  url: string;
  quality: string;
  format: string;
  folder: string;
  custom_name_prefix: string;
  chapter_template?: string;
  status: string;
  percent: number | null;
  size: number | null;
  filename?: string | null;
  msg: string | null;
  error: string | null;
  entry?: unknown;
}

const addSchema = v.object({
  url: v.string(),
  quality: v.string(),
  format: v.string(),
  folder: v.string(),
  custom_name_prefix: v.optional(v.pipe(v.string(), v.regex(/^(?![/\\])/), v.excludes("..")), ""),
  auto_start: v.literal(true),
  download_type: v.picklist(["video", "audio"]),
  codec: v.literal("auto"),
  split_by_chapters: v.literal(false),
  chapter_template: v.pipe(v.string(), v.regex(/^(?!\/).*$/), v.excludes("..")),
  ytdl_options_presets: v.optional(v.array(v.string())),
});
const deleteSchema = v.object({
  ids: v.pipe(v.array(v.string()), v.minLength(1)),
  where: v.picklist(["queue", "done"]),
});
const VIDEO = ["best", "worst", "2160", "1440", "1080", "720", "480", "360", "240"];

/**
 * A strict MeTube on loopback, written from its sources of those times; it restores what it has stored after a kill. An ended entry leaves
 * one list before it is in the other.
 */
export function createFakeMetube(dir: string, { port, ...behaviour }: MetubeBehaviour & { port: number }) {
  const {
    version = "2026.07",
    customDirs = true,
    deletesFiles = false,
    prefix = "/",
    atOnce = Number.POSITIVE_INFINITY,
    password,
    pause,
    state,
  } = behaviour;
  /** Since the middle of 2026. */
  const isStrict = version >= "2026";
  const fetching = createFetching(state);
  const listOf = (name: string) => new KeptMap<Item>(state && join(state, `${name}.json`));
  const [queue, done] = [listOf("queue"), listOf("completed")];
  const added: v.InferOutput<typeof addSchema>[] = [];
  let running = new Map<string, AbortController>();
  let waiting: (() => unknown)[] = [];
  let server: Bun.Server<undefined> | undefined;
  /** Its open pages, and what they have sent. */
  const pages = new Set<Bun.ServerWebSocket<undefined>>();
  const said: string[] = [];
  const watch = createWatch();

  async function run(item: Item, page: ReadPage): Promise<void> {
    const stop = new AbortController();
    if (running.size >= atOnce) {
      waiting.push(() => queue.has(page.url) && void run(item, page));
      return;
    }
    running.set(page.url, stop);
    item.status = "preparing";
    const progress = (bytes: number, of: number) =>
      Object.assign(item, { status: "downloading", percent: (bytes / of) * 100 });
    const path = folderIn(dir, item.folder) ?? dir;
    const title = item.custom_name_prefix ? `${item.custom_name_prefix}.${page.title}` : page.title;
    // Its "worst" is the same as its "best": neither limits the lines.
    const isNone = Number(item.quality) > 0 && fetching.isFiner(page.url);
    const end = isNone
      ? { status: "error", msg: noFormat(page, version) }
      : await fetching.fetch({ ...page, title }, { dir: path, signal: stop.signal, progress, leavesFiles: true }).then(
          ({ name, size }) => ({ status: "finished", filename: name, size }),
          (error: Error) => ({ status: "error", msg: error.message }),
        );
    // After a kill it would start from the beginning.
    if (running.get(page.url) !== stop) return;
    queue.delete(page.url);
    if (!stop.signal.aborted) await pause?.("ended");
    if (running.get(page.url) !== stop) return;
    running.delete(page.url);
    if (!stop.signal.aborted) done.set(page.url, Object.assign(item, end));
    waiting.shift()?.();
  }

  function take(page: ReadPage, request: v.InferOutput<typeof addSchema>): string | undefined {
    if (queue.has(page.url)) return isStrict ? `Already in queue: ${page.title}` : undefined;
    const item = { ...itemOf(page, request), ...(!isStrict && { entry: { formats: [] } }) };
    if (!customDirs || folderIn(dir, item.folder) === undefined) {
      if (version === "2026.11") throw new FolderError(NO_FOLDER);
      // It still says "ok".
      return undefined;
    }
    if (version === "2026.11") item.status = "queued";
    queue.set(page.url, item);
    void run(item, page);
    return undefined;
  }

  function itemOf({ id, title, url }: ReadPage, request: v.InferOutput<typeof addSchema>): Item {
    const { quality, format, folder, custom_name_prefix, chapter_template } = request;
    const began = { status: "pending", percent: null, size: null, msg: null, error: null };
    return {
      id,
      title,
      url,
      quality,
      format,
      folder,
      custom_name_prefix,
      ...began,
      ...(version !== "2024.12" && { chapter_template }),
    };
  }

  async function add(body: unknown): Promise<Response> {
    const parsed = v.safeParse(addSchema, body);
    if (!parsed.success) return bad(`${parsed.issues[0].message} (${v.getDotPath(parsed.issues[0])})`);
    const request = parsed.output;
    const qualities = request.download_type === "audio" ? ["best"] : VIDEO;
    if (isStrict && !qualities.includes(request.quality)) return bad("quality must be one of …");
    if (request.ytdl_options_presets?.some((name) => name !== "Preset A")) return bad("presets must be configured");
    added.push(request);
    await pause?.("asked");
    try {
      const pages = await fetching.read(request.url);
      const life = server;
      const words: string[] = [];
      for (const [nth, page] of pages.entries()) {
        if (nth > 0) await pause?.("further");
        // It was killed meanwhile.
        if (life !== server) break;
        words.push(...[take(page, request)].filter((one) => one !== undefined));
      }
      await pause?.("taken");
      // For a list of videos it does not say so.
      return told(pages.length === 1 && words[0] !== undefined ? { status: "ok", msg: words[0] } : { status: "ok" });
    } catch (error) {
      const msg = error instanceof Error ? error.message : String(error);
      const page = { id: request.url, title: new URL(request.url).hostname, url: request.url };
      const failed = { ...itemOf(page, request), status: "error", msg, error: msg };
      if (isStrict && !(error instanceof FolderError)) done.set(request.url, failed);
      return told({ status: "error", msg });
    }
  }

  function drop(body: unknown): Response {
    const parsed = v.safeParse(deleteSchema, body);
    if (!parsed.success)
      return bad(version === "2026.11" ? "'ids' must be a non-empty list of strings" : "Bad Request");
    for (const id of parsed.output.ids) {
      if (parsed.output.where === "queue") {
        if (running.has(id)) running.get(id)?.abort();
        else queue.delete(id);
      } else {
        const item = done.get(id);
        if (deletesFiles && item?.filename) unlinkSync(join(dir, item.folder, item.filename));
        done.delete(id);
      }
    }
    return told({ status: "ok" });
  }

  /** Until the middle of 2026: what is on the disk, which is written when an entry is added or ends. */
  function history() {
    const asStored = (item: Item) => (isStrict ? item : { ...item, status: "pending", percent: null });
    const all = { done: [...done.values()], queue: [...queue.values()].map(asStored) };
    return version === "2024.12" ? all : { ...all, pending: [] };
  }

  async function answer(request: Request): Promise<Response | undefined> {
    const { pathname } = new URL(request.url);
    const given = request.headers.get("authorization");
    if (password !== undefined && given !== `Basic ${btoa(`ann:${password}`)}`)
      return new Response("", { status: 401 });
    const asked = `${request.method} ${pathname.startsWith(prefix) ? pathname.slice(prefix.length) : "?"}`;
    if (asked === "POST add") return add(await request.json());
    if (asked === "POST delete") return drop(await request.json());
    if (asked === "GET history") return told(history());
    if (asked === "GET socket.io/") return joins(request);
    if (asked === "GET version" && version !== "2024.12") return told({ "yt-dlp": "2026.06.01", version });
    return new Response("404: Not Found", { status: 404 });
  }

  /** Over Engine.IO 4, the protocol of its page. */
  function joins(request: Request): Response | undefined {
    const { searchParams } = new URL(request.url);
    if (searchParams.get("EIO") !== "4" || searchParams.get("transport") !== "websocket") return bad("bad version");
    return server?.upgrade(request) ? undefined : bad("Invalid websocket upgrade");
  }

  const websocket: Bun.WebSocketHandler<undefined> = {
    open(page) {
      page.send('0{"sid":"a","upgrades":[],"pingTimeout":20000,"pingInterval":25000,"maxPayload":1000000}');
      pages.add(page);
      watch.changed();
    },
    message(_, text) {
      said.push(String(text));
      watch.changed();
    },
    close(page) {
      pages.delete(page);
      watch.changed();
    },
  };

  function start(): void {
    server = Bun.serve({ port, hostname: "127.0.0.1", fetch: answer, websocket });
    for (const item of queue.values()) void run(Object.assign(item, { percent: null }), item);
  }

  start();
  const url = new URL(`http://127.0.0.1:${port}${prefix}`);
  return {
    url,
    /** Requests that it accepted. */
    added,
    leads: fetching.leads,
    breaks: fetching.breaks,
    archived: fetching.archived,
    finer: fetching.finer,
    links: () => [...queue.keys(), ...done.keys()],
    /** Resolves when this many pages are open. */
    open: (count: number) =>
      watch.until(() => pages.size === count || undefined, {
        what: `${count} open pages`,
        seen: () => `${pages.size}`,
      }),
    /** Pings each page, and resolves with the first answer. */
    pings: () => {
      const before = said.length;
      for (const page of pages) page.send("2");
      return watch.until(() => said[before], { what: "an answer to a ping", seen: () => said.join(" ") });
    },
    /** As its page does. */
    people: (link: string) =>
      fetch(new URL("add", url), {
        method: "POST",
        headers: password === undefined ? {} : { authorization: `Basic ${btoa(`ann:${password}`)}` },
        body: JSON.stringify({ ...PEOPLE, url: link }),
      }),
    start,
    async kill(): Promise<void> {
      const stopped = running;
      running = new Map();
      waiting = [];
      for (const stop of stopped.values()) stop.abort();
      const life = server;
      server = undefined;
      await life?.stop(true);
    },
  };
}

class FolderError extends Error {}
const NO_FOLDER = "A folder for the download was specified but CUSTOM_DIRS is not true in the configuration.";

/** Since the end of 2026, warnings come before the error. */
function noFormat({ id }: ReadPage, version: MetubeVersion): string {
  const error = `ERROR: [generic] ${id}: No video formats found!`;
  return version === "2026.11" ? `Requested format is not available\n${error}` : error;
}

const PEOPLE = {
  quality: "best",
  format: "any",
  folder: "",
  auto_start: true,
  download_type: "video",
  codec: "auto",
  split_by_chapters: false,
  chapter_template: "%(title)s - %(section_number)02d - %(section_title)s.%(ext)s",
};

// It sends its JSON as plain text.
const told = (answer: unknown) => new Response(JSON.stringify(answer), { headers: { "content-type": "text/plain" } });
const bad = (why: string) => new Response(`400: ${why}`, { status: 400 });
