import * as v from "valibot";
import { lenient } from "./lenient.ts";
import type { RemoteEntry } from "./remote.ts";

const digits = v.pipe(v.string(), v.regex(/^\d+$/), v.transform(Number));

/** What is requested for a download (aria2's manual, `aria2.tellStatus`); numbers come as texts. */
export const statusSchema = v.object({
  gid: v.string(),
  status: v.picklist(["active", "waiting", "paused", "error", "complete", "removed"]),
  totalLength: v.fallback(digits, 0),
  completedLength: v.fallback(digits, 0),
  dir: v.string(),
  seeder: lenient(v.string()),
  errorCode: lenient(v.string()),
  errorMessage: lenient(v.string()),
  followedBy: v.optional(v.array(v.string()), []),
  bittorrent: lenient(v.object({ info: lenient(v.object({ name: v.string() })) })),
  files: v.array(v.object({ path: v.string() })),
});
/** The fields to request: aria2 would tell far more. */
export const STATUS_KEYS = Object.keys(statusSchema.entries);

type Told = v.InferOutput<typeof statusSchema>;
type Optional = "seeder" | "errorCode" | "errorMessage" | "bittorrent";
/** A download as aria2 reports it. */
export type Aria2Status = Omit<Told, Optional> & Partial<Pick<Told, Optional>>;

/** Stands for a download that aria2 reports in an unknown form: it is there, is neither complete nor lost, and hides no others. */
export function notUnderstood(gid: string): Aria2Status {
  return { gid, status: "waiting", totalLength: 0, completedLength: 0, dir: "", followedBy: [], files: [] };
}

/** 9 in its manual, "if there was not enough disk space available"; the message with it is about its cache. */
const DISK_FULL = "9";
/** 13 in its manual, "if file already existed". */
export const FILE_EXISTED = "13";
/** The name of the description of a magnet's torrent; there is no such file on the disk. */
const METADATA = "[METADATA]";

/** Whether aria2 no longer works on it; a complete torrent may still seed. */
export function hasEnded({ status }: Aria2Status): boolean {
  return status === "complete" || status === "error" || status === "removed";
}

/** A link counts as what it has led to, if it has led to anything. */
export function entryOf(first: Aria2Status, followed: readonly Aria2Status[]): RemoteEntry {
  const downloads = followed.length > 0 ? followed : [first];
  const named = downloads[0] ?? first;
  const failed = downloads.find(hasFailed);
  // Of downloads that people have removed, it says no more than that.
  const detail = failed?.errorMessage || (failed?.status === "removed" ? failed.status : undefined);
  const currentSize = sum(downloads.map(({ completedLength }) => completedLength));
  const totalSize = sum(downloads.map(({ totalLength }) => totalLength));
  const isKnown = downloads.every((one) => one.totalLength > 0 && !isMetadata(one));
  const state = stateOf(downloads);
  return {
    id: first.gid,
    state,
    ...(state === "done" && downloads.some(({ status }) => status === "active") && { staysOn: true }),
    name: nameOf(named) ?? nameOf(first),
    ...(isKnown && { currentSize, totalSize }),
    ...(detail !== undefined && { detail }),
    ...(failed?.errorCode === FILE_EXISTED && { isInTheWay: true }),
    ...(failed?.errorCode === DISK_FULL && { lacksSpace: true }),
  };
}

function stateOf(downloads: readonly Aria2Status[]): RemoteEntry["state"] {
  if (downloads.every(isWhole)) return "done";
  if (downloads.every((one) => isWhole(one) || hasFailed(one))) return "failed";
  return downloads.some(({ status }) => status === "active") ? "running" : "waiting";
}

function isWhole(one: Aria2Status): boolean {
  return (one.status === "complete" && !isMetadata(one)) || (one.status === "active" && one.seeder === "true");
}

/** A description that has arrived leads on at once; if it does not, it was none. */
function hasFailed(one: Aria2Status): boolean {
  return one.status === "error" || one.status === "removed" || (one.status === "complete" && isMetadata(one));
}

function isMetadata({ files }: Aria2Status): boolean {
  return files[0]?.path.startsWith(METADATA) === true;
}

function nameOf({ bittorrent, files }: Aria2Status): string | undefined {
  const name = bittorrent?.info?.name ?? files[0]?.path.replace(METADATA, "").split("/").at(-1);
  return name === "" ? undefined : name;
}

function sum(sizes: readonly number[]): number {
  return sizes.reduce((total, size) => total + size, 0);
}
