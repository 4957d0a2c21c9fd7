import { inOneHour, tomorrowAt, tonightAt } from "./time.ts";

/** The instants that a button can name; *now* is another matter, since it may also mean a retry. */
export const TIMES = ["inOneHour", "tonight", "tomorrow"] as const;

export type Time = (typeof TIMES)[number];

/** Where "tonight" and "tomorrow" are: `dispatch.night` ("HH:MM") and `time_zone`. */
export interface Clock {
  readonly night: string;
  readonly timeZone: string;
}

const MINUTE_MS = 60_000;

/** The instant that a person means, in epoch ms: always a whole minute, by which `chosenTime` knows it again. */
export function instantOf(time: Time, now: number, { night, timeZone }: Clock): number {
  if (time === "inOneHour") return Math.ceil(inOneHour(now) / MINUTE_MS) * MINUTE_MS;
  return time === "tonight" ? tonightAt(now, night, timeZone) : tomorrowAt(now, timeZone);
}

/** Which button a link's `sendAt` came from; undefined for one that nobody chose, or that has passed. */
export function chosenTime(sendAt: number, now: number, clock: Clock): Time | undefined {
  if (sendAt <= now || sendAt % MINUTE_MS !== 0) return undefined;
  const named = (["tonight", "tomorrow"] as const).find((time) => instantOf(time, now, clock) === sendAt);
  return named ?? (sendAt <= instantOf("inOneHour", now, clock) ? "inOneHour" : undefined);
}

/** Reads a button's choice; undefined for anything else. */
export function parseTime(text: string): Time | undefined {
  return TIMES.find((time) => time === text);
}
