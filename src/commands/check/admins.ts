import { triesLeft } from "../../domain/pairing.ts";
import { ifAvailable } from "../../domain/storage.ts";
import type { KnownAdmin } from "../../store/inspect.ts";
import { openPairingFile, pairingFileOf } from "../../store/pairing-file.ts";
import type { CommandWords } from "../../words/words.ts";
import { findingsOf } from "../finding.ts";
import { type BotFinding, spoken } from "./finding.ts";

const { ok, warn, fail } = findingsOf("access");

/** Who is an admin: ids in the config, those that the database knows, and anybody who may become one by a pairing. */
export function checkAdmins(of: {
  configured: readonly number[];
  /** Undefined if they cannot be read now. */
  stored: readonly KnownAdmin[] | undefined;
  databasePath: string;
  now: number;
  words: CommandWords["check"];
}): BotFinding[] {
  const { configured, stored, databasePath, now, words } = of;
  const { access } = words;
  const more = (stored ?? []).filter(({ id }) => !configured.includes(id));
  const begun = ifAvailable(openPairingFile(pairingFileOf(databasePath)).begun);
  const left = begun === undefined ? 0 : triesLeft(begun, now);
  const findings: BotFinding[] = [];
  if (configured.length + more.length > 0) {
    const names = more.map(({ id, name }) => `${name} (${id})`).join(", ");
    findings.push(ok(access.admins(configured.length, names)));
  } else if (left === 0 && stored !== undefined) {
    findings.push(fail(access.nobody, access.nobodyAdvice));
  }
  if (begun !== undefined && left > 0) {
    const made = spoken(now - begun.madeAt, words);
    findings.push(warn(access.pairing(made, left), access.pairingAdvice));
  }
  return findings;
}
