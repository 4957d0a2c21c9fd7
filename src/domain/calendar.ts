import type { Language } from "./chat.ts";
import { formatClock, formatInstant, inOneHour, tomorrowAt, tonightAt } from "./time.ts";
import { parseTypedTime } from "./typed-time.ts";

/** The times that a button can name; *now* is not one of them, because it may also mean a retry. */
export const SEND_TIMES = ["inOneHour", "tonight", "tomorrow"] as const;

export type SendTime = (typeof SEND_TIMES)[number];

/** How people name points in time, and read them. */
export interface Calendar {
  /** Epoch ms. */
  now(): number;
  /** As a person reads it now; see `formatInstant`. */
  format(at: number, language: Language): string;
  /** The time of day alone: `14:05`. */
  clock(at: number): string;
  /** The time that a person types: see `parseTypedTime`. */
  read(typed: string): number | undefined;
  /** The time that a button means at this moment, in epoch ms: always a whole minute, because `nameOf` relies on that. */
  instantOf(time: SendTime): number;
  /** The button that at this moment means a link's `sendAt`; undefined for any other time. */
  nameOf(sendAt: number): SendTime | undefined;
}

const MINUTE_MS = 60_000;

/** `zone`: `time_zone` (IANA). `night`: what "tonight" means, `dispatch.night` ("HH:MM"). */
export function createCalendar({ zone, night, now }: { zone: string; night: string; now: () => number }): Calendar {
  function instantOf(time: SendTime): number {
    if (time === "inOneHour") return Math.ceil(inOneHour(now()) / MINUTE_MS) * MINUTE_MS;
    return time === "tonight" ? tonightAt(now(), night, zone) : tomorrowAt(now(), zone);
  }

  return {
    now,
    format: (at, language) => formatInstant(at, { zone, language, now: now() }),
    clock: (at) => formatClock(at, zone),
    instantOf,
    read: (typed) => parseTypedTime(typed, { zone, night, now: now() }),
    nameOf: (sendAt) => SEND_TIMES.find((time) => instantOf(time) === sendAt),
  };
}

/** Reads the choice of a button; undefined for anything else. */
export function parseSendTime(text: string): SendTime | undefined {
  return SEND_TIMES.find((time) => time === text);
}
