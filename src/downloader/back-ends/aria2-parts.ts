import { existsSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { type Aria2Status, FILE_EXISTED } from "./aria2-status.ts";

/** What aria2 keeps beside an incomplete file, and deletes when that is complete. */
const CONTROL_FILE = ".aria2";

/** The paths that a download writes to, and that have its control file beside them. */
function pathsOf({ dir, files, bittorrent }: Aria2Status): string[] {
  const name = bittorrent?.info?.name;
  return (name === undefined ? files.map(({ path }) => path) : [join(dir, name)]).map((path) => normalize(path));
}

/** Whether an incomplete part of a download is on this machine. */
export function hasParts(one: Aria2Status): boolean {
  return pathsOf(one).some((path) => isPart(path, one));
}

/** A file without a control file is complete, or is not its own; but there is no control file for one whose size no site has told. */
function isPart(path: string, one: Aria2Status): boolean {
  if (!path.startsWith(`${normalize(one.dir)}/`)) return false;
  return existsSync(path + CONTROL_FILE) || (isOfUnknownSize(one) && existsSync(path));
}

/** A file that was there before, under the same name, is not its own. */
function isOfUnknownSize({ totalLength, bittorrent, errorCode }: Aria2Status): boolean {
  return totalLength === 0 && bittorrent === undefined && errorCode !== FILE_EXISTED;
}

/**
 * Deletes what a failed or removed download has left, which aria2 itself keeps for a later download to continue. Complete files and files
 * that are not its own stay, and so do files that one of `others` writes to, everything if aria2 runs on another machine, and what this
 * process may not delete. Never throws.
 */
export function removeParts(one: Aria2Status, others: readonly Aria2Status[]): void {
  const taken = new Set(others.flatMap(pathsOf));
  for (const path of pathsOf(one)) {
    if (taken.has(path) || !isPart(path, one)) continue;
    try {
      removeWritten(path, one);
      rmSync(path + CONTROL_FILE, { force: true });
    } catch {
      // The files of aria2's own user, or a disk that is read-only for this one: aria2 must be told to forget the download all the same.
    }
  }
}

/** A torrent's folder may hold what others have put there: whoever makes a torrent calls it as they like. */
function removeWritten(path: string, { files }: Aria2Status): void {
  const folders = new Set<string>();
  for (const file of files.map((one) => normalize(one.path))) {
    if (file !== path && !file.startsWith(`${path}/`)) continue;
    rmSync(file, { force: true });
    for (let folder = dirname(file); folder.startsWith(path); folder = dirname(folder)) folders.add(folder);
  }
  const innermostFirst = [...folders].sort((one, other) => other.length - one.length);
  for (const folder of innermostFirst) if (existsSync(folder) && readdirSync(folder).length === 0) rmdirSync(folder);
}
