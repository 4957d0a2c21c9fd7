import type { HandedEntry } from "../hand-overs.ts";
import type { RemoteList } from "./remote.ts";

/** An entry that has no name after this long waits for something else, and no longer holds up others. */
const HELD_UP_MS = 60_000;

/**
 * Those of the entries to be handed over that may go now to a program that `mixesNames`: of several with the same folder and file name the
 * first, and the next once the program has given that one its name.
 */
export function withoutNameCollisions(
  fresh: readonly HandedEntry[],
  of: { readonly open: readonly HandedEntry[]; readonly found: RemoteList; readonly now: number },
): readonly HandedEntry[] {
  const { open, found, now } = of;
  const isBeginning = ({ key, sentAt }: HandedEntry) =>
    sentAt !== null && Math.abs(now - sentAt) < HELD_UP_MS && found.entries.get(key)?.name === undefined;
  const beginning = new Set(open.filter(isBeginning).flatMap(placeOf));
  return fresh.filter((entry) => {
    const [place] = placeOf(entry);
    if (place === undefined) return true;
    const isFree = !beginning.has(place);
    beginning.add(place);
    return isFree;
  });
}

/** Where the file of a link is to go, as far as the link shows; nowhere for a magnet, which shows no file. */
function placeOf({ link, userName }: HandedEntry): string[] {
  const { protocol = "magnet:", pathname = "" } = URL.parse(link) ?? {};
  return protocol === "magnet:" ? [] : [`${userName}/${pathname.split("/").at(-1)}`];
}
