import * as v from "valibot";
import { type KeptItem, keptKey } from "./kept-keys.ts";
import { lenient, listOf } from "./lenient.ts";

const itemSchema = v.object({
  /** The site's id of its video; the link if that could not be read. */
  id: lenient(v.string()),
  url: v.string(),
  title: lenient(v.string()),
  status: lenient(v.string()),
  /** As requested: lines of picture, if it is a number. */
  quality: lenient(v.string()),
  percent: lenient(v.number()),
  size: lenient(v.number()),
  filename: lenient(v.string()),
  msg: lenient(v.string()),
  error: lenient(v.string()),
  /** Contains a name that we have not given. */
  chapter_template: lenient(v.string(), "?"),
  entry: v.optional(v.unknown()),
});
type Item = v.InferOutput<typeof itemSchema>;

/** yt-dlp's words if no format has so few lines, or if no format tells its lines, such as for a plain file. */
const NO_SUCH_FORMAT = /Requested format is not available|No video formats found/;

/** The answer to `history`. Versions before 2025 have no `pending` there. */
export const historySchema = v.object({
  queue: listOf(itemSchema),
  done: listOf(itemSchema),
  pending: v.optional(listOf(itemSchema), []),
});

/** All items. MeTube identifies an entry by where its link has led, which stays the same when it is done. */
export function itemsOfHistory({ queue, done, pending }: v.InferOutput<typeof historySchema>): KeptItem[] {
  const item = (one: Item, rest: Pick<KeptItem, "state"> & Partial<KeptItem>): KeptItem => ({
    id: one.url,
    url: one.url,
    key: keptKey(one.chapter_template),
    // An item that an older version has stored gets an empty one.
    keepsKeys: Boolean(one.chapter_template),
    // If MeTube could not read it, it knows only the site, which is not a name.
    name: one.id === one.url ? undefined : (one.title ?? undefined),
    ...rest,
  });
  return [
    ...queue.map((one) => item(one, { state: queuedState(one), ...progress(one) })),
    ...pending.map((one) => item(one, { state: "waiting" })),
    // It finishes even if yt-dlp had nothing to do, such as for something in its archive: then there is no file.
    ...done.map((one) => item(one, one.status === "finished" && one.filename ? whole(one) : failed(one))),
  ];
}

/** Older versions report what they have stored, which is how it began: they are recognised by `entry`, which newer ones do not show. */
function queuedState({ status, entry }: Item): KeptItem["state"] {
  // Since the end of 2026 it has a separate word for what waits for its turn.
  if (status === "scheduled" || status === "queued") return "waiting";
  return (status ?? "pending") === "pending" && entry === undefined ? "waiting" : "running";
}

/** While it runs there are no sizes, and an estimate may be exceeded. */
function progress({ percent }: Item): Partial<KeptItem> {
  return percent == null ? {} : { percentage: Math.min(100, Math.max(0, percent)) };
}

function whole({ size, filename, title }: Item): Pick<KeptItem, "state"> & Partial<KeptItem> {
  const sizes = size == null ? {} : { currentSize: size, totalSize: size };
  return { state: "done", name: filename?.split("/").at(-1) ?? title ?? undefined, ...sizes };
}

function failed({ msg, error, quality }: Item): Pick<KeptItem, "state"> & Partial<KeptItem> {
  const detail = msg || error || undefined;
  const hasMoreLines = Number(quality) > 0 && NO_SUCH_FORMAT.test(detail ?? "");
  return { state: "failed", detail, ...(hasMoreLines && { hasMoreLines }) };
}
