import type { Log } from "../domain/log.ts";
import type { Unhurried } from "../domain/unhurried.ts";
import { openSdNotify, type SdNotify } from "./sd-notify.ts";

/** What the service manager is told while the bot runs. */
export interface WatchdogReport {
  /** One line for `systemctl status`. */
  readonly status: () => string;
  /** What has stalled: while there is anything, the watchdog is not fed, and systemd restarts the bot. */
  readonly late: () => readonly string[];
  /** Registers a listener for changes of the status that should be reported at once. */
  readonly onChange?: (listener: () => void) => void;
}

/** systemd; without it, nothing happens. Disposing it reports that the bot is stopping. */
export interface ServiceManager extends Disposable {
  /** It waits longer for the start, or for the watchdog, while this work goes on; not for ever, because a disk may hang. */
  readonly unhurried: Unhurried;
  /** Reports that the bot is ready, and from then on its status. */
  ready(watchdogReport: WatchdogReport): void;
}

const MOST_BETWEEN_BEATS_MS = 10_000;
/** A worn memory card, with everything read and written several times. */
const SLOWEST_BYTES_A_MS = 150;
/** Work that takes no longer than this fits into the unit's own limits. */
const SOON_MS = 10_000;
/** For the rest of the start, as in the unit. */
const START_MS = 90_000;

/**
 * Finds the service manager in the environment (sd_notify(3), sd_watchdog_enabled(3)). If it goes away, or cannot be reached from here,
 * that only costs a warning.
 */
export function connectServiceManager(of: {
  env: Readonly<Record<string, string | undefined>>;
  log: Log;
  open?: (name: string) => SdNotify;
}): ServiceManager {
  const { env, log, open = openSdNotify } = of;
  const notify = connect(env.NOTIFY_SOCKET, { log, open });
  const watchdogMs = watchdogOf(env);
  let beats: NodeJS.Timeout | undefined;
  let toldReady = false;
  let isStopping = false;
  let lastStatus = "";

  function say(lines: readonly string[]): boolean {
    const heard = notify?.(lines.join("\n")) ?? false;
    if (!heard) log.warn("Cannot reach the service manager", { socket: env.NOTIFY_SOCKET });
    return heard;
  }

  function beat({ status, late }: WatchdogReport): void {
    const lines: string[] = [];
    if (!toldReady) lines.push("READY=1");
    const line = status().replaceAll("\n", " ");
    if (line !== lastStatus) lines.push(`STATUS=${line}`);
    if (watchdogMs !== undefined) {
      const stalled = late();
      if (stalled.length === 0) lines.push("WATCHDOG=1");
      else log.error(`The watchdog is not fed: no progress in ${stalled.join(" and ")}`);
    }
    if (lines.length === 0 || !say(lines)) return;
    toldReady = true;
    lastStatus = line;
  }

  /** Asks for so much more than usual. Of the start, systemd never shortens what it has granted. */
  function patience(ms: number): string[] {
    if (!toldReady) return [`EXTEND_TIMEOUT_USEC=${(ms + START_MS) * 1000}`];
    return watchdogMs === undefined ? [] : [`WATCHDOG_USEC=${(ms + watchdogMs) * 1000}`, "WATCHDOG=1"];
  }

  return {
    unhurried({ what, bytes }, work) {
      const ms = Math.ceil(bytes / SLOWEST_BYTES_A_MS);
      if (notify === undefined || isStopping || ms <= SOON_MS) return work();
      lastStatus = `${what} (${Math.round(bytes / 1e6)} MB)`;
      say([...patience(ms), `STATUS=${lastStatus}`]);
      try {
        return work();
      } finally {
        if (!toldReady || watchdogMs !== undefined) say(patience(0));
      }
    },
    ready(watchdogReport) {
      if (notify === undefined || isStopping) return;
      beat(watchdogReport);
      // Three beats within the watchdog's time: one may get lost.
      beats = setInterval(
        beat,
        Math.min(MOST_BETWEEN_BEATS_MS, (watchdogMs ?? Number.POSITIVE_INFINITY) / 3),
        watchdogReport,
      );
      watchdogReport.onChange?.(() => {
        if (!isStopping) beat(watchdogReport);
      });
    },
    [Symbol.dispose]() {
      if (notify === undefined || isStopping) return;
      isStopping = true;
      clearInterval(beats);
      say(["STOPPING=1", "STATUS=Stopping"]);
    },
  };
}

function connect(
  name: string | undefined,
  { log, open }: { log: Log; open: (name: string) => SdNotify },
): SdNotify | undefined {
  if (!name) return undefined;
  try {
    return open(name);
  } catch (error) {
    log.warn("Cannot talk to the service manager", { error });
    return undefined;
  }
}

/** In ms; undefined if no watchdog is set for this process. */
function watchdogOf(env: Readonly<Record<string, string | undefined>>): number | undefined {
  const isOurs = env.WATCHDOG_PID === undefined || Number(env.WATCHDOG_PID) === process.pid;
  const ms = Number(env.WATCHDOG_USEC ?? 0) / 1000;
  return isOurs && ms > 0 ? ms : undefined;
}
