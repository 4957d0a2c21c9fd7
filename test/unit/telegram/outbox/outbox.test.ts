import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { bold, format, InlineKeyboard } from "gramio";
import { ApiNetworkError } from "../../../../src/telegram/api/api-error.ts";
import { createApi } from "../../../../src/telegram/api/bot-api.ts";
import { createOutbox, type OutboxOptions, type Sending } from "../../../../src/telegram/outbox/outbox.ts";
import type { BotApi as BotCalls } from "../../../../src/telegram/outbox/send-result.ts";
import { BAD_GATEWAY, HANG, RESET, refusal, SERVER_ERROR, tooManyRequests } from "../../../support/bot-api/faults.ts";
import { type BotApi, startBotApi } from "../../../support/bot-api.ts";
import { createClock } from "../../../support/clock.ts";
import { createRecordingLog } from "../../../support/recording-log.ts";
import { createWatch } from "../../../support/watch.ts";

const SECRET = "AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr";
const TOKEN = `123456789:${SECRET}`;
const ANN = 1;
const BOB = 2;
const GROUP = -5;

let telegram: BotApi;
let clock: ReturnType<typeof createClock>;
let log: ReturnType<typeof createRecordingLog>;
let blocked: number[];
let migrated: [number, number][];

beforeEach(() => {
  telegram = startBotApi({ token: TOKEN });
  for (const id of [ANN, BOB]) telegram.user({ id, started: true });
  clock = createClock();
  log = createRecordingLog();
  blocked = [];
  migrated = [];
});
afterEach(async () => {
  await telegram[Symbol.asyncDispose]();
  expect(JSON.stringify(log.lines)).not.toContain(SECRET);
});

function build(overrides: Partial<OutboxOptions> = {}) {
  return createOutbox({
    api: createApi({ token: TOKEN, root: telegram.root }),
    log,
    now: clock.now,
    wait: clock.wait,
    random: () => 0.5,
    onBlocked: (chatId) => blocked.push(chatId),
    onMigrated: (oldChatId, newChatId) => migrated.push([oldChatId, newChatId]),
    ...overrides,
  });
}

const answer: Sending = { priority: "answer" };
const notice: Sending = { priority: "notice" };
const saying = (chat_id: number, text: string) => (api: BotCalls) => api.sendMessage({ chat_id, text });
const texts = (chat: number) => telegram.messages(chat).map(({ text }) => text);
const callsOf = (name: string) => telegram.calls.filter(({ method }) => method === name);
const asked = (count: number) =>
  telegram.waitFor(() => callsOf("sendMessage").length >= count, { what: `${count} messages` });

/** Makes the next message to the chat hang, so that later ones wait. */
function hold(chat: number) {
  return telegram.fail("sendMessage", HANG, { times: 1, chat });
}

describe("the outbox", () => {
  test("returns Telegram's answer", async () => {
    const sent = await build().send(ANN, answer, saying(ANN, "hello"));
    expect(sent).toMatchObject({ ok: true, value: { text: "hello", message_id: telegram.messages(ANN)[0]?.id } });
  });

  test("sends answers before prompts before notices before cleanup, each kind in its order", async () => {
    const outbox = build();
    const gate = hold(ANN);
    const all = [outbox.send(ANN, answer, saying(ANN, "first"))];
    for (const priority of ["cleanup", "notice", "prompt", "answer"] as const)
      for (const number of [1, 2]) all.push(outbox.send(ANN, { priority }, saying(ANN, `${priority} ${number}`)));
    gate.release();
    await Promise.all(all);
    expect(texts(ANN)).toEqual([
      "first",
      ...["answer 1", "answer 2", "prompt 1", "prompt 2", "notice 1", "notice 2", "cleanup 1", "cleanup 2"],
    ]);
  });

  test("makes one call at a time in a chat, and eight in all", async () => {
    const outbox = build();
    const gate = telegram.fail("sendMessage", HANG);
    const chats = Array.from({ length: 10 }, (_, index) => telegram.user({ id: 100 + index, started: true }).id);
    const all = chats.flatMap((chat) => ["one", "two"].map((text) => outbox.send(chat, answer, saying(chat, text))));
    await telegram.waitFor(() => gate.hits === 8);
    expect(new Set(telegram.calls.map(({ params }) => params.chat_id)).size).toBe(8);
    gate.release();
    expect((await Promise.all(all)).every(({ ok }) => ok)).toBe(true);
    for (const chat of chats) expect(texts(chat)).toEqual(["one", "two"]);
  });

  test("replaces a waiting edit by a newer one", async () => {
    const outbox = build();
    const sent = await outbox.send(ANN, answer, saying(ANN, "0 %"));
    const message_id = sent.ok ? (sent.value?.message_id ?? 0) : 0;
    const gate = hold(ANN);
    const blocking = outbox.send(ANN, answer, saying(ANN, "another"));
    const edit = (text: string) =>
      outbox.send(ANN, { priority: "notice", key: `edit ${message_id}` }, (api) =>
        api.editMessageText({ chat_id: ANN, message_id, text }),
      );
    const [older, other, newer] = [edit("10 %"), outbox.send(ANN, notice, saying(ANN, "between")), edit("20 %")];
    gate.release();
    expect(await older).toEqual({ ok: false, kind: "superseded" });
    expect(await newer).toMatchObject({ ok: true });
    await Promise.all([blocking, other]);
    expect(callsOf("editMessageText")).toHaveLength(1);
    expect(texts(ANN)).toEqual(["20 %", "another", "between"]);
  });

  test("does not repeat an edit that Telegram postponed when there is a newer one", async () => {
    const outbox = build();
    const sent = await outbox.send(ANN, answer, saying(ANN, "0 %"));
    const message_id = sent.ok ? (sent.value?.message_id ?? 0) : 0;
    const sending: Sending = { priority: "notice", key: "edit" };
    const edit = (text: string) => (api: BotCalls) => api.editMessageText({ chat_id: ANN, message_id, text });
    telegram.fail("editMessageText", tooManyRequests(7), { times: 1 });
    let newer: Promise<unknown> | undefined;
    const older = outbox.send(ANN, sending, (api) => {
      newer = outbox.send(ANN, sending, edit("20 %"));
      return edit("10 %")(api);
    });
    expect(await older).toEqual({ ok: false, kind: "superseded" });
    clock.advance(await clock.sleeping(7_000));
    expect(await newer).toMatchObject({ ok: true });
    expect(callsOf("editMessageText").map(({ params }) => params.text)).toEqual(["10 %", "20 %"]);
  });

  test("takes an edit to the same text as done", async () => {
    const outbox = build();
    const sent = await outbox.send(ANN, answer, saying(ANN, "same"));
    const message_id = sent.ok ? (sent.value?.message_id ?? 0) : 0;
    const edit = (api: BotCalls) => api.editMessageText({ chat_id: ANN, message_id, text: "same" });
    expect(await outbox.send(ANN, answer, edit)).toEqual({ ok: true, value: undefined });
  });

  test("sends silently unless a sound is asked for", async () => {
    const outbox = build();
    await outbox.send(ANN, answer, saying(ANN, "quietly"));
    await outbox.send(ANN, answer, (api) =>
      api.sendMessage({ chat_id: ANN, text: "loudly", disable_notification: false }),
    );
    expect(telegram.messages(ANN).map(({ text, rang }) => [text, rang])).toEqual([
      ["quietly", false],
      ["loudly", true],
    ]);
    await outbox.send(ANN, answer, (api) => api.sendChatAction({ chat_id: ANN, action: "typing" }));
    expect(callsOf("sendChatAction").map(({ params }) => params)).toEqual([{ chat_id: ANN, action: "typing" }]);
  });
});

describe("the outbox in trouble", () => {
  test("begins with short waits again once a message has reached the chat", async () => {
    const outbox = build();
    const failing = async (text: string, waits: readonly number[]) => {
      telegram.fail("sendMessage", SERVER_ERROR, { times: waits.length });
      const sent = outbox.send(ANN, answer, saying(ANN, text));
      for (const ms of waits) {
        await clock.sleeping(ms);
        clock.advance(ms);
      }
      expect(await sent).toMatchObject({ ok: true });
    };
    await failing("one", [1_000, 2_000, 4_000]);
    await failing("two", [1_000, 2_000]);
  });

  test("pauses only the chat that Telegram asks to wait for", async () => {
    const outbox = build();
    telegram.fail("sendMessage", tooManyRequests(30), { times: 1, chat: ANN });
    const late = [outbox.send(ANN, answer, saying(ANN, "one")), outbox.send(ANN, answer, saying(ANN, "two"))];
    await clock.sleeping(30_000);
    expect(await outbox.send(BOB, answer, saying(BOB, "hello"))).toMatchObject({ ok: true });
    clock.advance(29_999);
    expect(texts(ANN)).toEqual([]);
    clock.advance(1);
    await Promise.all(late);
    expect(texts(ANN)).toEqual(["one", "two"]);
  });

  test.each([
    ["a dropped connection", RESET],
    ["a server error", SERVER_ERROR],
    ["an HTML 502", BAD_GATEWAY],
  ])("repeats a message after %s, longer and longer apart", async (_, fault) => {
    const outbox = build();
    telegram.fail("sendMessage", fault, { times: 7, chat: ANN });
    const sending = outbox.send(ANN, answer, saying(ANN, "hello"));
    for (const ms of [1_000, 2_000, 4_000, 8_000, 16_000, 27_000, 27_000]) clock.advance(await clock.sleeping(ms));
    expect(await sending).toMatchObject({ ok: true });
    expect(texts(ANN)).toEqual(["hello"]);
    expect(log.at("warn")).toEqual(Array(7).fill("Cannot send to a chat yet"));
  });

  test.each([
    ["answer", 1],
    ["notice", 1],
    ["prompt", 24],
  ] as const)("drops a(n) %s that could not be sent for %i h", async (priority, hours) => {
    const outbox = build();
    telegram.fail("sendMessage", SERVER_ERROR, { chat: ANN });
    const sending = outbox.send(ANN, { priority }, saying(ANN, "old"));
    const startedAt = clock.now();
    const settled = sending.then(() => true);
    // Longer than the outbox waits each time, so that a day is not thousands of calls.
    const step = (hours * 3_600_000) / 20;
    while (clock.now() - startedAt <= hours * 3_600_000) {
      await clock.sleeping(800, 36_000);
      clock.advance(step);
    }
    expect(await settled).toBe(true);
    expect(await sending).toEqual({ ok: false, kind: "expired" });
  });

  test("while Telegram is away, one call at a time tries it for all waiting chats; afterwards all are sent", async () => {
    const outbox = build();
    const gone = telegram.fail("sendMessage", RESET);
    const chats = Array.from({ length: 30 }, (_, index) => telegram.user({ id: 100 + index, started: true }).id);
    const all = chats.map((chat) => outbox.send(chat, answer, saying(chat, "hello")));
    // Eight at once, and one more for each of the first two failures: now their chats wait, and share one wait.
    await clock.waiting(11);
    expect(callsOf("sendMessage")).toHaveLength(10);
    for (const [tries, ms] of [1_000, 2_000, 4_000].entries()) {
      clock.advance(ms);
      await clock.sleeping(2 * ms);
      expect(callsOf("sendMessage")).toHaveLength(11 + tries);
    }
    gone.release();
    clock.advance(8_000);
    expect((await Promise.all(all)).every(({ ok }) => ok)).toBe(true);
  });

  test("a call that proves unnecessary does not count as a sign that Telegram is back", async () => {
    const outbox = build();
    const gone = telegram.fail("sendMessage", RESET);
    const chats = Array.from({ length: 30 }, (_, index) => telegram.user({ id: 100 + index, started: true }).id);
    const all = chats.slice(0, 10).map((chat) => outbox.send(chat, answer, saying(chat, "hello")));
    const idle = chats.slice(10).map((chat) => outbox.send(chat, answer, async () => undefined));
    await clock.waiting(11);
    clock.advance(1_000);
    await Promise.all(idle);
    await clock.sleeping(2_000);
    expect(callsOf("sendMessage")).toHaveLength(11);
    gone.release();
    clock.advance(2_000);
    expect((await Promise.all(all)).every(({ ok }) => ok)).toBe(true);
  });

  test("goes on as soon as Telegram answers any call", async () => {
    const api = createApi({ token: TOKEN, root: telegram.root });
    const outbox = build({ api });
    const gone = telegram.fail("sendMessage", RESET);
    const chats = Array.from({ length: 30 }, (_, index) => telegram.user({ id: 100 + index, started: true }).id);
    const watch = createWatch();
    let failed = 0;
    api.onEnd(() => {
      failed += 1;
      watch.changed();
    });
    const all = chats.slice(0, 8).map((chat) => outbox.send(chat, answer, saying(chat, "hello")));
    // A call that fails later would have the others tried as well.
    await watch.until(() => failed === 8 || undefined, { what: "eight calls that fail", seen: () => String(failed) });
    const late = chats.slice(8).map((chat) => outbox.send(chat, answer, saying(chat, "hello")));
    gone.release();
    await api.bot.api.getMe();
    expect((await Promise.all(late)).every(({ ok }) => ok)).toBe(true);
    clock.advance(await clock.sleeping(1_000));
    expect((await Promise.all(all)).every(({ ok }) => ok)).toBe(true);
  });

  test("does not hold other chats up for one chat's failures", async () => {
    const outbox = build();
    telegram.fail("sendMessage", SERVER_ERROR, { chat: ANN });
    const never = outbox.send(ANN, notice, saying(ANN, "never"));
    clock.advance(await clock.sleeping(1_000));
    await clock.sleeping(2_000);
    expect(await outbox.send(BOB, answer, saying(BOB, "hello"))).toMatchObject({ ok: true });
    await outbox.stop({ sending: () => 0, answers: () => 0 });
    expect(await never).toMatchObject({ ok: false });
  });

  test.each([
    ["its equal", notice],
    ["something more urgent", { priority: "prompt" }],
  ] as const)(
    "lets what waits in a chat go before %s that fails again and again while other calls are answered",
    async (_, sending) => {
      const outbox = build();
      const { message_id } = telegram.user({ id: ANN }).sends("hello");
      const broken = telegram.fail("setMessageReaction", SERVER_ERROR);
      const call = (api: BotCalls) => api.setMessageReaction({ chat_id: ANN, message_id, reaction: [] });
      const stumbled = outbox.send(ANN, sending, call);
      const late = outbox.send(ANN, notice, saying(ANN, "news"));
      for (const ms of [1_000, 2_000, 4_000]) {
        await clock.sleeping(ms);
        expect(texts(ANN)).not.toContain("news");
        await outbox.send(BOB, answer, saying(BOB, "hello"));
        clock.advance(ms);
      }
      const calls = () => telegram.calls.filter(({ params }) => params.chat_id === ANN).map(({ method }) => method);
      await telegram.waitFor(() => calls().length >= 4);
      expect(calls().slice(0, 4)).toEqual([...Array(3).fill("setMessageReaction"), "sendMessage"]);
      expect(await late).toMatchObject({ ok: true });
      await clock.sleeping(1_000);
      broken.release();
      clock.advance(1_000);
      expect(await stumbled).toMatchObject({ ok: true });
    },
  );

  test("keeps the order of a chat while Telegram answers nothing", async () => {
    const outbox = build();
    telegram.fail("sendMessage", SERVER_ERROR, { times: 5 });
    const all = ["one", "two"].map((text) => outbox.send(ANN, answer, saying(ANN, text)));
    for (const ms of [1_000, 2_000, 4_000, 8_000, 16_000]) clock.advance(await clock.sleeping(ms));
    await Promise.all(all);
    expect(texts(ANN)).toEqual(["one", "two"]);
  });

  test("reports who has blocked the bot, and drops everything that waits for them", async () => {
    telegram.user({ id: 3, started: true }).blocks();
    const outbox = build();
    const gate = hold(3);
    const refused = outbox.send(3, answer, saying(3, "hello"));
    const waiting = [outbox.send(3, notice, saying(3, "done")), outbox.send(3, answer, saying(3, "again"))];
    gate.release();
    for (const sending of [refused, ...waiting]) expect(await sending).toEqual({ ok: false, kind: "blocked" });
    expect(callsOf("sendMessage")).toHaveLength(2);
    expect(blocked).toEqual([3, 3]);
  });

  test("goes on when blocking cannot be recorded", async () => {
    telegram.user({ id: 3, started: true }).blocks();
    const outbox = build({
      onBlocked: () => {
        throw new Error("SQLITE_FULL");
      },
    });
    expect(await outbox.send(3, answer, saying(3, "hello"))).toEqual({ ok: false, kind: "blocked" });
    expect(await outbox.send(ANN, answer, saying(ANN, "hello"))).toMatchObject({ ok: true });
  });

  test("returns a refusal as a value", async () => {
    const outbox = build();
    expect(await outbox.send(77, answer, saying(77, "hello"))).toEqual({ ok: false, kind: "chat_not_found" });
    expect(await outbox.send(ANN, answer, saying(ANN, ""))).toEqual({ ok: false, kind: "bad_request" });
    const deletion = (api: BotCalls) => api.deleteMessage({ chat_id: ANN, message_id: 404 });
    expect(await outbox.send(ANN, { priority: "cleanup" }, deletion)).toEqual({ ok: false, kind: "gone" });
    const bug = () => {
      throw new RangeError("ours");
    };
    expect(await outbox.send(ANN, answer, bug)).toEqual({ ok: false, kind: "unexpected" });
  });

  test("does not send again what somebody in the chat has deleted at once", async () => {
    const outbox = build();
    const deleted = "Internal Server Error: sent message was immediately deleted and can't be returned";
    telegram.fail("sendMessage", { ...refusal(500, deleted), applied: true });
    expect(await outbox.send(ANN, { priority: "prompt" }, saying(ANN, "hello"))).toEqual({ ok: false, kind: "gone" });
    expect(callsOf("sendMessage")).toHaveLength(1);
  });

  test("sends a text without formatting when Telegram cannot read it", async () => {
    const outbox = build();
    const entities = [{ type: "bold" as const, offset: 0, length: 9_999 }];
    await outbox.send(ANN, answer, (api) => api.sendMessage({ chat_id: ANN, text: "plain", entities }));
    await outbox.send(ANN, answer, (api) => api.sendMessage({ chat_id: ANN, text: "a < b", parse_mode: "HTML" }));
    const fault = refusal(400, "Bad Request: can't parse entities: ENTITY_BOUNDS_INVALID");
    telegram.fail("sendMessage", fault, { times: 1 });
    const text = format`so ${bold("bold")}`;
    await outbox.send(ANN, answer, (api) => api.sendMessage({ chat_id: ANN, text }));
    expect(texts(ANN)).toEqual(["plain", "a < b", "so bold"]);
    telegram.fail("sendMessage", fault);
    expect(await outbox.send(ANN, answer, saying(ANN, "x"))).toEqual({ ok: false, kind: "cant_parse" });
  });

  test("sends a text without the preview if Telegram cannot make one", async () => {
    const outbox = build();
    const link_preview_options = { url: "magnet:?xt=urn:btih:1", prefer_small_media: true };
    await outbox.send(ANN, answer, (api) => api.sendMessage({ chat_id: ANN, text: "a film", link_preview_options }));
    expect(texts(ANN)).toEqual(["a film"]);
    expect(callsOf("sendMessage").map(({ params }) => params.link_preview_options)).toEqual([
      link_preview_options,
      { is_disabled: true },
    ]);
  });

  test("sends to the group when the topic or the message replied to is gone", async () => {
    telegram.group({ id: -1_000_000_000_009, title: "Forum", forum: true });
    const outbox = build();
    const sent = await outbox.send(-1_000_000_000_009, answer, (api) =>
      api.sendMessage({
        chat_id: -1_000_000_000_009,
        text: "hello",
        message_thread_id: 404,
        reply_parameters: { message_id: 405 },
      }),
    );
    expect(sent).toMatchObject({ ok: true });
    expect(texts(-1_000_000_000_009)).toEqual(["hello"]);
  });

  test("follows a group that became a supergroup, with everything that waits or comes later", async () => {
    const newId = -1_000_000_000_777;
    telegram.group({ id: GROUP, title: "Home" }).upgrades(newId);
    const outbox = build();
    const gate = hold(GROUP);
    const all = ["one", "two"].map((text) => outbox.send(GROUP, answer, saying(GROUP, text)));
    gate.release();
    await Promise.all(all);
    await outbox.send(GROUP, answer, saying(GROUP, "three"));
    await outbox.send(newId, answer, saying(newId, "four"));
    expect(texts(newId).filter(Boolean)).toEqual(["one", "two", "three", "four"]);
    expect(migrated).toEqual([[GROUP, newId]]);
  });

  test("treats messages of a group that became a supergroup as gone, and touches none of the new group", async () => {
    const newId = -1_000_000_000_777;
    telegram.group({ id: GROUP, title: "Home" }).upgrades(newId);
    const outbox = build();
    const said = await outbox.send(GROUP, answer, saying(GROUP, "a message of the new group"));
    const message_id = said.ok ? (said.value?.message_id ?? 0) : 0;
    const edited = await outbox.send(GROUP, answer, (api) =>
      api.editMessageText({ chat_id: GROUP, message_id, text: "not for you" }),
    );
    expect(edited).toEqual({ ok: false, kind: "gone" });
    await outbox.send(GROUP, { priority: "cleanup" }, (api) =>
      api.deleteMessages({ chat_id: GROUP, message_ids: [message_id] }),
    );
    expect(texts(newId)).toContain("a message of the new group");
  });

  test("drops the oldest notices first when too much waits", async () => {
    const outbox = build({ maxWaiting: 3 });
    const gate = hold(ANN);
    const first = outbox.send(ANN, answer, saying(ANN, "first"));
    const notices = [1, 2].map((number) => outbox.send(ANN, notice, saying(ANN, `notice ${number}`)));
    const prompts = [1, 2, 3].map((number) =>
      outbox.send(ANN, { priority: "prompt" }, saying(ANN, `prompt ${number}`)),
    );
    for (const dropped of notices) expect(await dropped).toEqual({ ok: false, kind: "dropped" });
    gate.release();
    await Promise.all([first, ...prompts]);
    expect(texts(ANN)).toEqual(["first", "prompt 1", "prompt 2", "prompt 3"]);
    expect(log.at("warn")).toEqual(Array(2).fill("Too many calls wait for Telegram: dropping some"));
  });

  test("answers a press at once, past the queue, and only once, even if that fails", async () => {
    const outbox = build();
    const gate = hold(ANN);
    const waiting = outbox.send(ANN, answer, saying(ANN, "slow"));
    await outbox.answerCallbackQuery({ callback_query_id: "404" });
    telegram.fail("answerCallbackQuery", RESET);
    await outbox.answerCallbackQuery({ callback_query_id: "405" });
    expect(callsOf("answerCallbackQuery")).toHaveLength(2);
    gate.release();
    await waiting;
  });
});

describe("deleting messages", () => {
  test("in a chat that is closed to the bot is given up, and holds up no other chat", async () => {
    const outbox = build();
    telegram.fail("deleteMessages", refusal(403, "Forbidden: bot was kicked from the supergroup chat"), { chat: ANN });
    const kept = await outbox.send(BOB, answer, saying(BOB, "hello"));
    const id = kept.ok ? (kept.value?.message_id ?? 0) : 0;
    const deleted = [outbox.deleteMessages(ANN, [1, 2, 3]), outbox.deleteMessages(BOB, [id])];
    expect(await Promise.all(deleted)).toEqual(["done", "done"]);
    expect(texts(BOB)).toEqual([]);
    expect(blocked).toEqual([ANN]);
  });
});

describe("the stop of the outbox", () => {
  test("postpones deletions that were tried one by one after Telegram refused them together", async () => {
    const outbox = build();
    telegram.fail("deleteMessages", refusal(400, "Bad Request: message can't be deleted"), { times: 1 });
    const held = telegram.fail("deleteMessage", HANG);
    const deleted = outbox.deleteMessages(ANN, [1, 2, 3]);
    await telegram.waitFor(({ method }) => method === "deleteMessage");
    const stopped = outbox.stop({ sending: () => 0, answers: () => 0 });
    held.release();
    await stopped;
    expect(await deleted).toBe("later");
  });

  test("sends what waits, except deletions, and accepts nothing new", async () => {
    const outbox = build();
    const gate = hold(ANN);
    const first = outbox.send(ANN, answer, saying(ANN, "one"));
    const second = outbox.send(ANN, answer, saying(ANN, "two"));
    const deletion = outbox.send(ANN, { priority: "cleanup" }, (api) =>
      api.deleteMessages({ chat_id: ANN, message_ids: [1] }),
    );
    const stopped = outbox.stop();
    expect(await deletion).toEqual({ ok: false, kind: "stopped" });
    expect(await outbox.send(ANN, answer, saying(ANN, "late"))).toEqual({ ok: false, kind: "stopped" });
    gate.release();
    await stopped;
    expect([(await first).ok, (await second).ok]).toEqual([true, true]);
    expect(texts(ANN)).toEqual(["one", "two"]);
  });

  test("gives up at the deadline what hangs, is paused or waits", async () => {
    const outbox = build();
    telegram.fail("sendMessage", tooManyRequests(600), { chat: BOB });
    hold(ANN);
    const all = [
      outbox.send(ANN, answer, saying(ANN, "hangs")),
      outbox.send(ANN, answer, saying(ANN, "waits")),
      outbox.send(BOB, answer, saying(BOB, "paused")),
    ];
    await asked(2);
    await clock.sleeping(600_000);
    const stopped = outbox.stop();
    clock.advance(await clock.sleeping(3_000));
    expect(await all[1]).toEqual({ ok: false, kind: "stopped" });
    clock.advance(await clock.sleeping(3_000));
    await stopped;
    for (const sending of all) expect(await sending).toEqual({ ok: false, kind: "stopped" });
  });

  test("waits for a running call, to learn the message's id, and begins no other", async () => {
    const outbox = build();
    const gate = hold(ANN);
    const first = outbox.send(ANN, answer, saying(ANN, "one"));
    const second = outbox.send(ANN, answer, saying(ANN, "two"));
    await asked(1);
    const stopped = outbox.stop();
    clock.advance(await clock.sleeping(3_000));
    expect(await second).toEqual({ ok: false, kind: "stopped" });
    gate.release();
    expect(await first).toMatchObject({ ok: true, value: { text: "one" } });
    await stopped;
    expect(texts(ANN)).toEqual(["one"]);
  });

  test("does not repeat a call that fails while it waits for answers", async () => {
    const outbox = build();
    const call = Promise.withResolvers<never>();
    let tries = 0;
    const sending = outbox.send(ANN, answer, () => {
      tries += 1;
      return call.promise;
    });
    const stopped = outbox.stop();
    clock.advance(await clock.sleeping(3_000));
    await clock.sleeping(3_000);
    call.reject(new ApiNetworkError("sendMessage", "ECONNRESET", "reset"));
    expect(await sending).toEqual({ ok: false, kind: "stopped" });
    await stopped;
    expect(tries).toBe(1);
  });

  test("ends at once when nothing waits, however often it is called", async () => {
    const outbox = build();
    await Promise.all([outbox.stop(), outbox.stop()]);
  });
});

describe("a group's limit", () => {
  const send = (outbox: ReturnType<typeof build>, priority: Sending["priority"], text: string) =>
    outbox.send(GROUP, { priority }, saying(GROUP, text));

  test("leaves room for answers, and holds prompts and notices back until a minute is over", async () => {
    telegram.group({ id: GROUP, title: "Thirty" });
    const outbox = build();
    const sent = Array.from({ length: 16 }, (_, n) => send(outbox, "prompt", `prompt ${n}`));
    await Promise.all([...sent, send(outbox, "notice", "the notice of this minute")]);
    const held = [send(outbox, "prompt", "one more"), send(outbox, "notice", "by the way")];
    await send(outbox, "answer", "an answer");
    expect(texts(GROUP)).toHaveLength(18);
    clock.advance(60_000);
    await Promise.all(held);
    expect(texts(GROUP).slice(-2)).toEqual(["one more", "by the way"]);
    await outbox.stop();
  });

  test("lets a call go that has room earlier than one held before it", async () => {
    telegram.group({ id: GROUP, title: "Thirty" });
    const outbox = build();
    const prompts = (count: number) => Array.from({ length: count }, (_, n) => send(outbox, "prompt", `prompt ${n}`));
    await Promise.all(prompts(4));
    clock.advance(30_000);
    await Promise.all([...prompts(12), send(outbox, "notice", "the notice of this minute")]);
    const notice = send(outbox, "notice", "in a minute");
    await clock.sleeping(60_000);
    const prompt = send(outbox, "prompt", "in half a minute");
    clock.advance(30_000);
    await prompt;
    expect(texts(GROUP)).not.toContain("in a minute");
    clock.advance(30_000);
    await notice;
    await outbox.stop();
  });

  test("holds nothing back at a stop", async () => {
    telegram.group({ id: GROUP, title: "Thirty" });
    const outbox = build();
    const sent = Array.from({ length: 20 }, (_, n) => send(outbox, "prompt", `prompt ${n}`));
    await asked(17);
    await outbox.stop();
    expect((await Promise.all(sent)).every(({ ok }) => ok)).toBe(true);
  });
});

describe("a message that only one person is to see", () => {
  const YARD = -1_001_000_000_500;
  const aside = { chat_id: YARD, text: "x", ephemeral_message_parameters: { receiver_user_id: ANN } };

  test("is sent to all where Telegram refuses that, and the group does not count as blocked", async () => {
    const yard = telegram.group({ id: YARD, title: "Yard" });
    telegram.user({ id: ANN }).sends("hi", { in: yard });
    const outbox = build();
    const reply_parameters = { ephemeral_message_id: 7 };
    const sent = await outbox.send(YARD, answer, (api) => api.sendMessage({ ...aside, reply_parameters }));
    expect(sent).toMatchObject({ ok: true, value: { message_id: 0 } });
    for (const why of [refusal(400, "Bad Request: BOT_NOT_ADMIN"), refusal(403, "Forbidden: x")]) {
      telegram.fail("sendMessage", why, { times: 1 });
      const said = await outbox.send(YARD, answer, (api) => api.sendMessage({ ...aside, reply_parameters }));
      expect(said).toMatchObject({ ok: true, value: { message_id: expect.any(Number), text: "x" } });
    }
    expect(telegram.messages(YARD).filter(({ byBot }) => byBot)).toHaveLength(2);
    expect(blocked).toEqual([]);
  });

  test("is still shown to that person only, as an answer, when its topic is closed", async () => {
    const yard = telegram.group({ id: YARD, title: "Yard" });
    telegram.user({ id: ANN }).sends("hi", { in: yard });
    telegram.fail("sendMessage", refusal(400, "Bad Request: TOPIC_CLOSED"), { times: 1 });
    const answered = { ...aside, reply_parameters: { ephemeral_message_id: 7 } };
    await build().send(YARD, answer, (api) => api.sendMessage({ ...answered, message_thread_id: 404 }));
    const [first, second] = callsOf("sendMessage").map(({ params }) => params);
    expect([first, second]).toEqual([
      { disable_notification: true, ...answered, message_thread_id: 404 },
      { disable_notification: true, ...answered },
    ]);
  });

  test("is offered as an ordinary command where Telegram refuses that", async () => {
    telegram.group({ id: YARD, title: "Yard" });
    telegram.fail("setMyCommands", refusal(400, "Bad Request: can't parse BotCommand"), { times: 1 });
    const scope = { type: "chat", chat_id: YARD } as const;
    const commands = [{ command: "queue", description: "Queue", is_ephemeral: true }];
    const sent = await build().send(YARD, notice, (api) => api.setMyCommands({ scope, commands }));
    expect(sent.ok).toBe(true);
    expect(telegram.commands(`chat:${YARD}`)).toEqual([{ command: "queue", description: "Queue" }]);
  });

  test("is not edited in the supergroup that its group has become", async () => {
    telegram.group({ id: GROUP, title: "Family" }).upgrades(YARD);
    const ids = { receiver_user_id: ANN, ephemeral_message_id: 7 };
    const outbox = build();
    await outbox.send(GROUP, answer, saying(GROUP, "x"));
    const edited = await outbox.send(GROUP, answer, (api) =>
      api.editEphemeralMessageText({ chat_id: GROUP, ...ids, text: "y" }),
    );
    expect(edited).toEqual({ ok: false, kind: "gone" });
    expect(callsOf("editEphemeralMessageText")).toEqual([]);
  });
});

test("a keyboard loses its colours and copy buttons when an older server refuses them", async () => {
  const outbox = build();
  telegram.fail("sendMessage", refusal(400, "Bad Request: can't parse inline keyboard button"), { times: 1 });
  const keyboard = new InlineKeyboard().text("Now", "now", { style: "primary" }).row().copy("Copy", "https://x.org");
  const sent = await outbox.send(ANN, answer, (api) =>
    api.sendMessage({ chat_id: ANN, text: "hi", reply_markup: keyboard }),
  );
  expect(sent.ok).toBe(true);
  const [message] = telegram.messages(ANN);
  expect(message?.buttons).toEqual([[{ text: "Now", callback_data: "now" }]]);
  await outbox.stop();
});
