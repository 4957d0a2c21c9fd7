import type { Downloader, Downloaders, Registration } from "../../domain/downloader.ts";
import type { Log } from "../../domain/log.ts";
import { RegistrationRefused } from "../../domain/registration.ts";
import { ejectionMs } from "../../domain/retry.ts";
import { candidatesAmong, createRouting, drawOrder, type Match, type Route, type Routing } from "../../domain/route.ts";
import { StoreUnavailable } from "../../domain/storage.ts";
import { createKnownNames } from "./known-names.ts";

/** Failures in a row after which a downloader is ejected for a while (reliability.md §2.6). */
const FAILURES_BEFORE_EJECTION = 3;

/** A stranger on the network must not fill memory; far above any fleet. */
const MOST_DOWNLOADERS = 300;

/** In what order to try downloaders, and whether they are all ejected, so that only one try at a time is worth it. */
export interface Order {
  readonly names: readonly string[];
  readonly allEjected: boolean;
}

/**
 * Who can be handed links (rules 10, 11, 12, 14 and 16). Lives in memory and is written through, so that it works while
 * the database does not (rule 4); what could not be written is written by a later `save`.
 */
export interface Registry {
  /**
   * Adds or replaces; a known name that is spelt otherwise is that one, and keeps its spelling. Throws `RegistrationRefused`
   * when there are too many, and for a name that only looks like a known one.
   */
  register(registration: Registration): void;
  all(): Downloader[];
  byName(name: string): Downloader | undefined;
  /** Who takes an address, paused or not: see `Routing`. */
  takersOf(url: string): { readonly route: Route | undefined; readonly matches: readonly Match[] };
  /** Everyone who may get this link, by routes or roots, in no particular order. */
  matching(link: { url: string; downloader: string | null }): string[];
  /** Everyone to try for this link, in an order drawn at random; those that keep failing only where there is no other. */
  order(link: { url: string; downloader: string | null }): Order;
  /** Notes the end of an exchange: `answered` renews the record, otherwise it counts as a failure. */
  exchanged(name: string, answered: boolean): void;
  isEjected(name: string): boolean;
  setPaused(name: string, paused: boolean): void;
  remove(name: string): void;
  /** Writes what has changed since; never throws. */
  save(): void;
}

export interface RegistryEvents {
  /** After every registration, with what the name stood for before. */
  onRegistered(downloader: Downloader, previous: Downloader | undefined): void;
  /** After a new one was refused: its name looks `like` that of another one, or there is no room for more than `most`. */
  onRefused?(registration: Registration, because: { readonly like: string } | { readonly most: number }): void;
  /** After a change that may let waiting links go elsewhere: a downloader goes on, or is removed. */
  onChanged?(): void;
}

/** See `Registry`. Throws `StoreUnavailable` when the table cannot be read at the start. */
export function createRegistry(
  deps: RegistryEvents & {
    table: Downloaders;
    routes: readonly Route[];
    /** Each name belongs to a certificate, so that another spelling is another's. */
    bindsNames?: boolean;
    now: () => number;
    random: () => number;
    log: Log;
  },
): Registry {
  const { table, now, log } = deps;
  const known = new Map<string, Downloader>();
  const ejections = new Map<string, { times: number; until: number }>();
  const unsaved = new Set<string>();
  /** Made when it is asked for: many may register at once. */
  let routing: Routing | undefined;
  const names = createKnownNames();
  for (const downloader of table.all()) {
    known.set(downloader.name, downloader);
    names.add(downloader.name);
  }

  /** What this name stands for so far; undefined for a new one. Throws `RegistrationRefused`. */
  function previousOf(registration: Registration): Downloader | undefined {
    const found = names.find(registration.name);
    const other = found && known.get(found.name);
    if (found?.is === "same" || (found?.is === "spelling" && !deps.bindsNames)) return other;
    if (other !== undefined) {
      deps.onRefused?.(registration, { like: other.name });
      throw new RegistrationRefused(
        `The name "${registration.name}" looks like "${other.name}", which is registered; take another one, or remove that first`,
      );
    }
    if (known.size >= MOST_DOWNLOADERS) {
      deps.onRefused?.(registration, { most: MOST_DOWNLOADERS });
      throw new RegistrationRefused(`There are ${MOST_DOWNLOADERS} downloaders already; remove one first`);
    }
    return undefined;
  }

  const registry: Registry = {
    register(registration) {
      const previous = previousOf(registration);
      const downloader: Downloader = {
        ...registration,
        name: previous?.name ?? registration.name,
        registeredAt: now(),
        lastSeenAt: now(),
        failures: 0,
        paused: previous?.paused ?? false,
      };
      known.set(downloader.name, downloader);
      routing = undefined;
      names.add(downloader.name);
      ejections.delete(downloader.name);
      unsaved.add(downloader.name);
      registry.save();
      const { name, host, port, roots } = downloader;
      const moved = previous !== undefined && (previous.host !== host || previous.port !== port);
      log.info(`Downloader "${name}" registered`, { host, port, roots: roots.join(" "), moved });
      deps.onRegistered(downloader, previous);
    },
    all: () => [...known.values()].sort((a, b) => a.name.localeCompare(b.name)),
    byName: (name) => known.get(name),
    takersOf(url) {
      routing ??= createRouting({ downloaders: [...known.values()], routes: deps.routes });
      return routing.matchesOf(url);
    },
    matching({ url, downloader: chosen }) {
      const matching = registry.takersOf(url).matches.flatMap(({ name }) => known.get(name) ?? []);
      return candidatesAmong(matching, chosen);
    },
    order(link) {
      const matching = registry.matching(link);
      const healthy = matching.filter((name) => !registry.isEjected(name));
      const allEjected = healthy.length === 0;
      return { names: drawOrder(allEjected ? matching : healthy, deps.random), allEjected };
    },
    exchanged(name, answered) {
      const downloader = known.get(name);
      if (downloader === undefined) return;
      const failures = answered ? 0 : downloader.failures + 1;
      known.set(name, { ...downloader, failures, lastSeenAt: answered ? now() : downloader.lastSeenAt });
      unsaved.add(name);
      if (answered) ejections.delete(name);
      else if (failures >= FAILURES_BEFORE_EJECTION && !registry.isEjected(name)) {
        const times = (ejections.get(name)?.times ?? 0) + 1;
        ejections.set(name, { times, until: now() + ejectionMs(times) });
        log.warn(`Ejected "${name}" for a while`, { failures, forMs: ejectionMs(times) });
      }
    },
    isEjected(name) {
      const { times, until } = ejections.get(name) ?? { times: 0, until: 0 };
      const left = until - now();
      // More than it was given: the clock has leapt back.
      return left > 0 && left <= ejectionMs(times);
    },
    setPaused(name, paused) {
      const downloader = known.get(name);
      if (downloader === undefined) return;
      known.set(name, { ...downloader, paused });
      unsaved.add(name);
      registry.save();
      if (!paused) deps.onChanged?.();
    },
    remove(name) {
      known.delete(name);
      routing = undefined;
      names.remove(name);
      ejections.delete(name);
      unsaved.add(name);
      registry.save();
      deps.onChanged?.();
    },
    save() {
      for (const name of unsaved) {
        try {
          const downloader = known.get(name);
          if (downloader === undefined) table.remove(name);
          else table.save(downloader);
          unsaved.delete(name);
        } catch (error) {
          if (!(error instanceof StoreUnavailable)) throw error;
          log.warn("Cannot store the registry now; it goes on in memory", { code: error.code });
          return;
        }
      }
    },
  };
  return registry;
}
