import { foldedName } from "./downloader-name.ts";
import { parseRoot, rootMatches } from "./route.ts";
import { instantOf, localDay } from "./time.ts";

/** Hours of every day, each as "HH:MM"; an end that is not after the beginning is on the next day. */
export interface DailyHours {
  readonly from: string;
  readonly to: string;
}

/**
 * The operator's decision on when links go (rules.md §3.1): links under `match`, if given, to those `downloaders`, if any are named, in
 * any spelling.
 */
export interface Window {
  /** Written like a root. */
  readonly match?: string | undefined;
  readonly downloaders: readonly string[];
  readonly open: readonly DailyHours[];
}

/** One opening of a window, from when to when; epoch ms, the end exclusive. */
export interface Opening {
  readonly from: number;
  readonly to: number;
}

/** The opening that a link waits for, and the downloader that opens then. */
export interface NextOpening extends Opening {
  readonly downloader: string;
}

/**
 * Whether a downloader takes a link at some time, only paused ones do, or none does; if all that may have it are shut then, which of them
 * opens first.
 */
export type Standing = "taken" | "paused" | "nobody" | NextOpening;

const TIME = "(?:[01]?\\d|2[0-3]):[0-5]\\d";
const HOURS = new RegExp(`^(${TIME})\\s*[-–]\\s*(${TIME}|24:00)$`);

/** Reads `02:00-07:00`, several with commas; undefined for anything else. */
export function parseDailyHours(text: string): DailyHours[] | undefined {
  const all = text.split(",").map((part) => {
    const [, from, to] = HOURS.exec(part.trim()) ?? [];
    return from === undefined || to === undefined ? undefined : { from: clock(from), to: clock(to) };
  });
  return all.every((hours) => hours !== undefined) ? all : undefined;
}

const clock = (text: string) => (text === "24:00" ? "00:00" : text.padStart(5, "0"));

/** From the night before to the day after one whose hours the clocks have skipped. */
const DAYS = [-1, 0, 1, 2];

/** The opening that contains `at` (epoch ms), or else the next one, in `zone` (IANA); hours that the clocks skip do not open. */
export function openingAt(
  open: readonly DailyHours[],
  { at, zone }: { readonly at: number; readonly zone: string },
): Opening | undefined {
  const today = localDay(at, zone);
  return DAYS.map((days) => today.add({ days }))
    .flatMap((day) =>
      open.map(({ from, to }) => ({
        from: instantOf(day, from, zone),
        to: instantOf(to > from ? day : day.add({ days: 1 }), to, zone),
      })),
    )
    .filter(({ from, to }) => to > at && to > from)
    .sort((one, other) => one.from - other.from)[0];
}

/** Which downloaders get which links when: see `createWindows`. */
export interface Windows {
  /**
   * When a downloader gets links of an address, at `at` or the next time after it; undefined if no window applies. The first window that
   * fits both decides on its own.
   */
  openingOf(of: { readonly url: string; readonly downloader: string }, at: number): Opening | undefined;
  /** For each window, whether it is open at `at`. */
  areOpen(at: number): readonly boolean[];
}

/** `zone`: `time_zone` (IANA). */
export function createWindows({ windows, zone }: { windows: readonly Window[]; zone: string }): Windows {
  const all = windows.map(({ match, downloaders, open }) => ({
    isOfAll: match === undefined,
    root: parseRoot(match ?? ""),
    names: new Set(downloaders.map(foldedName)),
    openingAt: rememberedOpening(open, zone),
  }));
  return {
    openingOf({ url: text, downloader }, at) {
      if (all.length === 0) return undefined;
      const url = URL.parse(text);
      const found = all.find(
        ({ isOfAll, root, names }) =>
          (names.size === 0 || names.has(foldedName(downloader))) &&
          url !== null &&
          (isOfAll || (root !== undefined && rootMatches(root, url))),
      );
      return found?.openingAt(at);
    },
    areOpen: (at) => all.map((window) => (window.openingAt(at)?.from ?? at) <= at),
  };
}

/** An opening is remembered until it is over: calendars are not asked for each link. */
function rememberedOpening(open: readonly DailyHours[], zone: string): (at: number) => Opening | undefined {
  let known: { readonly since: number; readonly opening: Opening } | undefined;
  return (at) => {
    if (known !== undefined && at >= known.since && at < known.opening.to) return known.opening;
    const opening = openingAt(open, { at, zone });
    known = opening && { since: at, opening };
    return opening;
  };
}
