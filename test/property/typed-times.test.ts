import { expect, test } from "bun:test";
import fc from "fast-check";
import type { TelegramUser } from "gramio";
import { batchOf } from "../../src/domain/batch.ts";
import { createCalendar } from "../../src/domain/calendar.ts";
import type { Link } from "../../src/domain/link.ts";
import { createPromptButtons } from "../../src/telegram/commands/prompt.ts";
import { createTakeTypedTime } from "../../src/telegram/commands/typed-time.ts";
import type { ChatContext } from "../../src/telegram/context/chat-context.ts";
import { createMayPress } from "../../src/telegram/context/may-press.ts";
import { texts } from "../../src/telegram/locales/locales.ts";
import { createOpenPanels } from "../../src/telegram/notify/open-panels.ts";
import type { Prompts } from "../../src/telegram/notify/prompts.ts";
import { promptButton, readButton } from "../../src/telegram/views/callback-data.ts";
import { prompt } from "../../src/telegram/views/prompt.ts";
import type { Keyboard } from "../support/bot-api/message.ts";
import { ANN, createWorld, type World } from "../unit/service/world.ts";

const GROUP = -5;
const BEN = 2;
const BOT = { id: 99, is_bot: true, first_name: "bot" } as TelegramUser;
const NO_TIMES = ["soon", "https://x.org/1 23:30"];

/** Events, with numbers that select among what there is at that moment. */
const who = fc.constantFrom(ANN, BEN);
const nth = fc.nat(100_000);
const send = { do: fc.constant("send" as const), chatId: fc.constantFrom(ANN, GROUP), count: fc.constantFrom(1, 2, 3) };
const text = fc.constantFrom("23:30", "in 40 min", "завтра", ...NO_TIMES);
const step = fc.oneof(
  { weight: 2, arbitrary: fc.record(send) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("press" as const), nth, who }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("type" as const), nth, who, text, isAnswer: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("hand over" as const) }) },
);

interface Shown {
  readonly chatId: number;
  readonly promptId: number;
  readonly keyboard: Keyboard;
}

const linksOf = (world: World) => world.store.links.newest({ before: Number.MAX_SAFE_INTEGER, limit: 999 });
const choices = ({ quality, folder, downloader, sendAt, state }: Link) =>
  JSON.stringify([quality, folder, downloader, sendAt, state]);
const dataOf = ({ keyboard }: Shown) => keyboard.inline_keyboard.flat().flatMap((one) => one.callback_data ?? []);

function createChats(world: World) {
  const calendar = createCalendar({ zone: "UTC", night: "02:00", now: () => world.now });
  const downloaders = { matching: () => ["nas"], standing: () => "taken" as const, all: () => ["nas"] };
  const settings = { qualities: ["best" as const, 480], folders: [], calendar, downloaders };
  const panels = createOpenPanels(() => world.now);
  const openTimes: Prompts["openTimes"] = (chatId) => panels.lastOf(chatId, "more");
  const unshown = { refresh: () => {}, refreshUnlessGone: () => {} };
  const prompts = { open: panels.set, openTimes, ...unshown } as unknown as Prompts;
  const replies = { answer: () => {}, scheduleDeletion: () => {} };
  const linkPrompts = world.bot.prompts;
  const mayPress = createMayPress({ isGroupAdmin: async () => false });
  const of = {
    queue: world.bot.queue,
    linkPrompts,
    prompts,
    replies,
    mayPress,
    settleNews: () => {},
    choices: settings,
  };
  const { press, carryOut } = createPromptButtons(of);
  const type = createTakeTypedTime({ carryOut, linkPrompts, prompts, replies, bot: () => BOT });
  let messageId = 1000;

  const contextOf = (chatId: number, userId: number): ChatContext => ({
    ...{ chatId, threadId: null, isPrivate: chatId > 0, userId, username: undefined, speaksForChat: false },
    ...{ actor: { chatId, role: "user" }, language: "en", texts: texts.en, calendar },
  });

  return {
    openTimes,
    async send(chatId: number, count: number): Promise<void> {
      const urls = Array.from({ length: count }, () => `https://x.org/${messageId++}`);
      const [first] = await world.enqueue(urls, { chatId, senderId: ANN, messageId: messageId++ });
      if (first?.kind !== "queued") return;
      const batch = linkPrompts.ofLink(first.link.id);
      if (batch?.promptId === null) linkPrompts.adopt(batch, messageId++);
    },
    /** The prompts as they are in the chats. */
    shown: (): Shown[] =>
      [...new Set(linksOf(world).map(batchOf))].flatMap((id) => {
        const batch = linkPrompts.current(id);
        if (batch === undefined || batch.promptId === null) return [];
        const { keyboard } = prompt(batch, panels.of(id), { language: "en", settings });
        return { chatId: batch.chatId, promptId: batch.promptId, keyboard: JSON.parse(JSON.stringify(keyboard)) };
      }),
    async press({ chatId, promptId }: Shown, data: string, userId: number): Promise<void> {
      const message = { message_id: promptId, chat: { id: chatId } };
      const pressed = { id: "1", from: { id: userId }, data, message } as unknown as Parameters<typeof press>[1];
      await press(contextOf(chatId, userId), pressed);
    },
    async type(text: string, { in: chatId, by, answers }: { in: number; by: number; answers: Shown | undefined }) {
      const place = { message_id: 1, chat: { id: chatId }, text };
      const answered = answers && { ...place, from: BOT, reply_markup: answers.keyboard };
      const written = { ...place, ...(answered && { reply_to_message: answered }) };
      await type(contextOf(chatId, by), written as unknown as Parameters<typeof type>[1]);
    },
  };
}

/** The links that a prompt is about, told by any of its buttons that acts. */
function answered(shown: Shown): (link: Link) => boolean {
  const carried = dataOf(shown).flatMap((data) => readButton(promptButton, { data }) ?? []);
  const acting = carried.find(({ action }) => action !== "open");
  const { batch, last } = carried[0] ?? { batch: 0, last: 0 };
  return (link) =>
    batchOf(link) === batch &&
    link.id <= last &&
    (acting === undefined || acting.link === 0 || link.id === acting.link);
}

function opened(open: ReturnType<Prompts["openTimes"]>): (link: Link) => boolean {
  return (link) =>
    link.chatId > 0 && batchOf(link) === open?.batchId && (open.linkId === null || link.id === open.linkId);
}

test("a typed time changes at most the links that its prompt showed, whoever types it", async () => {
  let changes = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      using world = createWorld({ settings: { burstMs: 5_000 } });
      world.server("nas");
      const chats = createChats(world);
      let shown: Shown[] = [];
      for (const one of steps) {
        // Some of what people see is outdated.
        if (one.do !== "type") shown = [...shown.slice(-4), ...chats.shown()];
        if (one.do === "send") await chats.send(one.chatId, one.count);
        if (one.do === "hand over") await world.tick();
        if (one.do === "send" || one.do === "hand over" || shown.length === 0) continue;
        const prompt = shown[one.nth % shown.length];
        if (prompt === undefined) continue;
        const buttons = dataOf(prompt);
        if (one.do === "press") await chats.press(prompt, buttons[one.nth % buttons.length] ?? "", one.who);
        if (one.do === "press") continue;
        const before = new Map(linksOf(world).map((link) => [link.id, choices(link)]));
        const isMeant = one.isAnswer ? answered(prompt) : opened(chats.openTimes(prompt.chatId));
        await chats.type(one.text, { in: prompt.chatId, by: one.who, answers: one.isAnswer ? prompt : undefined });
        const isTime = !NO_TIMES.includes(one.text);
        for (const link of linksOf(world)) {
          const hasChanged = choices(link) !== before.get(link.id);
          if (hasChanged) changes += 1;
          if (hasChanged)
            expect([isTime, isMeant(link), link.chatId > 0 || one.who === ANN]).toEqual([true, true, true]);
        }
      }
    }),
    { numRuns: 100 },
  );
  expect(changes).toBeGreaterThan(0);
});
