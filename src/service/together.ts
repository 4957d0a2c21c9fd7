import { type Store, StoreUnavailable, type Together } from "../domain/storage.ts";

interface Asked {
  /** Runs the work in the transaction; what is returned settles its promise after that. */
  readonly run: () => () => void;
  readonly fail: (error: unknown) => void;
}

/**
 * Fifty messages of a hundred links each would hold up the event loop for a second. With its wait for the disk a transaction takes no
 * more than the 50 ms that anything may hold it.
 */
const LONGEST_MS = 40;

/**
 * See `Together`. A wait for the disk stops the event loop for as long as some links take otherwise: for those that end, or are
 * claimed, at the same time it is needed once. `transaction`: the store's; `monotonic`: ms by a clock that nobody sets.
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
      // What was left for another transaction may count on this one.
      if (error instanceof StoreUnavailable) failAll(all, error);
      else runApart(all);
    }
  }

  /** The first ones: all of them, unless that takes long. */
  function runInTime(all: readonly Asked[]): (() => void)[] {
    const until = monotonic() + LONGEST_MS;
    const settles: (() => void)[] = [];
    for (const { run } of all) {
      settles.push(run());
      if (monotonic() >= until) break;
    }
    return settles;
  }

  /**
   * Whose fault it is shows when each is run for itself, and waits for the disk alone: the first ones, as far as that does not take
   * long.
   */
  function runApart(all: readonly Asked[]): void {
    const until = monotonic() + LONGEST_MS;
    for (const [nth, { run, fail }] of all.entries()) {
      try {
        transaction(run)();
      } catch (error) {
        // What comes after it may count on it.
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

  /** For another transaction, before what was asked for since. */
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
