import type { UntoldAlarms } from "./admin-alert.ts";
import type { Chats } from "./chat.ts";
import type { Attempts, Deliveries, SupersededSubmissions } from "./delivery.ts";
import type { Downloaders } from "./downloader.ts";
import type { HeldMessages } from "./held-message.ts";
import type { Cancellations, WorkMessages } from "./in-work.ts";
import type { Links } from "./link.ts";
import type { Deletions, ProcessedMessages } from "./message.ts";
import type { NewsTable } from "./news.ts";
import type { PresenceMessages } from "./presence.ts";
import type { Grants, Invites, Strangers } from "./role.ts";
import type { StoredKeys } from "./stored-keys.ts";

/** The database cannot be read or written now: full, locked, damaged, read-only, gone (rule 4). */
export class StoreUnavailable extends Error {
  override readonly name = "StoreUnavailable";
  /** SQLite's extended result code, such as `SQLITE_FULL`. */
  readonly code: string;

  constructor(code: string, cause?: unknown) {
    super(`The database cannot be used: ${code}`, { cause });
    this.code = code;
  }
}

/**
 * Returns what `work` returns or, while the database cannot be used, what `otherwise` returns: for callers that can carry on without it.
 * Any other error is thrown.
 */
export function unlessUnavailable<T, Other>(work: () => T, otherwise: (error: StoreUnavailable) => Other): T | Other {
  try {
    return work();
  } catch (error) {
    if (error instanceof StoreUnavailable) return otherwise(error);
    throw error;
  }
}

/** The same for callers that need not know why: undefined while the database cannot be used. */
export function ifAvailable<T>(work: () => T): T | undefined {
  return unlessUnavailable(work, () => undefined);
}

/** Changes for which nobody waits and which must not be lost. */
export interface LateWrites {
  /**
   * Makes a change now or, while the database cannot be used, as soon as possible, at the latest when the bot stops. If it is made now,
   * errors of `change` other than `StoreUnavailable` are thrown. `what` is for the log. `stored` is called once it is durable; until then
   * `change` may be run, and undone, more than once.
   */
  write(what: string, change: () => void, stored?: () => void): void;
  /** The same within some ms, in one transaction with others that come in the meantime. Errors of `change` are logged. */
  writeSoon(what: string, change: () => void, stored?: () => void): void;
  /** The same together with the next write, or at the next tick: nothing depends on it, and it is not worth its own commit. */
  writeAlong(what: string, change: () => void): void;
  /** Makes all changes that wait, unless every one of them may go along with a later write. Never throws. */
  writePending(): void;
}

/**
 * Runs work in a transaction that it shares with other work requested in the same turn of the event loop, in the order of the requests; if
 * that would hold up the loop for too long, the rest runs in further transactions, and fails with the first one that fails. Resolves with
 * what the work returns once that is on the disk. Rejects with what it throws, on its own, but with `StoreUnavailable` together with all
 * others. `work` must change nothing but tables, because it may be run twice.
 */
export type Together = <T>(work: () => T extends PromiseLike<unknown> ? never : T) => Promise<T>;

/** Everything that survives a restart. Each function may throw `StoreUnavailable`. */
export interface Store {
  readonly links: Links;
  readonly attempts: Attempts;
  readonly deliveries: Deliveries;
  readonly supersededSubmissions: SupersededSubmissions;
  readonly downloaders: Downloaders;
  readonly deletions: Deletions;
  readonly news: NewsTable;
  readonly presenceMessages: PresenceMessages;
  readonly untoldAlarms: UntoldAlarms;
  readonly workMessages: WorkMessages;
  readonly cancellations: Cancellations;
  readonly chats: Chats;
  readonly grants: Grants;
  readonly invites: Invites;
  readonly strangers: Strangers;
  readonly heldMessages: HeldMessages;
  readonly processedMessages: ProcessedMessages;
  readonly storedKeys: StoredKeys;
  /** Runs `work` as a whole or not at all; an error undoes everything. `work` must not be async. */
  transaction<T>(work: () => T extends PromiseLike<unknown> ? never : T): T extends PromiseLike<unknown> ? never : T;
}
