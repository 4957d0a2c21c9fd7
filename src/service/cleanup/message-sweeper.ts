import { setImmediate } from "node:timers/promises";
import type { Log } from "../../domain/log.ts";
import type { Deletion, Deletions } from "../../domain/message.ts";
import { type Together, unlessUnavailable } from "../../domain/storage.ts";

/** Bot API: deleteMessages takes 1–100 ids of one chat. */
const MOST_IDS = 100;
const RETRY_MS = 30_000;
/** Chats in which messages are being deleted at the same time. */
const CHATS_AT_ONCE = 16;
/** Chats that are looked at in one turn of the event loop. */
const LOOKS_AT_ONCE = 16;

/** How a batch of deletions ended: also `done` if the messages were already gone or can never be deleted. */
export type DeleteMessages = (chatId: number, messages: readonly SweptMessage[]) => Promise<"done" | "later">;

/** A message that is to be deleted. */
export type SweptMessage = Pick<Deletion, "messageId" | "batchId">;

export interface Sweeper {
  /**
   * Starts deleting what is due and does not wait for it: a chat for which Telegram is slow holds up no other. What becomes due later is
   * left for the next sweep, so that a chat's messages go together. Never rejects; throws `StoreUnavailable`.
   */
  sweep(): void;
  /** Starts nothing more. */
  stop(): void;
}

/** Messages of one chat that are to be deleted with one call. */
interface Batch {
  readonly chatId: number;
  readonly due: readonly Deletion[];
  /** The number of the sweep for which this was all that was due, except for what is beyond the most that one call takes. */
  readonly sweep: number;
}

/** Carries out the planned deletions that are due, chat by chat, batch by batch (rule 15). */
export function createSweeper(deps: {
  deletions: Deletions;
  /** Resolves when messages that are due in the chat may go; undefined if they may go now. Chats that wait hold up no others. */
  whenReady: (chatId: number) => Promise<void> | undefined;
  deleteMessages: DeleteMessages;
  together: Together;
  now: () => number;
  log: Log;
}): Sweeper {
  const { deletions, whenReady, deleteMessages, together, now, log } = deps;
  /** Chats whose batch is waiting or in progress. */
  const busy = new Set<number>();
  const ready: Batch[] = [];
  /** Messages that are deleted although the database could not be told, by chat: they are not deleted again meanwhile. */
  const gone = new Map<number, ReadonlySet<number>>();
  let underWay = 0;
  let stopped = false;
  /** What is due by then is deleted; epoch ms. */
  let until = Number.NEGATIVE_INFINITY;
  /** How many sweeps there were: a clock may stand still between two. */
  let sweep = 0;

  async function lookAt(chats: readonly number[]): Promise<void> {
    for (const [nth, chatId] of chats.entries()) {
      if (nth > 0 && nth % LOOKS_AT_ONCE === 0) await setImmediate();
      look(chatId);
    }
  }

  function look(chatId: number): void {
    if (stopped || busy.has(chatId)) return;
    const due = dueOf(chatId);
    if (due.length === 0) return;
    busy.add(chatId);
    const batch = { chatId, due, sweep };
    const waits = whenReady(chatId);
    if (waits === undefined) line(batch);
    else void waits.then(() => line(withLater(batch)));
  }

  const dueOf = (chatId: number) => deletions.dueOfOneChat(until, MOST_IDS, chatId);

  /** What has become due during the wait goes along, if it may go by now; what is no longer to go does not. */
  function withLater(batch: Batch): Batch {
    const isAll = sweep === batch.sweep;
    if (stopped || (!isAll && whenReady(batch.chatId) !== undefined)) return batch;
    const due = unlessUnavailable(
      () => dueOf(batch.chatId),
      () => batch.due,
    );
    const known = new Set(batch.due.map(({ messageId }) => messageId));
    return { ...batch, due: isAll ? due.filter(({ messageId }) => known.has(messageId)) : due, sweep };
  }

  function line(batch: Batch): void {
    // Possibly nothing is to go any more: a message that was edited stays.
    if (batch.due.length === 0) busy.delete(batch.chatId);
    else ready.push(batch);
    goOn();
  }

  function goOn(): void {
    while (!stopped && underWay < CHATS_AT_ONCE) {
      const batch = ready.shift();
      if (batch === undefined) return;
      underWay += 1;
      void carryOut(batch);
    }
  }

  async function carryOut({ chatId, due, sweep: ofSweep }: Batch): Promise<void> {
    const ids = due.map(({ messageId }) => messageId);
    try {
      // A crash before this is noted only repeats a deletion, which Telegram accepts.
      const isDone = (await deleteOnce(chatId, due)) === "done";
      if (isDone) await together(() => deletions.done(chatId, ids));
      else if (!stopped) await together(() => deletions.postpone(chatId, ids, now() + RETRY_MS));
      gone.delete(chatId);
      if (!isDone) log.debug("Cannot delete messages now", { chat: chatId, messages: ids.length });
      busy.delete(chatId);
      // Sweeps pass over a chat that is busy.
      if (due.length === MOST_IDS || sweep !== ofSweep) look(chatId);
    } catch (error) {
      busy.delete(chatId);
      warn(error, chatId);
    }
    underWay -= 1;
    goOn();
  }

  async function deleteOnce(chatId: number, due: readonly Deletion[]): ReturnType<DeleteMessages> {
    const left = due.filter(({ messageId }) => !gone.get(chatId)?.has(messageId));
    const outcome = left.length === 0 ? "done" : await deleteMessages(chatId, left);
    if (outcome === "done") gone.set(chatId, new Set(due.map(({ messageId }) => messageId)));
    return outcome;
  }

  function warn(error: unknown, chat?: number): void {
    log.warn("Cannot continue to delete messages now", { chat, error });
  }

  return {
    sweep() {
      until = now();
      sweep += 1;
      void lookAt(deletions.dueChats(until)).catch(warn);
    },
    stop() {
      stopped = true;
    },
  };
}
