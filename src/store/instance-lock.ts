import { Database } from "bun:sqlite";
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { StoreUnavailable } from "../domain/storage.ts";
import { withStorageErrors } from "./error-translation.ts";

/** Another process runs on this database. */
export class AlreadyRunning extends Error {
  override readonly name = "AlreadyRunning";

  constructor(path: string) {
    super(`Another dwld-bot already runs on ${path}. Stop it first, or give this one its own store.path.`);
  }
}

/**
 * Holds an exclusive lock beside the database for as long as the process lives; the kernel frees it even after `kill -9`.
 * Makes the folder where there is none. Throws `AlreadyRunning` while another process holds it, `StoreUnavailable` where no
 * lock can be written. Keep the returned value: a collected connection drops its lock.
 */
export function lockInstance(path: string): Disposable {
  makeFolder(dirname(path));
  const lock = withStorageErrors(() => new Database(`${path}.lock`, { create: true, readwrite: true }));
  try {
    withStorageErrors(() => {
      lock.run("PRAGMA journal_mode = DELETE");
      lock.run("BEGIN EXCLUSIVE");
    });
  } catch (error) {
    lock.close();
    if (error instanceof StoreUnavailable && error.code === "SQLITE_BUSY") throw new AlreadyRunning(path);
    throw error;
  }
  return { [Symbol.dispose]: () => lock.close() };
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    throw new StoreUnavailable(String(error.code), error);
  }
}
