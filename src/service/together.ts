import { type Store, StoreUnavailable, type Together } from "../domain/storage.ts";

interface Asked {
  /** Runs the work in the transaction and returns what settles its promise after that. */
  readonly run: () => () => void;
  readonly fail: (error: unknown) => void;
}

/**
 * Fifty messages of a hundred links each would block the event loop for a second. Including its wait for the disk, a transaction takes no
 * longer than the 50 ms for which anything may block it.
 */
const LONGEST_MS = 40;

/**
 * See `Together`. Each wait for the disk blocks the event loop for as long as several links take otherwise. Links that end, or are
 * claimed, at the same time share one wait. `transaction` is the store's; `monotonic`: ms by a clock that nobody sets.
 */
export function createTogether(transaction: Store["transaction"], monotonic = () => performance.now()): Together {
  let asked: Asked[] = [];

  function runSome(): void {
    const all = asked;
    asked = [];
    try {
      const settles = transaction(() => runInTime(all));
      leave(all.slice(settles.length));
      for (const settle of settles) settle();
    } catch (error) {
      // What was left for another transaction may rely on this one.
      if (error instanceof StoreUnavailable) failAll(all, error);
      else runApart(all);
    }
  }

  /** Runs all of them, or as many of the first as there is time for. */
  function runInTime(all: readonly Asked[]): (() => void)[] {
    const until = monotonic() + LONGEST_MS;
    const settles: (() => void)[] = [];
    for (const { run } of all) {
      settles.push(run());
      if (monotonic() >= until) break;
    }
    return settles;
  }

  /** Runs each on its own, to find out which is at fault. Each waits for the disk, so only as many as there is time for. */
  function runApart(all: readonly Asked[]): void {
    const until = monotonic() + LONGEST_MS;
    for (const [nth, { run, fail }] of all.entries()) {
      try {
        transaction(run)();
      } catch (error) {
        // What comes after it may rely on it.
        if (error instanceof StoreUnavailable) {
          failAll(all.slice(nth), error);
          break;
        }
        fail(error);
      }
      if (monotonic() >= until) {
        leave(all.slice(nth + 1));
        break;
      }
    }
  }

  /** Leaves them for another transaction, ahead of what was requested since. */
  function leave(rest: readonly Asked[]): void {
    if (rest.length === 0) return;
    asked = [...rest, ...asked];
    setImmediate(runSome);
  }

  function failAll(all: readonly Asked[], error: StoreUnavailable): void {
    for (const { fail } of all) fail(error);
  }

  return <T>(work: () => T extends PromiseLike<unknown> ? never : T) =>
    new Promise<T>((resolve, reject) => {
      const run = () => {
        const result = work();
        return () => resolve(result);
      };
      asked.push({ run, fail: reject });
      if (asked.length === 1) setImmediate(runSome);
    });
}
