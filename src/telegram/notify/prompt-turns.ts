import type { Wait } from "../../domain/wait.ts";
import { createOneByOne } from "./one-by-one.ts";
import { createPace } from "./pace.ts";

/** When prompts are brought up to date that nobody has just asked for, which may be those of thousands of links. */
export interface PromptTurns {
  /** Behind what people wait for; in a group not too often. */
  add(batchId: number, chatId: number): void;
  /** The same after a while, once for all that was asked meanwhile: a prompt that goes before is not edited in vain. */
  addLater(batchId: number, chatId: number): void;
  /** For what somebody has asked for: where the prompt does not go within a while, it is drawn then, whatever becomes of its links. */
  drawUnlessGone(batchId: number): void;
  /** It was drawn for another reason: that is enough. */
  drawn(batchId: number): void;
  /** Begins with what was put off, and with nothing more by itself: a later life would not know of it. */
  stop(): void;
}

/** Bot API: about 20 messages a minute in a group, edits counted; two busy prompts leave room for answers. */
const GROUP_EDIT_EVERY_MS = 9_000;
/** What came together is mostly handed over together, and its prompt deleted then. */
const LATER_MS = 2_000;

/** `edit` must not reject; `isAwaited`: also what is just being sent. */
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

  /** Once for all that was asked within a while, at its end, where it is `waiting` still. */
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
