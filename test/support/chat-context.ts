import { createCalendar } from "../../src/domain/calendar.ts";
import type { ChatContext } from "../../src/telegram/context/chat-context.ts";
import { texts } from "../../src/telegram/locales/locales.ts";

/** Ann in her private chat, in English. */
export function aChatContext(of: Partial<ChatContext> = {}): ChatContext {
  const { chatId = 1 } = of;
  return {
    chatId,
    threadId: null,
    isPrivate: true,
    userId: chatId,
    username: "ann",
    speaksForChat: false,
    actor: { chatId, role: "user" },
    language: "en",
    texts: texts.en,
    calendar: createCalendar({ zone: "UTC", night: "02:00", now: Date.now }),
    ...of,
  };
}
