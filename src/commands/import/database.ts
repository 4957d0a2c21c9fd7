import { chownSync, existsSync, mkdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { StoreUnavailable } from "../../domain/storage.ts";
import { copyDatabase } from "../../store/copy.ts";
import type { GoDatabase } from "../../store/go-database.ts";
import { AlreadyRunning, lockInstance, withoutLinks } from "../../store/instance-lock.ts";
import { NewerDatabase } from "../../store/migrate.ts";
import { openStore } from "../../store/store.ts";
import type { CommandWords } from "../../words/words.ts";
import { EXIT, ExitWith, exitFor } from "../exit.ts";
import { systemCode } from "../system-error.ts";
import type { ImportReport } from "./report.ts";
import { type RowDefaults, takeRows } from "./rows.ts";
import { inTemporaryFolder } from "./temporary-folder.ts";

/**
 * Runs `work` while no bot can run on the database at `path`. Files that it creates are their owner's alone; root's are given to the owner
 * of the folder, who runs the bot. Throws `ExitWith` if a bot is running, or the database cannot be used.
 */
export function withoutBot<T>(path: string, words: CommandWords, work: () => T): T {
  const mask = process.umask();
  try {
    mkdirSync(dirname(path), { recursive: true });
    process.umask(0o077);
    using _lock = lockInstance(path);
    try {
      return work();
    } finally {
      giveToOwnerOfFolder(path);
    }
  } catch (error) {
    throw explained(error, path, words);
  } finally {
    process.umask(mask);
  }
}

function giveToOwnerOfFolder(path: string): void {
  if (process.getuid?.() !== 0) return;
  const place = withoutLinks(path);
  const { uid, gid } = statSync(dirname(place));
  for (const suffix of ["", "-wal", "-shm", ".lock"]) {
    if (existsSync(place + suffix)) chownSync(place + suffix, uid, gid);
  }
}

/** Puts rows into a database, all or none. */
export function putRows(path: string, rows: GoDatabase, defaults: RowDefaults): ImportReport {
  using store = openStore(path);
  return store.transaction(() => takeRows(rows, store, defaults));
}

/** What `putRows` would do: it is done to a copy. Throws `ExitWith` if the database cannot be used. */
export function tryRows(
  path: string,
  rows: GoDatabase,
  of: { defaults: RowDefaults; words: CommandWords },
): ImportReport {
  return inTemporaryFolder(of.words.files, (folder) => {
    try {
      const copy = join(folder, "dwld-bot.db");
      if (existsSync(path)) copyDatabase(path, copy);
      return putRows(copy, rows, of.defaults);
    } catch (error) {
      throw explained(error, path, of.words);
    }
  });
}

function explained(error: unknown, path: string, { imported, start, files }: CommandWords): unknown {
  if (error instanceof AlreadyRunning) return new ExitWith(EXIT.notNow, start.running(path));
  if (error instanceof NewerDatabase) return new ExitWith(EXIT.config, start.newer(path));
  if (error instanceof StoreUnavailable) return new ExitWith(EXIT.config, imported.failed(path, error.code));
  const code = systemCode(error);
  return code === undefined ? error : new ExitWith(exitFor(code), files.unwritten(path, code));
}
