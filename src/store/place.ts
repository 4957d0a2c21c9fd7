import { closeSync, existsSync, fstatSync, openSync, readlinkSync, realpathSync, renameSync, statSync } from "node:fs";

/** SQLite's files beside a database. */
const SUFFIXES = ["", "-wal", "-shm"];

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
