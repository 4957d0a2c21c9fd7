import type { Downloader, Downloaders } from "../../domain/downloader.ts";
import type { Log } from "../../domain/log.ts";
import { StoreUnavailable } from "../../domain/storage.ts";

/** Whose records in the registry are newer than those in the table. */
export interface Unsaved {
  /** Written by the next `save`; removed there, where the registry does not know it. */
  add(name: string): void;
  has(name: string): boolean;
  /** Nothing is new but when it was heard of: that waits for the next change of its record, or for `saveAll`. */
  heard(name: string): void;
  /** Writes what was added; never throws. */
  save(): void;
  /** The same, and when each was heard of last. */
  saveAll(): void;
}

export function createUnsaved(deps: {
  table: Downloaders;
  find: (name: string) => Downloader | undefined;
  onSaved: (name: string) => void;
  log: Log;
}): Unsaved {
  const { table, find, log } = deps;
  const changed = new Set<string>();
  const heard = new Set<string>();

  function save(): void {
    for (const name of changed) {
      try {
        const downloader = find(name);
        if (downloader === undefined) table.remove(name);
        else table.save(downloader);
        changed.delete(name);
        heard.delete(name);
        deps.onSaved(name);
      } catch (error) {
        if (!(error instanceof StoreUnavailable)) throw error;
        log.warn("Cannot store the registry now; it goes on in memory", { code: error.code });
        return;
      }
    }
  }

  return {
    add: (name) => void changed.add(name),
    has: (name) => changed.has(name),
    heard: (name) => void heard.add(name),
    save,
    saveAll() {
      for (const name of heard) if (find(name) !== undefined) changed.add(name);
      heard.clear();
      save();
    },
  };
}
