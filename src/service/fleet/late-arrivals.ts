import type { Downloader } from "../../domain/downloader.ts";
import { createKnownNames } from "./known-names.ts";

/** Downloaders that registered but are not in the table yet. Where the table could not be read so far, it may know more than the bot. */
export interface LateArrivals {
  /** `isPauseKnown`: the table does not decide whether it is paused. */
  add(name: string, how: { isPauseKnown: boolean }): void;
  has(name: string): boolean;
  /** It is in the table, or gone. */
  delete(name: string): void;
  /** An admin has said whether it is paused. */
  pauseChosen(name: string): void;
  /** A known downloader as its row of the table has it, except for what was said since, and when it was last heard from. */
  reconciled(downloader: Downloader, row: Downloader): Downloader;
  /** For a name in the table, the arrival that is not in the table and that has the same name or one that looks like it. */
  comparedWith(rows: ReadonlyMap<string, unknown>): (name: string) => string | undefined;
}

export function createLateArrivals(): LateArrivals {
  const arrived = new Set<string>();
  /** Downloaders for which it is known whether they are paused. */
  const decided = new Set<string>();
  return {
    add(name, { isPauseKnown }) {
      arrived.add(name);
      if (isPauseKnown) decided.add(name);
    },
    has: (name) => arrived.has(name),
    delete(name) {
      arrived.delete(name);
      decided.delete(name);
    },
    pauseChosen: (name) => void decided.add(name),
    reconciled(downloader, row) {
      const { name, failures, lastSeenAt, paused } = downloader;
      const registered = arrived.has(name) ? downloader : row;
      return {
        ...registered,
        failures,
        lastSeenAt: lastSeenAt ?? row.lastSeenAt,
        paused: decided.has(name) ? paused : row.paused,
      };
    },
    comparedWith(rows) {
      const names = createKnownNames();
      for (const name of arrived) if (!rows.has(name)) names.add(name);
      return (name) => {
        const found = names.find(name)?.name;
        if (found !== undefined) names.remove(found);
        return found;
      };
    },
  };
}
