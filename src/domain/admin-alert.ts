import type { Address, Downloader, Unusable } from "./downloader.ts";
import { compareNames } from "./downloader-name.ts";
import type { GrantedRole } from "./role.ts";

/** A number of links that was counted only up to a limit: at least this many if there are `more`. */
export interface BoundedCount {
  readonly links: number;
  readonly more: boolean;
}

/** What depends on a downloader. */
export interface DownloaderLoad {
  readonly name: string;
  /** Links that it accepted and has not finished. */
  readonly running: number;
  /** Links in the queue that it takes. */
  readonly waiting: BoundedCount;
}

/** Why the database cannot be used; damage does not pass by itself. */
export type DatabaseTrouble = "full" | "locked" | "unwritable" | "damaged";

/** What admins are told unasked; that the bot is running is another matter (`Presence`). */
export type AdminAlert =
  /** The database was damaged: it was moved aside, and the latest backup, if any, took its place; the rest comes from the copy. */
  | { readonly kind: "repaired"; readonly hasBackup: boolean }
  /** It could not be used at the start, so the bot runs without it; and later: it is in use now. */
  | { readonly kind: "no_database" | "database_back" }
  /** It can no longer be used, while the bot runs. */
  | { readonly kind: "database_failing"; readonly because: DatabaseTrouble }
  /** It could not be opened at the start, and turns out to belong to a newer version: the bot runs without it. */
  | { readonly kind: "newer_database" }
  /** The database's file was deleted or replaced while it was open; its content was written to a new file, or not yet. */
  | { readonly kind: "database_deleted"; readonly isRewritten: boolean }
  /** It was found damaged at night, or no copy of it could be made for a day; `full`: there is no room for one. */
  | { readonly kind: "not_backed_up"; readonly because: "damaged" | "full" | "other" }
  | { readonly kind: "silent" | "back"; readonly downloader: DownloaderLoad }
  /** It answers, but takes nothing from this bot. */
  | { readonly kind: "unusable"; readonly name: string; readonly problem: Unusable }
  | { readonly kind: "usable"; readonly name: string }
  /** (Nearly) all at once: probably our own network. */
  | { readonly kind: "all_silent"; readonly downloaders: readonly string[] }
  | { readonly kind: "joined"; readonly name: string; readonly at: Address; readonly roots: readonly string[] }
  /** A new one is at the address of others that are registered: usually it is one of them under a new name. */
  | { readonly kind: "same_address"; readonly name: string; readonly at: Address; readonly others: readonly string[] }
  | { readonly kind: "moved"; readonly name: string; readonly from: Address; readonly to: Address }
  /** It takes other links than before. */
  | {
      readonly kind: "rerooted";
      readonly name: string;
      readonly from: readonly string[];
      readonly to: readonly string[];
    }
  /** Refused: no more downloaders may be registered. */
  | { readonly kind: "full"; readonly name: string; readonly at: Address; readonly most: number }
  /** Some connections were closed: there were more than there may be. */
  | { readonly kind: "crowded" }
  /** Refused: its name looks like that of another downloader. */
  | { readonly kind: "lookalike"; readonly name: string; readonly like: string; readonly at: Address }
  /** Somebody used an invite. */
  | { readonly kind: "came_in"; readonly id: number; readonly name: string; readonly role: GrantedRole }
  /** Somebody has become an admin with the code of a pairing. */
  | { readonly kind: "paired"; readonly id: number; readonly name: string }
  /** Another instance takes the bot's updates. */
  | { readonly kind: "conflict" }
  /** Telegram gives no updates for this long, because the bot made too many calls. */
  | { readonly kind: "flooded"; readonly waitMs: number }
  /** An update that ended the process several times was skipped. */
  | { readonly kind: "poison" };

/** An alarm that admins have not been told yet. */
export interface UntoldAlarm {
  readonly key: string;
  readonly alert: AdminAlert;
}

/** The table of these, so that a kill loses none. Each function may throw `StoreUnavailable`. */
export interface UntoldAlarms {
  add(alarm: UntoldAlarm): void;
  /** The oldest first. */
  all(): UntoldAlarm[];
  remove(key: string): void;
}

/** Whether admins must not miss it: an alarm makes a sound, and stays until it is read. The rest is for those who happen to look. */
export function isAlarm({ kind }: AdminAlert): boolean {
  return !["joined", "came_in"].includes(kind);
}

/** What an alert is about: two alerts on one subject are steps of the same story. Undefined for one that stands alone. */
export function subjectOf(alert: AdminAlert): string | undefined {
  switch (alert.kind) {
    case "silent":
    case "back":
      return `health of ${alert.downloader.name}`;
    case "no_database":
    case "newer_database":
    case "database_failing":
    case "database_back":
      return "the database";
    case "usable":
    case "unusable":
      return `use of ${alert.name}`;
    case "moved":
    case "rerooted":
      return `${alert.kind} ${alert.name}`;
    default:
      return undefined;
  }
}

/** If more names than this share one address, that is intended: hundreds of them must not cause hundreds of alarms. */
const MOST_FORMER_NAMES = 3;

/**
 * What a registration means to admins; `previous` is what had the name before, `fleet` returns all that are registered now. A downloader
 * that has only restarted is no news, nor is one that still shares its address.
 */
export function registrationAlerts(
  downloader: Downloader,
  previous: Downloader | undefined,
  fleet: () => readonly Downloader[],
): AdminAlert[] {
  const { name, host, port, roots } = downloader;
  const to = { host, port };
  if (previous === undefined) {
    const others = othersAt(to, name, fleet());
    const joined = { kind: "joined", name, at: to, roots } as const;
    const isOdd = others.length > 0 && others.length <= MOST_FORMER_NAMES;
    return isOdd ? [joined, { kind: "same_address", name, at: to, others }] : [joined];
  }
  const from = { host: previous.host, port: previous.port };
  const isElsewhere = from.host !== host || from.port !== port;
  const isOther = roots !== previous.roots && new Set(roots).symmetricDifference(new Set(previous.roots)).size > 0;
  return [
    ...(isElsewhere ? [{ kind: "moved", name, from, to } as const] : []),
    ...(isOther ? [{ kind: "rerooted", name, from: previous.roots, to: roots } as const] : []),
  ];
}

/** Who else is at an address. */
function othersAt({ host, port }: Address, name: string, fleet: readonly Downloader[]): string[] {
  const others = fleet.filter((one) => one.port === port && one.host === host && one.name !== name);
  return others.sort(compareNames).map((one) => one.name);
}
