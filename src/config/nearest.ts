import { closestMatch } from "leven";

/** The candidate with the fewest typing mistakes to `text`, whatever their case, if it is close enough to be what was meant. */
export function nearest(text: string, candidates: readonly string[]): string | undefined {
  const known = new Map(candidates.map((candidate) => [candidate.toLowerCase(), candidate]));
  // Two letters that changed places are two mistakes.
  const maxDistance = text.length < 3 ? 1 : Math.max(2, Math.floor(text.length / 3));
  const meant = closestMatch(text.toLowerCase(), [...known.keys()], { maxDistance });
  return meant === undefined ? undefined : known.get(meant);
}
