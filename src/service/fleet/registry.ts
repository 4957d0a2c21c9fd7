import type {
  Downloader,
  DownloaderState,
  Downloaders,
  Exchange,
  Outcome,
  Registration,
} from "../../domain/downloader.ts";
import type { Log } from "../../domain/log.ts";
import { RegistrationRefused } from "../../domain/registration.ts";
import { candidatesAmong, createRouting, drawOrder, type Match, type Route, type Routing } from "../../domain/route.ts";
import { StoreUnavailable } from "../../domain/storage.ts";
import { createDownloaderStates, MOST_UNANSWERED } from "./downloader-states.ts";
import { createKnownNames } from "./known-names.ts";
import type { Usability } from "./usability.ts";

/** A stranger on the network must not fill memory; far above any fleet. */
const MOST_DOWNLOADERS = 300;

/** In what order to try downloaders, and who would be tried as well if they could be reached. */
export interface Order {
  readonly names: readonly string[];
  readonly unreachable: readonly string[];
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
  /**
   * Everyone to try for this link, in an order drawn at random; those that are failing only where there is no other,
   * those of no use last.
   */
  order(link: { url: string; downloader: string | null }): Order;
  /** Notes the end of a call: `answered` renews the record, anything else counts as a failure. */
  exchanged(name: string, exchange: Exchange): void;
  /** Notes what a downloader made of a link that it was handed. */
  submitted(name: string, outcome: Outcome["kind"]): void;
  stateOf(name: string): DownloaderState;
  setPaused(name: string, paused: boolean): void;
  remove(name: string): void;
  /** Writes what has changed since; never throws. */
  save(): void;
  /** Learns whom the table knows besides, once it can be read. Throws `StoreUnavailable`. */
  takeUp(): void;
}

export interface RegistryEvents {
  /** After every registration, with what the name stood for before. */
  onRegistered(downloader: Downloader, previous: Downloader | undefined): void;
  /** After a new one was refused: its name looks `like` that of another one, or there is no room for more than `most`. */
  onRefused?(registration: Registration, because: { readonly like: string } | { readonly most: number }): void;
  /** After a change that may let waiting links go elsewhere: a downloader goes on, or is removed. */
  onChanged?(): void;
  /** After the first answer of a downloader that could not be reached; `endsBackOff` when it could not be connected to. */
  onBack?(name: string, how: { endsBackOff: boolean }): void;
}

/** See `Registry`. Throws `StoreUnavailable` when the table cannot be read at the start. */
export function createRegistry(
  deps: RegistryEvents & {
    table: Downloaders;
    routes: readonly Route[];
    /** Each name belongs to a certificate, so that another spelling is another's. */
    bindsNames?: boolean;
    usability?: Pick<Usability, "isAvoided" | "forget">;
    now: () => number;
    random: () => number;
    log: Log;
  },
): Registry {
  const { table, now, log } = deps;
  const known = new Map<string, Downloader>();
  const unsaved = new Set<string>();
  /** Made when it is asked for: many may register at once. */
  let routing: Routing | undefined;
  const names = createKnownNames();
  const states = createDownloaderStates({ now, log });

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
      states.forget(downloader.name);
      deps.usability?.forget(downloader.name);
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
      const states = Map.groupBy(registry.matching(link), registry.stateOf);
      const { reachable = [], failing = [], unreachable = [] } = Object.fromEntries(states);
      const tried = reachable.length > 0 ? reachable : failing;
      const drawn = drawOrder(tried, deps.random);
      const isAvoided = (name: string) => deps.usability?.isAvoided(name) ?? false;
      const names = [...drawn.filter((name) => !isAvoided(name)), ...drawn.filter(isAvoided)];
      return { names, unreachable: drawOrder(unreachable, deps.random) };
    },
    exchanged(name, exchange) {
      const downloader = known.get(name);
      if (downloader === undefined) return;
      const answered = exchange === "answered";
      const failures = answered ? 0 : downloader.failures + 1;
      known.set(name, { ...downloader, failures, lastSeenAt: answered ? now() : downloader.lastSeenAt });
      // That one is silent still is nothing new.
      if (failures <= MOST_UNANSWERED) unsaved.add(name);
      const back = states.exchanged(downloader, exchange);
      if (back !== undefined) deps.onBack?.(name, back);
    },
    submitted(name, outcome) {
      const downloader = known.get(name);
      if (downloader !== undefined) states.submitted(downloader, outcome);
    },
    stateOf: (name) => states.of(known.get(name) ?? { name, failures: 0 }),
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
      states.forget(name);
      deps.usability?.forget(name);
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
    takeUp() {
      for (const downloader of table.all()) {
        const { name } = downloader;
        if (known.has(name) || unsaved.has(name)) continue;
        known.set(name, downloader);
        names.add(name);
        states.recall(downloader);
      }
      routing = undefined;
    },
  };
  registry.takeUp();
  return registry;
}
