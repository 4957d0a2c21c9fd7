import { expect, test } from "bun:test";
import type { InlineKeyboard } from "gramio";
import { texts } from "../../../../src/telegram/locales/locales.ts";
import { createTellNotStored } from "../../../../src/telegram/notify/not-stored.ts";
import { newLink } from "../../../support/links.ts";

const labelsOf = (keyboard?: InlineKeyboard) =>
  keyboard
    ?.toJSON()
    .inline_keyboard.flat()
    .map(({ text }) => text);

test("a noted link that cannot be queued raises an alarm to its sender", () => {
  const told: unknown[] = [];
  const tell = createTellNotStored({
    replies: { alarm: async (to, { text, keyboard }) => told.push([to, text, labelsOf(keyboard)]) > 0 },
    languageOf: () => "ru",
  });
  const link = newLink();
  tell(link, null);
  tell(link, "nas");
  const to = { chatId: link.chatId, threadId: link.threadId };
  expect(told).toEqual([
    [to, texts.ru.notStored(link.url, undefined), [texts.ru.news.button.ok]],
    [to, texts.ru.notStored(link.url, "nas"), [texts.ru.news.button.ok]],
  ]);
  expect(texts.ru.notStored(link.url, "nas")).toContain(link.url);
});
