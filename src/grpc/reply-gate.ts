import type { DownloaderMethod } from "./proto.ts";
import { createTurnstile, type Turnstile } from "./turnstile.ts";

/** A reply above this is large. */
const LARGE_BYTES = 1024 * 1024;
/** Large replies that are on their way at the same time, each from another downloader: more do not fit beside everything else. */
const MOST_LARGE = 2;
/** Downloaders whose lists have unknown sizes, because they have not sent one yet. */
const MOST_UNKNOWN = 8;
/** Lists that one downloader sends at the same time while they are small: the next ones may be large. */
const MOST_SMALL = 8;
/** Large replies that are read at the same time: a list takes several times the memory of the reply. */
const MOST_READ = 2;

/** A call whose reply is read. */
export interface AskedFor {
  readonly method: DownloaderMethod;
  /** How long it may take, waiting for its turn included. */
  readonly limitMs: number;
}

/** Limits how much of downloaders' replies is in memory at the same time (reliability.md §2.5). */
export interface ReplyGate {
  /**
   * Returns what `work` returns; undefined if its turn did not come within `limitMs`. `work` gets the ms that are left. A downloader whose
   * latest reply to this method was small waits for no other, and one that sends slowly keeps none waiting but itself.
   */
  pass<T>(name: string, asked: AskedFor, work: (leftMs: number) => Promise<T>): Promise<T | undefined>;
  /** Notes the size of a reply. */
  received(name: string, method: DownloaderMethod, bytes: number): void;
  /** Returns what `read` returns, which reads a reply of that size. */
  read<T>(bytes: number, read: () => Promise<T>): Promise<T>;
  /** Called when the downloader is gone, or has moved. */
  forget(name: string): void;
}

/** What is known of one downloader's replies to a method, and its own turns. */
interface Replies {
  /** Of the latest one. */
  bytes: number | undefined;
  readonly large: Turnstile;
  readonly small: Turnstile;
}

/** Sizes are known for each downloader and method from the latest reply. */
export function createReplyGate(): ReplyGate {
  const downloaders = new Map<string, Map<DownloaderMethod, Replies>>();
  const large = createTurnstile(() => MOST_LARGE);
  const unknown = createTurnstile(() => MOST_UNKNOWN);
  const reading = createTurnstile(() => MOST_READ);

  function repliesOf(name: string, method: DownloaderMethod): Replies {
    const methods = downloaders.get(name) ?? new Map<DownloaderMethod, Replies>();
    downloaders.set(name, methods);
    const known = methods.get(method) ?? {
      bytes: undefined,
      large: createTurnstile(() => 1),
      small: createTurnstile(() => MOST_SMALL),
    };
    methods.set(method, known);
    return known;
  }

  /** Its own come first: while it waits there, it takes nobody's turn. */
  function turnstilesFor(name: string, method: DownloaderMethod): readonly Turnstile[] {
    const isList = method === "Queue" || method === "Status";
    const own = repliesOf(name, method);
    if (own.bytes !== undefined && own.bytes > LARGE_BYTES) return [own.large, large];
    if (!isList) return [];
    return own.bytes === undefined ? [own.large, unknown] : [own.small];
  }

  return {
    pass: (name, { method, limitMs }, work) => through(turnstilesFor(name, method), limitMs, work),
    received(name, method, bytes) {
      repliesOf(name, method).bytes = bytes;
    },
    async read(bytes, read) {
      if (bytes <= LARGE_BYTES) return read();
      await reading.enter();
      try {
        return await read();
      } finally {
        reading.leave();
      }
    },
    forget: (name) => void downloaders.delete(name),
  };
}

/** Passes the turnstiles one after another; undefined if that took too long. */
async function through<T>(
  [first, ...others]: readonly Turnstile[],
  limitMs: number,
  work: (leftMs: number) => Promise<T>,
): Promise<T | undefined> {
  if (first === undefined) return work(limitMs);
  const startedAt = performance.now();
  if (!(await first.enter(limitMs))) return undefined;
  try {
    return await through(others, Math.max(1, limitMs - (performance.now() - startedAt)), work);
  } finally {
    first.leave();
  }
}
