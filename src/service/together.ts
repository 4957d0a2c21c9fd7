import { type Store, StoreUnavailable, type Together } from "../domain/storage.ts";

interface Asked {
  /** Runs the work in the transaction; what is returned settles its promise after that. */
  readonly run: () => () => void;
  readonly fail: (error: unknown) => void;
}

/**
 * See `Together`. A wait for the disk stops the event loop for as long as some links take otherwise: for those that end, or are
 * claimed, at the same time it is needed once. `transaction`: the store's.
 */
export function createTogether(transaction: Store["transaction"]): Together {
  let asked: Asked[] = [];

  function runAll(): void {
    const all = asked;
    asked = [];
    try {
      for (const settle of transaction(() => all.map(({ run }) => run()))) settle();
    } catch (error) {
      if (error instanceof StoreUnavailable) failAll(all, error);
      else runApart(all);
    }
  }

  /** Whose fault it is shows when each is run for itself. */
  function runApart(all: readonly Asked[]): void {
    for (const [nth, { run, fail }] of all.entries()) {
      try {
        transaction(run)();
      } catch (error) {
        // What comes after it may count on it.
        if (!(error instanceof StoreUnavailable)) fail(error);
        else {
          failAll(all.slice(nth), error);
          break;
        }
      }
    }
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
      if (asked.length === 1) setImmediate(runAll);
    });
}
