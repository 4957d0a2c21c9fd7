import type { Texts } from "../locales/locales.ts";

const MOST_NAMED = 3;

/** That these did not answer, so that what they have is shown as it was last known; undefined if there are none. */
export function silentServers(names: readonly string[], { lists }: Texts): string | undefined {
  if (names.length === 0) return undefined;
  return lists.queue.silent(names.slice(0, MOST_NAMED), Math.max(0, names.length - MOST_NAMED));
}
