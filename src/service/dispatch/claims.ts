import type { Downloader } from "../../domain/downloader.ts";
import type { Link, LinkEvent } from "../../domain/link.ts";
import type { Log } from "../../domain/log.ts";
import type { Store } from "../../domain/storage.ts";
import type { Registry } from "../fleet/registry.ts";
import type { Places } from "./places.ts";
import type { Turns } from "./turns.ts";

/** A claimed link as it was before: in the database its state is now `sending`, and the first downloader it goes to is recorded. */
export interface Claim {
  readonly link: Link;
  readonly names: readonly string[];
}

/** One step of claiming. */
export interface Claimed {
  readonly claims: readonly Claim[];
  /** About links that nobody can get now. */
  readonly events: readonly LinkEvent[];
  /** How many links were looked at and not claimed. */
  readonly passed: number;
  /** Another step would claim nothing until a downloader has room, or a link comes due. */
  readonly isDone: boolean;
  /** Whether more links are due, even if none of them can go now. */
  readonly moreIsDue: boolean;
}

/**
 * In a transaction: claims up to `most` due links, each for a downloader that has room, and passes no more than `mostPassed` others. If it
 * is run again, turns that chats have had in the first run are not given back.
 */
export type ClaimDue = (of: { readonly most: number; readonly mostPassed: number }) => Claimed;

export function createClaimDue(deps: {
  store: Pick<Store, "links" | "attempts">;
  registry: Pick<Registry, "unordered" | "order" | "stateOf">;
  places: Places;
  turns: Turns;
  now: () => number;
  log: Log;
}): ClaimDue {
  const { store, registry, places, turns, now, log } = deps;

  /** The one downloader that may have an uncertain link. It is asked even if it is full, because the link's hold has an end. */
  const holderOf = (link: Link) => [store.attempts.byLink(link.id)?.downloader ?? ""];

  function leave(link: Link, [awaited]: readonly string[]): LinkEvent[] {
    const change: Partial<Link> =
      awaited === undefined
        ? { state: "unmatched" }
        : { state: "unreachable", lastError: { reason: "unreachable", downloader: awaited } };
    const left = store.links.update(link.id, change);
    return left === undefined ? [] : [{ kind: awaited === undefined ? "unmatched" : "unreachable", link: left }];
  }

  return ({ most, mostPassed }) => {
    const claims: Claim[] = [];
    const events: LinkEvent[] = [];
    let passed = 0;
    const counts = new Map<string, number>();
    const claimedFor = (name: string) => counts.get(name) ?? 0;
    const hasRoom = (name: string) => places.hasRoom(name, claimedFor(name));
    const canGet = ({ name, paused }: Downloader) => !paused && registry.stateOf(name) !== "unreachable";
    const usable = registry.unordered().filter(canGet);
    /** Then a look at more links is in vain. Those that have fewer places than others are not meant: links may wait there for long. */
    const isEverybodyBusy = () =>
      usable.length > 0 && usable.every(({ name }) => places.isBusy(name, claimedFor(name)));

    function claim(link: Link, names: readonly string[]): void {
      store.links.claim(link.id);
      const [downloader = ""] = names;
      if (link.state === "queued") store.attempts.open({ linkId: link.id, downloader, startedAt: now() });
      log.debug(`Link ${link.id} is due`, { order: names.join(", ") });
      claims.push({ link, names });
      counts.set(downloader, claimedFor(downloader) + 1);
    }

    function look(link: Link): void {
      const { names, unreachable } = registry.order(link);
      const { free = [], full = [] } = Object.groupBy(names, (name) => (hasRoom(name) ? "free" : "full"));
      if (free.length > 0) {
        claim(link, [...free, ...full]);
        return;
      }
      passed += 1;
      if (full.length > 0) turns.passOver(link, full);
      else events.push(...leave(link, unreachable));
    }

    let isDone = false;
    while (!isDone && claims.length < most && passed < mostPassed) {
      // A duplicate of a link that was just claimed is not due: once that is delivered, it follows to the same downloader.
      const link = isEverybodyBusy() ? undefined : turns.next(hasRoom);
      if (link === undefined) isDone = true;
      else if (link.state === "uncertain") claim(link, holderOf(link));
      else look(link);
    }
    const moreIsDue = !isDone || turns.passedOver > 0 || isEverybodyBusy();
    return { claims, events, passed, isDone, moreIsDue };
  };
}
