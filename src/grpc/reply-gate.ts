import { createTurnstile, type Turnstile } from "./turnstile.ts";

/** A reply above this is large. */
const LARGE_BYTES = 1024 * 1024;
/** Large replies that are received and read at the same time: a few of 16 MiB fit beside everything else, sixteen do not. */
const MOST_LARGE = 2;
/** Downloaders whose lists have unknown sizes, because they have not sent one yet. */
const MOST_UNKNOWN = 8;

/** Limits how much of downloaders' replies is in memory at the same time (reliability.md §2.5). */
export interface ReplyGate {
  /**
   * Returns what `work` returns; undefined if its turn did not come within `limitMs`. `work` gets the ms that are left. Downloaders whose
   * latest reply was small do not wait.
   */
  pass<T>(
    name: string,
    of: { isList: boolean; limitMs: number },
    work: (leftMs: number) => Promise<T>,
  ): Promise<T | undefined>;
  /** Notes the size of a reply. */
  received(name: string, bytes: number): void;
  /** Called when the downloader is gone, or has moved. */
  forget(name: string): void;
}

/** Sizes are known for each downloader from its latest reply. */
export function createReplyGate(): ReplyGate {
  const sizes = new Map<string, number>();
  const large = createTurnstile(() => MOST_LARGE);
  const unknown = createTurnstile(() => MOST_UNKNOWN);

  function turnstileFor(name: string, isList: boolean): Turnstile | undefined {
    const bytes = sizes.get(name);
    if (bytes === undefined) return isList ? unknown : undefined;
    return bytes > LARGE_BYTES ? large : undefined;
  }

  return {
    async pass(name, { isList, limitMs }, work) {
      const turnstile = turnstileFor(name, isList);
      if (turnstile === undefined) return work(limitMs);
      const startedAt = performance.now();
      if (!(await turnstile.enter(limitMs))) return undefined;
      try {
        return await work(Math.max(1, limitMs - (performance.now() - startedAt)));
      } finally {
        turnstile.leave();
      }
    },
    received: (name, bytes) => void sizes.set(name, bytes),
    forget: (name) => void sizes.delete(name),
  };
}
