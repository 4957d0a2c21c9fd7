/** The most lines of picture that a person wants, or the best there is. */
export type Quality = "best" | number;

/** wire.md §3: *best* is sent as 10000 lines. */
const BEST_ON_WIRE = 10000;
const FEWEST_LINES = 144;
const MOST_LINES = 4320;

/** Reads what a person writes or presses: `best`, `1080`, `1080p`. Undefined for anything else, including lines outside 144…4320. */
export function parseQuality(value: string | number): Quality | undefined {
  const text = String(value).trim().toLowerCase();
  if (text === "best") return "best";
  const lines = /^(\d{3,4})p?$/.exec(text)?.[1];
  if (lines === undefined) return undefined;
  return Number(lines) >= FEWEST_LINES && Number(lines) <= MOST_LINES ? Number(lines) : undefined;
}

/** Reads a quality that must be one of those `offered`; undefined for any other, so that an outdated button cannot choose it. */
export function parseOfferedQuality(value: string | number, offered: readonly Quality[]): Quality | undefined {
  const quality = parseQuality(value);
  return quality !== undefined && offered.includes(quality) ? quality : undefined;
}

/** `max_quality` for `SetToQueue` (wire.md §3). */
export function toMaxQuality(quality: Quality): number {
  return quality === "best" ? BEST_ON_WIRE : quality;
}

/**
 * Reads `max_quality` back, from the wire (a text) or from the Go version's database. Undefined when it is not a positive
 * whole number.
 */
export function fromMaxQuality(value: string | number): Quality | undefined {
  const text = String(value).trim();
  if (!/^\d+$/.test(text) || Number(text) === 0) return undefined;
  return Number(text) >= BEST_ON_WIRE ? "best" : Number(text);
}
