import type { DownloaderLoad } from "../../domain/admin-alert.ts";
import type { Deliveries } from "../../domain/delivery.ts";
import type { Downloader, DownloaderClient, DownloaderState, Unusable } from "../../domain/downloader.ts";
import { compareNames, foldedName } from "../../domain/downloader-name.ts";
import type { JoinedServer, JoinedServers } from "../../domain/joining.ts";
import type { Log } from "../../domain/log.ts";
import { abortable } from "./abortable.ts";
import type { CountBacklog } from "./backlog.ts";
import type { Registry } from "./registry.ts";
import type { Usability } from "./usability.ts";

/** A downloader as admins see it. */
export interface DownloaderOverview extends Downloader, DownloaderLoad {
  readonly state: DownloaderState;
  /** Why it is of no use although it answers. */
  readonly problem: Unusable | undefined;
  /** It is known by a certificate of its own, which is forgotten together with it. */
  readonly hasJoined: boolean;
}

/** What admins do with downloaders. */
export interface DownloaderAdmin {
  /** In the order of their names. */
  all(): Downloader[];
  /** Those that have joined with a code and are not registered, in the order of their names. */
  unregistered(): JoinedServer[];
  /** These with their load; those that are gone are left out. May throw `StoreUnavailable`. */
  look(names: readonly string[]): DownloaderOverview[];
  /** A paused one gets no new links; what it already has goes on. False if it is gone. */
  setPaused(name: string, paused: boolean): boolean;
  /**
   * Removes it until it registers again or, if it has joined, until it joins again; also one that never registered. False if it is gone.
   */
  remove(name: string): boolean;
  /** Ms until it answered; undefined if it did not before `stop` aborted. */
  ping(name: string, stop: AbortSignal): Promise<number | undefined>;
  /** Makes every downloader drop its history of finished links; those that have not when `stop` aborts count as not cleaned. */
  clean(stop: AbortSignal): Promise<{ name: string; cleaned: boolean }[]>;
}

export function createDownloaderAdmin(deps: {
  registry: Registry;
  usability: Pick<Usability, "problemOf">;
  client: DownloaderClient;
  joined: Pick<JoinedServers, "all" | "has" | "remove">;
  deliveries: Deliveries;
  countBacklog: CountBacklog;
  log: Log;
}): DownloaderAdmin {
  const { registry, client, joined, deliveries, log } = deps;

  return {
    all: registry.all,
    unregistered() {
      const registered = new Set(registry.all().map(({ name }) => foldedName(name)));
      return [...joined.all()].filter(({ name }) => !registered.has(foldedName(name))).sort(compareNames);
    },
    look(names) {
      const waiting = deps.countBacklog(names);
      return names.flatMap((name) => {
        const downloader = registry.byName(name);
        if (downloader === undefined) return [];
        const running = deliveries.open(name).length;
        const count = waiting.get(name) ?? { links: 0, more: false };
        const problem = deps.usability.problemOf(name);
        const hasJoined = joined.has(name);
        return { ...downloader, state: registry.stateOf(name), problem, hasJoined, running, waiting: count };
      });
    },
    setPaused(name, paused) {
      if (registry.byName(name) === undefined) return false;
      registry.setPaused(name, paused);
      log.info(`${paused ? "Paused" : "Resumed"} "${name}"`);
      return true;
    },
    remove(name) {
      const hadJoined = joined.has(name);
      if (registry.byName(name) === undefined && !hadJoined) return false;
      joined.remove(name);
      registry.remove(name);
      client.forget(name);
      log.info(`Removed "${name}" until it ${hadJoined ? "joins" : "registers"} again`);
      return true;
    },
    async ping(name, stop) {
      const downloader = registry.byName(name);
      if (downloader === undefined) return undefined;
      const startedAt = performance.now();
      const reply = await abortable(client.health(downloader), { stop, log });
      return reply === undefined ? undefined : Math.round(performance.now() - startedAt);
    },
    clean: (stop) =>
      Promise.all(
        registry.all().map(async (downloader) => ({
          name: downloader.name,
          cleaned: (await abortable(client.cleanHistory(downloader), { stop, log })) !== undefined,
        })),
      ),
  };
}
