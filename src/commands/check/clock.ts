import type { CommandWords } from "../../words/words.ts";
import { findingsOf } from "../finding.ts";
import { type BotFinding, spoken } from "./finding.ts";

const { ok, warn, fail } = findingsOf("clock");

const TOLERATED_MS = 30_000;
const HARMFUL_MS = 600_000;

/**
 * Compares the machine's clock with that of the Bot API's server and with the newest row of the database; either may be unknown. Instants
 * in epoch ms; `server` is accurate to a second.
 */
export function checkClock(of: {
  readonly now: number;
  /** The server's time when our clock showed `seenAt`. */
  readonly server: { readonly at: number; readonly seenAt: number } | undefined;
  readonly newestRowAt: number | undefined;
  readonly words: CommandWords["check"];
}): BotFinding[] {
  const { now, server, newestRowAt, words } = of;
  const { clock } = words;
  const findings: BotFinding[] = [];
  if (server !== undefined) {
    const ahead = server.seenAt - server.at;
    const how = (ahead > 0 ? clock.ahead : clock.behind)(spoken(ahead, words));
    if (Math.abs(ahead) <= TOLERATED_MS) findings.push(ok(clock.agrees));
    else findings.push((Math.abs(ahead) < HARMFUL_MS ? warn : fail)(how, clock.set));
  }
  if (newestRowAt !== undefined && newestRowAt - now > TOLERATED_MS) {
    findings.push(warn(clock.future(spoken(newestRowAt - now, words)), clock.futureAdvice));
  }
  return findings;
}
