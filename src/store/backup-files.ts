import { chmodSync, mkdirSync, readdirSync, rmSync, statSync, utimesSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Backup, BackupReason, Backups } from "../domain/backup.ts";
import { copyDatabase, UNFINISHED_FILES } from "./copy.ts";
import type { RoomIn } from "./room.ts";
import { runDatabaseJob } from "./run-database-job.ts";

const KEPT = 3;

/** Database, time and reason; files with other names were made by people. */
const NAME = /^(.+)-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z-([a-z]+)\.db$/;

/**
 * The folder `backups` beside the database at `path`. Files are named `dwld-bot-2026-11-23T04-00-00-000Z-nightly.db`. Databases that share
 * a folder do not share their backups: no bot may wake up with another one's queue.
 */
export function createBackupFiles(path: string, { roomIn }: { roomIn?: RoomIn } = {}): Backups {
  const folder = join(dirname(path), "backups");
  const database = basename(path).replace(/\.db$/, "");

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
      .filter((name) => (NAME.exec(name)?.[1] ?? database) === database)
      .flatMap(read)
      .sort((a, b) => b.at - a.at);
  /** Another bot may be making its own copy there, in the same minute of the night, and so may `dwld-bot backup`. */
  const removeOwnUnfinished = () => {
    for (const end of UNFINISHED_FILES)
      for (const name of named(end))
        if (NAME.exec(name.slice(0, -end.length))?.[1] === database) rmSync(join(folder, name), { force: true });
  };
  const prune = (reason: BackupReason, made: string, at: number) => {
    const former = all().filter(({ path: file }) => NAME.exec(basename(file))?.[2] === reason && file !== made);
    for (const { path: file } of futureLast(former, at).slice(KEPT - 1)) rmSync(file, { force: true });
  };

  const place = (reason: BackupReason, at: number): string => {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    chmodSync(folder, 0o700);
    // Before the copy, not after it: what a kill left may take the very room that it needs.
    removeOwnUnfinished();
    return join(folder, `${database}-${new Date(at).toISOString().replace(/[:.]/g, "-")}-${reason}.db`);
  };
  const finished = (file: string, reason: BackupReason, at: number): Backup => {
    utimesSync(file, at / 1000, at / 1000);
    prune(reason, file, at);
    return { path: file, at, bytes: statSync(file).size };
  };

  return {
    all,
    make(reason, at) {
      const file = place(reason, at);
      copyDatabase(path, file, { roomIn });
      return finished(file, reason, at);
    },
    async makeBeside(reason, at) {
      const findings = await runDatabaseJob({ kind: "check", path });
      if (findings.length > 0) return { findings };
      const file = place(reason, at);
      await runDatabaseJob({ kind: "copy", from: path, to: file });
      return { backup: finished(file, reason, at) };
    },
  };
}

/** In their order, but with those from the future last: a clock was ahead, and nobody knows when they were made. */
export function futureLast(backups: readonly Backup[], now: number): Backup[] {
  return [...backups.filter(({ at }) => at <= now), ...backups.filter(({ at }) => at > now)];
}
