import { Database } from "bun:sqlite";
import { copyFileSync, rmSync, statSync } from "node:fs";
import { dirname } from "node:path";
import type { Backup, Backups, Repair } from "../domain/backup.ts";
import { errorCode } from "../domain/error-code.ts";
import type { Log } from "../domain/log.ts";
import { StoreUnavailable } from "../domain/storage.ts";
import { futureLast } from "./backup-files.ts";
import { UNFINISHED } from "./copy.ts";
import { withStorageErrors } from "./error-translation.ts";
import { withSystemErrors } from "./instance-lock.ts";
import { assertGoodCopy } from "./integrity.ts";
import { pendingMigrations } from "./migrate.ts";
import { moveAside, settle } from "./place.ts";
import { mustHaveRoom } from "./room.ts";
import { openStore, type SqliteStore } from "./store.ts";

const DAMAGED = /^SQLITE_(CORRUPT|NOTADB)/;
const NO_ROOM = /^(ENOSPC|EDQUOT)$/;

/** An open, sound store; `repair` is what admins should hear about, undefined if nothing was wrong. */
export interface VerifiedStore {
  readonly store: SqliteStore;
  readonly repair: Repair | undefined;
  /**
   * The time of its content in epoch ms: of the backup that took its place; minus infinity for a new one, or if nobody knows; infinity for
   * the original.
   */
  readonly contentFrom: number;
}

export interface RepairParts {
  readonly backups: Backups;
  /** Gets SQLite's code of each failure of the store. */
  readonly onFailure?: (code: string) => void;
  readonly now: () => number;
  readonly log: Log;
  readonly known?: KnownDamage;
}

/** Kept from one call to the next. */
export interface KnownDamage {
  /** Checking the file takes long, and holds up the event loop. */
  damaged?: string | undefined;
  /** The file as it was when it was backed up before a migration, which then failed. */
  backedUp?: string | undefined;
  /** What was done about it, for the next store that can be opened; whoever opens that one clears this. */
  mended?: (Pick<VerifiedStore, "contentFrom"> & { readonly repair: Repair }) | undefined;
}

/**
 * Opens the database and makes sure that it is sound; it is backed up before a migration. A damaged one is moved aside as a whole, for
 * anyone who wants to rescue it, and the newest good backup takes its place, or an empty database, so that the bot can carry on. One that
 * is empty or missing while there are backups was lost, and is replaced in the same way (reliability.md S4). If the disk has no room for
 * that, the next call tries again. Throws what `openStore` throws for any other reason.
 */
export function openVerifiedStore(path: string, parts: RepairParts): VerifiedStore {
  const { backups, onFailure, now, log, known = {} } = parts;
  const sound = known.damaged !== undefined && known.damaged === markOf(path) ? undefined : openSound(path, parts);
  if (sound !== undefined) return { ...sound, ...known.mended };
  known.damaged = markOf(path);
  const part = path + UNFINISHED;
  const restored = copyNewest(part, { backups, now, log });
  const mended = withSystemErrors(() => {
    const moved = moveAside(path, "damaged", now());
    // The file that an earlier call has moved is the one with the links.
    const aside = known.mended?.repair.aside ?? moved;
    known.mended = { repair: { aside, restored: undefined }, contentFrom: Number.NEGATIVE_INFINITY };
    if (restored === undefined) return known.mended;
    settle(part, path);
    const contentFrom = restored.at <= now() ? restored.at : Number.NEGATIVE_INFINITY;
    known.mended = { repair: { aside, restored }, contentFrom };
    return known.mended;
  });
  const { aside } = mended.repair;
  if (restored === undefined) log.error("A new database takes its place: links that were waiting are lost", { aside });
  else
    log.error("The newest good backup takes its place", { aside, backup: restored.path, from: isoTime(restored.at) });
  return { store: openStore(path, onFailure), ...mended };
}

/** Whether the file is not a sound database, rather than one that cannot be used now. */
export function isDamage({ code }: StoreUnavailable): boolean {
  return DAMAGED.test(code);
}

/** Undefined if it is damaged, or lost, which is logged. */
function openSound(path: string, parts: RepairParts): VerifiedStore | undefined {
  const { backups, onFailure, log } = parts;
  try {
    if (isEmpty(path) && backups.all().length > 0) {
      log.error("The database is empty or gone");
      return undefined;
    }
    if (!isEmpty(path) && isOutdated(path)) backUp(path, parts);
    const contentFrom = isEmpty(path) ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
    using opening = new DisposableStack();
    const store = opening.use(openStore(path, onFailure));
    const findings = store.check();
    if (findings.length === 0) {
      opening.move();
      return { store, repair: undefined, contentFrom };
    }
    log.error("The database is damaged", { findings: findings.slice(0, 3).join("; ") });
  } catch (error) {
    if (!(error instanceof StoreUnavailable) || !isDamage(error)) throw error;
    log.error("The database is damaged", { code: error.code });
  }
  return undefined;
}

/** Before a migration. If that fails because the disk is full, the next tick tries again, and must not make another copy. */
function backUp(path: string, { backups, now, log, known = {} }: RepairParts): void {
  if (known.backedUp !== undefined && known.backedUp === markOf(path)) return;
  const { path: file, bytes } = withSystemErrors(() => backups.make("migration", now()));
  log.info("Backed up the database before its schema changes", { file, bytes });
  known.backedUp = markOf(path);
}

/** Differs for another file, and for one that was written; undefined if there is none. */
function markOf(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  return found && `${found.ino} ${found.mtimeMs} ${found.size}`;
}

/** True for a file without content, and for none. Content only in its `-wal` is not a database yet. */
function isEmpty(path: string): boolean {
  return (statSync(path, { throwIfNoEntry: false })?.size ?? 0) === 0;
}

/** Whether the next opening would change the schema. */
function isOutdated(path: string): boolean {
  return withStorageErrors(() => {
    using database = new Database(path, { readonly: true });
    const version = database.query<{ user_version: number }, []>("PRAGMA user_version").get()?.user_version;
    return version !== 0 && pendingMigrations(database) > 0;
  });
}

/** Undefined if no backup is good. Throws `StoreUnavailable` if there is no room for it, before anything is moved. */
function copyNewest(part: string, { backups, now, log }: Omit<RepairParts, "onFailure">): Backup | undefined {
  for (const backup of futureLast(backups.all(), now())) {
    try {
      mustHaveRoom(dirname(part), backup.bytes);
      // First copied, then checked: the copy is what will be used.
      copyFileSync(backup.path, part);
      assertGoodCopy(part);
      isOutdated(part);
      return backup;
    } catch (error) {
      rmSync(part, { force: true });
      // That is not the backup's fault, and passes: an empty database may still find room, and then nothing would be restored.
      const code = errorCode(error) ?? "";
      if (NO_ROOM.test(code)) throw new StoreUnavailable(code, error);
      log.warn(`The backup ${backup.path} cannot be used`, { error });
    } finally {
      // SQLite's own, if somebody has copied this very file.
      for (const end of ["-wal", "-shm"]) rmSync(part + end, { force: true });
    }
  }
  return undefined;
}

function isoTime(at: number): string {
  return new Date(at).toISOString();
}
