import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  openSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { dirname } from "node:path";

/** SQLite's files beside a database. */
const SUFFIXES = ["", "-wal", "-shm"];

/** The suffix of a copy that is to take the database's place: complete, unlike an unfinished one. */
const WHOLE = ".whole";

/** The file of an open database, held so that its fate is known. Dispose it after the database: closing it drops SQLite's locks. */
export interface HeldFile extends Disposable {
  /** False once the file was deleted or moved, or another one has taken its place. */
  isInPlace(): boolean;
  /** Its size, wherever it is. */
  bytes(): number;
}

/** Throws the system's error. */
export function holdFile(path: string): HeldFile {
  const file = openSync(path, "r");
  const inode = () => statSync(path, { throwIfNoEntry: false, bigint: true })?.ino;
  const mine = fstatSync(file, { bigint: true }).ino;
  return {
    isInPlace() {
      const there = inode();
      if (there === undefined || there === mine) return there !== undefined;
      // Some file systems give a file another number each time, so it must have lost its name as well.
      return fstatSync(file).nlink > 0 && isCalled(file, path);
    },
    bytes: () => fstatSync(file).size,
    [Symbol.dispose]: () => closeSync(file),
  };
}

/** Whether an open file still has this name and no other; true if the system does not say. */
function isCalled(file: number, path: string): boolean {
  try {
    return readlinkSync(`/proc/self/fd/${file}`) === realpathSync(path);
  } catch {
    return true;
  }
}

/** Also false if there is nothing there. */
export function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** The size of a database with SQLite's other files; 0 if there is none. Throws the system's error. */
export function bytesAt(path: string): number {
  return SUFFIXES.reduce((sum, suffix) => sum + (statSync(path + suffix, { throwIfNoEntry: false })?.size ?? 0), 0);
}

/** Gives a database and its other files another name; undefined if there is none. Throws the system's error. */
export function moveAside(path: string, called: string, now: number): string | undefined {
  const aside = `${path}.${called}-${new Date(now).toISOString().replace(/[:.]/g, "-")}`;
  const wasThere = existsSync(path);
  for (const suffix of SUFFIXES) {
    if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix);
  }
  return wasThere ? aside : undefined;
}

/** Gives a finished file its name, in place of the file that has it; neither is lost in a power failure. Throws the system's error. */
export function settle(part: string, path: string): void {
  const file = openSync(part, "r+");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(part, path);
  syncFolder(path);
}

/** Makes the names in a file's folder survive a power failure, if the file system supports that. */
export function syncFolder(path: string): void {
  try {
    const folder = openSync(dirname(path), "r");
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
  } catch {
    // Even so, the file has its name.
  }
}

/** Makes a finished copy stand by for a database's place: from now on the next start finds it. Throws the system's error. */
export function standBy(part: string, path: string): void {
  settle(part, path + WHOLE);
}

/**
 * Puts the copy that stands by in the database's place, and moves what is there aside; undefined if none stands by. Throws the system's
 * error; then call it again.
 */
export function takePlace(path: string, now: number): { readonly aside: string | undefined } | undefined {
  if (!existsSync(path + WHOLE)) return undefined;
  const aside = moveAside(path, "replaced", now);
  renameSync(path + WHOLE, path);
  syncFolder(path);
  return { aside };
}

/** The database is in its place, so the copy is older. Throws the system's error. */
export function giveUpStandBy(path: string): void {
  rmSync(path + WHOLE, { force: true });
}
