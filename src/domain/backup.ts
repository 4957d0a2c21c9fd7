/** A copy of the database in the folder of backups. */
export interface Backup {
  readonly path: string;
  /** Epoch ms. */
  readonly at: number;
  readonly bytes: number;
}

/** Why a backup is made; of each kind the newest three are kept. */
export type BackupReason = "nightly" | "migration";

/** `findings`: what is wrong with the database, which is then not copied, so that it pushes out no good copy. */
export type BesideResult = { readonly backup: Backup } | { readonly findings: readonly string[] };

/** The folder of backups beside the database. */
export interface Backups {
  /** All copies in it, whoever made them, except those of other databases, newest first; none if it cannot be read. */
  all(): Backup[];
  /**
   * Makes a copy, checks it, and drops the oldest of its kind, those from the future first. Throws `StoreUnavailable`, or the
   * system's error.
   */
  make(reason: BackupReason, at: number): Backup;
  /** The same in the background, however large the database is; the database is checked first. Rejects with what `make` throws. */
  makeBeside(reason: BackupReason, at: number): Promise<BesideResult>;
}

/** What has happened to the file of an open database: if it was deleted or replaced, it is written again, if that is possible. */
export type FileFate = "in_place" | "rewritten" | "gone";

/** What happened to a database that was damaged, empty or missing at the start. */
export interface Repair {
  /** Where the damaged file was moved; undefined if there was none. */
  readonly aside: string | undefined;
  /** The backup that took its place; undefined if there was no good one, and the queue started empty. */
  readonly restored: Backup | undefined;
}
