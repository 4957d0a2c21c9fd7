import type { CommandWords } from "../../words/words.ts";

/** What a check is about. */
export type Area = keyof CommandWords["check"]["areas"];

/** One result of `check`. Only a `fail` keeps the bot from doing its work; a `note` introduces the next ones. */
export interface Finding {
  readonly area: Area;
  readonly level: "ok" | "note" | "warn" | "fail";
  /** A sentence without its full stop. */
  readonly what: string;
  /** What to do about it. */
  readonly advice?: string;
}

/** Creates findings of one area. */
export interface Findings {
  ok(what: string): Finding;
  note(what: string): Finding;
  warn(what: string, advice?: string): Finding;
  fail(what: string, advice?: string): Finding;
}

export function findingsOf(area: Area): Findings {
  const of = (level: Finding["level"]) => (what: string, advice?: string) => ({
    area,
    level,
    what,
    ...(advice === undefined ? {} : { advice }),
  });
  return { ok: of("ok"), note: of("note"), warn: of("warn"), fail: of("fail") };
}

const HOUR_MS = 3_600_000;

/** A rounded duration for people: `40 s`, `12 min`, `3 h`, `5 days`. */
export function spoken(ms: number, { duration }: CommandWords["check"]): string {
  const all = Math.abs(ms);
  if (all < 60_000) return duration.seconds(Math.round(all / 1000));
  if (all < HOUR_MS) return duration.minutes(Math.round(all / 60_000));
  if (all < 48 * HOUR_MS) return duration.hours(Math.round(all / HOUR_MS));
  return duration.days(Math.round(all / 24 / HOUR_MS));
}
