import type { Outcome } from "./downloader.ts";
import type { EndpointStatus } from "./endpoint.ts";
import type { LinkState } from "./link.ts";

/** What health checks and metrics read of the bot's state. Instants are epoch ms; undefined: not since the start. */
export interface StatusProvider {
  /** Whether downloaders can register now. */
  isListening(): boolean;
  /** Of the latest answer to getUpdates. */
  lastPollAt(): number | undefined;
  /** Of the end of the latest dispatcher tick. */
  lastTickAt(): number | undefined;
  /** Of the newest backup, including those from before the start; undefined: there is none. */
  lastBackupAt(): number | undefined;
  /** All registered downloaders; `isUp`: its latest exchange was answered. */
  downloaders(): readonly { readonly name: string; readonly isUp: boolean }[];
  /** Every endpoint of the Bot API. */
  endpoints(): readonly EndpointStatus[];
  /** The database with its log, in bytes. */
  databaseBytes(): number;
  readonly stats: Stats;
}

/** Counts that are read from the database. Each function may throw `StoreUnavailable`. */
export interface Stats {
  /** Writes something and undoes it: throws if nothing can be stored now. */
  probe(): void;
  /** Links by state; a state that no link has may be missing. */
  links(): ReadonlyMap<LinkState, number>;
  /** `sendAt` of the link that has been due longest, in epoch ms. */
  oldestDueAt(now: number): number | undefined;
  deletions(): number;
}

/** Counts events as they happen. None of these throws. */
export interface Meter {
  /** A link was offered to a downloader. */
  attempted(attempt: { readonly downloader: string; readonly outcome: Outcome["kind"]; readonly ms: number }): void;
  /** An update of this kind (Bot API: `message`, `callback_query`…) came. */
  updated(kind: string): void;
  /** A call of the Bot API failed; `code` is its error code, or that of the network (`TIMEOUT`). */
  telegramFailed(method: string, code: string): void;
  /** The database could not be used; this is SQLite's code. */
  storeFailed(code: string): void;
}
