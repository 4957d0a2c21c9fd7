import type { Language } from "./chat.ts";

const HOUR_MS = 3_600_000;
/** The time of day of a day that is named without one. */
export const MORNING = "09:00";
const SOON_MS = 12 * HOUR_MS;
const LOCALES = { en: "en-GB", ru: "ru-RU" } as const satisfies Record<Language, string>;

/**
 * Nothing can be brought back for longer, however much was removed together: an end that is further away was set by a clock that has
 * been set back since, and is over. In ms.
 */
export const LONGEST_UNDO_MS = 600_000;

/** The button "in 1 h", in epoch ms. */
export function inOneHour(now: number): number {
  return now + HOUR_MS;
}

/**
 * The button "tonight": the next `clock` ("HH:MM", `dispatch.night`) in `zone` (IANA) strictly after `now`, in epoch ms; past
 * midnight that is still the same night. An hour that the clocks skip comes later by the gap; of one that they repeat, the first.
 */
export function tonightAt(now: number, clock: string, zone: string): number {
  const today = localDay(now, zone);
  const at = instantOf(today, clock, zone);
  return at > now ? at : instantOf(today.add({ days: 1 }), clock, zone);
}

/** The button "tomorrow": 09:00 of the next calendar day in `zone`, in epoch ms; also when it is pressed after midnight. */
export function tomorrowAt(now: number, zone: string): number {
  return instantOf(localDay(now, zone).add({ days: 1 }), MORNING, zone);
}

/**
 * Whether one of two stored instants (epoch ms) alone lies ahead of `now`: the clock that it was stored by has been set back, so
 * that it says nothing of which was first.
 */
export function isAloneAhead(at: number, { other, now }: { readonly other: number; readonly now: number }): boolean {
  return at > now && other <= now;
}

/**
 * An instant as a person in `zone` reads it at `now`: `14:05` today and in the next hours, else `24 Nov 02:00`, with the year
 * when it is another one. 24-hour clock. Without words like "tomorrow": a message is still read after midnight.
 */
export function formatInstant(
  at: number,
  { zone, language, now }: { readonly zone: string; readonly language: Language; readonly now: number },
): string {
  const local = localTime(at, zone);
  const date = local.toPlainDate();
  const today = localDay(now, zone);
  const clock = formatClock(at, zone);
  if (date.equals(today) || (at > now && at - now < SOON_MS)) return clock;
  const year = date.year === today.year ? undefined : "numeric";
  return `${date.toLocaleString(LOCALES[language], { day: "numeric", month: "short", year })} ${clock}`;
}

/** The time of day of an instant (epoch ms) in `zone` (IANA): `14:05`. */
export function formatClock(at: number, zone: string): string {
  return localTime(at, zone).toPlainTime().toString({ smallestUnit: "minute" });
}

/** The day that an instant (epoch ms) lies in, in `zone` (IANA). */
export function localDay(at: number, zone: string): Temporal.PlainDate {
  return localTime(at, zone).toPlainDate();
}

function localTime(at: number, zone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
}

/** When a day's `clock` ("HH:MM") is in `zone` (IANA), in epoch ms: see `tonightAt` on hours that are skipped or repeated. */
export function instantOf(date: Temporal.PlainDate, clock: string, zone: string): number {
  return date.toZonedDateTime({ timeZone: zone, plainTime: Temporal.PlainTime.from(clock) }).epochMilliseconds;
}
