import { setImmediate } from "node:timers/promises";
import type { AdminAlert } from "../domain/admin-alert.ts";
import { ifAvailable, unlessUnavailable } from "../domain/storage.ts";
import { createSweeper } from "../service/cleanup/message-sweeper.ts";
import { purgeOld } from "../service/cleanup/purge-old.ts";
import { createSteadyClock } from "../service/cleanup/steady-clock.ts";
import type { Dispatcher } from "../service/dispatch/dispatcher.ts";
import type { HealthMonitor } from "../service/fleet/health-monitor.ts";
import { type Interval, startInterval } from "../service/interval.ts";
import { createNightlyBackup } from "../service/nightly-backup.ts";
import type { Queue } from "../service/queue/queue.ts";
import type { Tracker } from "../service/tracking/tracker.ts";
import type { Heartbeat } from "../systemd/heartbeat.ts";
import type { Telegram } from "../telegram/telegram.ts";
import type { Foundation } from "./foundation.ts";
import type { Work } from "./in-work.ts";
import type { TakingUp } from "./taking-up.ts";

/** A tick waits for nothing but the database, whose timeout is shorter than this. */
const TICK_MS = 15_000;
const CLEANUP_EVERY_MS = 10_000;
/** Nobody notices that a message goes this much later, and all messages that several deliveries leave in a chat go with one call. */
const CLEANUP_GATHERS_MS = 200;
/** A tick that drops thousands of removed links would be mistaken for one that hangs. */
const MOST_PURGES = 20;
const MAINTENANCE_EVERY_MS = 3_600_000;
/** How often to check whether the nightly backup is due. */
const BACKUP_EVERY_MS = 900_000;

/** What the bot does at intervals. Disposing it lets every current run end, for some seconds. */
export interface Schedules extends AsyncDisposable {
  readonly dispatch: Interval;
  /** Of messages that are to be deleted. */
  readonly cleanup: Interval;
  /** Of the messages that show what is in work. */
  readonly inWork: Interval;
  /** Runs everything once, now. */
  begin(): void;
  /** Epoch ms of the latest tick of the dispatcher. */
  readonly lastTickAt: number | undefined;
}

export function startSchedules(
  foundation: Foundation,
  of: {
    dispatcher: Dispatcher;
    tracker: Tracker;
    health: HealthMonitor;
    queue: Queue;
    telegram: Telegram;
    work: Work;
    heartbeat: Heartbeat;
    takingUp: Pick<TakingUp, "isInUse">;
    /** Runs hourly, along with the upkeep of the tables. `isSteady`: the clock can be trusted. */
    maintain: (of: { isSteady: boolean }) => void;
    /**
     * Stores what could not be stored before; false if the database cannot be used. Runs before each tick of the dispatcher, which is
     * skipped when it is false.
     */
    catchUp: () => Promise<boolean>;
  },
): Schedules {
  const { config, store, backups, now, log } = foundation;
  const { dispatcher, health, telegram } = of;
  const tickMs = config.dispatch.interval;
  const started = new AsyncDisposableStack();
  const every = (name: string, everyMs: number, work: () => Promise<void>, gatherMs?: number): Interval => {
    const interval = startInterval({ everyMs, work, name, log, ...(gatherMs !== undefined && { gatherMs }) });
    started.defer(() => interval.stop());
    return interval;
  };
  let lastTickAt: number | undefined;
  const stopping = new AbortController();
  const clock = createSteadyClock({
    now,
    monotonic: () => performance.now(),
    heardAt: () => ifAvailable(() => store.processedMessages.newestAt(now())),
  });

  const maintenance = every("Maintenance", MAINTENANCE_EVERY_MS, async () => {
    // What is deleted by a wrong clock does not come back when the clock is set.
    const isSteady = clock.isSteady();
    if (isSteady) await purgeOld(store, { now: now(), historyMs: config.history.keep, stop: stopping.signal });
    of.maintain({ isSteady });
  });
  const { deletions } = store;
  const sweeper = createSweeper({
    deletions,
    // Until then some links may be visible only in their own messages, and their owner must always see each.
    whenReady: telegram.inWork.caughtUp,
    deleteMessages: telegram.deleteMessages,
    together: foundation.together,
    now,
    log,
  });
  started.defer(() => sweeper.stop());
  const cleanup = every("Deleting messages", CLEANUP_EVERY_MS, async () => sweeper.sweep(), CLEANUP_GATHERS_MS);
  every("Asking how downloaders are", health.tickMs, health.sweep);
  const tell = (alert: AdminAlert) => void foundation.events.emit("alert", alert);
  const nightly = { backups, zone: config.time_zone, tell, now, log: log.withTag("store") };
  const backup = every("Backing up the database", BACKUP_EVERY_MS, createNightlyBackup(nightly).tick);
  const track = every("Tracking", tickMs, of.tracker.tick);
  const inWork = every("Showing what is in work", tickMs, async () => {
    if (!of.takingUp.isInUse) return;
    unlessUnavailable(of.work.tick, ({ code }) => log.debug("Cannot see what is in work now", { code }));
    telegram.inWork.tick();
  });
  const dispatch = every("Dispatching", tickMs, async () => {
    of.heartbeat.step("dispatching", Math.max(TICK_MS, 3 * tickMs));
    const isReady = await of.catchUp();
    if (isReady) await dispatcher.tick();
    lastTickAt = now();
    if (!isReady) return;
    telegram.attend();
    for (let n = 0; n < MOST_PURGES && of.queue.purge() > 0; n += 1) {
      cleanup.trigger();
      await setImmediate();
    }
  });

  started.defer(() => stopping.abort());

  return {
    dispatch,
    cleanup,
    inWork,
    begin() {
      for (const interval of [maintenance, cleanup, dispatch, track, inWork, backup]) interval.trigger();
    },
    get lastTickAt() {
      return lastTickAt;
    },
    [Symbol.asyncDispose]: () => foundation.stopping.bound("schedules", started.disposeAsync()),
  };
}
