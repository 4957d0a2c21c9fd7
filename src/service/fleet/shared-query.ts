import { DownloaderUnreachable, type Target } from "../../domain/downloader.ts";
import type { Log } from "../../domain/log.ts";
import { type Wait, within } from "../../domain/wait.ts";

/** What a downloader said. */
export interface Answered<T> {
  readonly value: T;
  /** Epoch ms of the question: later changes are not in the answer. */
  readonly askedAt: number;
}

/** A question to downloaders that is asked once for everybody who wants to know at the same time. */
export interface SharedQuery<T> {
  /** Undefined if it has not answered in time, or if `stop` aborts first. Never rejects. */
  of(downloader: Target, stop: AbortSignal): Promise<Answered<T> | undefined>;
  /** The next caller asks again. */
  forget(name: string): void;
}

interface Question<T> {
  readonly address: string;
  readonly askedAt: number;
  readonly answer: Promise<Answered<T> | undefined>;
  /** Epoch ms of its end; undefined during the call. */
  endedAt: number | undefined;
}

/** People look at lists in bursts; what was true two seconds ago still is. */
const KEPT_MS = 2_000;

/** `patienceMs`: how long a person waits for a silent one; its call goes on until its own deadline. */
export function createSharedQuery<T>(deps: {
  ask: (downloader: Target) => Promise<T>;
  patienceMs: number;
  now: () => number;
  wait: Wait;
  log: Log;
}): SharedQuery<T> {
  const { now, log } = deps;
  const questions = new Map<string, Question<T>>();

  function question(downloader: Target): Question<T> {
    const { name, host, port } = downloader;
    const address = `${host} ${port}`;
    const known = questions.get(name);
    const isFresh = known?.endedAt === undefined || Math.abs(now() - known.endedAt) < KEPT_MS;
    if (known?.address === address && isFresh) return known;
    const askedAt = now();
    const asked: Question<T> = { address, askedAt, answer: answerOf(downloader, askedAt), endedAt: undefined };
    void asked.answer.then(() => {
      asked.endedAt = now();
    });
    questions.set(name, asked);
    return asked;
  }

  async function answerOf(downloader: Target, askedAt: number): Promise<Answered<T> | undefined> {
    try {
      return { value: await deps.ask(downloader), askedAt };
    } catch (error) {
      if (!(error instanceof DownloaderUnreachable)) log.error(`Cannot ask "${downloader.name}"`, { error });
      return undefined;
    }
  }

  return {
    async of(downloader, stop) {
      const { answer, askedAt, endedAt } = question(downloader);
      if (endedAt !== undefined) return answer;
      return within(answer, { ms: Math.max(0, askedAt + deps.patienceMs - now()), wait: deps.wait, signal: stop });
    },
    forget: (name) => void questions.delete(name),
  };
}
