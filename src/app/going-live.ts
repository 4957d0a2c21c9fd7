import type { HealthMonitor } from "../service/fleet/health-monitor.ts";
import type { Registry } from "../service/fleet/registry.ts";
import type { Telegram } from "../telegram/telegram.ts";
import { version } from "../version.ts";
import type { Foundation } from "./foundation.ts";
import type { TakingUp } from "./taking-up.ts";

/** The bot as people see it. Disposing it tells admins that the bot stops, and ends taking updates. */
export interface GoingLive extends AsyncDisposable {
  /** Starts taking updates, and tells admins. Call it once. */
  begin(): void;
  /** The database has come into use after `begin`: tells admins, and tells people what had to wait for it. */
  takenUp(): void;
  /** True from `begin` until it is disposed of. */
  readonly isOn: boolean;
  /** Resolves when the bot cannot go on: the token is wrong. */
  readonly unauthorized: Promise<void>;
}

export function createGoingLive(
  foundation: Foundation,
  of: {
    telegram: Telegram;
    registry: Registry;
    health: HealthMonitor;
    /** Links in the queue; undefined if they cannot be counted. */
    waiting: () => number | undefined;
    takingUp: TakingUp;
  },
): GoingLive {
  const { events } = foundation;
  const { telegram, registry, health, waiting, takingUp } = of;
  const stopping = new AbortController();
  const unauthorized = Promise.withResolvers<void>();
  let ended: Promise<unknown> | undefined;

  function tellOfRepair(): void {
    const repair = foundation.repair();
    if (repair !== undefined) events.emit("alert", { kind: "repaired", hasBackup: repair.restored !== undefined });
  }

  return {
    begin() {
      ended = telegram
        .run(stopping.signal)
        .then((how) => how === "unauthorized" && unauthorized.resolve(), unauthorized.reject);
      telegram.presence.tell({
        kind: "up",
        version,
        queued: waiting(),
        downloaders: registry.all().map(({ name }) => name),
        silent: health.silent(),
      });
      if (!takingUp.isInUse) events.emit("alert", { kind: "no_database" });
      tellOfRepair();
    },
    takenUp() {
      events.emit("alert", { kind: "database_back" });
      tellOfRepair();
      // Only now is it known which prompts, news and alarms an earlier run still owes.
      telegram.prompts.takeUp();
      telegram.news.tellLeft();
      telegram.alerts.tellLeft();
    },
    get isOn() {
      return ended !== undefined && !stopping.signal.aborted;
    },
    unauthorized: unauthorized.promise,
    async [Symbol.asyncDispose]() {
      if (ended === undefined) return;
      telegram.presence.tell({ kind: "stopped", queued: waiting() });
      stopping.abort();
      await foundation.stopping.bound("updates", ended);
    },
  };
}
