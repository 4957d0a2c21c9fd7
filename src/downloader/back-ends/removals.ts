import type { Log } from "../../domain/log.ts";
import type { Handed, HandOvers } from "../hand-overs.ts";
import type { Memory } from "./memory.ts";
import { hasEnded, type Remote, type RemoteList, RemoteUnreachable } from "./remote.ts";

/** How often a program is told to remove something. */
const MOST_TIMES = 20;

/** Removes entries from the program: what was taken out of the list, until a look shows that it is gone, and what has failed. */
export interface Removals {
  /** Takes the next step for one of them, after a look that has found `told`. Rejects as the program does. */
  remove(one: Handed & { readonly sentAt: number }, told: RemoteList): Promise<void>;
  /** Removes a failed entry, before it is handed over again. Rejects as the program does. */
  removeFailed(key: string, id: string): Promise<void>;
  /** Deletes the parts of failed entries, by the program's ids. Rejects only if the program is not there, and is to be asked again. */
  cleanParts(failed: readonly string[]): Promise<void>;
}

/** `isGone` says whether something that a look has not found counts as gone. */
export function createRemovals(of: {
  readonly remote: Pick<Remote, "name" | "remove" | "cleanHistory" | "cleanParts">;
  readonly handOvers: Pick<HandOvers, "markAbsent">;
  readonly memory: Memory;
  readonly log: Log;
  readonly stop: AbortSignal;
  readonly isGone: (one: Handed & { readonly sentAt: number }, told: RemoteList) => boolean;
}): Removals {
  const { remote, handOvers, log, stop } = of;
  /** By key. */
  const times = of.memory.map<number>();

  return {
    async remove(one, told) {
      const found = told.entries.get(one.key);
      if (found === undefined) {
        if (of.isGone(one, told)) handOvers.markAbsent(one.key);
        return;
      }
      // Looks before it was there do not count: a program may take long to read a link.
      const nth = (times.get(one.key) ?? 0) + 1;
      times.set(one.key, nth);
      if (nth > MOST_TIMES) {
        log.warn(`${remote.name} does not remove ${one.link}`);
        handOvers.markAbsent(one.key);
      } else if (found.state === "done" && found.staysOn === true) handOvers.markAbsent(one.key);
      else if (hasEnded(found)) await remote.cleanHistory(found.id, stop);
      else await remote.remove(found.id, stop);
    },
    async removeFailed(key, id) {
      const nth = (times.get(key) ?? 0) + 1;
      times.set(key, nth);
      // First: after a kill in between it is found as failed, rather than missing as if people had removed it.
      handOvers.markAbsent(key);
      if (nth <= MOST_TIMES) await remote.cleanHistory(id, stop);
      times.delete(key);
    },
    async cleanParts(failed) {
      if (failed.length === 0) return;
      try {
        // They would become the beginning of the next link with that name, whatever it leads to.
        await remote.cleanParts?.(failed, stop);
      } catch (error) {
        if (!(error instanceof RemoteUnreachable) || error.isAway || error.isHarmless) throw error;
        // A program that cannot tell says so each time, and the owners must hear that their links have failed.
        log.warn(`${remote.name} does not say which unfinished files are left`, { error });
      }
    },
  };
}
