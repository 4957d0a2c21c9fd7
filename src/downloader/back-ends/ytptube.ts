import * as v from "valibot";
import { fromMaxQuality } from "../../domain/quality.ts";
import type { Handed } from "../hand-overs.ts";
import { inJson, notUnderstood, parseAnswer, requirePath } from "./answers.ts";
import { entriesOf, itemsOf, textWithKey } from "./kept-keys.ts";
import { folderIn, hasEnded, type Remote, type RemoteEntry, type RemoteOptions } from "./remote.ts";
import { authorization, createRequest, type RemoteAnswer } from "./request.ts";
import { allSchema, EXTRA, IGNORED, itemsOfLists, liveSchema, pageSchema, type YtptubeItem } from "./ytptube-items.ts";
import { createYtptubeStart } from "./ytptube-start.ts";

/** It answers after yt-dlp has read the page, and all pages of a list of videos. */
const ADD_DEADLINE_MS = 120_000;
/** It reads on even if nobody waits for its answer any more. */
const SETTLES_MS = 300_000;
/** The most on one page of what has ended. */
const PAGE = 200;

const takenSchema = v.pipe(
  v.array(v.object({ status: v.union([v.boolean(), v.string()]), msg: v.nullish(v.string()) })),
  v.minLength(1),
);
const errorSchema = v.object({ error: v.string() });

/**
 * YTPTube over HTTP. It has no place for our key, but keeps yt-dlp's arguments and extras: the key goes there, so that a link is found by
 * it wherever that has led. The quality is what yt-dlp is to prefer; what the preset says about formats still applies.
 */
export function createYtptube(options: RemoteOptions): Remote {
  const site = { base: options.url, headers: { ...authorization(options), "content-type": "application/json" } };
  const request = createRequest(site);
  const requestAdd = createRequest({ ...site, deadlineMs: ADD_DEADLINE_MS });
  const retries = Number(options.settings.get("retry") ?? 0);
  const listed = (...[queue, done]: Parameters<typeof itemsOfLists>) => itemsOfLists(queue, done, retries);
  const start = createYtptubeStart({ request, isAnother: lookAfterUpcoming });
  /** Keys of what it is reading just now: it is not listed before that is done. */
  const reading = new Set<string>();

  /** What it has; of what ended long ago, only enough to find each of `asked`, if it is there. `of`: an addition to that query. */
  async function items(signal: AbortSignal, asked?: readonly Handed[], of = ""): Promise<YtptubeItem[]> {
    const live = await request("api/history/live?limit=0", { signal });
    // Before 2026, this looks for an entry with that name.
    if (live.status === 404) {
      const { queue, history } = parseHistory(await request("api/history", { signal }), allSchema);
      return listed(queue, history);
    }
    // In this order, so that an entry that ends in between is in both.
    const { queue } = parseHistory(live, liveSchema);
    const done: v.InferOutput<typeof pageSchema>["items"] = [];
    for (let page = 1, pages = 1; page <= pages; page++) {
      const path = `api/history?type=done&page=${page}&per_page=${PAGE}&order=DESC${of}`;
      const { items: more, pagination } = parseHistory(await request(path, { signal }), pageSchema);
      done.push(...more);
      pages = pagination.total_pages;
      const found = asked && entriesOf(asked, listed(queue, done));
      // What is missing from a list of videos may be further back, behind what has ended since.
      const isEnough = (one: RemoteEntry | undefined) => one && (!hasEnded(one) || one.missing === undefined);
      if (asked?.every(({ key, sentAt }) => sentAt === null || isEnough(found?.get(key)))) break;
    }
    return listed(queue, done);
  }

  /** Since 2026 a start reads only the queue: what is not on air yet is not followed before somebody has asked for it. */
  async function lookAfterUpcoming(signal: AbortSignal): Promise<void> {
    // Asked even if there is none: it answers a ping from somebody whom it lets do nothing else.
    const upcoming = (await items(signal, [], "&status=not_live")).filter(({ comesBack }) => comesBack);
    for (const { id, key } of upcoming) if (key !== undefined) await request(`api/history/${id}`, { signal });
  }

  async function drop(some: readonly YtptubeItem[], signal: AbortSignal): Promise<void> {
    for (const where of ["queue", "done"] as const) {
      const ids = some.filter((item) => item.where === where).map(({ id }) => id);
      // It answers an empty list with a bad request. Older versions use `where`.
      const body = JSON.stringify({ ids, type: where, where, remove_file: false });
      if (ids.length > 0) parseHistory(await request("api/history", { method: "DELETE", body, signal }), v.unknown());
    }
  }

  return {
    name: "YTPTube",
    schemes: ["http:", "https:"],
    settlesMs: SETTLES_MS,
    async submit({ key, link, folder, maxQuality }, signal) {
      const preset = options.settings.get("preset");
      const wanted = fromMaxQuality(maxQuality) === "best" ? "" : `--format-sort res:${maxQuality} `;
      const body = {
        url: link,
        folder: options.dir === undefined ? folder : folderIn(options.dir, folder),
        ...(preset !== undefined && { preset }),
        // It keeps the parts of removed and failed entries, by yt-dlp's id: that of `a.example/master.m3u8` is also `b.example`'s.
        cli: `${wanted}--no-continue --extractor-args ${textWithKey(key)}`,
        extras: { [EXTRA]: textWithKey(key), [IGNORED]: [textWithKey(key)] },
        auto_start: true,
      };
      reading.add(key);
      const adding = requestAdd("api/history?sync=true", { method: "POST", body: JSON.stringify(body), signal });
      const answer = await adding.finally(() => reading.delete(key));
      requirePath(answer, "api/history");
      if (answer.status >= 400) return { kind: "refused", detail: errorOf(answer) };
      // "Accepted": it does not say what becomes of it.
      if (answer.status === 202) return { kind: "taken", id: undefined };
      const { status, msg } = parseHistory(answer, takenSchema)[0] ?? {};
      if (status !== false && status !== "error") return { kind: "taken", id: key };
      // Part of a list of videos may have been taken, because the others are already there.
      const asked = { key, link, sentAt: 0, remoteId: null };
      const found = await items(signal, [asked]).catch(() => []);
      if (entriesOf([asked], found).has(key)) return { kind: "taken", id: key };
      if (msg?.includes("already in download queue")) return { kind: "is_there" };
      return { kind: "refused", detail: msg || "error" };
    },
    async list(asked, signal) {
      const present = await start.present(signal);
      const entries = entriesOf(asked, await items(signal, asked));
      const isMissing = ({ key, sentAt }: Handed) => sentAt !== null && !entries.has(key) && !reading.has(key);
      if (asked.some(isMissing)) start.doubt();
      return { entries, session: undefined, start: present };
    },
    async remove(id, signal) {
      await drop(
        itemsOf(id, await items(signal)).filter((item) => !hasEnded(item)),
        signal,
      );
    },
    async cleanHistory(id, signal) {
      await drop(itemsOf(id, await items(signal)).filter(hasEnded), signal);
    },
    async health(signal) {
      await lookAfterUpcoming(signal);
      return "YTPTube";
    },
  };
}

function errorOf({ text, status }: RemoteAnswer): string {
  return inJson(text, errorSchema)?.error ?? `HTTP ${status}: ${text}`;
}

function parseHistory<T>(answer: RemoteAnswer, schema: v.GenericSchema<unknown, T>): T {
  requirePath(answer, "api/history");
  // It explains its errors in JSON, too.
  if (answer.status >= 400) throw notUnderstood(`HTTP ${answer.status}`);
  return parseAnswer(answer, schema);
}
