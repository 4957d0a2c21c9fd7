import { statfsSync } from "node:fs";

/** How many bytes are free where a folder is; infinitely many if the file system does not say. */
export type RoomIn = (folder: string) => number;

export const freeBytes: RoomIn = (folder) => {
  try {
    const { bavail, bsize, blocks } = statfsSync(folder);
    return blocks === 0 ? Number.POSITIVE_INFINITY : bavail * bsize;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
};

/**
 * Throws `ENOSPC` before anything is written that would not fit: a copy that fills the disk takes the room that the database needs, and is
 * begun again and again.
 */
export function mustHaveRoom(folder: string, bytes: number, roomIn: RoomIn = freeBytes): void {
  if (roomIn(folder) >= bytes) return;
  throw Object.assign(new Error(`No room for ${bytes} bytes in ${folder}`), { code: "ENOSPC" });
}
