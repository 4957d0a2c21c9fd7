import { readFileSync } from "node:fs";

/** More than a fleet of 300 that holds two connections each, from one address too: behind a container's NAT it is one. */
const MOST_FROM_ONE_ADDRESS = 700;
/** The database, Telegram, HTTP, and a channel to each of 300 downloaders. */
const OTHERS = 600;
const FEWEST = 64;

/**
 * How many connections there is room for at each of so many servers besides everything else, by the process's limit of
 * descriptors; undefined: none.
 */
export function connectionPlaces(descriptors: number | undefined, servers = 1) {
  const room = Math.max(FEWEST, Math.floor(((descriptors ?? Number.POSITIVE_INFINITY) - OTHERS) / servers));
  const inAll = Math.min(2 * MOST_FROM_ONE_ADDRESS, room);
  return { inAll, fromOneAddress: Math.floor(inAll / 2) };
}

/** How many the process may have: Bun raises its soft limit to the hard one. Undefined for no limit, or where nobody tells. */
export function descriptorLimit(path = "/proc/self/limits"): number | undefined {
  try {
    const [, limit] = /^Max open files\s+(\d+)/m.exec(readFileSync(path, "utf8")) ?? [];
    return limit === undefined ? undefined : Number(limit);
  } catch {
    return undefined;
  }
}
