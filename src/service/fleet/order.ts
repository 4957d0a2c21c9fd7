import type { DownloaderState } from "../../domain/downloader.ts";
import { drawOrder } from "../../domain/route.ts";

/** In what order to try downloaders, and who would be tried as well if they could be reached. */
export interface Order {
  readonly names: readonly string[];
  readonly unreachable: readonly string[];
}

/** Those that are failing are tried only where there is no other, those that are avoided last (rule 16). */
export function draw(
  matching: readonly string[],
  of: { stateOf: (name: string) => DownloaderState; isAvoided: (name: string) => boolean; random: () => number },
): Order {
  const { reachable = [], failing = [], unreachable = [] } = Object.fromEntries(Map.groupBy(matching, of.stateOf));
  const drawn = drawOrder(reachable.length > 0 ? reachable : failing, of.random);
  const names = [...drawn.filter((name) => !of.isAvoided(name)), ...drawn.filter(of.isAvoided)];
  return { names, unreachable: drawOrder(unreachable, of.random) };
}
