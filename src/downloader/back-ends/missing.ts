import type { HandedEntry } from "../hand-overs.ts";
import type { RemoteList } from "./remote.ts";
import { isAnotherStart } from "./seen-starts.ts";

/**
 * What is done about an entry that a program should have and has not: nothing yet; it is called again at once, for it has lost it; it
 * is called again later, for it has not taken it, which is a try; or it has failed, for people have taken it out.
 */
export type Missing = "waits" | "lost" | "not taken" | "taken out";

/**
 * `session` is the present one. `isSettled`: the program had time to show what it was called for. `isBelieved` counts a look that has
 * not found it, and says whether that is to be believed.
 */
export function whatIsMissing(
  entry: Pick<HandedEntry, "remoteId" | "session">,
  told: Pick<RemoteList, "session" | "isReading">,
  of: { readonly session: string; readonly isSettled: () => boolean; readonly isBelieved: () => boolean },
): Missing {
  const isAnother = isAnotherStart(entry.session, of.session);
  const isKnown = entry.remoteId !== null;
  // Who was away does not go on with what it was called for before; else it may.
  if (!isKnown && (!isAnother || told.session !== undefined)) return of.isSettled() ? "not taken" : "waits";
  // Handed over before that it would be there twice.
  if (isAnother && told.isReading) return "waits";
  // Nobody has told that it has read all of what it keeps: it may have come back a moment ago.
  if (!(isAnother && told.session !== undefined) && !of.isBelieved()) return "waits";
  if (!isAnother) return "taken out";
  return isKnown ? "lost" : "not taken";
}
