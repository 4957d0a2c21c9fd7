import { accessSync, constants, readdirSync, rmSync, statfsSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { StoreUnavailable } from "../../domain/storage.ts";
import { createBackupFiles } from "../../store/backup-files.ts";
import { type Inspection, inspectDatabase } from "../../store/inspect.ts";
import { NewerDatabase } from "../../store/migrate.ts";
import { type Finding, findingsOf, spoken } from "./finding.ts";

const { ok, warn, fail } = findingsOf("database");
const MIB = 1024 * 1024;
const LITTLE_ROOM = 200 * MIB;
const NO_ROOM = 20 * MIB;
const OLD_BACKUP_MS = 3 * 24 * 3_600_000;
const RESTART = "Start the bot (again): it moves the database aside and restores the newest good backup.";

interface Checked {
  readonly findings: readonly Finding[];
  /** Undefined where there is no database that can be read. */
  readonly inspection: Inspection | undefined;
}

/** Looks at the database and its file system, without disturbing a bot that uses it. */
export function checkDatabase(path: string, now: number): Checked {
  try {
    return lookAround(path, now);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EACCES")) throw error;
    const finding = fail(`This user may not look into ${dirname(path)}`, "Run check as the bot's user, or as root.");
    return { findings: [finding], inspection: undefined };
  }
}

function lookAround(path: string, now: number): Checked {
  const state = statSync(path, { throwIfNoEntry: false });
  const hasBackups = createBackupFiles(path).all().length > 0;
  if (state === undefined || state.size === 0) {
    const missing = state === undefined ? `There is no ${path} yet` : `${path} is empty`;
    const first = hasBackups
      ? warn(`${missing}, but there are backups`, RESTART)
      : ok(`${missing}: the first start makes it`);
    return { findings: [first, ...checkFileSystem(path)], inspection: undefined };
  }
  const { finding, inspection } = look(path);
  return {
    findings: [finding, ...checkFileSystem(path), ...checkBackups(path, now), ...leftAside(path)],
    inspection,
  };
}

function look(path: string): { finding: Finding; inspection: Inspection | undefined } {
  try {
    const inspection = inspectDatabase(path);
    return { finding: judge(path, inspection), inspection };
  } catch (error) {
    if (error instanceof NewerDatabase) return { finding: fail(error.message), inspection: undefined };
    if (!(error instanceof StoreUnavailable)) throw error;
    const finding = /^SQLITE_(CORRUPT|NOTADB)/.test(error.code)
      ? fail(`${path} is damaged (${error.code})`, RESTART)
      : fail(`${path} cannot be read (${error.code})`, "Is it this user's? Run check as the bot's user, or as root.");
    return { finding, inspection: undefined };
  }
}

function judge(path: string, { isOurs, damage, pendingMigrations, links }: Inspection): Finding {
  if (!isOurs) {
    const advice = "If it is the Go version's: dwld-bot import --from it, and give this one its own store.path.";
    return fail(`${path} was not written by this dwld-bot`, advice);
  }
  if (damage.length > 0) return fail(`${path} is damaged: ${damage.slice(0, 3).join("; ")}`, RESTART);
  const change = pendingMigrations > 0 ? "; its schema is brought up to date, after a backup, at the next start" : "";
  return ok(`${path} is sound, ${links} links in the queue${change}`);
}

function checkFileSystem(path: string): Finding[] {
  const folder = nearestFolder(dirname(path));
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  const room = `${Math.round(free / MIB)} MiB free in ${folder}`;
  const findings: Finding[] = [];
  if (free < NO_ROOM) findings.push(fail(`Only ${room}`, "Make room: links cannot be stored, and go out at once."));
  else if (free < LITTLE_ROOM) findings.push(warn(`Only ${room}`, "Make room before it runs out."));
  else findings.push(ok(room));
  const trouble = writeTrouble(path, folder);
  if (trouble !== undefined) {
    findings.push(
      fail(`${folder} cannot be written to (${trouble})`, "Give it to the bot's user, or run check as that."),
    );
  }
  return findings;
}

/** The folder, or the one that it would be made in. */
function nearestFolder(folder: string): string {
  return statSync(folder, { throwIfNoEntry: false }) === undefined ? nearestFolder(dirname(folder)) : folder;
}

/** The system's error code when neither the folder nor the database in it can be written. */
function writeTrouble(path: string, folder: string): string | undefined {
  const probe = join(folder, `.dwld-bot-check-${process.pid}`);
  try {
    writeFileSync(probe, "probe", { flag: "wx", mode: 0o600, flush: true });
    rmSync(probe);
    if (statSync(path, { throwIfNoEntry: false }) !== undefined) accessSync(path, constants.W_OK);
    return undefined;
  } catch (error) {
    rmSync(probe, { force: true });
    if (error instanceof Error && "code" in error) return String(error.code);
    throw error;
  }
}

function checkBackups(path: string, now: number): Finding[] {
  const [newest] = createBackupFiles(path).all();
  if (newest === undefined)
    return [warn("There is no backup yet", "The bot makes one when it starts, and each night.")];
  const age = now - newest.at;
  if (age < OLD_BACKUP_MS) return [ok(`The newest backup is ${spoken(age)} old: ${newest.path}`)];
  return [warn(`The newest backup is ${spoken(age)} old`, "A running bot makes one each night: look into its log.")];
}

function leftAside(path: string): Finding[] {
  const aside = readdirSync(dirname(path)).filter((name) => /\.damaged-[\dTZ-]+$/.test(name));
  return aside
    .filter((name) => name.startsWith(basename(path)))
    .map((name) =>
      warn(`${join(dirname(path), name)} was damaged and moved aside`, "Rescue what is in it, or remove it."),
    );
}
