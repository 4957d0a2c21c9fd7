import type { HandedEntry } from "../hand-overs.ts";
import type { RemoteList } from "./remote.ts";

/** One that has no name after so long waits for something else, and holds up nobody any more. */
const HELD_UP_MS = 60_000;

/**
 * Of what is to be handed over, that which may go now, to a program that gives two downloads one file where both begin at once
 * and their files are called alike: of those that go into one folder by one name, the first, and once it has its name the next.
 */
export function takeApart(
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

/** Where the file of a link is to lie, as far as the link tells; none of a magnet, which tells of no file. */
function placeOf({ link, userName }: HandedEntry): string[] {
  const { protocol = "magnet:", pathname = "" } = URL.parse(link) ?? {};
  return protocol === "magnet:" ? [] : [`${userName}/${pathname.split("/").at(-1)}`];
}
