import * as v from "valibot";
import { type KeptItem, keptKey } from "./kept-keys.ts";
import { lenient, listOf, valuesOf } from "./lenient.ts";

/** The extra whose text may contain our key: lists of videos lose the extras, conditions of YTPTube the command line. */
export const EXTRA = "dwld-bot";
/** The extra with names of conditions that are to be ignored, which lists of videos keep. There is none with our key's name. */
export const IGNORED = "ignore_conditions";

const itemSchema = v.object({
  _id: v.string(),
  url: v.string(),
  title: lenient(v.string()),
  status: lenient(v.string()),
  percent: lenient(v.number()),
  downloaded_bytes: lenient(v.number()),
  total_bytes: lenient(v.number()),
  file_size: lenient(v.number()),
  filename: lenient(v.string()),
  download_skipped: lenient(v.boolean()),
  msg: lenient(v.string()),
  error: lenient(v.string()),
  /** Contains a command line that we have not given. */
  cli: lenient(v.string(), "?"),
  extras: lenient(v.record(v.string(), v.unknown())),
  live_in: lenient(v.string()),
});
type Item = v.InferOutput<typeof itemSchema>;

/** The answer to `api/history/live`, in versions that have it. */
export const liveSchema = v.object({ queue: valuesOf(itemSchema) });
/** A page of ended entries. */
export const pageSchema = v.object({
  items: listOf(itemSchema),
  pagination: v.object({ total_pages: v.number() }),
});
/** Everything there is, in earlier versions. */
export const allSchema = v.object({ queue: listOf(itemSchema), history: listOf(itemSchema) });

/** One entry of YTPTube. Entries that were cancelled, or are not on air yet, are among those that are done. */
export interface YtptubeItem extends KeptItem {
  readonly where: "queue" | "done";
}

/** What it tries again by itself, if told to: failures with these words of yt-dlp. */
const TRIED_AGAIN = /http error 4(?:03|10|16)|bytes read/i;

/**
 * Each entry once: something may move between the lists while they are read, and then counts as done. `retries`: how often it tries again
 * by itself.
 */
export function itemsOfLists(queue: readonly Item[], done: readonly Item[], retries = 0): YtptubeItem[] {
  const items = new Map<string, YtptubeItem>();
  for (const one of queue) items.set(one._id, { ...known(one), ...running(one), where: "queue" });
  for (const one of done) items.set(one._id, { ...known(one), ...ended(one, retries), where: "done" });
  return [...items.values()];
}

function known({ _id, url, title, cli, extras }: Item) {
  const texts = [cli, extras?.[EXTRA], extras?.[IGNORED]].flat();
  const key = texts.flatMap((text) => (typeof text === "string" ? (keptKey(text) ?? []) : []))[0];
  const outOf = typeof extras?.n_entries === "number" ? extras.n_entries : undefined;
  return { id: _id, url, key, keepsKeys: cli !== undefined, name: title ?? undefined, outOf };
}

function running({
  status,
  percent,
  downloaded_bytes,
  total_bytes,
}: Item): Pick<KeptItem, "state"> & Partial<KeptItem> {
  const sizes =
    downloaded_bytes == null || !total_bytes ? {} : { currentSize: downloaded_bytes, totalSize: total_bytes };
  const percentage = percent == null ? {} : { percentage: Math.min(100, Math.max(0, percent)) };
  return { state: status ? "running" : "waiting", ...sizes, ...percentage };
}

function ended(
  {
    status,
    error,
    msg,
    filename,
    file_size,
    downloaded_bytes,
    title,
    download_skipped: isAsked,
    live_in,
    extras,
  }: Item,
  retries: number,
): Pick<KeptItem, "state"> & Partial<KeptItem> {
  // YTPTube takes it up by itself when it is on air, under another id, after it has read the page again. If the page does not say when
  // that will be, it never does.
  const isExpected = [live_in, extras?.live_in, extras?.release_in].some((at) => typeof at === "string" && at !== "");
  if (status === "not_live" && isExpected) return { state: "waiting", comesBack: true };
  if (status !== "finished") {
    const isTriedAgain =
      status === "error" && Number(extras?.retry_attempt ?? 0) < retries && TRIED_AGAIN.test(error ?? "");
    return {
      state: "failed",
      detail: error || msg || status || undefined,
      ...(isTriedAgain && { comesBack: true }),
    };
  }
  // yt-dlp had nothing to do, such as for something in its archive; unless the preset wants no file.
  if (!filename && isAsked !== true) return { state: "failed", detail: error || msg || undefined };
  const sizes = file_size == null ? {} : { currentSize: file_size, totalSize: file_size };
  // yt-dlp does not touch an existing file with that name, and that counts as a success.
  const isOld = filename && downloaded_bytes === null ? { isOld: true } : {};
  return { state: "done", name: filename?.split("/").at(-1) ?? title ?? undefined, ...sizes, ...isOld };
}
