import { accessSync, constants, readdirSync, rmSync, statfsSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { errorCode } from "../../domain/error-code.ts";
import { StoreUnavailable } from "../../domain/storage.ts";
import { createBackupFiles } from "../../store/backup-files.ts";
import { type Inspection, inspectDatabase, isRunningOn } from "../../store/inspect.ts";
import { NewerDatabase } from "../../store/migrate.ts";
import type { CommandWords } from "../../words/words.ts";
import { findingsOf } from "../finding.ts";
import { systemCode } from "../system-error.ts";
import { type BotFinding, spoken } from "./finding.ts";

const { ok, warn, fail } = findingsOf("database");
const MIB = 1024 * 1024;
const LITTLE_ROOM = 200 * MIB;
const NO_ROOM = 20 * MIB;
const OLD_BACKUP_MS = 3 * 24 * 3_600_000;

interface Checked {
  readonly findings: readonly BotFinding[];
  /** Undefined if there is no database that can be read. */
  readonly inspection: Inspection | undefined;
  /** Whether a bot is running on it, as far as this user can tell. */
  readonly isRunning: boolean;
}

/** Checks the database and its file system, without disturbing a bot that uses it. */
export function checkDatabase(path: string, now: number, words: CommandWords["check"]): Checked {
  const { database } = words;
  try {
    return { ...lookAround(path, now, words), isRunning: isRunningOn(path) };
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    const finding =
      code === "EACCES"
        ? fail(database.forbidden(dirname(path)), database.asItsUser)
        : fail(database.unreadable(path, code), database.noPlaceAdvice);
    return { findings: [finding], inspection: undefined, isRunning: false };
  }
}

type DatabaseWords = CommandWords["check"]["database"];

function lookAround(path: string, now: number, words: CommandWords["check"]): Omit<Checked, "isRunning"> {
  const { database } = words;
  const state = statSync(path, { throwIfNoEntry: false });
  if (state === undefined || state.size === 0) {
    const hasBackups = createBackupFiles(path).all().length > 0;
    const [missing, withBackups] =
      state === undefined
        ? [database.missing, database.missingWithBackups]
        : [database.empty, database.emptyWithBackups];
    const first = hasBackups ? warn(withBackups(path), database.restart) : ok(missing(path));
    return { findings: [first, ...checkFileSystem(path, database)], inspection: undefined };
  }
  const { finding, inspection } = look(path, database);
  return {
    findings: [
      finding,
      ...checkFileSystem(path, database),
      ...checkBackups(path, now, words),
      ...leftAside(path, database),
    ],
    inspection,
  };
}

function look(path: string, words: DatabaseWords): { finding: BotFinding; inspection: Inspection | undefined } {
  try {
    const inspection = inspectDatabase(path);
    return { finding: judge(path, inspection, words), inspection };
  } catch (error) {
    if (error instanceof NewerDatabase) {
      return { finding: fail(words.newer(path), words.newerAdvice), inspection: undefined };
    }
    if (!(error instanceof StoreUnavailable)) throw error;
    const finding = /^SQLITE_(CORRUPT|NOTADB)/.test(error.code)
      ? fail(words.damaged(path, error.code), words.restart)
      : fail(words.unreadable(path, error.code), words.unreadableAdvice);
    return { finding, inspection: undefined };
  }
}

function judge(
  path: string,
  { isOurs, damage, pendingMigrations, links }: Inspection,
  words: DatabaseWords,
): BotFinding {
  if (!isOurs) return fail(words.notOurs(path), words.notOursAdvice);
  if (damage.length > 0) return fail(words.damaged(path, damage.slice(0, 3).join("; ")), words.restart);
  return ok(words.sound(path, links, pendingMigrations > 0));
}

function checkFileSystem(path: string, words: DatabaseWords): BotFinding[] {
  const folder = nearestFolder(dirname(path));
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  const mebibytes = Math.round(free / MIB);
  const findings: BotFinding[] = [];
  if (free < NO_ROOM) findings.push(fail(words.littleRoom(mebibytes, folder), words.noRoomAdvice));
  else if (free < LITTLE_ROOM) findings.push(warn(words.littleRoom(mebibytes, folder), words.littleRoomAdvice));
  else findings.push(ok(words.room(mebibytes, folder)));
  const trouble = writeTrouble(path, folder);
  if (trouble !== undefined) findings.push(fail(words.readOnly(folder, trouble), words.readOnlyAdvice));
  return findings;
}

/** The folder, or the nearest one above it that exists. */
function nearestFolder(folder: string): string {
  return statSync(folder, { throwIfNoEntry: false }) === undefined ? nearestFolder(dirname(folder)) : folder;
}

/** The system's error code if neither the folder nor the database in it can be written. */
function writeTrouble(path: string, folder: string): string | undefined {
  const probe = join(folder, `.dwld-bot-check-${process.pid}`);
  try {
    writeFileSync(probe, "probe", { flag: "wx", mode: 0o600, flush: true });
    rmSync(probe);
    if (statSync(path, { throwIfNoEntry: false }) !== undefined) accessSync(path, constants.W_OK);
    return undefined;
  } catch (error) {
    rmSync(probe, { force: true });
    const code = errorCode(error);
    if (code === undefined) throw error;
    return code;
  }
}

function checkBackups(path: string, now: number, words: CommandWords["check"]): BotFinding[] {
  const { database } = words;
  const [newest] = createBackupFiles(path).all();
  if (newest === undefined) return [warn(database.noBackup, database.noBackupAdvice)];
  const age = spoken(now - newest.at, words);
  if (now - newest.at < OLD_BACKUP_MS) return [ok(database.backup(age, newest.path))];
  return [warn(database.oldBackup(age), database.oldBackupAdvice)];
}

function leftAside(path: string, words: DatabaseWords): BotFinding[] {
  const aside = readdirSync(dirname(path)).filter((name) => /\.damaged-[\dTZ-]+$/.test(name));
  return aside
    .filter((name) => name.startsWith(basename(path)))
    .map((name) => warn(words.aside(join(dirname(path), name)), words.asideAdvice));
}
