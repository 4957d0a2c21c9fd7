import { type ChatPlace, placeKey } from "../../domain/chat.ts";
import type { ShownWork } from "./work-message.ts";

/** What each chat and topic shows, in the order in which they were looked at, longest ago first. */
export interface ShownPlaces {
  at(place: ChatPlace): ShownWork | undefined;
  has(place: ChatPlace): boolean;
  /** Puts it last, in place of what was known about the same place. */
  put(one: ShownWork): void;
  remove(place: ChatPlace): void;
  /** Everything, or only what belongs to one chat; that does not go through the others. */
  list(chatId?: number): ShownWork[];
  forgetChat(chatId: number): void;
}

export function createShownPlaces(): ShownPlaces {
  const all = new Map<string, ShownWork>();
  const chats = new Map<number, Map<string, ShownWork>>();

  function remove(place: ChatPlace): void {
    const ofChat = chats.get(place.chatId);
    all.delete(placeKey(place));
    ofChat?.delete(placeKey(place));
    if (ofChat?.size === 0) chats.delete(place.chatId);
  }

  return {
    at: (place) => all.get(placeKey(place)),
    has: (place) => all.has(placeKey(place)),
    put(one) {
      const { place } = one;
      remove(place);
      const ofChat = chats.get(place.chatId) ?? new Map<string, ShownWork>();
      chats.set(place.chatId, ofChat.set(placeKey(place), one));
      all.set(placeKey(place), one);
    },
    remove,
    list: (chatId) => [...(chatId === undefined ? all : (chats.get(chatId) ?? new Map<string, ShownWork>())).values()],
    forgetChat(chatId) {
      for (const key of chats.get(chatId)?.keys() ?? []) all.delete(key);
      chats.delete(chatId);
    },
  };
}
