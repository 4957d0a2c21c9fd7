import { chmodSync, mkdirSync, readdirSync, rmSync, statSync, utimesSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Backup, BackupReason, Backups } from "../domain/backup.ts";
import { copyDatabase, UNFINISHED } from "./copy.ts";

const KEPT = 3;

/** The folder `backups` beside the database at `path`. Files are called `dwld-bot-2026-11-23T04-00-00-000Z-nightly.db`. */
export function createBackupFiles(path: string): Backups {
  const folder = join(dirname(path), "backups");
  // Databases that share a state directory do not share their backups.
  const prefix = `${basename(path).replace(/\.db$/, "")}-`;

  const named = (end: string): string[] => {
    try {
      return readdirSync(folder).filter((name) => name.endsWith(end));
    } catch {
      return [];
    }
  };
  const read = (name: string): Backup[] => {
    const file = join(folder, name);
    const found = statSync(file, { throwIfNoEntry: false });
    return found?.isFile() ? [{ path: file, at: found.mtimeMs, bytes: found.size }] : [];
  };
  const all = () =>
    named(".db")
      .flatMap(read)
      .sort((a, b) => b.at - a.at);
  const prune = (reason: BackupReason) => {
    const mine = all().filter(({ path: file }) => isMine(basename(file), reason));
    for (const { path: file } of mine.slice(KEPT)) rmSync(file, { force: true });
    for (const name of named(UNFINISHED)) rmSync(join(folder, name), { force: true });
  };
  const isMine = (name: string, reason: BackupReason) => name.startsWith(prefix) && name.endsWith(`-${reason}.db`);

  return {
    all,
    make(reason, at) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      chmodSync(folder, 0o700);
      const name = `${prefix}${new Date(at).toISOString().replace(/[:.]/g, "-")}-${reason}.db`;
      const file = join(folder, name);
      copyDatabase(path, file);
      utimesSync(file, at / 1000, at / 1000);
      prune(reason);
      return { path: file, at, bytes: statSync(file).size };
    },
  };
}
