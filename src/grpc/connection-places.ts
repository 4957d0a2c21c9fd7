import { readFileSync } from "node:fs";

/** More than a fleet of 300 with two connections each, even from one address: behind a container's NAT they have the same. */
const MOST_FROM_ONE_ADDRESS = 700;
/** For the database, Telegram, HTTP, and a channel to each of 300 downloaders. */
const OTHERS = 600;
const FEWEST = 64;

/**
 * How many connections there is room for at each of this many servers, besides everything else, under the process's limit of descriptors;
 * undefined: no limit.
 */
export function connectionPlaces(descriptors: number | undefined, servers = 1) {
  const room = Math.max(FEWEST, Math.floor(((descriptors ?? Number.POSITIVE_INFINITY) - OTHERS) / servers));
  const inAll = Math.min(2 * MOST_FROM_ONE_ADDRESS, room);
  return { inAll, fromOneAddress: Math.floor(inAll / 2) };
}

/**
 * How many descriptors the process may have: Bun raises its soft limit to the hard one. Undefined for no limit, or if that is not known.
 */
export function descriptorLimit(path = "/proc/self/limits"): number | undefined {
  try {
    const [, limit] = /^Max open files\s+(\d+)/m.exec(readFileSync(path, "utf8")) ?? [];
    return limit === undefined ? undefined : Number(limit);
  } catch {
    return undefined;
  }
}
