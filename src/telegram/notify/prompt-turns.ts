import type { Wait } from "../../domain/wait.ts";
import { createOneByOne } from "./one-by-one.ts";
import { createPace } from "./pace.ts";

/** When prompts are brought up to date that nobody has just asked for, which may be those of thousands of links. */
export interface PromptTurns {
  /** Behind what people wait for; in a group not too often. */
  add(batchId: number, chatId: number): void;
  /** The same after a while, once for all that was asked meanwhile: a prompt that goes before is not edited in vain. */
  addLater(batchId: number, chatId: number): void;
  /** Begins with what was put off, and with nothing more by itself: a later life would not know of it. */
  stop(): void;
}

/** Bot API: about 20 messages a minute in a group, edits counted; two busy prompts leave room for answers. */
const GROUP_EDIT_EVERY_MS = 9_000;
/** What came together is mostly handed over together, and its prompt deleted then. */
const LATER_MS = 2_000;

/** `edit` must not reject. */
export function createPromptTurns({
  edit,
  now,
  wait,
}: {
  edit: (batchId: number) => Promise<void>;
  now: () => number;
  wait: Wait;
}): PromptTurns {
  const inTurn = createOneByOne(edit);
  const pace = createPace({ everyMs: GROUP_EDIT_EVERY_MS, now, wait });
  const later = new Set<number>();
  const stopping = new AbortController();

  function add(batchId: number, chatId: number): void {
    const isPaced = chatId < 0;
    if (!isPaced || pace.mayNow(batchId, () => add(batchId, chatId))) inTurn.add(chatId, batchId);
  }

  return {
    add,
    addLater(batchId, chatId) {
      if (later.has(batchId)) return;
      later.add(batchId);
      void wait(LATER_MS, stopping.signal).then(() => {
        later.delete(batchId);
        add(batchId, chatId);
      });
    },
    stop() {
      pace.stop();
      stopping.abort();
    },
  };
}
