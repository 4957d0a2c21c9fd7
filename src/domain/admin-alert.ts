import type { Address, Downloader } from "./downloader.ts";
import type { GrantedRole } from "./role.ts";

/** A number of links that was counted up to a bound: at least so many when there are `more`. */
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

/** What admins are told without asking. */
export type AdminAlert =
  | {
      readonly kind: "started";
      readonly version: string;
      /** Undefined when the queue cannot be read. */
      readonly queued: number | undefined;
      readonly downloaders: readonly string[];
      readonly silent: readonly string[];
    }
  | { readonly kind: "stopping"; readonly queued: number | undefined }
  /** The database was damaged: it was moved aside, and the latest backup, if there is one, took its place. */
  | { readonly kind: "repaired"; readonly hasBackup: boolean }
  | { readonly kind: "silent" | "back"; readonly downloader: DownloaderLoad }
  /** (Nearly) all at once: rather our own network. */
  | { readonly kind: "all_silent"; readonly downloaders: readonly string[] }
  | { readonly kind: "joined"; readonly name: string; readonly at: Address; readonly roots: readonly string[] }
  | { readonly kind: "moved"; readonly name: string; readonly from: Address; readonly to: Address }
  /** Refused: its name looks like that of another downloader. */
  | { readonly kind: "lookalike"; readonly name: string; readonly like: string; readonly at: Address }
  /** Somebody used an invite. */
  | { readonly kind: "came_in"; readonly id: number; readonly name: string; readonly role: GrantedRole }
  /** Another instance takes the bot's updates. */
  | { readonly kind: "conflict" }
  /** An update that ended the process several times was skipped. */
  | { readonly kind: "poison" };

/** What a registration is to admins; `previous` is what the name stood for. A downloader that has only restarted is no news. */
export function registrationAlert(downloader: Downloader, previous: Downloader | undefined): AdminAlert | undefined {
  const { name, host, port, roots } = downloader;
  const at = { host, port };
  if (previous === undefined) return { kind: "joined", name, at, roots };
  const from = { host: previous.host, port: previous.port };
  return from.host === host && from.port === port ? undefined : { kind: "moved", name, from, to: at };
}
