import { WAIT_LIMIT_MS } from "./patience.ts";

/** What is awaited, and what happened instead, for the error message. */
export interface Waiting {
  readonly what: string;
  readonly seen: () => string;
  /** Default `WAIT_LIMIT_MS`. */
  readonly withinMs?: number | undefined;
}

/** Event-driven waiting: a fake reports that something changed, and only then its waiters look again. */
export interface Watch {
  changed(): void;
  /**
   * Resolves with the first defined value of `find`, which is asked now and after every change; rejects with a
   * readable account at the deadline, when `find` throws, and at `close()`. Nobody has to await it.
   */
  until<T>(find: () => T | undefined, waiting: Waiting): Promise<T>;
  /** Rejects all that still wait. */
  close(): void;
}

/** The waiters of one fake. */
export function createWatch(): Watch {
  const waiters = new Set<{ look(): void; fail(why: string): void }>();
  return {
    changed() {
      for (const waiter of [...waiters]) waiter.look();
    },
    until<T>(find: () => T | undefined, { what, seen, withinMs = WAIT_LIMIT_MS }: Waiting): Promise<T> {
      const { promise, resolve, reject } = Promise.withResolvers<T>();
      promise.catch(() => undefined);
      const waiter = {
        look() {
          try {
            const found = find();
            if (found === undefined) return;
            resolve(found);
          } catch (error) {
            reject(error);
          }
          leave();
        },
        fail(why: string) {
          reject(new Error(`${why} ${what}.\n${seen()}`));
          leave();
        },
      };
      const timer = setTimeout(() => waiter.fail(`Waited ${withinMs} ms in vain for`), withinMs);
      const leave = () => {
        clearTimeout(timer);
        waiters.delete(waiter);
      };
      waiters.add(waiter);
      waiter.look();
      return promise;
    },
    close() {
      for (const waiter of [...waiters]) waiter.fail("The fake was closed while somebody waited for");
    },
  };
}
