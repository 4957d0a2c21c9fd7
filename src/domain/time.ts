import type { Language } from "./chat.ts";

const HOUR_MS = 3_600_000;
/** The time of day for a day that is named without one. */
export const MORNING = "09:00";
const SOON_MS = 12 * HOUR_MS;
const LOCALES = { en: "en-GB", ru: "ru-RU" } as const satisfies Record<Language, string>;

/**
 * Nothing can be restored after longer than this, however much was removed together: an end that is further away was set by a clock that
 * has been set back since, and is over. In ms.
 */
export const LONGEST_UNDO_MS = 600_000;

/** The button "in 1 h", in epoch ms. */
export function inOneHour(now: number): number {
  return now + HOUR_MS;
}

/**
 * The button "tonight": the next `clock` ("HH:MM", `dispatch.night`) in `zone` (IANA) strictly after `now`, in epoch ms; after midnight
 * that is still the same night. If the clocks skip that hour, it is later by the gap; if they repeat it, it is the first one.
 */
export function tonightAt(now: number, clock: string, zone: string): number {
  const today = localDay(now, zone);
  const at = instantOf(today, clock, zone);
  return at > now ? at : instantOf(today.add({ days: 1 }), clock, zone);
}

/** The button "tomorrow": 09:00 on the next calendar day in `zone`, in epoch ms; even when it is pressed after midnight. */
export function tomorrowAt(now: number, zone: string): number {
  return instantOf(localDay(now, zone).add({ days: 1 }), MORNING, zone);
}

/**
 * Whether only one of two stored instants (epoch ms) is ahead of `now`: the clock that it was stored by has been set back, so it does not
 * show which was first.
 */
export function isAloneAhead(at: number, { other, now }: { readonly other: number; readonly now: number }): boolean {
  return at > now && other <= now;
}

/**
 * An instant as a person in `zone` reads it at `now`: `14:05` today and in the next hours, otherwise `24 Nov 02:00`, with the year if it
 * is another one. 24-hour clock. Without words like "tomorrow", because a message may still be read after midnight.
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

/** The day of an instant (epoch ms) in `zone` (IANA). */
export function localDay(at: number, zone: string): Temporal.PlainDate {
  return localTime(at, zone).toPlainDate();
}

function localTime(at: number, zone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
}

/** When a day's `clock` ("HH:MM") is in `zone` (IANA), in epoch ms; `tonightAt` says what happens to hours that are skipped or repeated. */
export function instantOf(date: Temporal.PlainDate, clock: string, zone: string): number {
  return date.toZonedDateTime({ timeZone: zone, plainTime: Temporal.PlainTime.from(clock) }).epochMilliseconds;
}
