import { setImmediate } from "node:timers/promises";

/** Reading one more takes microseconds; a downloader's list may have hundreds of thousands. */
const SLICE = 500;

/** Reads one part after another, letting the event loop turn in between. Rejects with what `read` throws. */
export async function readInParts<Part, T>(parts: Iterable<Part>, read: (part: Part) => T): Promise<T[]> {
  const all: T[] = [];
  for (const part of parts) {
    if (all.length > 0) await setImmediate();
    all.push(read(part));
  }
  return all;
}

/** A list in slices, each of which can be read without holding up the event loop. */
export function* slicesOf<T>(list: Iterable<T>, size = SLICE): Generator<readonly T[]> {
  let slice: T[] = [];
  for (const one of list) {
    slice.push(one);
    if (slice.length < size) continue;
    yield slice;
    slice = [];
  }
  if (slice.length > 0) yield slice;
}

/** `Array.filter`, for lists that may be long. */
export async function filterInParts<T>(list: Iterable<T>, fits: (one: T) => boolean): Promise<T[]> {
  return (await readInParts(slicesOf(list), (slice) => slice.filter(fits))).flat();
}
