import { candidatesAmong } from "../../domain/route.ts";
import type { Opening, Standing, Windows } from "../../domain/window.ts";

/** The part of a link that decides who may get it. */
type Wanting = { readonly url: string; readonly downloader: string | null };

/** Who may get a link, and, if the operator's windows are shut now, when. */
export interface Candidates {
  /** All downloaders that may get this link now, by routes or roots, in no particular order. */
  matching(link: Wanting): string[];
  /** What is open and shut for a link at `at` (epoch ms). */
  standing(link: Wanting, at: number): Standing;
  /** When a downloader that is shut now gets links of an address; undefined if it is not shut. */
  opening(url: string, downloader: string): Opening | undefined;
  /** Whether a window has opened, or may have, since the last call. */
  hasOpened(): boolean;
}

export function createCandidates(deps: {
  takersOf: (url: string) => readonly { readonly name: string; readonly paused: boolean }[];
  windows: Windows;
  now: () => number;
}): Candidates {
  const { takersOf, windows, now } = deps;
  /** The windows that were open at the last look; none before the first one. */
  let wereOpen: readonly boolean[] = [];

  function shut(url: string, downloader: string, at: number): Opening | undefined {
    const opening = windows.openingOf({ url, downloader }, at);
    return opening !== undefined && opening.from > at ? opening : undefined;
  }

  const atAnyTime = ({ url, downloader }: Wanting) => candidatesAmong(takersOf(url), downloader);

  return {
    matching: (link) => atAnyTime(link).filter((name) => shut(link.url, name, now()) === undefined),
    standing(link, at) {
      const names = atAnyTime(link);
      if (names.length === 0) return takersOf(link.url).length > 0 ? "paused" : "nobody";
      const openings = names.flatMap((downloader) => {
        const opening = shut(link.url, downloader, at);
        return opening === undefined ? [] : { downloader, ...opening };
      });
      const [first] = openings.sort((one, other) => one.from - other.from);
      return first === undefined || openings.length < names.length ? "taken" : first;
    },
    opening: (url, downloader) => shut(url, downloader, now()),
    hasOpened() {
      const areOpen = windows.areOpen(now());
      const before = wereOpen;
      wereOpen = areOpen;
      return areOpen.some((isOpen, nth) => isOpen && before[nth] !== true);
    },
  };
}
