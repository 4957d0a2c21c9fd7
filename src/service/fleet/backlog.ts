import type { BoundedCount } from "../../domain/admin-alert.ts";
import type { LinkState, Links } from "../../domain/link.ts";
import { matchesOf, type Route } from "../../domain/route.ts";
import type { Registry } from "./registry.ts";

/** Looking at more would stop everything else for too long; a number that large says enough. */
const MOST_LOOKED_AT = 1_000;

const WAITING: ReadonlySet<LinkState> = new Set(["queued", "unmatched", "uncertain"]);

/** How many links of the queue wait for each of these downloaders, paused or not. May throw `StoreUnavailable`. */
export type CountBacklog = (names: readonly string[]) => ReadonlyMap<string, BoundedCount>;

export function createCountBacklog(deps: { links: Links; registry: Registry; routes: readonly Route[] }): CountBacklog {
  const { links, registry, routes } = deps;
  return (names) => {
    const downloaders = registry.all().filter(({ name }) => names.includes(name));
    const counts = new Map(names.map((name) => [name, 0]));
    const first = downloaders.length === 0 ? [] : links.page({ offset: 0, limit: MOST_LOOKED_AT });
    for (const { url, state, downloader: chosen } of first) {
      if (!WAITING.has(state)) continue;
      for (const { name } of matchesOf({ url, downloaders, routes }).matches) {
        if (chosen === null || chosen === name) counts.set(name, (counts.get(name) ?? 0) + 1);
      }
    }
    const more = first.length === MOST_LOOKED_AT;
    return new Map([...counts].map(([name, count]) => [name, { links: count, more }]));
  };
}
