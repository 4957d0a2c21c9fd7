import { type Finding, findingsOf, spoken } from "./finding.ts";

const { ok, warn, fail } = findingsOf("clock");

const TOLERATED_MS = 30_000;
const HARMFUL_MS = 600_000;
const SET_IT = "Set the clock, and let the system keep it: timedatectl set-ntp true.";

/**
 * Compares the machine's clock with that of the Bot API's server and with the newest row of the database; either may be
 * unknown. Instants in epoch ms; `server` is exact to a second.
 */
export function checkClock(of: {
  readonly now: number;
  /** What the server's clock showed when ours showed `seenAt`. */
  readonly server: { readonly at: number; readonly seenAt: number } | undefined;
  readonly newestRowAt: number | undefined;
}): Finding[] {
  const { now, server, newestRowAt } = of;
  const findings: Finding[] = [];
  if (server !== undefined) {
    const ahead = server.seenAt - server.at;
    const how = `The clock is ${spoken(ahead)} ${ahead > 0 ? "ahead of" : "behind"} Telegram's`;
    if (Math.abs(ahead) <= TOLERATED_MS) findings.push(ok("The clock agrees with Telegram's"));
    else findings.push(Math.abs(ahead) < HARMFUL_MS ? warn(how, SET_IT) : fail(how, SET_IT));
  }
  if (newestRowAt !== undefined && newestRowAt - now > TOLERATED_MS) {
    const what = `The database has rows from the future: ${spoken(newestRowAt - now)} from now`;
    findings.push(warn(what, `Links may wait longer than they should. ${SET_IT}`));
  }
  return findings;
}
