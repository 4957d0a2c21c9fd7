import type { Downloader } from "../../domain/downloader.ts";
import { createKnownNames } from "./known-names.ts";

/** Downloaders that registered and are not in the table yet, which knows more than the bot where it could not be read so far. */
export interface LateArrivals {
  /** `isPauseKnown`: whether it is paused does not stand in the table. */
  add(name: string, how: { isPauseKnown: boolean }): void;
  has(name: string): boolean;
  /** It is in the table, or gone. */
  delete(name: string): void;
  /** An admin has said whether it is paused. */
  pauseChosen(name: string): void;
  /** A known downloader as its row of the table has it, but for what was said since, and for how it was heard of. */
  reconciled(downloader: Downloader, row: Downloader): Downloader;
  /** For a name of the table, the arrival that the table does not have and that is called the same or looks like it. */
  comparedWith(rows: ReadonlyMap<string, unknown>): (name: string) => string | undefined;
}

export function createLateArrivals(): LateArrivals {
  const arrived = new Set<string>();
  /** Whether they are paused is known. */
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
