import { Database } from "bun:sqlite";
import { lstatSync, mkdirSync, readlinkSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { errorCode } from "../domain/error-code.ts";
import { StoreUnavailable } from "../domain/storage.ts";
import { withStorageErrors } from "./error-translation.ts";

/** Another process runs on this database. */
export class AlreadyRunning extends Error {
  override readonly name = "AlreadyRunning";
  readonly path: string;

  constructor(path: string) {
    super(`Another dwld-bot already runs on ${path}. Stop it first, or give this one its own store.path.`);
    this.path = path;
  }
}

/**
 * Holds an exclusive lock beside the database for as long as the process lives; the kernel frees it even after `kill -9`. A database has
 * one lock, by whatever path it is named: it is where symbolic links lead. Creates the folder if there is none. Throws `AlreadyRunning` if
 * another process holds it, or has the database open through another hard link; `StoreUnavailable` if no lock can be written. Keep the
 * returned value: a connection that is garbage-collected drops its lock.
 */
export function lockInstance(path: string): Disposable {
  const place = withSystemErrors(() => {
    mkdirSync(dirname(path), { recursive: true });
    return withoutLinks(path);
  });
  if (statSync(place, { throwIfNoEntry: false })?.isDirectory()) throw new StoreUnavailable("EISDIR");
  const lock = withStorageErrors(() => new Database(`${place}.lock`, { create: true, readwrite: true }));
  try {
    withStorageErrors(() => {
      lock.run("PRAGMA journal_mode = DELETE");
      lock.run("BEGIN EXCLUSIVE");
    });
    if (isOpenByAnotherName(place)) throw new AlreadyRunning(path);
  } catch (error) {
    lock.close();
    if (error instanceof StoreUnavailable && error.code === "SQLITE_BUSY") throw new AlreadyRunning(path);
    throw error;
  }
  return { [Symbol.dispose]: () => lock.close() };
}

/**
 * Where SQLite will find or create a database, with its `-wal` and lock beside it: the path without symbolic links, including one that
 * leads to nothing yet. Throws the system's error if its folder does not exist.
 */
export function withoutLinks(path: string, followed = 0): string {
  const place = join(realpathSync(dirname(path)), basename(path));
  const isLink = lstatSync(place, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  // Linux gives up after this many.
  return isLink && followed < 40 ? withoutLinks(resolve(dirname(place), readlinkSync(place)), followed + 1) : place;
}

/**
 * A file with several names has several places for a lock. In WAL mode, whoever has the file open holds a shared lock on it, so nobody
 * else can have it exclusively (sqlite.org/wal.html). This is checked only for files with several names: a shell or a backup that reads
 * the database is no reason not to start.
 */
function isOpenByAnotherName(place: string): boolean {
  const file = statSync(place, { throwIfNoEntry: false });
  if (file === undefined || file.nlink < 2) return false;
  try {
    using database = new Database(place, { readwrite: true });
    database.run("PRAGMA locking_mode = EXCLUSIVE");
    database.query("SELECT count(*) FROM sqlite_schema").get();
    return false;
  } catch (error) {
    // Anything else that is wrong with it shows when it is opened.
    return errorCode(error)?.startsWith("SQLITE_BUSY") === true;
  }
}

/** Runs `work`, turning the system's errors into `StoreUnavailable`. */
export function withSystemErrors<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    const code = errorCode(error);
    throw code === undefined ? error : new StoreUnavailable(code, error);
  }
}
