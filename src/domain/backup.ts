/** A copy of the database in the folder of backups. */
export interface Backup {
  readonly path: string;
  /** Epoch ms. */
  readonly at: number;
  readonly bytes: number;
}

/** What a backup is made for; of each kind the newest three are kept. */
export type BackupReason = "nightly" | "migration";

/** `findings`: what is wrong with the database, which is not copied then, lest it drives a good copy out. */
export type BesideResult = { readonly backup: Backup } | { readonly findings: readonly string[] };

/** The folder of backups beside the database. */
export interface Backups {
  /** Every copy in it, whoever made it, but for other databases', newest first; none when it cannot be read. */
  all(): Backup[];
  /**
   * Makes a copy, checks it, and drops the oldest of its kind, those from the future first. Throws `StoreUnavailable`, or the
   * system's error.
   */
  make(reason: BackupReason, at: number): Backup;
  /** The same beside everything else, however large the database is; it is checked first. Rejects as `make` throws. */
  makeBeside(reason: BackupReason, at: number): Promise<BesideResult>;
}

/** What became of the file of a database that is open: deleted or replaced, it is written anew where that is possible. */
export type FileFate = "in_place" | "rewritten" | "gone";

/** What happened to a database that was found damaged, empty or gone at the start. */
export interface Repair {
  /** Where the damaged file was moved; undefined when there was none. */
  readonly aside: string | undefined;
  /** The backup that took its place; undefined when there was no good one, and the queue began empty. */
  readonly restored: Backup | undefined;
}
