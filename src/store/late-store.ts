import { createHash } from "node:crypto";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { FileFate, Repair } from "../domain/backup.ts";
import { StoreUnavailable, unlessUnavailable } from "../domain/storage.ts";
import type { Unhurried } from "../domain/unhurried.ts";
import { UNFINISHED } from "./copy.ts";
import { forwardingStore } from "./forwarding-store.ts";
import { probeDatabase } from "./inspect.ts";
import { AlreadyRunning, lockInstance, withoutLinks, withSystemErrors } from "./instance-lock.ts";
import { NewerDatabase } from "./migrate.ts";
import { bytesAt, giveUpStandBy, type HeldFile, holdFile, isFile, standBy, takePlace } from "./place.ts";
import { isDamage, type KnownDamage, openVerifiedStore, type RepairParts, type VerifiedStore } from "./repair.ts";
import type { SqliteStore } from "./store.ts";

/** A store that exists before its database can be used: until then each of its functions throws `StoreUnavailable`. */
export interface LateStore extends Disposable {
  readonly store: SqliteStore;
  /** Opens the database if that is possible now and was not before; true once it is open. */
  takeUp(): boolean;
  /** What was done about a damaged database when it was opened; undefined if it was sound. */
  readonly repair: Repair | undefined;
  /** See `VerifiedStore`; undefined while it is not open. */
  readonly contentFrom: number | undefined;
  /**
   * Checks whether the database's file is still in its place. If it was deleted or replaced, writes the content of the open one into a new
   * file, and moves aside a file that is there instead. Never throws.
   */
  keepPlace(): FileFate;
}

/** Trouble that passes without a change of the config: a lock, a full disk, one that cannot be written. */
const MAY_PASS = /SQLITE_(BUSY|LOCKED|FULL|IOERR|NOMEM|PROTOCOL|READONLY)|ENOSPC|EDQUOT|EROFS|EIO/;

/**
 * Takes the instance's lock and opens the database, or carries on without it while it is locked, or its disk is full or cannot be written
 * (rule 4). Throws `AlreadyRunning`, `NewerDatabase`, and `StoreUnavailable` for trouble that does not pass by itself.
 */
export function openLateStore(
  path: string,
  parts: RepairParts & {
    /** A database that could not be opened at first turns out to belong to a newer version; called once. */
    readonly onNewer?: () => void;
    readonly unhurried?: Unhurried;
  },
): LateStore {
  const { log, unhurried = (_of, work) => work() } = parts;
  const known: KnownDamage = {};
  const held = new DisposableStack();
  let isLocked = false;
  let opened: (VerifiedStore & { readonly file: HeldFile }) | undefined;
  let code = "";
  let isNewer = false;
  /** The file was written again but is not open yet. */
  let isReopening = false;
  /** As of the latest check; a copy of its content may be standing by. */
  let isGone = false;
  held.defer(() => opened && close(opened));

  function open(): void {
    if (!isLocked) held.use(lockInstance(path));
    isLocked = true;
    const left = withSystemErrors(() => takePlace(place(), parts.now()));
    if (left !== undefined) log.error("Putting a new database in place that an earlier run has written", left);
    using opening = new DisposableStack();
    const { store, ...found } = unhurried({ what: "Opening the database", bytes: bytesToOpen() }, () =>
      openVerifiedStore(place(), { ...parts, known }),
    );
    opening.use(store);
    const file = withSystemErrors(() => holdFile(path));
    opening.move();
    opened = { ...found, store: knowing(store, file), file };
    known.mended = undefined;
  }

  /** Where its files are, and where a replacement must go: SQLite looks for nothing beside a symbolic link. */
  function place(): string {
    return withSystemErrors(() => withoutLinks(path));
  }

  /** A backup may have to take its place. */
  function bytesToOpen(): number {
    return Math.max(
      withSystemErrors(() => bytesAt(place())),
      ...parts.backups.all().map(({ bytes }) => bytes),
    );
  }

  function close({ store, file }: { store: SqliteStore; file: HeldFile }): void {
    store[Symbol.dispose]();
    file[Symbol.dispose]();
  }

  /** Gives the content of the open file its name again. Throws `StoreUnavailable`. */
  function rescue(former: NonNullable<typeof opened>): void {
    withSystemErrors(() => mkdirSync(dirname(path), { recursive: true }));
    const real = place();
    const part = real + UNFINISHED;
    withSystemErrors(() => rmSync(part, { force: true }));
    unhurried({ what: "Writing the database anew", bytes: former.file.bytes() }, () => former.store.copyInto(part));
    if (!existsSync(`${real}.lock`)) held.use(lockInstance(path));
    withSystemErrors(() => {
      standBy(part, real);
      log.info("Copied the content of the open database to a new file, which takes its place");
      const other = takePlace(real, parts.now())?.aside;
      log.error("The database was deleted or replaced while it was open: a new one has been written", { aside: other });
    });
    // When SQLite closes a database it deletes the log by name: close it first, or the new one's log would be deleted.
    opened = undefined;
    code = "SQLITE_CANTOPEN";
    isReopening = true;
    close(former);
    open();
    isReopening = false;
  }

  function goOnWithout(trouble: StoreUnavailable): void {
    code = trouble.code;
    if (!MAY_PASS.test(code) && !(code.startsWith("SQLITE_CANTOPEN") && isFile(path))) throw trouble;
    log.error("The database cannot be opened; continuing without it", { code });
    // Even if no lock can be written beside the database, a second instance must be noticed.
    if (!isLocked) unlessUnavailable(() => held.use(lockInstance(standInFor(path))), warn);
  }

  /** Damage is for `open` to deal with. */
  function mendable(trouble: StoreUnavailable): void {
    if (!isDamage(trouble)) throw trouble;
  }

  function warn(error: Error): void {
    log.warn("A second instance would not be noticed, because no lock can be written", { error });
  }

  function tellOfNewer(error: NewerDatabase): void {
    if (isNewer) return;
    isNewer = true;
    log.error("The database cannot be used", { error });
    parts.onNewer?.();
  }

  function current(): SqliteStore {
    if (opened === undefined) throw new StoreUnavailable(code);
    return opened.store;
  }

  try {
    unlessUnavailable(open, goOnWithout);
  } catch (error) {
    held.dispose();
    throw error;
  }
  return {
    store: forwardingStore(current),
    get repair() {
      return opened?.repair;
    },
    get contentFrom() {
      return opened?.contentFrom;
    },
    takeUp() {
      if (opened !== undefined) return true;
      try {
        // Opening it waits for other programs, and so would the event loop.
        unlessUnavailable(() => probeDatabase(path), mendable);
        open();
      } catch (error) {
        if (error instanceof NewerDatabase) tellOfNewer(error);
        else if (error instanceof StoreUnavailable || error instanceof AlreadyRunning)
          log.warn("The database still cannot be opened", { error });
        else throw error;
        return false;
      }
      log.info("The database is open now");
      return true;
    },
    keepPlace() {
      try {
        if (!isReopening && (opened === undefined || opened.file.isInPlace())) {
          // The file was put back.
          if (isGone) giveUpStandBy(place());
          isGone = false;
          return "in_place";
        }
        if (opened !== undefined) rescue(opened);
        else open();
        isReopening = false;
        isGone = false;
        return "rewritten";
      } catch (error) {
        isGone = true;
        log.error("The database is gone and cannot be written again now", { error });
        return "gone";
      }
    },
    [Symbol.dispose]: () => held.dispose(),
  };
}

/**
 * Whatever is stored in a file without a name is gone with the process: it is no place to keep links, although SQLite would go on writing.
 */
function knowing(store: SqliteStore, file: HeldFile): SqliteStore {
  function probe(): void {
    if (!file.isInPlace()) throw new StoreUnavailable("SQLITE_READONLY_DBMOVED");
    store.stats.probe();
  }
  return { ...store, stats: { ...store.stats, probe } };
}

/** In the folder for temporary files, named after the database's path. */
function standInFor(path: string): string {
  return join(tmpdir(), `dwld-bot-${createHash("sha256").update(resolve(path)).digest("hex").slice(0, 32)}`);
}
