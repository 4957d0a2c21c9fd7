import type { MessageRef } from "./message.ts";

/** A message with links from somebody who has no access yet. */
export interface HeldMessage extends MessageRef {
  /** How many links it has. */
  readonly links: number;
  /** Epoch ms. */
  readonly heldAt: number;
  /** The message as it came from Telegram. */
  readonly content: unknown;
}

/** The table of held messages. Each function may throw `StoreUnavailable`. */
export interface HeldMessages {
  /** Keeps it, in place of an earlier version of this message. */
  hold(message: HeldMessage): void;
  /** Of one chat, oldest first. */
  of(chatId: number): HeldMessage[];
  /** Chats that have any. */
  chats(): readonly number[];
  count(): number;
  drop(message: MessageRef): void;
  dropAll(chatId: number): void;
  forgetBefore(heldAt: number): void;
  /** At most `limit` that are kept since later than `latest` are kept since `now`; returns how many. */
  bringBack(of: { now: number; latest: number; limit: number }): number;
}
