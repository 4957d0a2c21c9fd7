import type { Log } from "../../domain/log.ts";
import type { Handed, HandOvers } from "../hand-overs.ts";
import type { Memory } from "./memory.ts";
import { type Remote, type RemoteList, RemoteUnreachable } from "./remote.ts";

/** So often a program is told to let go of something. */
const MOST_TIMES = 20;

/** What was taken out of the list leaves the program, too; it is asked for until that is seen. */
export interface LettingGo {
  /** Does what a look gives reason for. Rejects with what the program rejects with. */
  letGo(one: Handed & { readonly sentAt: number }, told: RemoteList): Promise<void>;
  /** Takes out what has failed, before it is handed over again. Rejects with what the program rejects with. */
  makeWay(key: string, id: string): Promise<void>;
  /** Deletes the parts of what has failed, by the program's ids. Rejects only where the program is not there, and is to be asked again. */
  letGoOfParts(failed: readonly string[]): Promise<void>;
}

/** `isGone` says whether it counts as gone that a look has not found something. */
export function createLettingGo(of: {
  readonly remote: Pick<Remote, "name" | "remove" | "cleanHistory" | "cleanParts">;
  readonly handOvers: Pick<HandOvers, "isNotThere">;
  readonly memory: Memory;
  readonly log: Log;
  readonly stop: AbortSignal;
  readonly isGone: (one: Handed & { readonly sentAt: number }, told: RemoteList) => boolean;
}): LettingGo {
  const { remote, handOvers, log, stop } = of;
  /** By keys. */
  const times = of.memory.map<number>();

  return {
    async letGo(one, told) {
      const found = told.entries.get(one.key);
      if (found === undefined) {
        if (of.isGone(one, told)) handOvers.isNotThere(one.key);
        return;
      }
      // Looks before it was there are not among them: a program may read a link for long.
      const nth = (times.get(one.key) ?? 0) + 1;
      times.set(one.key, nth);
      if (nth > MOST_TIMES) {
        log.warn(`${remote.name} does not let go of ${one.link}`);
        handOvers.isNotThere(one.key);
      } else if (found.state === "done" && found.staysOn === true) handOvers.isNotThere(one.key);
      else if (found.state === "done" || found.state === "failed") await remote.cleanHistory(found.id, stop);
      else await remote.remove(found.id, stop);
    },
    async makeWay(key, id) {
      const nth = (times.get(key) ?? 0) + 1;
      times.set(key, nth);
      // First: after a kill in between it is found as it has failed, and not missing as if people had taken it out.
      handOvers.isNotThere(key);
      if (nth <= MOST_TIMES) await remote.cleanHistory(id, stop);
      times.delete(key);
    },
    async letGoOfParts(failed) {
      if (failed.length === 0) return;
      try {
        // They would be the beginning of the next link of that name, whatever it leads to.
        await remote.cleanParts?.(failed, stop);
      } catch (error) {
        if (!(error instanceof RemoteUnreachable) || error.isAway || error.isHarmless) throw error;
        // One that does not say what it has of them says so each time: their owners are to hear that they have failed.
        log.warn(`${remote.name} does not say whose parts are left`, { error });
      }
    },
  };
}
