import type { AdminAlert, DownloaderLoad } from "../../domain/admin-alert.ts";
import type { DownloaderClient } from "../../domain/downloader.ts";
import type { Log } from "../../domain/log.ts";
import { unlessUnavailable } from "../../domain/storage.ts";
import type { Registry } from "./registry.ts";

/** As many failures in a row make a downloader silent (reliability.md §2.6). */
const FAILURES_UNTIL_SILENT = 3;
/** reliability.md §2.6: so large a share at once points at our own network. */
const NEARLY_ALL = 0.85;
const SOON = 4;
const LONGEST = 5;

/** Notices that a downloader has gone silent, or is back, although no link is due. */
export interface HealthMonitor {
  /** How often `sweep` is to be called, in ms. */
  readonly tickMs: number;
  /** Those that do not answer, by the latest tries. */
  silent(): string[];
  /** Asks those who have not been heard of for long, then tells what has changed. Never rejects. */
  sweep(): Promise<void>;
}

/** Asks each downloader every `everyMs`: a failing one sooner, a silent one less and less often. */
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
  // A silent one was told of before the restart, and is named in what is told at the start.
  const told = new Set(silent());

  function silent(): string[] {
    return registry.all().flatMap(({ name, failures }) => (failures >= FAILURES_UNTIL_SILENT ? name : []));
  }

  function isDue(
    { name, failures, lastSeenAt }: { name: string; failures: number; lastSeenAt: number | null },
    at: number,
  ) {
    const since = Math.max(askedAt.get(name) ?? 0, lastSeenAt ?? 0);
    const times =
      failures === 0
        ? 1
        : failures < FAILURES_UNTIL_SILENT
          ? 1 / SOON
          : Math.min(failures - FAILURES_UNTIL_SILENT + 1, LONGEST);
    // A clock that has leapt back must not silence the sweep.
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
    for (const name of back) told.delete(name);
    for (const downloader of look(back)) tell({ kind: "back", downloader });
  }

  return {
    tickMs: Math.ceil(everyMs / SOON),
    silent,
    async sweep() {
      // One instant for all of them: those that fall silent together are told of together.
      const at = now();
      const due = registry.all().filter((downloader) => isDue(downloader, at));
      for (const { name } of due) askedAt.set(name, at);
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
