import type { Config } from "../config/config.ts";
import { readTlsFiles } from "../config/tls-files.ts";
import type { Backups, Repair } from "../domain/backup.ts";
import type { DirectJournal } from "../domain/direct.ts";
import type { ServerTls } from "../domain/listening.ts";
import type { Log } from "../domain/log.ts";
import { createMetrics, type Metrics } from "../http/metrics.ts";
import { createBackupFiles } from "../store/backup-files.ts";
import { openDirectJournal } from "../store/direct-journal.ts";
import { lockInstance } from "../store/instance-lock.ts";
import { openVerifiedStore } from "../store/repair.ts";
import type { SqliteStore } from "../store/store.ts";
import { createEvents, type Events } from "./events.ts";

/** The outside of the program, as tests replace it. */
export interface FoundationOptions {
  readonly log: Log;
  readonly now?: () => number;
  /** In [0, 1). */
  readonly random?: () => number;
  /** How often each downloader is asked how it is, in ms. */
  readonly healthEveryMs?: number;
  /** How long a person waits for a downloader that does not answer, when a list is asked for; in ms. */
  readonly patienceMs?: number;
}

/** What every part stands on. Disposing it closes the database and lets another instance have it. */
export interface Foundation extends Disposable, Required<FoundationOptions> {
  readonly config: Config;
  readonly events: Events;
  readonly metrics: Metrics;
  readonly tls: ServerTls | undefined;
  readonly store: SqliteStore;
  readonly backups: Backups;
  /** Of what is handed over while the database cannot be used. */
  readonly directJournal: DirectJournal;
  /** What was done about a damaged database; undefined when it was sound. */
  readonly repair: Repair | undefined;
}

/** Throws `ConfigError`, `AlreadyRunning`, `NewerDatabase` and `StoreUnavailable`. */
export function openFoundation(config: Config, options: FoundationOptions): Foundation {
  const { log, now = Date.now, random = Math.random, healthEveryMs = 60_000, patienceMs = 1_500 } = options;
  using parts = new DisposableStack();
  const tls = readTlsFiles(config.grpc.tls);
  parts.use(lockInstance(config.store.path));
  const metrics = createMetrics();
  const backups = createBackupFiles(config.store.path);
  const { store, repair } = openVerifiedStore(config.store.path, {
    backups,
    onFailure: metrics.meter.storeFailed,
    now,
    log: log.withTag("store"),
  });
  parts.use(store);
  const opened = parts.move();
  return {
    config,
    log,
    now,
    random,
    healthEveryMs,
    patienceMs,
    events: createEvents(),
    metrics,
    tls,
    store,
    backups,
    directJournal: openDirectJournal(`${config.store.path}.direct`, log.withTag("store")),
    repair,
    [Symbol.dispose]: () => opened.dispose(),
  };
}
