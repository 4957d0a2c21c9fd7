import type { DownloaderState } from "../../domain/downloader.ts";
import { drawOrder } from "../../domain/route.ts";

/** In what order to try downloaders, and which would also be tried if they could be reached. */
export interface Order {
  readonly names: readonly string[];
  readonly unreachable: readonly string[];
}

/** Failing ones are tried only if there is no other; those to avoid come last (rule 16). */
export function draw(
  matching: readonly string[],
  of: { stateOf: (name: string) => DownloaderState; isAvoided: (name: string) => boolean; random: () => number },
): Order {
  const { reachable = [], failing = [], unreachable = [] } = Object.fromEntries(Map.groupBy(matching, of.stateOf));
  const drawn = drawOrder(reachable.length > 0 ? reachable : failing, of.random);
  const names = [...drawn.filter((name) => !of.isAvoided(name)), ...drawn.filter(of.isAvoided)];
  return { names, unreachable: drawOrder(unreachable, of.random) };
}
