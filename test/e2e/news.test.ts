import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { status } from "@grpc/grpc-js";
import { promptButton } from "../../src/telegram/views/callback-data.ts";
import { OTHER, startTestApp, type TestApp, USER } from "../support/app.ts";
import { HANG, refusal, SERVER_ERROR } from "../support/bot-api/faults.ts";
import type { LiveMessage } from "../support/bot-api/message.ts";
import { isAbout } from "../support/bot-api/message.ts";
import { holdWaits } from "../support/held-wait.ts";
import { looked } from "../support/looked.ts";
import { newsIsKnown, stored } from "../support/stored.ts";

const links = (n: number) => Array.from({ length: n }, (_, index) => `https://youtube.com/watch?v=${index + 1}`);
const [VIDEO = "", SECOND = ""] = links(2);
const FAMILY = -1_001_234_567_890;
const HOUR_MS = 3_600_000;
const REFUSES = { code: status.UNKNOWN, details: "disk is full" };
/** The first refusal makes the queue give up. */
const ONE_TRY = { DWLD_BOT_DISPATCH_MAX_ATTEMPTS: "1" };

const ann = (app: TestApp) => app.api.user({ id: USER, username: "ann", languageCode: "en" });
const labels = ({ buttons }: LiveMessage) => buttons.map((row) => row.map(({ text }) => text).join(" | "));
const told = (app: TestApp, words: string, chat = USER) =>
  app.api.message(chat, ({ byBot, text }) => byBot && text.includes(words), { what: words });
const rang = (app: TestApp, chat = USER) =>
  app.api.calls.filter(
    ({ method, params, response }) =>
      method === "sendMessage" &&
      params.chat_id === chat &&
      params.disable_notification !== true &&
      response?.status === 200,
  );

/** News is collected until the test says that it is over, however long it takes to come. */
const PACE = { quietMs: 30_000, mostMs: 30_000 };
/** Resolves once this much news is stored. */
const collected = (app: TestApp, count: number) => stored(app, "select id from news", (news) => news.length === count);

/** A link that the queue has given up, and its news. */
async function givenUp(app: TestApp, person = ann(app)) {
  const nas = await app.downloader({ name: "nas", mode: REFUSES });
  person.sends(VIDEO);
  const notice = await told(app, "Could not send youtube");
  await newsIsKnown(app);
  return { nas, person, notice };
}

/** The prompt of a link that was given up, once it says so: it is edited after the news was sent. */
const promptOf = ({ api }: TestApp, notice: LiveMessage) =>
  api.message(
    USER,
    ({ byBot, id, buttons }) => byBot && id !== notice.id && buttons.flat().some(({ text }) => text.includes("Retry")),
  );

describe("a link that the queue has given up", () => {
  test("is told once, with a sound, in the downloader's words, with its address and buttons", async () => {
    await using app = await startTestApp(ONE_TRY);
    const { notice } = await givenUp(app);
    expect(notice.text).toBe("❌ Could not send youtube.com/watch?v=1 (1 try). “nas” answered: disk is full");
    expect(notice.entities).toMatchObject([{ type: "text_link", url: VIDEO }]);
    expect(labels(notice)).toEqual(["🔁 Retry | 🖥 Another server", "🗑 Remove | 📋 Copy the address", "OK"]);
    expect(notice.buttons.flat()).toContainEqual({ text: "📋 Copy the address", copy_text: { text: VIDEO } });
    await app.restart();
    await app.stop();
    expect(rang(app).map(({ params }) => params.text)).toEqual([notice.text]);
  });

  test("is tried again by a press, and its news is deleted", async () => {
    await using app = await startTestApp(ONE_TRY);
    const { nas, person, notice } = await givenUp(app);
    nas.mode = "ok";
    expect((await person.presses(notice.id, "Retry")).text).toBe("Sending it");
    await nas.accepts(VIDEO);
    await app.api.gone(USER, notice.id);
  });

  test("is tried again from its prompt or /queue, and its news is deleted", async () => {
    await using app = await startTestApp(ONE_TRY);
    const { nas, person, notice } = await givenUp(app);
    const prompt = await promptOf(app, notice);
    await person.presses(prompt.id, "Retry");
    await app.api.gone(USER, notice.id);
    const again = await told(app, "Could not send youtube");
    nas.mode = "ok";
    person.sends("/queue");
    const { id } = await told(app, "1 link in the queue");
    await person.presses(id, "1 🔁 Retry");
    await nas.accepts(VIDEO);
    await app.api.gone(USER, again.id);
  });

  test("that is removed and brought back on its prompt changes its news as well", async () => {
    await using app = await startTestApp(ONE_TRY);
    const { person, notice } = await givenUp(app);
    const prompt = await promptOf(app, notice);
    const isNow = (words: string) =>
      app.api.message(USER, ({ id, text }) => id === notice.id && text.startsWith(words));
    await person.presses(prompt.id, "Remove");
    await isNow("🗑 Link removed");
    // The button that was there a moment ago, under somebody's thumb.
    const retry = notice.buttons[0]?.[0]?.callback_data ?? "";
    expect((await person.presses(notice.id, retry, { forged: true })).text).toBe("This button is outdated");
    await person.presses(prompt.id, "Undo");
    await isNow("❌ Could not send");
  });

  test("goes to another server that its owner chooses; without another one the answer says so", async () => {
    await using app = await startTestApp(ONE_TRY);
    const { person, notice } = await givenUp(app);
    expect((await person.presses(notice.id, "Another server")).text).toBe("No other server for it");
    const attic = await app.downloader({ name: "attic" });
    await person.presses(notice.id, "Another server");
    const question = await told(app, "Which server");
    expect(question.id).toBe(notice.id);
    expect(labels(question)).toEqual(["attic", "‹ Back"]);
    await person.presses(notice.id, "Back");
    await told(app, "Could not send youtube");
    await person.presses(notice.id, "Another server");
    await person.presses((await told(app, "Which server")).id, "attic");
    await attic.accepts(VIDEO);
    await app.api.gone(USER, notice.id);
  });

  test("is removed by a press, and brought back by another one", async () => {
    await using app = await startTestApp(ONE_TRY);
    const { person, notice } = await givenUp(app);
    expect((await person.presses(notice.id, "Remove")).text).toBe("Link removed");
    const removed = await told(app, "Link removed: ");
    expect([removed.id, ...labels(removed)]).toEqual([notice.id, "↩️ Undo", "OK"]);
    await person.presses(notice.id, "Undo");
    expect(labels(await told(app, "Could not send youtube"))).toHaveLength(3);
  });

  test("cannot be retried twice: a late press changes nothing", async () => {
    await using app = await startTestApp(ONE_TRY);
    const { nas, person, notice } = await givenUp(app);
    const retry = notice.buttons[0]?.[0]?.callback_data ?? "";
    nas.mode = "ok";
    await person.presses(notice.id, "Retry");
    await nas.accepts(VIDEO);
    await app.api.gone(USER, notice.id);
    const again = await person.presses(person.sends("hi").message_id, retry, { forged: true });
    expect(again.text).toBe("This button is outdated");
    expect(nas.calls.filter(({ method }) => method === "SetToQueue")).toHaveLength(2);
  });
});

test("a link that its owner postponed on the prompt is not sent by a late Retry under its news", async () => {
  await using app = await startTestApp(ONE_TRY);
  const { nas, person, notice } = await givenUp(app);
  nas.mode = "ok";
  const tonight = promptButton.pack({ batch: 1, link: 0, last: 1, action: "time", choice: "tonight" });
  const prompt = await app.api.message(
    USER,
    (message) => message.byBot && message.id !== notice.id && isAbout(message, VIDEO),
  );
  const retry = notice.buttons[0]?.[0]?.callback_data ?? "";
  await person.presses(prompt.id, tonight, { forged: true });
  await app.api.gone(USER, notice.id);
  expect((await person.presses(prompt.id, retry, { forged: true })).text).toBe("This button is outdated");
  await app.stop();
  expect(nas.accepted).toEqual([]);
});

describe("news", () => {
  test("of several links in quick succession is one message with one sound", async () => {
    const collecting = holdWaits(PACE.quietMs);
    await using app = await startTestApp({}, { newsPace: PACE, wait: collecting.wait });
    const nas = await app.downloader({ name: "nas" });
    ann(app).sends(links(3).join("\n"));
    for (const link of links(3)) await nas.accepts(link);
    for (const [nth, link] of links(3).entries()) {
      nas.finish(link);
      await collected(app, nth + 1);
    }
    collecting.end();
    await told(app, "v=3 is ready");
    await app.stop();
    expect(rang(app)).toHaveLength(1);
  });

  test("makes no sound in the quiet hours of its chat, and stays until the morning", async () => {
    let ahead = 0;
    const midnight = Date.UTC(2026, 10, 24);
    await using app = await startTestApp({}, { now: () => midnight + ahead });
    const nas = await app.downloader({ name: "nas" });
    const person = ann(app);
    person.sends("/settings");
    await person.presses((await told(app, "Quiet hours: none")).id, "🌙 Quiet 23:00–08:00");
    await told(app, "Quiet hours, without a sound: 23:00–08:00");
    person.sends(VIDEO);
    await nas.accepts(VIDEO);
    nas.finish(VIDEO);
    const notice = await told(app, "v=1 is ready");
    expect(notice.rang).toBe(false);
    ahead = 9 * HOUR_MS;
    person.sends(SECOND);
    await nas.accepts(SECOND);
    nas.finish(SECOND);
    expect((await told(app, "v=2 is ready")).rang).toBe(true);
    expect(app.api.messages(person).map(({ id }) => id)).toContain(notice.id);
  });

  test("stays until somebody has read it, whatever else is deleted, and over restarts", async () => {
    let ahead = 0;
    const now = () => Date.now() + ahead;
    await using app = await startTestApp({ DWLD_BOT_LIFETIMES_NOTICES: "1m" }, { now });
    const nas = await app.downloader({ name: "nas" });
    const person = ann(app);
    person.sends(VIDEO);
    await nas.accepts(VIDEO);
    nas.finish(VIDEO);
    const notice = await told(app, "is ready");
    ahead = 30 * HOUR_MS;
    await app.restart();
    const other = person.sends("/help");
    await app.api.message(USER, ({ text }) => text.includes("/queue"));
    ahead += HOUR_MS;
    await app.restart();
    await app.api.gone(USER, other.message_id);
    expect(app.api.messages(USER).map(({ id }) => id)).toContain(notice.id);
    expect((await person.presses(notice.id, "OK")).text).toBe("");
    await app.api.gone(USER, notice.id);
    ahead += HOUR_MS;
    await app.restart();
    await app.stop();
    expect(rang(app)).toHaveLength(1);
  });

  test("becomes one line when it is read too late to be deleted", async () => {
    let ahead = 0;
    await using app = await startTestApp({}, { now: () => Date.now() + ahead });
    const nas = await app.downloader({ name: "nas" });
    const person = ann(app);
    person.sends(`${VIDEO}\n${SECOND}`);
    for (const link of [VIDEO, SECOND]) await nas.accepts(link);
    await looked(nas);
    for (const link of [VIDEO, SECOND]) nas.finish(link);
    const notice = await told(app, "v=2 is ready");
    await app.api.waitFor(() => app.api.messages(person).every(({ id }) => id === notice.id), {
      what: "all else to go",
    });
    ahead = 49 * HOUR_MS;
    await person.presses(notice.id, "OK");
    const read = await told(app, "✔️");
    expect([read.id, read.text, read.buttons]).toEqual([
      notice.id,
      expect.stringMatching(/^✔️ ✅ youtube\.com\/watch\?v=[12] is ready \(nas\)$/),
      [],
    ]);
  });

  test("that was stored but not sent is sent once after the next start", async () => {
    await using app = await startTestApp();
    const nas = await app.downloader({ name: "nas" });
    ann(app).sends(VIDEO);
    await nas.accepts(VIDEO);
    await told(app, "In progress");
    const trouble = app.api.fail("sendMessage", SERVER_ERROR, { chat: USER });
    nas.finish(VIDEO);
    await app.api.waitFor(() => trouble.hits > 0);
    await app.stop();
    trouble.release();
    using database = new Database(app.config.store.path);
    const rows = () => database.query("select kind, message_id from news").all();
    expect(rows()).toEqual([{ kind: "done", message_id: null }]);
    await app.restart();
    await app.stop();
    const notice = await told(app, "is ready");
    expect(rows()).toEqual([{ kind: "done", message_id: notice.id }]);
    await app.restart();
    await app.stop();
    expect(rang(app)).toHaveLength(1);
  });

  test.each(["OK", "Retry"])(
    "whose sending the bot did not hear of is sent twice rather than never, and both messages work: %s",
    async (button) => {
      await using app = await startTestApp({ ...ONE_TRY, DWLD_BOT_DISPATCH_DELAY: "1h" });
      const nas = await app.downloader({ name: "nas", mode: REFUSES });
      const person = ann(app);
      person.sends(VIDEO);
      const prompt = await told(app, "youtube.com/watch?v=1");
      const held = app.api.fail("sendMessage", { ...HANG, applied: true }, { chat: USER });
      await person.presses(prompt.id, "Now");
      await app.api.waitFor(() => held.hits > 0);
      await app.stop();
      held.release();
      await app.restart();
      const isNews = ({ text }: LiveMessage) => text.includes("Could not send youtube");
      await app.api.waitFor(() => app.api.messages(USER).filter(isNews).length === 2);
      const [orphan, known] = app.api
        .messages(USER)
        .filter(isNews)
        .map(({ id }) => id);
      nas.mode = "ok";
      await person.presses(orphan ?? 0, button);
      await app.api.gone(USER, orphan ?? 0);
      if (button === "OK") await person.presses(known ?? 0, button);
      else await nas.accepts(VIDEO);
      await app.api.gone(USER, known ?? 0);
    },
  );

  test("waits for a chat that has blocked the bot, and comes when somebody there writes again", async () => {
    await using app = await startTestApp();
    const nas = await app.downloader({ name: "nas" });
    const person = ann(app);
    person.sends(VIDEO);
    await nas.accepts(VIDEO);
    await told(app, "In progress");
    const blocked = app.api.fail("sendMessage", refusal(403, "Forbidden: bot was blocked by the user"), { chat: USER });
    nas.finish(VIDEO);
    await stored(app, "select 1 from chats where blocked_at is not null", (chats) => chats.length === 1);
    blocked.release();
    person.sends("hi");
    await told(app, "is ready");
  });

  test("of many links has pages, and they can be retried all at once or one by one", async () => {
    const collecting = holdWaits(PACE.quietMs);
    await using app = await startTestApp(ONE_TRY, { newsPace: PACE, wait: collecting.wait });
    const nas = await app.downloader({ name: "nas", mode: REFUSES });
    const person = ann(app);
    person.sends(links(12).join("\n"));
    await collected(app, 12);
    collecting.end();
    const first = await told(app, "Not ready: 12");
    await newsIsKnown(app);
    expect(first.text.split("\n")).toHaveLength(9);
    expect(labels(first)).toEqual(["🔁 Retry all: 12", "One by one", "Next page ›", "OK"]);
    await person.presses(first.id, "Next page");
    expect((await told(app, "Page 2 of 2")).text.split("\n")).toHaveLength(5);
    await person.presses(first.id, "One by one");
    const chooser = await told(app, "Choose a link");
    expect(labels(chooser)).toHaveLength(10);
    await person.presses(first.id, chooser.buttons[0]?.[0]?.text ?? "");
    expect(labels(await told(app, "Could not send youtube"))).toEqual([
      "🔁 Retry | 🖥 Another server",
      "🗑 Remove | 📋 Copy the address",
      "‹ Back",
    ]);
    nas.mode = "ok";
    await person.presses(first.id, "Retry");
    await told(app, "Not ready: 11");
    expect((await person.presses(first.id, "Retry all")).text).toBe("Back in the queue: 11");
    for (const link of links(12)) await nas.accepts(link);
    await app.api.gone(USER, first.id);
  });

  test("in a group names who sent the link, by username or as a mention", async () => {
    await using app = await startTestApp({ DWLD_BOT_TELEGRAM_USERS: String(FAMILY) });
    const nas = await app.downloader({ name: "nas" });
    const group = app.api.group({ id: FAMILY, title: "Family" });
    ann(app).sends(VIDEO, { in: group });
    await nas.accepts(VIDEO);
    nas.finish(VIDEO);
    expect((await told(app, "v=1 is ready", FAMILY)).text).toBe("@ann\n✅ youtube.com/watch?v=1 is ready (nas)");
    app.api.user({ id: OTHER, languageCode: "en" }).sends(SECOND, { in: group });
    await nas.accepts(SECOND);
    nas.finish(SECOND);
    const second = await told(app, "v=2 is ready", FAMILY);
    expect(second.text).toStartWith("sender\n");
    expect(second.entities[0]).toMatchObject({ type: "text_mention", offset: 0, length: 6, user: { id: OTHER } });
  });

  test("of a failure is sent even where a chat has turned off messages about ready files", async () => {
    await using app = await startTestApp(ONE_TRY);
    const person = ann(app);
    person.sends("/settings");
    const settings = await told(app, "Settings of this chat");
    await person.presses(settings.id, "🔕");
    await app.api.message(USER, ({ text }) => text.includes("nothing"));
    const { nas, notice } = await givenUp(app, person);
    nas.mode = "ok";
    await person.presses(notice.id, "Retry");
    await nas.accepts(VIDEO);
    app.api.user({ id: OTHER, languageCode: "en" }).sends(SECOND);
    await nas.accepts(SECOND);
    await looked(nas);
    nas.finish(VIDEO);
    nas.finish(SECOND);
    await told(app, "v=2 is ready", OTHER);
    await app.stop();
    expect(app.api.messages(USER).filter(({ text }) => text.includes("is ready ("))).toEqual([]);
  });
});

describe("nothing else makes a sound:", () => {
  test("prompts, answers, lists, registrations, start and stop are silent", async () => {
    await using app = await startTestApp();
    const nas = await app.downloader({ name: "nas" });
    const person = ann(app);
    person.sends(VIDEO);
    await nas.accepts(VIDEO);
    for (const command of ["/help", "/queue", "/status", "/settings", "hello"]) person.sends(command);
    await told(app, "Settings of this chat");
    await app.restart();
    await app.stop();
    const loud = app.api.calls.filter(
      ({ method, params }) => method === "sendMessage" && params.disable_notification !== true,
    );
    expect(loud.map(({ params }) => params.text)).toEqual([]);
  });
});
