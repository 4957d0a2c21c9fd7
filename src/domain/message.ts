/** A message that is to disappear from a chat. */
export interface Deletion {
  readonly chatId: number;
  readonly messageId: number;
  /** Epoch ms. */
  readonly deleteAt: number;
  /** How often Telegram could not be reached for it. */
  readonly tries: number;
}

/** The outbox of deletions: it survives restarts (rule 15). Each function may throw `StoreUnavailable`. */
export interface Deletions {
  /** Plans a deletion; an earlier instant for the same message wins. */
  add(deletion: Pick<Deletion, "chatId" | "messageId" | "deleteAt">): void;
  /** Due deletions of the chat that has waited longest, at most `limit` (Bot API: 100 a call). */
  dueOfOneChat(now: number, limit: number): Deletion[];
  done(chatId: number, messageIds: readonly number[]): void;
  /** Tries again later. */
  postpone(chatId: number, messageIds: readonly number[], deleteAt: number): void;
  count(): number;
}

/** Messages whose links were taken, since Telegram may deliver an update twice. */
export interface Intake {
  /** False when this message was already taken. */
  take(chatId: number, messageId: number, receivedAt: number): boolean;
  forgetBefore(receivedAt: number): void;
}
