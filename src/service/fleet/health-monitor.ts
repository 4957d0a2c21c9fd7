import type { AdminAlert, DownloaderLoad } from "../../domain/admin-alert.ts";
import type { DownloaderClient } from "../../domain/downloader.ts";
import type { Log } from "../../domain/log.ts";
import { unlessUnavailable } from "../../domain/storage.ts";
import type { Registry } from "./registry.ts";

/** This many failures in a row make a downloader silent (reliability.md §2.6). */
const FAILURES_UNTIL_SILENT = 3;
/** If this large a share fails at once, our own network is the likely cause (reliability.md §2.6). */
const NEARLY_ALL = 0.85;
const SOON = 4;
/** After this many failures, about ten minutes, nobody expects it back at any moment. */
const LONG_SILENT = 40;

/** Notices that a downloader has gone silent or is back, even if no link is due. */
export interface HealthMonitor {
  /** How often `sweep` is to be called, in ms. */
  readonly tickMs: number;
  /** Downloaders that do not answer, according to the latest calls. */
  silent(): string[];
  /** Notes what waits for a downloader that is back, before that goes there; the next sweep tells it. */
  back(name: string): void;
  /** Asks the downloaders that have not been heard from for a while, then tells what has changed. Never rejects. */
  sweep(): Promise<void>;
}

/** Asks each downloader every `everyMs`; one that does not answer is asked four times as often, for about the first ten minutes. */
export function createHealthMonitor(deps: {
  registry: Registry;
  client: Pick<DownloaderClient, "health">;
  /** May throw `StoreUnavailable`. */
  look: (names: readonly string[]) => DownloaderLoad[];
  everyMs: number;
  now: () => number;
  log: Log;
  tell: (alert: AdminAlert) => void;
}): HealthMonitor {
  const { registry, client, everyMs, now, log, tell } = deps;
  const askedAt = new Map<string, number>();
  const waited = new Map<string, DownloaderLoad>();
  // Those that are silent now were reported before the restart, and are named in the message at the start.
  const told = new Set(silent());

  function silent(): string[] {
    return registry.all().flatMap(({ name, failures }) => (failures >= FAILURES_UNTIL_SILENT ? name : []));
  }

  function isDue(
    { name, failures, lastSeenAt }: { name: string; failures: number; lastSeenAt: number | null },
    at: number,
  ) {
    const since = Math.max(askedAt.get(name) ?? 0, lastSeenAt ?? 0);
    // What waits for it goes when it answers, so it is not asked less and less often.
    const times = failures > 0 && failures < LONG_SILENT ? 1 / SOON : 1;
    // After a leap back of the clock, the sweep must not fall silent.
    return at >= since + everyMs * times || at < since;
  }

  function look(names: readonly string[]): DownloaderLoad[] {
    if (names.length === 0) return [];
    const unknown = { running: 0, waiting: { links: 0, more: true } };
    return unlessUnavailable(
      () => deps.look(names),
      () => names.map((name) => ({ name, ...unknown })),
    );
  }

  function tellSilent(): void {
    const all = silent();
    const fresh = look(all.filter((name) => !told.has(name))).filter(
      ({ running, waiting }) => running > 0 || waiting.links > 0 || waiting.more,
    );
    if (fresh.length === 0) return;
    const isOurs = all.length > 1 && all.length >= NEARLY_ALL * registry.all().length;
    if (isOurs) tell({ kind: "all_silent", downloaders: all });
    else for (const downloader of fresh) tell({ kind: "silent", downloader });
    for (const name of isOurs ? all : fresh.map((downloader) => downloader.name)) told.add(name);
  }

  function tellBack(): void {
    const stillSilent = new Set(silent());
    const back = [...told].filter((name) => !stillSilent.has(name));
    for (const name of back) {
      told.delete(name);
      const downloader = waited.get(name) ?? look([name])[0];
      if (downloader !== undefined && registry.byName(name) !== undefined) tell({ kind: "back", downloader });
      waited.delete(name);
    }
  }

  return {
    tickMs: Math.ceil(everyMs / SOON),
    silent,
    back(name) {
      const [load] = told.has(name) ? look([name]) : [];
      if (load !== undefined) waited.set(name, load);
    },
    async sweep() {
      // One instant for all of them: those that fall silent together are reported together.
      const at = now();
      const due = registry.all().filter((downloader) => isDue(downloader, at));
      for (const { name } of due) askedAt.set(name, at);
      for (const name of askedAt.keys()) if (registry.byName(name) === undefined) askedAt.delete(name);
      await Promise.all(
        due.map((downloader) =>
          client.health(downloader).catch((error) => log.debug("A downloader does not answer", { error })),
        ),
      );
      tellSilent();
      tellBack();
    },
  };
}
