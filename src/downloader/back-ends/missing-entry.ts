import type { HandedEntry } from "../hand-overs.ts";
import type { RemoteList } from "./remote.ts";
import { isAnotherStart } from "./seen-starts.ts";

/**
 * What to do about an entry that a program should have but does not: nothing yet; call it again at once, because it has lost it; call it
 * again later, because it has not taken it, which is a try; or fail it, because people have removed it.
 */
export type MissingVerdict = "waits" | "lost" | "not taken" | "taken out";

/**
 * `session` is the present one. `isSettled`: the program has had time to show what it was called for. `confirm` counts a look that has
 * not found it, and says whether it is certain by now that the program does not have it.
 */
export function judgeMissing(
  entry: Pick<HandedEntry, "remoteId" | "session">,
  told: Pick<RemoteList, "session" | "isReading">,
  of: { readonly session: string; readonly isSettled: () => boolean; readonly confirm: () => boolean },
): MissingVerdict {
  const isAnother = isAnotherStart(entry.session, of.session);
  const isKnown = entry.remoteId !== null;
  // A program that was away does not continue what it was called for before; otherwise it may.
  if (!isKnown && (!isAnother || told.session !== undefined)) return of.isSettled() ? "not taken" : "waits";
  // If it were handed over before that, it would be there twice.
  if (isAnother && told.isReading) return "waits";
  // The program has not told that it has read all of what it keeps: it may have come back a moment ago.
  if (!(isAnother && told.session !== undefined) && !of.confirm()) return "waits";
  if (!isAnother) return "taken out";
  return isKnown ? "lost" : "not taken";
}
