import type { CommandWords } from "../../words/words.ts";
import type { Finding } from "../finding.ts";

/** What `check` has found out about the bot. */
export type BotFinding = Finding<keyof CommandWords["check"]["areas"]>;

const HOUR_MS = 3_600_000;

/** A rounded duration for people: `40 s`, `12 min`, `3 h`, `5 days`. */
export function spoken(ms: number, { duration }: CommandWords["check"]): string {
  const all = Math.abs(ms);
  if (all < 60_000) return duration.seconds(Math.round(all / 1000));
  if (all < HOUR_MS) return duration.minutes(Math.round(all / 60_000));
  if (all < 48 * HOUR_MS) return duration.hours(Math.round(all / HOUR_MS));
  return duration.days(Math.round(all / 24 / HOUR_MS));
}
