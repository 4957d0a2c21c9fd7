import type { Health } from "../service/health.ts";
import type { Registry } from "../service/registry.ts";
import type { SoundStore } from "../store/repair.ts";
import type { Telegram } from "../telegram/telegram.ts";
import { version } from "../version.ts";

/** The bot's being there for people: it takes updates, and admins know. Disposing it tells them that it stops, and ends both. */
export interface Presence extends AsyncDisposable {
  /** Until it is disposed of. */
  readonly isOn: boolean;
  /** Resolves when the bot cannot go on by itself: the token is wrong. */
  readonly unauthorized: Promise<void>;
}

export function startPresence(deps: {
  telegram: Telegram;
  registry: Registry;
  health: Health;
  repair: SoundStore["repair"];
  /** Links in the queue; undefined while nobody can count. */
  waiting: () => number | undefined;
}): Presence {
  const { telegram, registry, health, repair, waiting } = deps;
  const stopping = new AbortController();
  const ended = telegram.run(stopping.signal);
  telegram.admins.tell({
    kind: "started",
    version,
    queued: waiting(),
    downloaders: registry.all().map(({ name }) => name),
    silent: health.silent(),
  });
  if (repair !== undefined) telegram.admins.tell({ kind: "repaired", hasBackup: repair.restored !== undefined });
  return {
    get isOn() {
      return !stopping.signal.aborted;
    },
    unauthorized: ended.then((how) => (how === "unauthorized" ? undefined : new Promise<void>(() => {}))),
    async [Symbol.asyncDispose]() {
      telegram.admins.tellNow({ kind: "stopping", queued: waiting() });
      stopping.abort();
      await ended;
    },
  };
}
