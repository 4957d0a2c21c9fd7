import { existsSync, rmSync } from "node:fs";
import { join, normalize } from "node:path";
import { type Aria2Status, FILE_EXISTED } from "./aria2-status.ts";

/** What aria2 keeps beside something that is not whole; it goes when that is. */
const CONTROL_FILE = ".aria2";

/** What a download writes to, and has its control file beside. */
function pathsOf({ dir, files, bittorrent }: Aria2Status): string[] {
  const name = bittorrent?.info?.name;
  return (name === undefined ? files.map(({ path }) => path) : [join(dir, name)]).map((path) => normalize(path));
}

/** Whether something of a download lies on this machine that is not whole. */
export function hasParts(one: Aria2Status): boolean {
  return pathsOf(one).some((path) => isPart(path, one));
}

/** What has no control file beside it is whole, or none of its doing; but none is kept of a file whose size no site has told. */
function isPart(path: string, one: Aria2Status): boolean {
  if (!path.startsWith(`${normalize(one.dir)}/`)) return false;
  return existsSync(path + CONTROL_FILE) || (isOfUnknownSize(one) && existsSync(path));
}

/** What lay there before it, under its name, is not its own. */
function isOfUnknownSize({ totalLength, bittorrent, errorCode }: Aria2Status): boolean {
  return totalLength === 0 && bittorrent === undefined && errorCode !== FILE_EXISTED;
}

/**
 * Deletes what a download that has failed or was removed has left: aria2 itself keeps that, for whoever goes on with it. What is
 * whole, or none of its doing, stays, as does what one of `others` writes to, everything where aria2 runs on
 * another machine, and what this process may not delete. Never throws.
 */
export function removeParts(one: Aria2Status, others: readonly Aria2Status[]): void {
  const taken = new Set(others.flatMap(pathsOf));
  for (const path of pathsOf(one)) {
    if (taken.has(path) || !isPart(path, one)) continue;
    try {
      rmSync(path, { recursive: true, force: true });
      rmSync(path + CONTROL_FILE, { force: true });
    } catch {
      // Files of aria2's own user, or a disk that is read only for this one: aria2 must be told to forget it all the same.
    }
  }
}
