import type { MessageRef } from "./message.ts";

/** Whether the bot is running, as told to each admin in one message. */
export type Presence =
  | {
      readonly kind: "up";
      readonly version: string;
      /** Links in the queue; undefined if they cannot be counted. */
      readonly queued: number | undefined;
      /** Names of the downloaders, and of those that do not answer. */
      readonly downloaders: readonly string[];
      readonly silent: readonly string[];
    }
  | { readonly kind: "stopped"; readonly queued: number | undefined };

/** The message that an admin has about it. */
export interface PresenceMessage extends MessageRef {
  /** Epoch ms. From then on the message is gone, or about to go: another one takes its place. */
  readonly until: number;
}

/** The table of these messages, one for each chat. Each function may throw `StoreUnavailable`. */
export interface PresenceMessages {
  of(chatId: number): PresenceMessage | undefined;
  /** Keeps it in place of the chat's former one. */
  save(message: PresenceMessage): void;
}
