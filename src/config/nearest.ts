import { closestMatch } from "leven";

/** The candidate with the fewest typos compared with `text`, ignoring case; undefined if none is close enough. */
export function nearest(text: string, candidates: readonly string[]): string | undefined {
  const known = new Map(candidates.map((candidate) => [candidate.toLowerCase(), candidate]));
  // Two swapped letters count as two typos.
  const maxDistance = text.length < 3 ? 1 : Math.max(2, Math.floor(text.length / 3));
  const meant = closestMatch(text.toLowerCase(), [...known.keys()], { maxDistance });
  return meant === undefined ? undefined : known.get(meant);
}
