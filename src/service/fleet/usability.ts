import type { AdminAlert } from "../../domain/admin-alert.ts";
import type { Unusable } from "../../domain/downloader.ts";

/** For this long another downloader is preferred for its links; then it is tried again like any other. */
const AVOIDED_MS = 600_000;

/** Downloaders that answer but are of no use: they do not let the bot in, or lack something it needs. */
export interface Usability {
  /** The result of calling one of its methods: `problem` is undefined if nothing of this kind was in the way. */
  note(name: string, method: string, problem: Unusable | undefined): void;
  /** Why it is of no use; undefined if nothing of the kind is known. */
  problemOf(name: string): Unusable | undefined;
  /** Whether others are to be tried before it. */
  isAvoided(name: string): boolean;
  /** It has registered, or is gone: what was known no longer applies. */
  forget(name: string): void;
}

/** Tells admins once about each, and when it is of use again. */
export function createUsability(deps: { now: () => number; tell: (alert: AdminAlert) => void }): Usability {
  const { now, tell } = deps;
  /** By name: the methods that do not work, and since when it has been avoided. */
  const known = new Map<string, { readonly problems: Map<string, Unusable>; at: number }>();
  const problemOf = (name: string) => known.get(name)?.problems.values().next().value;

  return {
    note(name, method, problem) {
      const entry = known.get(name) ?? { problems: new Map<string, Unusable>(), at: now() };
      if (problem === undefined) {
        if (!entry.problems.delete(method) || entry.problems.size > 0) return;
        known.delete(name);
        tell({ kind: "usable", name });
        return;
      }
      const isNews = entry.problems.size === 0;
      entry.problems.set(method, problem);
      entry.at = now();
      known.set(name, entry);
      if (isNews) tell({ kind: "unusable", name, problem });
    },
    problemOf,
    isAvoided(name) {
      const entry = known.get(name);
      if (entry === undefined) return false;
      const since = now() - entry.at;
      // A leap back of the clock must not make it avoided for ever.
      return since >= 0 && since < AVOIDED_MS;
    },
    forget: (name) => void known.delete(name),
  };
}
