import type { Downloader, Downloaders } from "../../domain/downloader.ts";
import type { Log } from "../../domain/log.ts";
import { StoreUnavailable, type Together, unlessUnavailable } from "../../domain/storage.ts";

/** Downloaders whose records in the registry are newer than those in the table. */
export interface Unsaved {
  /** The next `save` writes it; or removes it, if the registry does not know it. */
  add(name: string): void;
  has(name: string): boolean;
  /** In this run it was written as it is, except for when it was last heard from. */
  isStored(name: string): boolean;
  /** Only the time when it was heard from is new: that waits for the next change to its record, or for `saveAll`. */
  heard(name: string): void;
  /** Writes what was added; never throws. */
  save(): void;
  /** The same in a commit with everything else that is stored now: a whole fleet that registers at once shares it. Resolves after that. */
  saveTogether(): Promise<void>;
  /** Writes what was added, and when each was last heard from: at the stop. Never throws. */
  saveAll(): void;
}

export function createUnsaved(deps: {
  table: Downloaders;
  together: Together;
  find: (name: string) => Downloader | undefined;
  onSaved: (name: string) => void;
  log: Log;
}): Unsaved {
  const { table, together, find, log } = deps;
  /** With the number of each one's latest change: another may come while the table is being written. */
  const changed = new Map<string, number>();
  const stored = new Set<string>();
  const heard = new Set<string>();
  let changes = 0;
  /** A transaction has been requested; whatever is added until it begins is part of it. */
  let isAsked = false;
  let latest: Promise<void> | undefined;

  function add(name: string): void {
    changes += 1;
    changed.set(name, changes);
    stored.delete(name);
  }

  function write(name: string): void {
    const downloader = find(name);
    if (downloader === undefined) table.remove(name);
    else table.save(downloader);
    heard.delete(name);
  }

  function saved(name: string): void {
    changed.delete(name);
    if (find(name) !== undefined) stored.add(name);
    deps.onSaved(name);
  }

  function save(): void {
    let code: string | undefined;
    // Each of them, even after one that failed: this is how the copy beside the database learns what cannot be stored.
    for (const name of changed.keys()) {
      unlessUnavailable(
        () => {
          write(name);
          saved(name);
        },
        (error) => {
          code = error.code;
        },
      );
    }
    if (code !== undefined) log.warn("Cannot store the registry now; it is kept in memory", { code });
  }

  async function gathered(): Promise<void> {
    try {
      const written = await together(() => {
        isAsked = false;
        for (const name of changed.keys()) write(name);
        return [...changed];
      });
      for (const [name, change] of written) if (changed.get(name) === change) saved(name);
    } catch (error) {
      isAsked = false;
      if (!(error instanceof StoreUnavailable)) throw error;
      save();
    }
  }

  return {
    add,
    has: (name) => changed.has(name),
    isStored: (name) => stored.has(name),
    heard: (name) => void heard.add(name),
    save,
    async saveTogether() {
      if (changed.size > 0 && !isAsked) {
        isAsked = true;
        latest = gathered();
      }
      await latest;
    },
    saveAll() {
      for (const name of heard) if (find(name) !== undefined) add(name);
      heard.clear();
      save();
    },
  };
}
