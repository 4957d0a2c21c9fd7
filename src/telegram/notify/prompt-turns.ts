import type { Wait } from "../../domain/wait.ts";
import { createOneByOne } from "./one-by-one.ts";
import { createPace } from "./pace.ts";

/** When prompts are updated without a request, possibly those of thousands of links. */
export interface PromptTurns {
  /** After what people wait for; in a group not too often. */
  add(batchId: number, chatId: number): void;
  /** The same after a while, once for all requests in that time: a prompt that is deleted before then is not edited in vain. */
  addLater(batchId: number, chatId: number): void;
  /** After a request: if the prompt is not deleted within a while, it is drawn then, whatever becomes of its links. */
  drawUnlessGone(batchId: number): void;
  /** It was drawn for another reason, which is enough. */
  drawn(batchId: number): void;
  /** Starts what was put off, and nothing more by itself: the next run would not know of it. */
  stop(): void;
}

/** Bot API: about 20 messages a minute in a group, including edits; two busy prompts leave room for answers. */
const GROUP_EDIT_EVERY_MS = 9_000;
/** Links that came together are usually handed over together, and their prompt is deleted then. */
const LATER_MS = 2_000;

/** `edit` must not reject; `isAwaited`: also show what is just being sent. */
export function createPromptTurns({
  edit,
  now,
  wait,
}: {
  edit: (batchId: number, how?: { isAwaited: boolean }) => Promise<void>;
  now: () => number;
  wait: Wait;
}): PromptTurns {
  const inTurn = createOneByOne(edit);
  const pace = createPace({ everyMs: GROUP_EDIT_EVERY_MS, now, wait });
  const stopping = new AbortController();
  const awaited = new Set<number>();
  const later = putOff(new Set(), add);
  const unlessGone = putOff(awaited, (batchId) => void edit(batchId, { isAwaited: true }));

  /** Once for all requests within a while, at its end, if it is still `waiting`. */
  function putOff<Of extends [batchId: number, ...unknown[]]>(
    waiting: Set<number>,
    then: (...of: Of) => void,
  ): (...of: Of) => void {
    return (...of) => {
      const [batchId] = of;
      if (waiting.has(batchId)) return;
      waiting.add(batchId);
      void wait(LATER_MS, stopping.signal).then(() => {
        if (waiting.delete(batchId)) then(...of);
      });
    };
  }

  function add(batchId: number, chatId: number): void {
    const isPaced = chatId < 0;
    if (!isPaced || pace.mayNow(batchId, () => add(batchId, chatId))) inTurn.add(chatId, batchId);
  }

  return {
    add,
    addLater: later,
    drawUnlessGone: unlessGone,
    drawn: (batchId) => void awaited.delete(batchId),
    stop() {
      pace.stop();
      stopping.abort();
    },
  };
}
