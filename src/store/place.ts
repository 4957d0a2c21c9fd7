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

/** A copy that is to take the database's place: whole, unlike what is unfinished. */
const WHOLE = ".whole";

/** The file of an open database, held so that its fate is known. Dispose it after the database: closing it drops SQLite's locks. */
export interface HeldFile extends Disposable {
  /** False once the file was deleted or moved, or another one has taken its place. */
  isInPlace(): boolean;
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
      // Some file systems give a file another number each time: it has to have lost its name as well.
      return fstatSync(file).nlink > 0 && isCalled(file, path);
    },
    [Symbol.dispose]: () => closeSync(file),
  };
}

/** Whether an open file has this name still, and was not given another one; true where the system does not say. */
function isCalled(file: number, path: string): boolean {
  try {
    return readlinkSync(`/proc/self/fd/${file}`) === realpathSync(path);
  } catch {
    return true;
  }
}

/** False for what is not there, too. */
export function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** Gives a database and what belongs to it another name; undefined when there is none. Throws the system's error. */
export function moveAside(path: string, called: string, now: number): string | undefined {
  const aside = `${path}.${called}-${new Date(now).toISOString().replace(/[:.]/g, "-")}`;
  const wasThere = existsSync(path);
  for (const suffix of SUFFIXES) {
    if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix);
  }
  return wasThere ? aside : undefined;
}

/** Gives a finished file its name, in place of what has it; neither is lost with the power. Throws the system's error. */
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

/** Has the names in a file's folder outlast a loss of power, where the file system knows of that. */
export function syncFolder(path: string): void {
  try {
    const folder = openSync(dirname(path), "r");
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
  } catch {
    // The file has its name all the same.
  }
}

/** Has a finished copy wait for a database's place: from now on the next start finds it. Throws the system's error. */
export function standBy(part: string, path: string): void {
  settle(part, path + WHOLE);
}

/**
 * Puts the copy that waits in the database's place, and what lies there aside; undefined where none waits. Throws the system's
 * error; call it again then.
 */
export function takePlace(path: string, now: number): { readonly aside: string | undefined } | undefined {
  if (!existsSync(path + WHOLE)) return undefined;
  const aside = moveAside(path, "replaced", now);
  renameSync(path + WHOLE, path);
  syncFolder(path);
  return { aside };
}

/** The database is in its place, and the copy older. Throws the system's error. */
export function giveUpStandBy(path: string): void {
  rmSync(path + WHOLE, { force: true });
}
