import { chownSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { StoreUnavailable } from "../../domain/storage.ts";
import { copyDatabase } from "../../store/copy.ts";
import type { GoDatabase } from "../../store/go-database.ts";
import { AlreadyRunning, lockInstance, withoutLinks } from "../../store/instance-lock.ts";
import { NewerDatabase } from "../../store/migrate.ts";
import { openStore } from "../../store/store.ts";
import type { CommandWords } from "../../words/words.ts";
import { EXIT, ExitWith } from "../exit.ts";
import type { ImportReport } from "./report.ts";
import { type RowDefaults, takeRows } from "./rows.ts";

/**
 * Runs `work` while no bot can run on the database at `path`. What it makes is its owner's alone; what root makes is given
 * to the owner of the folder, who runs the bot. Throws `ExitWith` when one runs, or the database cannot be used.
 */
export function withoutBot<T>(path: string, words: CommandWords["imported"], work: () => T): T {
  mkdirSync(dirname(path), { recursive: true });
  const mask = process.umask(0o077);
  try {
    using _lock = lockInstance(path);
    return work();
  } catch (error) {
    throw explained(error, path, words);
  } finally {
    process.umask(mask);
    const place = withoutLinks(path);
    const { uid, gid } = statSync(dirname(place));
    for (const suffix of process.getuid?.() === 0 ? ["", "-wal", "-shm", ".lock"] : []) {
      if (existsSync(place + suffix)) chownSync(place + suffix, uid, gid);
    }
  }
}

/** Puts rows into a database, all or none. */
export function putRows(path: string, rows: GoDatabase, defaults: RowDefaults): ImportReport {
  using store = openStore(path);
  return store.transaction(() => takeRows(rows, store, defaults));
}

/** What `putRows` would do: it is done to a copy. Throws `ExitWith` when the database cannot be used. */
export function tryRows(path: string, rows: GoDatabase, defaults: RowDefaults): ImportReport {
  const folder = mkdtempSync(join(tmpdir(), "dwld-bot-import-"));
  try {
    const copy = join(folder, "dwld-bot.db");
    if (existsSync(path)) copyDatabase(path, copy);
    return putRows(copy, rows, defaults);
  } catch (error) {
    throw explained(error, path, defaults.words);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function explained(error: unknown, path: string, words: CommandWords["imported"]): unknown {
  if (error instanceof AlreadyRunning) return new ExitWith(EXIT.notNow, words.running(path));
  if (error instanceof NewerDatabase) return new ExitWith(EXIT.config, words.newer(path));
  if (!(error instanceof StoreUnavailable)) return error;
  return new ExitWith(EXIT.config, words.failed(path, error.code));
}
