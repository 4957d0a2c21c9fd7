import { DELETABLE_MS } from "../../domain/message.ts";
import { ifAvailable, type LateWrites, type Store } from "../../domain/storage.ts";

/** Which message tells an admin whether the bot is running. None of these throws. */
export interface PresenceDesk {
  /** The message's id; undefined if there is none that will stay for a while. */
  messageOf(chatId: number): number | undefined;
  /** It was just sent or edited. */
  shown(chatId: number, messageId: number): void;
  /** Somebody has deleted it. */
  gone(chatId: number): void;
}

export function createPresenceDesk(deps: {
  store: Pick<Store, "presenceMessages">;
  lateWrites: LateWrites;
  /** How long such a message stays in a chat, in ms; undefined: for ever. */
  lifetimeMs: (chatId: number) => number | undefined;
  now: () => number;
}): PresenceDesk {
  const { store, lateWrites, lifetimeMs, now } = deps;
  /** Of this run: a message is known even while the database cannot be used. */
  const known = new Map<number, { readonly messageId: number; readonly until: number }>();

  function keep(chatId: number, message: { messageId: number; until: number }): void {
    known.set(chatId, message);
    lateWrites.write("which message tells that the bot runs", () =>
      store.presenceMessages.save({ chatId, ...message }),
    );
  }

  return {
    messageOf(chatId) {
      const message = known.get(chatId) ?? ifAvailable(() => store.presenceMessages.of(chatId));
      return message !== undefined && now() < message.until ? message.messageId : undefined;
    },
    shown: (chatId, messageId) =>
      keep(chatId, { messageId, until: now() + Math.min(lifetimeMs(chatId) ?? DELETABLE_MS, DELETABLE_MS) }),
    gone: (chatId) => keep(chatId, { messageId: 0, until: 0 }),
  };
}
