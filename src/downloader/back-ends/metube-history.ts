import * as v from "valibot";
import { type KeptItem, keptKey } from "./kept-keys.ts";
import { listOf, told } from "./lenient.ts";

const itemSchema = v.object({
  /** The site's own for its video; the link where that could not be read. */
  id: told(v.string()),
  url: v.string(),
  title: told(v.string()),
  status: told(v.string()),
  /** As it was asked for: lines of picture, where that is a number. */
  quality: told(v.string()),
  percent: told(v.number()),
  size: told(v.number()),
  filename: told(v.string()),
  msg: told(v.string()),
  error: told(v.string()),
  /** Something in it is a name that we have not given. */
  chapter_template: told(v.string(), "?"),
  entry: v.optional(v.unknown()),
});
type Item = v.InferOutput<typeof itemSchema>;

/** Of yt-dlp, where no format has so few lines, and where no format tells its lines, as with a file that a link leads to. */
const NO_SUCH_FORMAT = /Requested format is not available|No video formats found/;

/** What `history` tells. Versions before 2025 have no `pending` there. */
export const historySchema = v.object({
  queue: listOf(itemSchema),
  done: listOf(itemSchema),
  pending: v.optional(listOf(itemSchema), []),
});

/** All of it. What MeTube knows an entry by is where its link has led to, and stays the same when it is done. */
export function itemsOfHistory({ queue, done, pending }: v.InferOutput<typeof historySchema>): KeptItem[] {
  const item = (one: Item, rest: Pick<KeptItem, "state"> & Partial<KeptItem>): KeptItem => ({
    id: one.url,
    url: one.url,
    key: keptKey(one.chapter_template),
    // What an older version has stored gets an empty one.
    keepsKeys: Boolean(one.chapter_template),
    // Of what it could not read it knows the site only, which is no name.
    name: one.id === one.url ? undefined : (one.title ?? undefined),
    ...rest,
  });
  return [
    ...queue.map((one) => item(one, { state: queuedState(one), ...progress(one) })),
    ...pending.map((one) => item(one, { state: "waiting" })),
    // It finishes also where yt-dlp had nothing to do, as with what is in its archive already: then there is no file.
    ...done.map((one) => item(one, one.status === "finished" && one.filename ? whole(one) : failed(one))),
  ];
}

/** Older versions tell what they have stored, which is how it began: recognised by `entry`, which the newer ones keep to themselves. */
function queuedState({ status, entry }: Item): KeptItem["state"] {
  // At the end of 2026 it has a word of its own for what waits for its turn.
  if (status === "scheduled" || status === "queued") return "waiting";
  return (status ?? "pending") === "pending" && entry === undefined ? "waiting" : "running";
}

/** While it runs there are no sizes, and of an estimate there may be more than all. */
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
