import type { Log } from "../../domain/log.ts";
import { type BegunPairing, isCodeOf, type Pairings, parsePairingCode, triesLeft } from "../../domain/pairing.ts";
import { ifAvailable, unlessUnavailable } from "../../domain/storage.ts";
import type { Access } from "./access.ts";

const DAY_MS = 24 * 3_600_000;

/**
 * The result of a code that somebody sent: they are an admin now, or were one before; it is wrong, and `left` tries remain; or the pairing
 * is over.
 */
export type PairingTry =
  | { readonly kind: "paired" | "already" | "over" }
  | { readonly kind: "wrong"; readonly left: number };

/** The way in for the first admin: somebody sends the code that the operator was shown. */
export interface PairingDesk {
  /**
   * What a text from a person results in; undefined if it has nothing to do with a pairing. A try is recorded before it is checked, so
   * that none is free. Throws `StoreUnavailable`; then nobody has become an admin.
   */
  attempt(text: string, person: { id: number; name: string }): PairingTry | undefined;
  /** Whether the right code would still make an admin. Never throws. */
  isOpen(): boolean;
  /** Logs, once, that there is no admin and no longer a way to become one. Never throws. */
  look(): void;
}

export function createPairingDesk(deps: {
  pairings: Pairings;
  access: Pick<Access, "roleOf" | "grant" | "admins">;
  now: () => number;
  log: Log;
}): PairingDesk {
  const { pairings, access, now, log } = deps;

  /** Long after a pairing, twelve letters are just twelve letters again. */
  const isRecent = ({ madeAt }: BegunPairing) => Math.abs(now() - madeAt) < DAY_MS;

  let isTold = false;

  function isOpen(): boolean {
    const begun = ifAvailable(pairings.begun);
    return begun !== undefined && triesLeft(begun, now()) > 0;
  }

  function end(): void {
    unlessUnavailable(pairings.end, ({ code }) =>
      log.error("Cannot remove the file of the pairing: remove it, or run dwld-bot pair again", { code }),
    );
  }

  function judge(text: string, { id, name }: { id: number; name: string }): PairingTry {
    const begun = pairings.noteTry();
    // This try is already counted.
    if (begun === undefined || triesLeft({ ...begun, tries: begun.tries - 1 }, now()) === 0) return { kind: "over" };
    if (!isCodeOf(text, begun)) {
      const left = triesLeft(begun, now());
      log.warn("Somebody sent a wrong pairing code", { id, left });
      return left === 0 ? { kind: "over" } : { kind: "wrong", left };
    }
    access.grant({ id, name, role: "admin", until: null, by: id });
    log.warn("Somebody has become an admin with the pairing code", { id });
    end();
    return { kind: "paired" };
  }

  return {
    attempt(text, person) {
      if (parsePairingCode(text) === undefined) return undefined;
      const begun = pairings.begun();
      if (begun === undefined || !isRecent(begun)) return undefined;
      if (access.roleOf({ chatId: person.id, userId: person.id }) !== "admin") return judge(text, person);
      // An admin guesses nothing; but a code that was sent in a chat is known to more than the operator's terminal.
      if (!isCodeOf(text, begun)) return undefined;
      end();
      return { kind: "already" };
    },
    isOpen,
    look() {
      const isStuck = access.admins.length === 0 && !isOpen();
      if (isStuck && !isTold) log.error("There is no admin, and no valid code to become one: run dwld-bot pair");
      isTold = isStuck;
    },
  };
}
