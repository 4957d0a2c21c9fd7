import type { BoundedCount } from "../../domain/admin-alert.ts";
import type { LinkState, Links } from "../../domain/link.ts";
import type { Registry } from "./registry.ts";

/** Looking at more would block everything else for too long; a number this large says enough. */
const MOST_LOOKED_AT = 1_000;

const WAITING: ReadonlySet<LinkState> = new Set(["queued", "unmatched", "unreachable", "uncertain"]);

/** How many links of the queue wait for each of these downloaders, paused or not. May throw `StoreUnavailable`. */
export type CountBacklog = (names: readonly string[]) => ReadonlyMap<string, BoundedCount>;

export function createCountBacklog(deps: { links: Links; registry: Registry }): CountBacklog {
  const { links, registry } = deps;
  return (names) => {
    const counts = new Map(names.map((name) => [name, 0]));
    const first = names.length === 0 ? [] : links.page({ offset: 0, limit: MOST_LOOKED_AT });
    for (const { url, state, downloader: chosen } of first) {
      if (!WAITING.has(state)) continue;
      for (const { name } of registry.takersOf(url).matches) {
        const before = counts.get(name);
        if (before !== undefined && (chosen === null || chosen === name)) counts.set(name, before + 1);
      }
    }
    const more = first.length === MOST_LOOKED_AT;
    return new Map([...counts].map(([name, count]) => [name, { links: count, more }]));
  };
}
