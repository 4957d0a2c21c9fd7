/** Bot API: a message older than 48 h cannot be deleted; an hour is left for trying. In ms since the message was sent. */
export const DELETABLE_MS = 47 * 3_600_000;

/** A message by its id, which is unique only within its chat. */
export interface MessageRef {
  readonly chatId: number;
  readonly messageId: number;
}

/** A message that is to disappear from a chat. */
export interface Deletion extends MessageRef {
  /** Epoch ms. */
  readonly deleteAt: number;
  /** The batch whose prompt it was: if it is too old to be deleted, it says what became of the links. Null for others. */
  readonly batchId?: number | null;
}

/** The outbox of deletions: it survives restarts (rule 15). Each function may throw `StoreUnavailable`. */
export interface Deletions {
  /** Plans a deletion; an earlier instant for the same message wins. */
  add(deletion: Deletion): void;
  /** Chats with due deletions, the one that has waited longest first. */
  dueChats(now: number): number[];
  /** Due deletions of one chat, the one that has waited longest unless it is named; at most `limit` (Bot API: 100 a call). */
  dueOfOneChat(now: number, limit: number, chatId?: number): Deletion[];
  done(chatId: number, messageIds: readonly number[]): void;
  /** Lets a message that is to be deleted stay until then, if that is later. */
  prolong(chatId: number, messageId: number, deleteAt: number): void;
  /** Tries again later. */
  postpone(chatId: number, messageIds: readonly number[], deleteAt: number): void;
  /** Makes at most `limit` of those planned for later than `latest` due at `now`; returns how many. */
  bringBack(of: { now: number; latest: number; limit: number }): number;
  count(): number;
}

/** Which links of a message were taken: Telegram may deliver an update twice, and people edit their messages. */
export interface ProcessedMessages {
  /** Notes the links of a message by their keys; returns those that were not noted before. */
  take(message: { chatId: number; messageId: number }, keys: readonly string[], receivedAt: number): string[];
  /** Epoch ms when the latest of them came, leaving aside those that came later than `now` by a clock that was ahead. */
  newestAt(now: number): number | undefined;
  /** At most `limit` of those that came later than `latest` came `now`; returns how many. */
  bringBack(of: { now: number; latest: number; limit: number }): number;
  /** Forgets at most `limit` messages; returns how many. */
  forgetBefore(receivedAt: number, limit: number): number;
  /** Forgets at most `limit` messages of one chat; returns how many. */
  forgetOf(chatId: number, limit: number): number;
}
