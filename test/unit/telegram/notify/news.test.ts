import { expect, test } from "bun:test";
import { setImmediate } from "node:timers/promises";
import type { NoticeStyle } from "../../../../src/domain/chat.ts";
import { StoreUnavailable } from "../../../../src/domain/storage.ts";
import { createLateWrites } from "../../../../src/service/late-writes.ts";
import { createNewsDesk, MOST_IN_A_MESSAGE } from "../../../../src/service/tracking/news.ts";
import { openStore } from "../../../../src/store/store.ts";
import { createApi } from "../../../../src/telegram/api/bot-api.ts";
import { createNewsTeller } from "../../../../src/telegram/notify/news.ts";
import { createNewsMessages } from "../../../../src/telegram/notify/news-messages.ts";
import { createOutbox } from "../../../../src/telegram/outbox/outbox.ts";
import { refusal, SERVER_ERROR } from "../../../support/bot-api/faults.ts";
import { startBotApi } from "../../../support/bot-api.ts";
import { createClock } from "../../../support/clock.ts";
import { createRecordingLog } from "../../../support/recording-log.ts";
import { until } from "../../../support/until.ts";

const TOKEN = "123456789:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr";
const ANN = 1;
const PLACE = { chatId: ANN, threadId: null };
const SECOND = 1_000;

/** The news teller on a real database and outbox, with a clock that stands still. */
function createWatched(style: NoticeStyle = "message") {
  const held = new AsyncDisposableStack();
  const telegram = held.use(startBotApi({ token: TOKEN }));
  telegram.user({ id: ANN, started: true });
  const store = held.use(openStore(":memory:"));
  const clock = createClock();
  const log = createRecordingLog();
  const api = createApi({ token: TOKEN, root: telegram.root });
  const outbox = createOutbox({
    ...{ api, log, now: clock.now, wait: clock.wait, random: () => 0.5 },
    onBlocked: () => {},
    onMigrated: () => {},
  });
  const world = {
    isQuiet: false,
    isLocked: false,
    reacted: [] as number[],
    telling: [] as number[],
    edited: [] as string[],
    discarded: [] as number[],
    reactionIsSeen: true,
  };
  const lateWrites = createLateWrites({ transaction: store.transaction, log });
  const table: typeof store.news = {
    ...store.news,
    told(...args) {
      if (world.isLocked) throw new StoreUnavailable("SQLITE_BUSY");
      store.news.told(...args);
    },
  };
  const desk = createNewsDesk({ store: { news: table }, lateWrites });
  const messages = createNewsMessages({
    ...{ desk, outbox, wait: clock.wait },
    replies: {
      edit: (_, { text }) => void world.edited.push(text.toString()),
      discard: (_, messageId) => void world.discarded.push(messageId),
    },
    languageOf: () => "en",
    isQuiet: () => world.isQuiet,
  });
  const news = createNewsTeller({
    ...{ desk, messages, log, wait: clock.wait, pace: { quietMs: 5 * SECOND, mostMs: 60 * SECOND } },
    reactions: {
      async refresh(_, messageId) {
        world.reacted.push(messageId);
        return world.reactionIsSeen;
      },
    },
    styleOf: () => style,
    isBlocked: () => false,
    async onTelling(all) {
      world.telling.push(...all.map(({ id }) => id));
      return world.reactionIsSeen;
    },
  });
  let linkId = 0;
  return {
    ...{ ...world, world, telegram, store, clock, news, messages, lateWrites, log },
    /** A delivery that is done, and reported. */
    done(name: string, messageId: number | null = null) {
      linkId += 1;
      store.deliveries.add({
        ...{ ...PLACE, linkId, messageId, sender: "ann", url: `https://x.org/${name}`, key: `x.org/${name}` },
        ...{ quality: "best", folder: null, downloader: "nas", acceptedAt: 1 },
      });
      const about = store.deliveries.byLinkId(linkId)?.id ?? 0;
      store.news.add({ ...PLACE, kind: "done", about, createdAt: clock.now() });
      news.heard(PLACE);
      return about;
    },
    async later(ms: number) {
      clock.advance(ms);
      await setImmediate();
    },
    sent: (count: number) =>
      telegram.waitFor(() => telegram.messages(ANN).length >= count, { what: `${count} messages` }),
    texts: () => telegram.messages(ANN).map(({ text }) => text.replaceAll(/ is ready \(nas\)/g, "")),
    async [Symbol.asyncDispose]() {
      const ended = Promise.all([news.close(), outbox.stop()]).then(() => true);
      while (!(await Promise.race([ended, setImmediate(false)]))) clock.advance(10 * SECOND);
      await held.disposeAsync();
    },
  };
}

test("what comes within seconds is one message, and a single link waits only seconds", async () => {
  await using bot = createWatched();
  bot.done("a");
  await bot.clock.sleeping(5 * SECOND);
  await bot.later(4 * SECOND);
  bot.done("b");
  await bot.later(SECOND);
  await bot.clock.sleeping(5 * SECOND);
  expect(bot.texts()).toEqual([]);
  await bot.later(5 * SECOND);
  await bot.sent(1);
  expect(bot.texts()).toEqual(["✅ x.org/a\n✅ x.org/b"]);
  bot.done("c");
  await bot.later(5 * SECOND);
  await bot.sent(2);
  expect(bot.texts().at(-1)).toBe("✅ x.org/c");
});

test("what keeps coming is told after a minute", async () => {
  await using bot = createWatched();
  for (let waits = 0; waits < 12; waits += 1) {
    expect(bot.texts()).toEqual([]);
    bot.done(String(waits));
    await bot.clock.sleeping(5 * SECOND);
    bot.done(`${waits}+`);
    await bot.later(5 * SECOND);
  }
  await bot.sent(1);
  expect(bot.texts()[0]).toStartWith("✅ Ready: 24 · Page 1 of 3");
});

test("news for more than one message is continued in the next, whether or not the first could be stored", async () => {
  await using bot = createWatched();
  bot.store.transaction(() => {
    for (let nth = 0; nth <= MOST_IN_A_MESSAGE; nth += 1) bot.done(String(nth));
  });
  await bot.clock.sleeping(5 * SECOND);
  await bot.later(5 * SECOND);
  await bot.clock.sleeping(5 * SECOND);
  await bot.later(5 * SECOND);
  await bot.sent(2);
  expect(bot.texts()[0]).toStartWith(`✅ Ready: ${MOST_IN_A_MESSAGE} · `);
  expect(bot.texts()[1]).toBe(`✅ x.org/${MOST_IN_A_MESSAGE}`);
});

test("a message makes a sound, except in the chat's quiet hours", async () => {
  await using bot = createWatched();
  bot.done("a");
  await bot.later(5 * SECOND);
  await bot.sent(1);
  bot.world.isQuiet = true;
  bot.done("b");
  await bot.later(5 * SECOND);
  await bot.sent(2);
  expect(bot.telegram.messages(ANN).map(({ rang }) => rang)).toEqual([true, false]);
});

test("what was told is not told again while the database cannot store that, and is stored later", async () => {
  await using bot = createWatched();
  bot.world.isLocked = true;
  bot.done("a");
  await bot.later(5 * SECOND);
  await bot.sent(1);
  bot.done("b");
  await bot.news.close();
  expect(bot.texts()).toEqual(["✅ x.org/a", "✅ x.org/b"]);
  expect(bot.store.news.untold(PLACE, 9)).toHaveLength(2);
  bot.world.isLocked = false;
  bot.lateWrites.flush();
  expect(bot.store.news.untoldPlaces()).toEqual([]);
});

test("what Telegram could not take for hours is told when it can, unlike other notices", async () => {
  await using bot = createWatched();
  const armed = bot.telegram.fail("sendMessage", SERVER_ERROR);
  bot.done("a");
  await bot.later(5 * SECOND);
  await bot.telegram.waitFor(() => armed.hits > 0);
  await bot.clock.sleeping(500, 2 * SECOND);
  await bot.later(7_200 * SECOND);
  await bot.clock.sleeping(60 * SECOND);
  armed.release();
  await bot.later(60 * SECOND);
  await bot.news.close();
  expect(bot.texts()).toEqual(["✅ x.org/a"]);
});

test.each(["unheard of", "TOPIC_CLOSED", "can't parse entities: of no kind"])(
  "news that Telegram refused (%s) is told after the next start or hour, not every minute",
  async (why) => {
    await using bot = createWatched();
    const armed = bot.telegram.fail("sendMessage", refusal(400, `Bad Request: ${why}`));
    bot.done("a");
    await bot.later(5 * SECOND);
    await until("the refusal is logged", () => bot.log.lines.length > 0);
    await setImmediate();
    await bot.clock.waiting(0);
    armed.release();
    await until("it is told", async () => {
      bot.news.tellLeft();
      await bot.later(5 * SECOND);
      return bot.texts().length > 0;
    });
    expect(bot.texts()).toEqual(["✅ x.org/a"]);
  },
);

test("a ready file is shown by a reaction where the chat wants that, and by a message where no reaction is possible", async () => {
  await using bot = createWatched("reaction");
  bot.done("a", 7);
  await bot.later(5 * SECOND);
  expect(bot.world.reacted).toEqual([7]);
  expect(bot.store.news.untoldPlaces()).toEqual([]);
  bot.world.reactionIsSeen = false;
  bot.done("b", 8);
  bot.done("c");
  await bot.news.close();
  expect(bot.texts()).toEqual(["✅ x.org/b\n✅ x.org/c"]);
});

test.each<NoticeStyle>(["reaction", "off"])(
  "no ready file is announced where the chat wants %s, however many there are",
  async (style) => {
    await using bot = createWatched(style);
    bot.store.transaction(() => {
      for (let nth = 0; nth <= MOST_IN_A_MESSAGE; nth += 1) bot.done(String(nth), 7);
    });
    await bot.news.close();
    expect(bot.texts()).toEqual([]);
    expect(bot.store.news.untoldPlaces()).toEqual([]);
  },
);

test("what a message is to show is shown before news is told or left out, and after a stop that cut it off", async () => {
  for (const style of ["message", "off"] as const) {
    await using bot = createWatched(style);
    bot.world.reactionIsSeen = false;
    bot.done("a", 7);
    await bot.news.close();
    expect(bot.world.telling).toHaveLength(1);
    expect(bot.texts()).toEqual(style === "off" ? [] : ["✅ x.org/a"]);
    bot.lateWrites.flush({ all: true });
    expect(bot.store.news.untoldPlaces()).toEqual(style === "off" ? [PLACE] : []);
  }
});

test("a ready file with something missing is announced by a message, whatever the chat has chosen", async () => {
  for (const style of ["reaction", "off"] as const) {
    await using bot = createWatched(style);
    const about = bot.done("a", 7);
    bot.store.deliveries.update(about, { state: "done", trouble: "3: private" });
    await bot.news.close();
    expect(bot.texts()).toEqual(["✅ x.org/a\n⚠️ 3: private"]);
  }
});

test("what has settled itself is not told: trouble that is over, a link that is sent again", async () => {
  await using bot = createWatched();
  const about = bot.done("a");
  bot.store.news.add({ ...PLACE, kind: "trouble", about, createdAt: 1 });
  bot.store.deliveries.update(about, { state: "done" });
  await bot.news.close();
  bot.lateWrites.flush({ all: true });
  expect(bot.texts()).toEqual(["✅ x.org/a"]);
  expect(bot.store.news.untoldPlaces()).toEqual([]);
});

test("what is gathered when the bot stops is told before it has stopped", async () => {
  await using bot = createWatched();
  bot.done("a");
  await bot.news.close();
  expect(bot.texts()).toEqual(["✅ x.org/a"]);
});

test("a failure that the server has forgotten since makes one sound, and can always be sent again", async () => {
  await using bot = createWatched();
  const about = bot.done("a");
  bot.store.news.remove([1]);
  bot.store.deliveries.update(about, { status: "NEW", trouble: "no such film" });
  bot.store.news.add({ ...PLACE, kind: "trouble", about, createdAt: 1 });
  await bot.later(5 * SECOND);
  await until("it is told", () => bot.store.news.untoldPlaces().length === 0);
  const [message] = bot.telegram.messages(ANN);
  const buttons = () =>
    bot.telegram.messages(ANN).map((one) =>
      one.buttons
        .flat()
        .map(({ text }) => text)
        .join(),
    );
  const all = ["🔁 Send again,📋 Copy the address,OK"];
  expect(buttons()).toEqual(all);
  const lost = { state: "lost", closedAt: 2 } as const;
  bot.store.deliveries.update(about, lost);
  bot.messages.renew({ id: about, chatId: ANN });
  // Nothing about it has changed.
  await bot.telegram.waitFor(({ method }) => method === "editMessageText");
  expect(buttons()).toEqual(all);
  expect(bot.telegram.messages(ANN)).toMatchObject([{ id: message?.id, text: message?.text }]);
});

test("a failure is told even if the server has forgotten it before that", async () => {
  await using bot = createWatched();
  const about = bot.done("a");
  bot.store.news.remove([1]);
  bot.store.deliveries.update(about, { status: "NEW", trouble: "no such film", state: "lost", closedAt: 2 });
  bot.store.news.add({ ...PLACE, kind: "trouble", about, createdAt: 1 });
  await bot.news.close();
  expect(bot.texts()).toEqual(["⚠️ “nas” cannot download x.org/a: no such film"]);
});

/** Two links that were lost are told by a message; Telegram shows it, and does not answer. */
async function unanswered(bot: ReturnType<typeof createWatched>) {
  const held = bot.telegram.fail("sendMessage", { kind: "hold", applied: true }, { times: 1 });
  const lost = bot.store.transaction(() =>
    ["a", "b"].map((name) => {
      const about = bot.done(name);
      bot.store.deliveries.update(about, { state: "lost", closedAt: 1 });
      return about;
    }),
  );
  bot.store.news.remove([1, 2]);
  for (const about of lost) bot.store.news.add({ ...PLACE, kind: "lost", about, createdAt: 1 });
  void bot.news.close();
  await bot.sent(1);
  const [message] = bot.telegram.messages(ANN);
  return { held, lost, message: { chatId: ANN, messageId: message?.id ?? 0 } };
}

test("what was acted on while its message was on its way is not told there", async () => {
  await using bot = createWatched();
  const { held, lost } = await unanswered(bot);
  bot.store.deliveries.update(lost[0] ?? 0, { state: "removed" });
  held.release();
  while (bot.world.edited.length === 0) await setImmediate();
  expect([bot.world.edited, bot.world.discarded]).toEqual([[expect.stringContaining("no longer has x.org/b")], []]);
  expect(bot.world.edited[0]).not.toContain("x.org/a");
});

test("a message of which everything was acted on while it was on its way is deleted", async () => {
  await using bot = createWatched();
  const { held, lost, message } = await unanswered(bot);
  for (const about of lost) bot.store.deliveries.update(about, { state: "removed" });
  held.release();
  while (bot.world.discarded.length === 0) await setImmediate();
  expect([bot.world.edited, bot.world.discarded]).toEqual([[], [message.messageId]]);
  expect(bot.store.news.byId(3)).toBeUndefined();
});

test("a press waits until it is stored which news its message tells", async () => {
  await using bot = createWatched();
  const { held, message } = await unanswered(bot);
  const known = bot.messages.isKnown(message);
  await bot.clock.sleeping(5 * SECOND);
  held.release();
  expect(await known).toBe(true);
  expect(bot.store.news.ofMessage(ANN, message.messageId)).toHaveLength(2);
});

test("a press waits for 5 s at most, and not at all for a message of another chat", async () => {
  await using bot = createWatched();
  const { held, message } = await unanswered(bot);
  expect(await bot.messages.isKnown({ ...message, chatId: ANN + 1 })).toBe(true);
  const known = bot.messages.isKnown(message);
  await bot.later(5 * SECOND);
  expect(await known).toBe(false);
  held.release();
});

test("a press does not wait for an answer that was lost: the news comes again in another message", async () => {
  await using bot = createWatched();
  const lost = bot.telegram.fail("sendMessage", { kind: "reset", applied: true }, { times: 1 });
  bot.done("a");
  await bot.later(5 * SECOND);
  await bot.sent(1);
  await bot.clock.sleeping(500, 2 * SECOND);
  const [orphan] = bot.telegram.messages(ANN);
  expect([lost.hits, await bot.messages.isKnown({ chatId: ANN, messageId: orphan?.id ?? 0 })]).toEqual([1, true]);
});
