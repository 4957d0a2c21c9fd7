import { wait as realWait, type Wait } from "../domain/wait.ts";

/** Takes items one by one. Disposing it drops those that wait, and all later ones. */
interface Coalescing<T> extends Disposable {
  add(value: T): void;
}

/**
 * Hands on the first item at once, and those that come within `ms` after it together, at the end of that time: hundreds may come in a
 * second. `handOn` must not throw.
 */
export function createCoalescing<T>(
  handOn: (values: readonly T[]) => void,
  { ms, wait = realWait }: { ms: number; wait?: Wait },
): Coalescing<T> {
  const stopping = new AbortController();
  const { signal } = stopping;
  let waiting: T[] | undefined;

  async function handOnAll(first: T): Promise<void> {
    for (let values = [first]; values.length > 0 && !signal.aborted; values = waiting) {
      waiting = [];
      handOn(values);
      await wait(ms, signal);
    }
    waiting = undefined;
  }

  return {
    add(value) {
      if (signal.aborted) return;
      if (waiting === undefined) void handOnAll(value);
      else waiting.push(value);
    },
    [Symbol.dispose]: () => stopping.abort(),
  };
}
