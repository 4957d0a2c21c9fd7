import { expect, test } from "bun:test";
import fc from "fast-check";
import { createCalendar } from "../../src/domain/calendar.ts";
import type { Link } from "../../src/domain/link.ts";
import { createPromptButtons } from "../../src/telegram/commands/prompt.ts";
import type { ShowQueuePage } from "../../src/telegram/commands/queue.ts";
import { createQueueWhole } from "../../src/telegram/commands/queue-whole.ts";
import { createShownLists } from "../../src/telegram/commands/shown-lists.ts";
import type { ChatContext } from "../../src/telegram/context/chat-context.ts";
import { createMayChange, createMayPress } from "../../src/telegram/context/may-press.ts";
import { texts } from "../../src/telegram/locales/locales.ts";
import type { Prompts } from "../../src/telegram/notify/prompts.ts";
import {
  bulkButton,
  LINK_ACTIONS,
  linkButton,
  promptButton,
  readButton,
} from "../../src/telegram/views/callback-data.ts";
import { prompt } from "../../src/telegram/views/prompt.ts";
import { CLOSED, type Panel } from "../../src/telegram/views/prompt-panel.ts";
import { wholeQuestion, wholeRows } from "../../src/telegram/views/queue-whole.ts";
import { ANN, createWorld, type World } from "../unit/service/world.ts";

const GROUP = -5;
const BEN = 2;
const CHATS = [ANN, GROUP];

/** Events, with numbers that select among what there is at that moment. */
const step = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("send" as const), chat: fc.nat(1), links: fc.integer({ min: 1, max: 3 }) }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant("press" as const),
      button: fc.nat(100_000),
      who: fc.constantFrom(ANN, BEN),
      twice: fc.boolean(),
      isNewest: fc.boolean(),
      isOfList: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("old" as const),
      action: fc.constantFrom(...LINK_ACTIONS),
      link: fc.nat(20),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("pass" as const), ms: fc.constantFrom(1_000, 9_000, 120_000) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("hand over" as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("becomes" as const),
      state: fc.constantFrom("failed" as const, "sending" as const),
      link: fc.nat(20),
    }),
  },
);

/** A button that was shown in a chat; `shown`: the links that it may change if it is about a list. */
interface Drawn {
  readonly data: string;
  readonly chatId: number;
  readonly promptId: number;
  readonly shown?: ReadonlySet<number>;
}

/** The chats, whose prompts and lists are drawn after every step, and every button that was ever drawn. */
function createChats(world: World) {
  world.server("nas");
  world.server("attic");
  const settings = {
    qualities: ["best" as const, 720, 480],
    folders: ["films", "music"],
    calendar: createCalendar({ zone: "UTC", night: "02:00", now: () => world.now }),
    downloaders: { matching: () => ["attic", "nas"], standing: () => "taken" as const, all: () => ["attic", "nas"] },
  };
  const panels = new Map<number, Panel>();
  const prompts = {
    open: ({ id }, panel) => void panels.set(id, panel),
    refresh: () => {},
    refreshUnlessGone: () => {},
  } satisfies Pick<Prompts, "open" | "refresh" | "refreshUnlessGone">;
  const isGroupAdmin = async () => false;
  const { press } = createPromptButtons({
    queue: world.bot.queue,
    linkPrompts: world.bot.prompts,
    prompts: prompts as unknown as Prompts,
    replies: { answer: () => {} },
    mayPress: createMayPress({ isGroupAdmin }),
    settleNews: () => {},
    choices: settings,
  });
  const lists = createShownLists(world.bot.bulk.idsOf);
  /** The place that each chat's list was last asked to show. */
  const places = new Map<number, Parameters<ShowQueuePage>[2]>();
  const pressWhole = createQueueWhole({
    ...{ bulk: world.bot.bulk, lists, settings },
    failedThere: {
      idsOf: () => [],
      meant: () => [],
      sendAgain: async () => ({ sent: 0, reply: { text: "" } }),
      drop: async () => ({ removed: 0, gone: 0, kept: 0 }),
    },
    background: { run: () => {} },
    mayChange: createMayChange({ isGroupAdmin }),
    prompts: { refreshInTurn: () => {} },
    settleNews: () => {},
    show: ({ chatId }, _messageId, place) => void places.set(chatId, place),
  });
  const drawn: Drawn[] = [];
  let messageId = 1000;

  /** Draws the lists of waiting and failed links, with the links that each button is about. */
  function drawLists(): void {
    for (const chatId of CHATS) {
      for (const part of ["waiting", "failed"] as const) {
        const actor = { chatId, role: "user" as const };
        const { filter, undo, asking } = places.get(chatId) ?? { filter: part };
        if (filter !== part) continue;
        const whole = { part, ...lists.show(actor, part) };
        const of = { ...settings, page: 0, context: { texts: texts.en, isPrivate: chatId > 0 } };
        const rows = asking === undefined ? wholeRows(whole, undo, of) : wholeQuestion(whole, asking, of).rows;
        const shown = new Set(world.bot.bulk.idsOf(actor, part));
        const removed = links(world).filter((one) => one.chatId === chatId && one.sendAt === undo?.until);
        for (const { press: data } of rows.flatMap(({ choices }) => choices)) {
          const action = readButton(bulkButton, { data })?.action;
          if (action === undefined) continue;
          drawn.push({
            ...{ data, chatId, promptId: 1 },
            shown: action === "undo" ? new Set(removed.map(({ id }) => id)) : shown,
          });
        }
      }
    }
  }

  return {
    drawn,
    async send(chat: number, count: number): Promise<void> {
      const chatId = CHATS[chat] ?? ANN;
      const urls = Array.from({ length: count }, () => `https://x.org/${messageId++}`);
      const [first] = await world.enqueue(urls, { chatId, senderId: ANN, messageId: messageId++, folder: "films" });
      if (first?.kind !== "queued") return;
      const batch = world.bot.prompts.ofLink(first.link.id);
      if (batch?.promptId === null) world.bot.prompts.adopt(batch, messageId++);
    },
    draw(): void {
      drawLists();
      for (const link of world.store.links.page({ offset: 0, limit: 99 })) {
        const batch = world.bot.prompts.ofLink(link.id);
        if (batch === undefined || batch.promptId === null) continue;
        const { keyboard } = prompt(batch, panels.get(batch.id) ?? CLOSED, { language: "en", settings });
        const buttons: { callback_data?: string }[][] = JSON.parse(JSON.stringify(keyboard)).inline_keyboard;
        for (const { callback_data: data } of buttons.flat()) {
          if (data !== undefined) drawn.push({ data, chatId: batch.chatId, promptId: batch.promptId });
        }
      }
    },
    async press(data: string, { chatId, promptId, who }: { chatId: number; promptId: number; who: number }) {
      const context = {
        ...{ chatId, threadId: null, isPrivate: chatId > 0, userId: who, username: undefined },
        ...{ actor: { chatId, role: "user" as const }, speaksForChat: false, language: "en" as const, texts: texts.en },
        calendar: settings.calendar,
      } satisfies ChatContext;
      const message = { message_id: promptId, chat: { id: chatId } };
      const pressed = { id: "1", from: { id: who }, data, message } as unknown as Parameters<typeof press>[1];
      return (await pressWhole(context, pressed)) ?? press(context, pressed);
    },
  };
}

const links = (world: World) => world.store.links.newest({ before: Number.MAX_SAFE_INTEGER, limit: 999 });
const choices = ({ quality, folder, downloader, sendAt, state }: Link) =>
  JSON.stringify([quality, folder, downloader, sendAt, state]);

/** The links that a button may change, as it was drawn. */
function shownWith({ data, shown }: Drawn): (link: Link) => boolean {
  if (shown !== undefined) return ({ id }) => shown.has(id);
  const carried = readButton(promptButton, { data });
  if (carried === undefined || carried.action === "open" || carried.action === "copy") return () => false;
  const { batch, link, last } = carried;
  return (one) => (one.batchId ?? one.id) === batch && (link === 0 ? one.id <= last : one.id === link);
}

test("whatever is pressed, by anyone and however late, changes at most what its button showed", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      using world = createWorld({ settings: { burstMs: 5_000 } });
      const chats = createChats(world);
      for (const one of steps) {
        chats.draw();
        if (one.do === "send") await chats.send(one.chat, one.links);
        if (one.do === "pass") {
          world.advance(one.ms);
          world.bot.queue.purge();
        }
        if (one.do === "hand over") await world.tick();
        if (one.do === "becomes") {
          const link = world.store.links.byId(one.link);
          if (link !== undefined && link.state !== "removed") world.store.links.update(link.id, { state: one.state });
        }
        if (one.do === "press" && chats.drawn.length > 0) {
          const drawn = chats.drawn.filter(({ shown }) => (shown !== undefined) === one.isOfList);
          const pressable = one.isNewest ? drawn.slice(-8) : drawn;
          const button = pressable[one.button % pressable.length];
          if (button === undefined) continue;
          for (const _ of one.twice ? [1, 2] : [1]) {
            const before = new Map(links(world).map((link) => [link.id, choices(link)]));
            const sending = new Set(links(world).flatMap(({ id, state }) => (state === "sending" ? [id] : [])));
            const answer = await chats.press(button.data, { ...button, who: one.who });
            expect(answer).toBeDefined();
            const isShown = shownWith(button);
            const mayBe = (link: Link) =>
              isShown(link) && !sending.has(link.id) && (link.chatId > 0 || one.who === ANN);
            for (const link of links(world)) {
              if (!mayBe(link)) expect(choices(link)).toBe(before.get(link.id) ?? "");
            }
          }
        }
        if (one.do === "old") {
          const before = links(world).map(choices);
          const data = linkButton.pack({ id: one.link, action: one.action, choice: "1" });
          await chats.press(data, { chatId: ANN, promptId: 1, who: ANN });
          expect(links(world).map(choices)).toEqual(before);
        }
        // Links that share a prompt never have two.
        for (const batch of Map.groupBy(links(world), (link) => link.batchId ?? link.id).values()) {
          expect(new Set(batch.map(({ promptId }) => promptId)).size).toBe(1);
        }
      }
    }),
    { numRuns: 120 },
  );
});
