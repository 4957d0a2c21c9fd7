import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { status } from "@grpc/grpc-js";
import { startTestApp, type TestApp, USER } from "../support/app.ts";
import { ask } from "../support/bot-api/ask.ts";
import { HANG, refusal } from "../support/bot-api/faults.ts";
import { isAbout } from "../support/bot-api/message.ts";
import type { ChatRef } from "../support/bot-api/waits.ts";
import { choose } from "../support/choosing.ts";
import { stored } from "../support/stored.ts";

const VIDEO = "https://youtube.com/watch?v=1";
const FAMILY = -500;
const SUPERGROUP = -1_001_234_567_890;
const FORUM = -1_009_876_543_210;
const LATER = { DWLD_BOT_DISPATCH_DELAY: "1h", DWLD_BOT_TELEGRAM_USERS: `${USER},${FAMILY},${FORUM}` };

const ann = (app: TestApp) => app.api.user({ id: USER, username: "ann", languageCode: "en" });
const carl = (app: TestApp) => app.api.user({ id: 2001, username: "carl", languageCode: "en" });
const said = (app: TestApp, chat: ChatRef, part: string) =>
  app.api.message(chat, (message) => message.byBot && isAbout(message, part), { what: `a message with "${part}"` });
const fromBot = (app: TestApp, chat: ChatRef) => app.api.messages(chat).filter(({ byBot }) => byBot);

function rows(app: TestApp, sql: string): Record<string, unknown>[] {
  using database = new Database(app.config.store.path, { readonly: true });
  return database.query<Record<string, unknown>, []>(sql).all();
}

describe("groups and topics", () => {
  test("own their links together, and are answered in the topic that the link came from", async () => {
    await using app = await startTestApp(LATER);
    const forum = app.api.group({ id: FORUM, title: "Home", forum: true });
    const films = forum.topic("Films");
    const [first, second] = [ann(app), carl(app)];
    const message = first.sends(VIDEO, { in: forum, threadId: films });
    const prompt = await said(app, forum, VIDEO);
    expect([prompt.threadId, prompt.replyTo]).toEqual([films, message.message_id]);
    expect(await second.presses(prompt.id, "Tonight", { in: forum })).toEqual({
      text: "Only the person who sent the link, or an admin, can change it",
      showAlert: true,
    });
    const pressed = { promptId: prompt.id, in: forum, panel: "Quality", choice: "720p" };
    expect((await choose(app.api, { person: first, ...pressed })).text).toBe("Saved");
    second.sends("/queue", { in: forum, threadId: films });
    expect((await said(app, forum, "1 link")).threadId).toBe(films);
    second.sends("https://a.example/1", { in: forum });
    expect((await said(app, forum, "a.example/1")).threadId).toBeUndefined();
    expect(rows(app, "select chat_id, thread_id, sender from links order by id")).toEqual([
      { chat_id: FORUM, thread_id: films, sender: "ann" },
      { chat_id: FORUM, thread_id: null, sender: "carl" },
    ]);
  });

  test("are answered in General when their topic is closed to the bot", async () => {
    const mayRefuse = /TOPIC_CLOSED|message can't be deleted/;
    await using app = await startTestApp({ ...LATER, DWLD_BOT_DISPATCH_DELAY: "0s" }, { mayRefuse });
    const forum = app.api.group({ id: FORUM, title: "Home", forum: true });
    const films = forum.topic("Films");
    forum.demotesBot();
    forum.closes(films);
    carl(app).sends("https://a.example/film", { in: forum, threadId: films });
    expect(await said(app, forum, "a.example/film")).toMatchObject({ threadId: undefined, replyTo: undefined });
    const nas = await app.downloader({ name: "nas" });
    await nas.accepts("https://a.example/film");
    nas.finish("https://a.example/film");
    expect(await said(app, forum, "a.example/film is ready")).toMatchObject({ threadId: undefined, rang: true });
  });

  test("are not answered when people talk to each other, only when they talk to the bot", async () => {
    await using app = await startTestApp(LATER);
    const forum = app.api.group({ id: FORUM, title: "Home", forum: true });
    const films = forum.topic("Films");
    const person = carl(app);
    person.sends("good morning", { in: forum });
    // In a topic, Telegram marks every message as a reply to the one that opened it, here the bot's.
    person.sends("a film tonight?", { in: forum, threadId: films, replyTo: films });
    person.sends("hello @another_bot", { in: forum, entities: [{ type: "mention", offset: 6, length: 12 }] });
    await app.api.settled();
    const text = `hello @${app.api.bot.username}`;
    person.sends(text, { in: forum, entities: [{ type: "mention", offset: 6, length: text.length - 6 }] });
    const welcome = await said(app, forum, "Send me links");
    person.sends("thanks", { in: forum, replyTo: welcome.id });
    await app.api.message(forum, ({ byBot, id }) => byBot && id > welcome.id);
    expect(fromBot(app, forum).filter(({ text: words }) => words.includes("Send me links"))).toHaveLength(2);
  });

  test("can hand the bot somebody's link by replying to it", async () => {
    await using app = await startTestApp(LATER);
    const family = app.api.group({ id: FAMILY, title: "Family" });
    const person = carl(app);
    const text = `@${app.api.bot.username} please`;
    const shown = family.id;
    const channel = person.sends("listen to this", { in: family, entities: [] });
    const entities = [{ type: "text_link", offset: 0, length: 6, url: VIDEO }];
    const message = { ...channel, message_id: 800, text: "listen to this", entities };
    person.sends(text, {
      in: family,
      entities: [{ type: "mention", offset: 0, length: text.length - 7 }],
      extra: { reply_to_message: message },
    });
    await said(app, shown, VIDEO);
    expect(rows(app, "select url, chat_id from links")).toEqual([{ url: VIDEO, chat_id: FAMILY }]);
  });

  test("tell a person without access that he has none", async () => {
    await using app = await startTestApp(LATER);
    const family = app.api.group({ id: -600, title: "Strangers" });
    const [member, stranger] = [ann(app), carl(app)];
    member.sends(VIDEO, { in: family });
    const prompt = await said(app, family, VIDEO);
    expect(await stranger.presses(prompt.id, "Tonight", { in: family })).toEqual({
      text: "You have no access",
      showAlert: true,
    });
    expect(rows(app, "select quality from links")).toEqual([{ quality: "best" }]);
  });

  test("may write in their own name: anonymous admins, channels, and messages without a sender", async () => {
    await using app = await startTestApp(LATER);
    const forum = app.api.group({ id: FORUM, title: "Home", forum: true });
    carl(app).sends(VIDEO, { in: forum, anonymous: true });
    await said(app, forum, VIDEO);
    const chat = { id: FORUM, type: "supergroup", title: "Home", is_forum: true };
    const date = Math.floor(Date.now() / 1000);
    const channel = { id: -1_005_555_555_555, type: "channel", title: "News" };
    app.api.push({ message: { message_id: 901, date, chat, text: "https://a.example/1" } });
    app.api.push({
      message: {
        message_id: 902,
        date,
        chat,
        from: { id: 777_000, is_bot: false, first_name: "Telegram" },
        sender_chat: channel,
        is_automatic_forward: true,
        forward_origin: { type: "channel", chat: channel, message_id: 5, date },
        text: "https://a.example/2",
      },
    });
    await said(app, forum, "a.example/2");
    expect(rows(app, "select distinct sender from links")).toEqual([{ sender: `id${-FORUM}` }]);
    expect(app.logged()).not.toContain("Cannot handle");
  });
});

describe("a group that becomes a supergroup", () => {
  const mayRefuse = /group chat was upgraded/;

  /** A group whose admin has chosen a quality. */
  async function openFamily(app: TestApp) {
    const family = app.api.group({ id: FAMILY, title: "Family" });
    const person = carl(app);
    family.promotes(person);
    person.sends("/settings", { in: family });
    const settings = await said(app, family, "Settings");
    await person.presses(settings.id, "480p", { in: family });
    return { family, person };
  }

  test("keeps its links, its settings and its role under the new id, when Telegram says so", async () => {
    await using app = await startTestApp(LATER, { mayRefuse });
    const { family, person } = await openFamily(app);
    person.sends(VIDEO, { in: family });
    await said(app, family, VIDEO);
    const grown = family.upgrades(SUPERGROUP);
    const prompt = await said(app, grown, VIDEO);
    expect(prompt.text).toContain("480p");
    expect(rows(app, `select count(*) as n from deletions where chat_id = ${FAMILY}`)).toEqual([{ n: 0 }]);
    person.sends("https://a.example/2", { in: grown });
    expect((await said(app, grown, "a.example/2")).text).toContain("480p");
    // The config names only the old id.
    await app.restart();
    person.sends("https://a.example/3", { in: grown });
    await said(app, grown, "a.example/3");
    const nas = await app.downloader({ name: "nas" });
    await person.presses(prompt.id, "Now", { in: grown });
    await nas.accepts(VIDEO);
    await app.api.gone(grown, prompt.id);
  });

  test("has moved before its next link is taken, although the database was locked when Telegram said so", async () => {
    await using app = await startTestApp(LATER, { mayRefuse });
    const { family, person } = await openFamily(app);
    const other = new Database(app.config.store.path);
    other.run("BEGIN IMMEDIATE");
    const grown = family.upgrades(SUPERGROUP);
    await app.api.settled();
    other.run("ROLLBACK");
    other.close();
    person.sends(VIDEO, { in: grown });
    expect((await said(app, grown, VIDEO)).text).toContain("480p");
  });

  test("also gets its answers deleted that were being sent meanwhile", async () => {
    let now = Date.now();
    await using app = await startTestApp(LATER, { mayRefuse, now: () => now });
    const family = app.api.group({ id: FAMILY, title: "Family" });
    const slow = app.api.fail("sendMessage", HANG, { chat: FAMILY });
    carl(app).sends("/help", { in: family });
    await app.api.waitFor(() => slow.hits === 1);
    const grown = family.upgrades(SUPERGROUP);
    slow.release();
    const help = await said(app, grown, "Commands:");
    // Its deletion is stored by then.
    await app.stop();
    now += 6 * 60_000;
    await app.restart();
    await app.api.gone(grown, help.id);
  });

  test("gets a new prompt when Telegram confirms the first one only after the move, and no other message is taken for it", async () => {
    await using app = await startTestApp(LATER, { mayRefuse });
    const nas = await app.downloader({ name: "nas" });
    const family = app.api.group({ id: FAMILY, title: "Family" });
    const person = carl(app);
    const slow = app.api.fail("sendMessage", { ...HANG, applied: true }, { chat: FAMILY });
    person.sends(VIDEO, { in: family });
    await app.api.waitFor(() => slow.hits === 1);
    const grown = family.upgrades(SUPERGROUP);
    await app.api.settled();
    slow.release();
    const prompt = await said(app, grown, VIDEO);
    await person.presses(prompt.id, "Now", { in: grown });
    await nas.accepts(VIDEO);
    await app.api.gone(grown, prompt.id);
    expect(app.api.deleted.map(({ chatId, messageId }) => [chatId, messageId])).toEqual([[grown.id, prompt.id]]);
  });

  test("is also noticed by the first refused call, and nobody else's message is deleted", async () => {
    const { DWLD_BOT_TELEGRAM_USERS } = LATER;
    await using app = await startTestApp(
      {
        DWLD_BOT_TELEGRAM_USERS,
        DWLD_BOT_DISPATCH_BACKOFF_FIRST: "1h",
        DWLD_BOT_DISPATCH_BACKOFF_CAP: "1h",
      },
      { mayRefuse },
    );
    const family = app.api.group({ id: FAMILY, title: "Family" });
    const person = carl(app);
    for (const text of ["hello", "everybody", VIDEO]) person.sends(text, { in: family });
    const old = await said(app, family, "No server for this site");
    await app.stop();
    const grown = family.upgrades(SUPERGROUP);
    const others = Array.from({ length: 12 }, (_, n) => person.sends(`talk ${n}`, { in: grown }).message_id);
    expect(others).toContain(old.id);
    // The service messages are lost.
    const offset = (app.api.pending.at(-1)?.update_id ?? 0) + 1;
    await ask(app.api, "getUpdates", { offset, timeout: 0 });
    await app.restart();
    await app.downloader({ name: "nas", mode: { code: status.UNKNOWN, details: "no" } });
    const prompt = await said(app, grown, "Could not send it (1 try)");
    expect(prompt.replyTo).toBeUndefined();
    await app.api.message(grown, ({ id }) => id === prompt.id);
    const ids = app.api.messages(grown).map(({ id }) => id);
    expect(others.filter((id) => !ids.includes(id))).toEqual([]);
    expect(app.api.deleted.filter(({ chatId }) => chatId === grown.id)).toEqual([]);
  });
});

describe("a chat that does not let the bot write", () => {
  test("keeps its links, and gets the prompts that it lacks once somebody there writes again", async () => {
    await using app = await startTestApp(LATER);
    const person = ann(app);
    person.sends(VIDEO);
    await said(app, person, VIDEO);
    const blocked = app.api.fail("sendMessage", refusal(403, "Forbidden: bot was blocked by the user"), { chat: USER });
    person.sends("https://a.example/2");
    await app.api.waitFor(({ method, response }) => method === "sendMessage" && response?.status === 403);
    await app.stop();
    expect(rows(app, `select blocked_at is not null as blocked from chats where chat_id = ${USER}`)).toEqual([
      { blocked: 1 },
    ]);
    blocked.release();
    await app.restart();
    person.sends("https://a.example/3");
    for (const link of ["a.example/2", "a.example/3"]) await said(app, person, link);
    expect(rows(app, `select blocked_at from chats where chat_id = ${USER}`)).toEqual([{ blocked_at: null }]);
    expect(rows(app, "select count(*) as n from links")).toEqual([{ n: 3 }]);
  });

  test("gets the prompts after a press there as well", async () => {
    await using app = await startTestApp(LATER);
    const family = app.api.group({ id: FAMILY, title: "Family" });
    const person = carl(app);
    const where = { in: family };
    person.sends(VIDEO, where);
    const prompt = await said(app, family, VIDEO);
    const muted = refusal(400, "Bad Request: not enough rights to send text messages to the chat");
    const closed = app.api.fail("sendMessage", muted, { chat: FAMILY });
    person.sends("https://a.example/2", where);
    await stored(app, "select 1 from chats where blocked_at is not null", (blocked) => blocked.length > 0);
    closed.release();
    await person.presses(prompt.id, "Tonight", where);
    await said(app, family, "a.example/2");
  });

  test("is not tried again at every word that people there say to each other, but whenever they want something", async () => {
    const now = Date.now();
    await using app = await startTestApp(LATER, { mayRefuse: /not enough rights to send/, now: () => now });
    const family = app.api.group({ id: FAMILY, title: "Family" });
    const [asker, other] = [carl(app), ann(app)];
    const where = { in: family };
    const tries = () =>
      app.api.calls.filter(({ method, params }) => method === "sendMessage" && params.chat_id === FAMILY).length;
    family.demotesBot();
    family.silences();
    for (const [n, person] of [asker, other, asker].entries()) person.sends(`https://a.example/${n}`, where);
    await app.api.waitFor(() => tries() >= 3);
    for (let n = 1; n <= 5; n += 1) {
      asker.sends(`talk ${n}`, where);
      await app.api.settled();
      other.sends("/help");
      await app.api.message(USER, () => fromBot(app, USER).length === n);
    }
    // Each link, at most one other with the next, and one try for all the talk.
    expect(tries()).toBeLessThanOrEqual(6);
    family.opens();
    asker.sends("https://a.example/3", where);
    for (const n of [0, 1, 2, 3]) await said(app, family, `a.example/${n}`);
  });

  test("is tried with the first of the prompts that it lacks, and not with the others if that is refused", async () => {
    await using app = await startTestApp(LATER, { mayRefuse: /not enough rights to send/ });
    const family = app.api.group({ id: FAMILY, title: "Family" });
    const tries = () =>
      app.api.calls.filter(({ method, params }) => method === "sendMessage" && params.chat_id === FAMILY).length;
    family.demotesBot();
    family.silences();
    for (const n of [1, 2, 3]) carl(app).sends(`https://a.example/${n}`, { in: family });
    await app.api.waitFor(() => tries() >= 3);
    await app.api.settled();
    await app.restart();
    const before = tries();
    ann(app).sends("may we write again?", { in: family });
    await app.api.waitFor(() => tries() > before);
    // What was to be sent is sent before the end.
    await app.stop();
    expect(tries()).toBe(before + 1);
  });

  test("is tried again when people there talk", async () => {
    await using app = await startTestApp(LATER, { mayRefuse: /not enough rights to send/ });
    const family = app.api.group({ id: FAMILY, title: "Family" });
    family.demotesBot();
    family.silences();
    carl(app).sends(VIDEO, { in: family });
    await app.logs("A chat does not let the bot write");
    family.opens();
    ann(app).sends("we may write again", { in: family });
    await said(app, family, VIDEO);
  });

  test("gets no notices meanwhile, also when Telegram only says that it threw the bot out", async () => {
    await using app = await startTestApp({ DWLD_BOT_TELEGRAM_USERS: `${USER},2001` });
    const nas = await app.downloader({ name: "nas" });
    const [gone, there] = [ann(app), carl(app)];
    for (const person of [gone, there]) person.sends(VIDEO);
    for (const { id } of [gone, there]) {
      await app.api.waitFor(({ method, params }) => method === "deleteMessages" && params.chat_id === id);
    }
    gone.blocks();
    await app.api.settled();
    const before = app.api.calls.length;
    nas.finish(VIDEO);
    await app.api.message(there, ({ byBot, text }) => byBot && text.includes("is ready (nas)"));
    const told = app.api.calls.slice(before).filter(({ method }) => method === "sendMessage");
    expect(told.map(({ params }) => params.chat_id)).not.toContain(USER);
  });
});
