import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Repair } from "../domain/backup.ts";
import { StoreUnavailable, unlessUnavailable } from "../domain/storage.ts";
import { probeDatabase } from "./inspect.ts";
import { AlreadyRunning, lockInstance } from "./instance-lock.ts";
import { openVerifiedStore, type RepairParts, type VerifiedStore } from "./repair.ts";
import type { SqliteStore } from "./store.ts";

/** A store that can be used before its database can: until then each of its functions throws `StoreUnavailable`. */
export interface LateStore extends Disposable {
  readonly store: SqliteStore;
  /** Opens the database where that is possible now and was not before; true once it is open. */
  takeUp(): boolean;
  /** What was done about a damaged database when it was opened; undefined when it was sound. */
  readonly repair: Repair | undefined;
}

/** What passes without a change of the config: locked, a full disk, one that cannot be written. */
const MAY_PASS = /SQLITE_(BUSY|LOCKED|FULL|IOERR|NOMEM|PROTOCOL|READONLY)|ENOSPC|EDQUOT|EROFS|EIO/;

/**
 * Takes the instance's lock and opens the database, or goes on without it for as long as it is locked, or its disk is full or
 * cannot be written (rule 4). Throws `AlreadyRunning`, `NewerDatabase`, and `StoreUnavailable` for what does not pass by itself.
 */
export function openLateStore(path: string, parts: RepairParts): LateStore {
  const { log } = parts;
  const held = new DisposableStack();
  let isLocked = false;
  let opened: VerifiedStore | undefined;
  let code = "";

  function open(): void {
    if (!isLocked) held.use(lockInstance(path));
    isLocked = true;
    opened = openVerifiedStore(path, parts);
    held.use(opened.store);
  }

  function goOnWithout(trouble: StoreUnavailable): void {
    code = trouble.code;
    if (!MAY_PASS.test(code) && !(code.startsWith("SQLITE_CANTOPEN") && isFile(path))) throw trouble;
    log.error("The database cannot be opened; going on without it", { code });
    // Where no lock can be written beside the database, a second instance must be noticed all the same.
    if (!isLocked) unlessUnavailable(() => held.use(lockInstance(standInFor(path))), warn);
  }

  function warn(error: Error): void {
    log.warn("A second instance would not be noticed: no lock can be written", { error });
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
    store: forwarding(current),
    get repair() {
      return opened?.repair;
    },
    takeUp() {
      if (opened !== undefined) return true;
      try {
        // Opening it waits for other programs, and so would the event loop.
        probeDatabase(path);
        open();
      } catch (error) {
        if (!(error instanceof StoreUnavailable) && !(error instanceof AlreadyRunning)) throw error;
        log.warn("The database still cannot be opened", { error });
        return false;
      }
      log.info("The database is taken up");
      return true;
    },
    [Symbol.dispose]: () => held.dispose(),
  };
}

const TABLES = [
  ...([
    "links",
    "attempts",
    "deliveries",
    "downloaders",
    "deletions",
    "chats",
    "grants",
    "invites",
    "strangers",
  ] as const),
  ...(["supersededSubmissions", "processedMessages", "updatesInProgress", "stats"] as const),
];

/** The same functions, each of whatever store is there when it is called. */
function forwarding(current: () => SqliteStore): SqliteStore {
  const tables = TABLES.map((name) => [name, forwardingTable(() => current()[name])]);
  return {
    ...Object.fromEntries(tables),
    moveChat: (move) => current().moveChat(move),
    transaction: (work) => current().transaction(work),
    writable: async () =>
      unlessUnavailable(
        () => current().writable(),
        () => undefined,
      ),
    check: () => current().check(),
    [Symbol.dispose]: () => undefined,
  };
}

function forwardingTable(current: () => object): object {
  return new Proxy(
    {},
    {
      get:
        (_, name) =>
        (...args: unknown[]) =>
          Reflect.apply(Reflect.get(current(), name), undefined, args),
    },
  );
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** In the folder for temporary files, by the database's path. */
function standInFor(path: string): string {
  return join(tmpdir(), `dwld-bot-${createHash("sha256").update(resolve(path)).digest("hex").slice(0, 32)}`);
}
