import { existsSync, rmSync } from "node:fs";
import { join, normalize } from "node:path";
import type { Aria2Status } from "./aria2-status.ts";

/** What aria2 keeps beside something that is not whole; it goes when that is. */
const CONTROL_FILE = ".aria2";

/**
 * Deletes what a download has left that is not whole: aria2 itself keeps that, for whoever goes on with it. What has no control
 * file beside it is whole, or none of its doing, and stays, as does everything where aria2 runs on another machine, and what
 * this process may not delete. Never throws.
 */
export function removeParts({ dir, files, bittorrent }: Aria2Status): void {
  const name = bittorrent?.info?.name;
  const paths = name === undefined ? files.map(({ path }) => path) : [join(dir, name)];
  for (const path of paths) {
    const isInside = normalize(path).startsWith(`${normalize(dir)}/`);
    if (!isInside || !existsSync(path + CONTROL_FILE)) continue;
    try {
      rmSync(path, { recursive: true, force: true });
      rmSync(path + CONTROL_FILE, { force: true });
    } catch {
      // Files of aria2's own user, or a disk that is read only for this one: aria2 must be told to forget it all the same.
    }
  }
}
