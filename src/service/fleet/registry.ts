import type {
  Downloader,
  DownloaderState,
  Downloaders,
  Exchange,
  Outcome,
  Registration,
} from "../../domain/downloader.ts";
import { compareNames } from "../../domain/downloader-name.ts";
import type { Log } from "../../domain/log.ts";
import type { Match, Route } from "../../domain/route.ts";
import type { Together } from "../../domain/storage.ts";
import { createWindows, type Windows } from "../../domain/window.ts";
import { type Candidates, createCandidates } from "./candidates.ts";
import { createDownloaderStates, MOST_UNANSWERED } from "./downloader-states.ts";
import { createFleetRouting } from "./fleet-routing.ts";
import { createLateArrivals } from "./late-arrivals.ts";
import { createNameClaims } from "./name-claims.ts";
import { draw, type Order } from "./order.ts";
import { createRegistrationLog } from "./registration-log.ts";
import type { RegistryEvents } from "./registry-events.ts";
import { createUnsaved, type Unsaved } from "./unsaved.ts";
import type { Usability } from "./usability.ts";

/**
 * The downloaders that can be given links (rules 10, 11, 12, 14 and 16). It lives in memory and is written through, so that it works while
 * the database does not (rule 4); what could not be written is written by a later `save`.
 */
export interface Registry extends Candidates, Pick<Unsaved, "save" | "saveTogether" | "saveAll"> {
  /**
   * Adds or replaces one, at once; a known name in another spelling is the same, and keeps its spelling. Resolves when that is stored, or
   * cannot be now. One that changes nothing was only heard from. Throws `RegistrationRefused` if there are too many, or if the name only
   * looks like a known one.
   */
  register(registration: Registration): Promise<void>;
  all(): Downloader[];
  /** The same in no particular order, which costs less. */
  unordered(): Downloader[];
  byName(name: string): Downloader | undefined;
  /** Which downloaders take an address, paused or not: see `Routing`. */
  takersOf(url: string): { readonly route: Route | undefined; readonly matches: readonly Match[] };
  /** All to try for this link, in random order; failing ones only if there is no other, those of no use last. */
  order(link: { url: string; downloader: string | null }): Order;
  /** Notes the end of a call: `answered` updates the record, anything else counts as a failure. */
  exchanged(name: string, exchange: Exchange): void;
  /** Notes what a downloader did with a link that it was given. */
  submitted(name: string, outcome: Outcome["kind"]): void;
  stateOf(name: string): DownloaderState;
  setPaused(name: string, paused: boolean): void;
  remove(name: string): void;
  /**
   * Learns which downloaders the table knows, once it can be read. Those that registered meanwhile are compared with it as in `register`;
   * one that is in neither is gone. Throws `StoreUnavailable`.
   */
  takeUp(): void;
}

/** See `Registry`. Throws `StoreUnavailable` if the table cannot be read at the start. */
export function createRegistry(
  deps: RegistryEvents & {
    table: Downloaders;
    together: Together;
    routes: readonly Route[];
    windows?: Windows;
    /** Each name belongs to a certificate, so another spelling belongs to somebody else. */
    bindsNames?: boolean;
    usability?: Pick<Usability, "isAvoided" | "forget">;
    now: () => number;
    random: () => number;
    log: Log;
  },
): Registry {
  const { table, now, log } = deps;
  const known = new Map<string, Downloader>();
  const late = createLateArrivals();
  const unsaved = createUnsaved({ ...deps, find: (name) => known.get(name), onSaved: late.delete });
  /** From the names used until the table could be read to the names in it. */
  const renamed = new Map<string, string>();
  const routing = createFleetRouting({ known, routes: deps.routes });
  const names = createNameClaims({ ...deps, known });
  const states = createDownloaderStates({ now, log });
  const lines = createRegistrationLog({ now, log });

  function learn(downloader: Downloader): void {
    known.set(downloader.name, downloader);
    names.add(downloader.name);
    states.recall(downloader);
  }

  function forget(name: string): void {
    known.delete(name);
    routing.changed();
    names.remove(name);
    lines.forget(name);
    late.delete(name);
    states.forget(name);
    deps.usability?.forget(name);
  }

  /** It leaves nothing in the table, nor in the copy of it. */
  function withdraw(name: string): void {
    forget(name);
    unsaved.add(name);
  }

  /** A downloader registered before it was known that the table has one with the same name, or one that looks like it. */
  function meet(row: Downloader, arrival: Downloader): void {
    withdraw(arrival.name);
    learn(row);
    if (names.reclaim(arrival) === undefined) return;
    const downloader = { ...arrival, name: row.name, paused: row.paused || arrival.paused };
    known.set(row.name, downloader);
    unsaved.add(row.name);
    late.add(row.name, { isPauseKnown: true });
    renamed.set(arrival.name, row.name);
    deps.onRegistered(downloader, row);
  }

  const takersOf = (url: string) => registry.takersOf(url).matches.flatMap(({ name }) => known.get(name) ?? []);
  const { windows = createWindows({ windows: [], zone: "UTC" }) } = deps;

  const registry: Registry = {
    ...createCandidates({ takersOf, windows, now }),
    register(registration) {
      const previous = names.claim(registration);
      // One that has only restarted does not change who takes what.
      const takesTheSame = previous !== undefined && Bun.deepEquals(previous.roots, registration.roots);
      const downloader: Downloader = {
        ...registration,
        ...(takesTheSame && { roots: previous.roots }),
        name: previous?.name ?? registration.name,
        registeredAt: now(),
        lastSeenAt: now(),
        failures: 0,
        paused: previous?.paused ?? false,
      };
      const { name, host, port } = downloader;
      const moved = previous !== undefined && (previous.host !== host || previous.port !== port);
      const isAsStored = takesTheSame && !moved && previous.failures === 0 && unsaved.isStored(name);
      // One that waits to be removed there leaves nothing behind.
      if (!isAsStored) late.add(name, { isPauseKnown: previous === undefined && unsaved.has(name) });
      known.set(name, downloader);
      if (!takesTheSame) routing.changed();
      if (previous === undefined) names.add(name);
      states.forget(name);
      deps.usability?.forget(name);
      if (isAsStored) unsaved.heard(name);
      else unsaved.add(name);
      lines.registered(downloader, { takesTheSame, moved });
      deps.onRegistered(downloader, previous);
      return isAsStored ? Promise.resolve() : registry.saveTogether();
    },
    all: () => registry.unordered().sort(compareNames),
    unordered: () => [...known.values()],
    byName: (name) => known.get(name) ?? known.get(renamed.get(name) ?? ""),
    takersOf: routing.matchesOf,
    order(link) {
      const isAvoided = (name: string) => deps.usability?.isAvoided(name) ?? false;
      return draw(registry.matching(link), { stateOf: registry.stateOf, isAvoided, random: deps.random });
    },
    exchanged(name, exchange) {
      const downloader = known.get(name);
      if (downloader === undefined) return;
      const answered = exchange === "answered";
      const failures = answered ? 0 : downloader.failures + 1;
      known.set(name, { ...downloader, failures, lastSeenAt: answered ? now() : downloader.lastSeenAt });
      // That one is still silent, or still answers, is not news: an idle bot writes nothing.
      if (failures !== downloader.failures && failures <= MOST_UNANSWERED) unsaved.add(name);
      else if (answered) unsaved.heard(name);
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
      late.pauseChosen(name);
      unsaved.add(name);
      registry.save();
      deps.onChanged?.();
    },
    remove(name) {
      withdraw(name);
      registry.save();
      deps.onChanged?.();
    },
    save: unsaved.save,
    saveTogether: unsaved.saveTogether,
    saveAll: unsaved.saveAll,
    takeUp() {
      const rows = new Map(table.all().map((row) => [row.name, row]));
      for (const name of known.keys()) if (!rows.has(name) && !late.has(name)) forget(name);
      const arrivalFor = late.comparedWith(rows);
      for (const row of rows.values()) {
        const mine = known.get(row.name);
        if (mine !== undefined) known.set(row.name, late.reconciled(mine, row));
        if (mine !== undefined || unsaved.has(row.name)) continue;
        const arrival = known.get(arrivalFor(row.name) ?? "");
        if (arrival === undefined) learn(row);
        else meet(row, arrival);
      }
      for (const { name } of names.surplus(rows)) withdraw(name);
      routing.changed();
    },
  };
  for (const [name, downloader] of table.unsaved?.() ?? []) {
    unsaved.add(name);
    if (downloader === undefined) continue;
    learn(downloader);
    late.add(name, { isPauseKnown: true });
  }
  registry.takeUp();
  return registry;
}
