import type { Config } from "../config/config.ts";
import { readTlsFiles, readTlsOfDownloaders } from "../config/tls-files.ts";
import type { AdminAlert } from "../domain/admin-alert.ts";
import type { Backups, FileFate, Repair } from "../domain/backup.ts";
import type { DirectJournal } from "../domain/direct.ts";
import type { JoinedServers } from "../domain/joining.ts";
import type { Log } from "../domain/log.ts";
import { type Together, unlessUnavailable } from "../domain/storage.ts";
import { eitherTlsOf, type ServerTls, type TlsOf } from "../domain/tls.ts";
import type { Unhurried } from "../domain/unhurried.ts";
import { wait as realWait, type Wait } from "../domain/wait.ts";
import { createMetrics, type Metrics } from "../http/metrics.ts";
import { createOutageWatch, type OutageWatch } from "../service/outage-watch.ts";
import { createTogether } from "../service/together.ts";
import { createBackupFiles } from "../store/backup-files.ts";
import { openDirectJournal } from "../store/direct-journal.ts";
import { joinedBeside, openJoinedServers } from "../store/joined-servers.ts";
import { openKnownCopy } from "../store/known-copy.ts";
import { openLateStore } from "../store/late-store.ts";
import type { SqliteStore } from "../store/store.ts";
import { createEvents, type Events } from "./events.ts";
import { createStopBudget, type StopBudget } from "./stop-budget.ts";

/** The outside world, as tests replace it. */
export interface FoundationOptions {
  readonly log: Log;
  readonly now?: () => number;
  /** In [0, 1). */
  readonly random?: () => number;
  /** How often each downloader's health is checked, in ms. */
  readonly healthEveryMs?: number;
  /** How long a person who asks for a list waits for a downloader that does not answer, in ms. */
  readonly patienceMs?: number;
  /** How long news is collected, to be told in one message. */
  readonly newsPace?: { readonly quietMs: number; readonly mostMs: number };
  /** Messages of one person share a prompt if each comes within so many ms of the one before; 0: they do not. */
  readonly burstMs?: number;
  /** For messages to Telegram. */
  readonly wait?: Wait;
  /** The texts that tell the operator what is wrong with the files that the config names. */
  readonly mistakes?: Parameters<typeof readTlsFiles>[1];
  /** For work on the whole database. */
  readonly unhurried?: Unhurried;
}

/** A burst of news becomes one message, and a single piece of news comes soon. */
const NEWS_PACE = { quietMs: 5_000, mostMs: 60_000 };

/** What every part is built on. Disposing it closes the database and lets another instance use it. */
export interface Foundation extends Disposable, Required<Omit<FoundationOptions, "mistakes" | "unhurried">> {
  readonly config: Config;
  readonly events: Events;
  readonly metrics: Metrics;
  readonly tls: ServerTls | undefined;
  /** How each downloader is called over TLS, if it is. */
  readonly tlsOf: TlsOf;
  /** The servers that have joined. */
  readonly joined: JoinedServers;
  readonly store: SqliteStore;
  readonly together: Together;
  readonly backups: Backups;
  /** Of links that are handed over while the database cannot be used. */
  readonly directJournal: DirectJournal;
  /** Opens the database if it could not be opened at the start; true once it is open. */
  takeUp(): boolean;
  /** What was done about a damaged database when it was opened; undefined if it was sound. */
  repair(): Repair | undefined;
  /** See `LateStore`. */
  keepPlace(): FileFate;
  /** How long each step of a stop may wait. */
  readonly stopping: StopBudget;
  readonly outage: OutageWatch;
  /** Keep beside the database what must be known without it: see `KnownCopy`. Neither ever throws. */
  saveKnown(): void;
  keepKnown(): void;
}

/**
 * Carries on without a database that cannot be used now. Throws `ConfigError`, `JoinedUnreadable`, `AlreadyRunning`, `NewerDatabase` and
 * `StoreUnavailable`.
 */
export function openFoundation(config: Config, options: FoundationOptions): Foundation {
  const { log, now = Date.now, random = Math.random, healthEveryMs = 60_000, patienceMs = 1_500 } = options;
  const { newsPace = NEWS_PACE, burstMs = 5_000, wait = realWait, mistakes, unhurried } = options;
  using parts = new DisposableStack();
  const tls = readTlsFiles(config.grpc.tls, mistakes);
  const joined = openJoinedServers(joinedBeside(config.store.path), now);
  const tlsOf = eitherTlsOf(readTlsOfDownloaders(config.grpc, tls, mistakes), joined.tlsOf);
  const metrics = createMetrics();
  const backups = createBackupFiles(config.store.path);
  const storeLog = log.withTag("store");
  const events = createEvents();
  const tell = (alert: AdminAlert) => void events.emit("alert", alert);
  const outage = createOutageWatch({ tell, now, log: storeLog });
  const late = parts.use(
    openLateStore(config.store.path, {
      ...{ backups, now, log: storeLog, ...(unhurried && { unhurried }) },
      onFailure(code) {
        metrics.meter.storeFailed(code);
        outage.failed(code);
      },
      onNewer: () => tell({ kind: "newer_database" }),
    }),
  );
  const known = openKnownCopy(`${config.store.path}.known`, late.store, storeLog);
  let isRestored = false;
  /** True once the database is open and contains what only the copy beside it had. */
  function takeUp(): boolean {
    if (!late.takeUp()) return false;
    if (!isRestored)
      unlessUnavailable(restore, ({ code }) => storeLog.warn("The database cannot be used yet", { code }));
    return isRestored;
  }
  function restore(): void {
    if (late.contentFrom === undefined) return;
    known.restore(late.contentFrom);
    isRestored = true;
  }
  unlessUnavailable(restore, ({ code }) => storeLog.warn("The database cannot be used yet", { code }));
  const opened = parts.move();
  return {
    config,
    log,
    now,
    random,
    healthEveryMs,
    patienceMs,
    newsPace,
    burstMs,
    wait,
    events,
    metrics,
    tls,
    tlsOf,
    joined,
    store: { ...late.store, ...known.tables },
    takeUp,
    repair: () => late.repair,
    keepPlace: late.keepPlace,
    outage,
    saveKnown: known.save,
    keepKnown: known.saveInTurn,
    stopping: createStopBudget({ monotonic: () => performance.now(), log: log.withTag("stop") }),
    together: createTogether(late.store.transaction),
    backups,
    directJournal: openDirectJournal(`${config.store.path}.direct`, storeLog),
    [Symbol.dispose]: () => opened.dispose(),
  };
}
