import { Database } from "bun:sqlite";
import { closeSync, existsSync, fsyncSync, linkSync, openSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { errorCode } from "../domain/error-code.ts";
import { withStorageErrors } from "./error-translation.ts";
import { assertGoodCopy } from "./integrity.ts";
import { syncFolder } from "./place.ts";
import { mustHaveRoom, type RoomIn } from "./room.ts";

const BUSY_TIMEOUT_MS = 1000;
/** The file systems of USB sticks and network drives have no hard links. */
const NO_LINKS = ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"];

/** The suffix of an unfinished copy of a database: a crash may leave one. */
export const UNFINISHED = ".part";

/** What a crash may leave of an unfinished copy: itself, and SQLite's journal beside it. */
export const UNFINISHED_FILES: readonly string[] = [UNFINISHED, `${UNFINISHED}-journal`];

/**
 * Copies a database that may be in use to a file that does not exist yet: complete, sound and its owner's alone (0600), or not at all; it
 * is not begun if there is no room for it. Throws `StoreUnavailable`, with `SQLITE_EMPTY` for a file that is no database yet, or the
 * system's error (`EEXIST`, `ENOENT`, `ENOSPC` …).
 */
export function copyDatabase(from: string, to: string, { roomIn }: { roomIn?: RoomIn | undefined } = {}): void {
  if (existsSync(to)) throw alreadyThere(to);
  const part = to + UNFINISHED;
  const removeUnfinished = () => {
    for (const end of UNFINISHED_FILES) rmSync(to + end, { force: true });
  };
  removeUnfinished();
  // SQLite writes into an existing empty file, and keeps its mode.
  closeSync(openSync(part, "wx", 0o600));
  try {
    withStorageErrors(() => {
      // A second connection: VACUUM INTO fails on one that has statements in progress.
      using reader = new Database(from, { readonly: true });
      reader.run(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
      mustHaveRoom(dirname(to), contentBytes(reader), roomIn);
      reader.query("VACUUM INTO ?").run(part);
    });
    assertGoodCopy(part);
    const file = openSync(part, "r+");
    fsyncSync(file);
    closeSync(file);
    giveName(part, to);
    syncFolder(to);
  } finally {
    removeUnfinished();
  }
}

/** How large a copy is: it has no pages that nothing uses. */
function contentBytes(database: Database): number {
  const one = (name: string) => Number(Object.values(database.query(`PRAGMA ${name}`).get() ?? {})[0]);
  return (one("page_count") - one("freelist_count")) * one("page_size");
}

/** Gives a finished file its name without replacing another; the old name may stay. Throws the system's error (`EEXIST`). */
export function giveName(part: string, to: string): void {
  try {
    linkSync(part, to);
  } catch (error) {
    if (!NO_LINKS.includes(errorCode(error) ?? "")) throw error;
    if (existsSync(to)) throw alreadyThere(to);
    renameSync(part, to);
  }
}

function alreadyThere(path: string): Error {
  return Object.assign(new Error(`${path} exists already`), { code: "EEXIST" });
}
