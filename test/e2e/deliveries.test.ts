import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import type { NoticeStyle } from "../../src/domain/chat.ts";
import { OTHER, startTestApp, type TestApp, USER } from "../support/app.ts";
import { refusal, SERVER_ERROR } from "../support/bot-api/faults.ts";
import { isAbout, type LiveMessage } from "../support/bot-api/message.ts";
import { looked } from "../support/looked.ts";
import { newsIsKnown } from "../support/stored.ts";

const VIDEO = "https://youtube.com/watch?v=1";
const SECOND = "https://youtube.com/watch?v=2";
/** How news names a link without a title. */
const [FIRST_SHOWN, SECOND_SHOWN] = ["youtube.com/watch?v=1", "youtube.com/watch?v=2"];
const MINUTE = 60_000;

const ann = (app: TestApp) => app.api.user({ id: USER, username: "ann", languageCode: "en" });
const bob = (app: TestApp) => app.api.user({ id: OTHER, username: "bob", languageCode: "ru" });

/** A clock that goes on and can be set forward. */
function clock() {
  let ahead = 0;
  return {
    now: () => Date.now() + ahead,
    skip: (ms: number) => {
      ahead += ms;
    },
  };
}

/** What the bot tells a chat besides what is in work, without the invisible marks around foreign texts. */
const said = (app: TestApp, chat: number) =>
  app.api
    .messages(chat)
    .flatMap(({ byBot, text }) =>
      byBot && !/^(In progress|В работе)/.test(text) ? [text.replace(/[\u2066-\u2069]/g, "")] : [],
    );

const told = async (app: TestApp, chat: number, words: string) => {
  const message = await app.api.message(chat, (message) => message.byBot && isAbout(message, words));
  return { ...message, text: message.text.replace(/[\u2066-\u2069]/g, "") };
};

/** Sets how chats want to be told, as /settings does. */
async function prefer(app: TestApp, notices: NoticeStyle, ...chats: number[]): Promise<void> {
  await app.stop();
  using database = new Database(app.config.store.path);
  for (const chat of chats) {
    database.run(
      "insert into chats (chat_id, notices) values (?, ?) on conflict do update set notices = excluded.notices",
      [chat, notices],
    );
  }
  await app.restart();
}

describe("owners are told how their links ended", () => {
  test("when it is done, by its name, which leads to the link", async () => {
    await using app = await startTestApp();
    const nas = await app.downloader({ name: "nas" });
    ann(app).sends(VIDEO);
    await nas.accepts(VIDEO);
    nas.change(VIDEO, { status: "DONE", name: "The <b>film</b>\n\u202Egnp.exe" });
    const notice = await told(app, USER, "is ready");
    expect(notice.text).toBe("✅ The <b>film</b> gnp.exe is ready (nas)");
    expect(notice.entities).toMatchObject([{ type: "text_link", url: VIDEO }]);
    expect(notice.buttons.flat().map(({ text }) => text)).toEqual(["OK"]);
  });

  test("each in their own language, when two chats have sent the same link", async () => {
    await using app = await startTestApp();
    const nas = await app.downloader({ name: "nas" });
    ann(app).sends(VIDEO);
    await nas.accepts(VIDEO);
    bob(app).sends(`${VIDEO}&si=abc`);
    // By then it knows who else wants the link: that message is deleted, and its prompt, if there was one.
    await app.api.waitFor(({ method, params }) => method === "deleteMessages" && params.chat_id === OTHER);
    nas.finish(VIDEO);
    expect((await told(app, USER, "is ready")).text).toBe(`✅ ${FIRST_SHOWN} is ready (nas)`);
    expect((await told(app, OTHER, "Готово")).text).toBe(`✅ Готово: ${FIRST_SHOWN}&si=abc (nas)`);
    expect(nas.accepted).toEqual([VIDEO]);
  });

  test("only when it is done again, when a link is sent once more while the server still lists the old one", async () => {
    await using app = await startTestApp();
    const nas = await app.downloader({ name: "nas" });
    const [person, other] = [ann(app), bob(app)];
    person.sends(VIDEO);
    await nas.accepts(VIDEO);
    nas.finish(VIDEO);
    await told(app, USER, "is ready");
    other.sends(VIDEO);
    await app.api.waitFor(({ method, params }) => method === "deleteMessages" && params.chat_id === OTHER);
    expect(nas.tasks().map(({ status }) => status)).toEqual(["NEW", "DONE"]);
    await looked(nas);
    other.sends("/queue");
    await told(app, OTHER, "Ждёт на сервере");
    expect(said(app, OTHER).filter((text) => text.includes("Готово"))).toEqual([]);
    nas.finish(VIDEO);
    await told(app, OTHER, "✅ Готово: ");
    expect(nas.accepted).toEqual([VIDEO, VIDEO]);
    await app.stop();
    expect(said(app, USER)).toHaveLength(1);
  });

  test("in one message when several end together", async () => {
    await using app = await startTestApp();
    const nas = await app.downloader({ name: "nas" });
    ann(app).sends(`${VIDEO} ${SECOND}`);
    await nas.accepts(VIDEO);
    await nas.accepts(SECOND);
    await looked(nas);
    nas.finish(VIDEO);
    nas.finish(SECOND);
    // They were handed over at the same time.
    expect((await told(app, USER, "is ready")).text.split("\n").toSorted()).toEqual([
      `✅ ${FIRST_SHOWN} is ready (nas)`,
      `✅ ${SECOND_SHOWN} is ready (nas)`,
    ]);
  });

  test("of trouble once, in the downloader's words, and still when it is done after all", async () => {
    await using app = await startTestApp();
    const nas = await app.downloader({ name: "nas" });
    bob(app).sends(VIDEO);
    await nas.accepts(VIDEO);
    nas.work(VIDEO);
    await looked(nas);
    nas.fail(VIDEO, `HTTP 429 ${"x".repeat(5_000)}`);
    const trouble = await told(app, OTHER, "не может скачать");
    expect(trouble.text).toStartWith(`⚠️ «nas» не может скачать ${FIRST_SHOWN}: ERROR: HTTP 429 xxx`);
    expect(trouble.text.length).toBeLessThan(400);
    nas.fail(VIDEO, "HTTP 403");
    await looked(nas);
    nas.finish(VIDEO);
    await told(app, OTHER, "Готово");
    await app.api.waitFor(() => said(app, OTHER).length === 2, {
      what: "nothing but the two pieces of news to be left",
    });
  });

  test("when the downloader no longer has it, with a button that sends it again", async () => {
    const { now, skip } = clock();
    await using app = await startTestApp({}, { now });
    const nas = await app.downloader({ name: "nas" });
    const person = ann(app);
    person.sends(VIDEO);
    await nas.accepts(VIDEO);
    nas.forget(VIDEO);
    await looked(nas);
    expect(said(app, USER).filter((text) => text.includes("no longer has"))).toEqual([]);
    skip(2 * MINUTE);
    const notice = await told(app, USER, "no longer has");
    expect(notice.text).toBe(`❓ “nas” no longer has ${FIRST_SHOWN}; how it ended is not known.`);
    await newsIsKnown(app);
    const after = nas.calls.length;
    const data = notice.buttons[0]?.[0]?.callback_data ?? "";
    const other = bob(app);
    const forged = await other.presses(other.sends("hi").message_id, data, { forged: true });
    expect(forged.text).toBe("Эта кнопка устарела");
    expect((await person.presses(notice.id, "Send again")).text).toBe("Back in the queue");
    await nas.waitFor(({ method }) => method === "SetToQueue", { after });
    expect(nas.accepted).toEqual([VIDEO, VIDEO]);
  });

  test("once of a failure: when the downloader has forgotten it, the same message offers to send it again", async () => {
    const { now, skip } = clock();
    await using app = await startTestApp({}, { now });
    const nas = await app.downloader({ name: "nas" });
    const person = ann(app);
    person.sends(VIDEO);
    await nas.accepts(VIDEO);
    nas.fail(VIDEO, "no such film");
    const { id } = await told(app, USER, "cannot download");
    nas.forget(VIDEO);
    await looked(nas);
    skip(2 * MINUTE);
    const labels = ({ buttons }: LiveMessage) => buttons.flat().map(({ text }) => text);
    await app.api.message(USER, (message) => message.id === id && labels(message).includes("🔁 Send again"));
    const after = nas.calls.length;
    expect((await person.presses(id, "Send again")).text).toBe("Back in the queue");
    await nas.waitFor(({ method }) => method === "SetToQueue", { after });
    expect(said(app, USER).filter((text) => text.includes("no longer has"))).toEqual([]);
  });

  test("of a failure, and can send the link again at once: in the chat, or under the news", async () => {
    await using app = await startTestApp();
    const nas = await app.downloader({ name: "nas" });
    const person = ann(app);
    for (const [link, shown, isPressed] of [
      [VIDEO, FIRST_SHOWN, true],
      [SECOND, SECOND_SHOWN, false],
    ] as const) {
      person.sends(link);
      await nas.accepts(link);
      nas.fail(link, "no such film");
      const { id } = await told(app, USER, `cannot download ${shown}`);
      nas.forget(link);
      await newsIsKnown(app);
      const after = nas.calls.length;
      if (isPressed) expect((await person.presses(id, "Send again")).text).toBe("Back in the queue");
      else person.sends(link);
      await nas.waitFor(({ method }) => method === "SetToQueue", { after });
      nas.finish(link);
      await told(app, USER, `${shown} is ready`);
    }
    expect(said(app, USER).filter((text) => text.includes("already downloading"))).toEqual([]);
  });

  test("not that a file is ready while the sender cannot be asked, and that nobody knows when that lasts", async () => {
    const { now, skip } = clock();
    await using app = await startTestApp({}, { now });
    const nas = await app.downloader({ name: "nas" });
    const person = ann(app);
    person.sends(`${VIDEO} ${SECOND}`);
    for (const link of [VIDEO, SECOND]) {
      await nas.accepts(link);
      nas.change(link, { status: "SENDING" });
    }
    await looked(nas);
    nas.senderAnswers(false);
    await looked(nas);
    person.sends("/queue");
    await told(app, USER, "May be on its way to its folder; the server does not show it now");
    skip(5 * MINUTE);
    await looked(nas);
    nas.senderAnswers(true);
    nas.finish(SECOND);
    await told(app, USER, "v=2 is ready");
    nas.senderAnswers(false);
    await looked(nas);
    await looked(nas);
    skip(10 * MINUTE);
    const notice = await told(app, USER, "It may be in its folder");
    expect(notice.buttons.flat().map(({ text }) => text)).toEqual(["🔁 Send again", "📋 Copy the address", "OK"]);
    expect(said(app, USER).filter((text) => text.includes("v=1 is ready"))).toEqual([]);
    await newsIsKnown(app);
    expect((await person.presses(notice.id, "Send again")).text).toBe("Back in the queue");
  });

  test("in the topic that the link came from", async () => {
    const family = -1_001_234_567_890;
    await using app = await startTestApp({ DWLD_BOT_TELEGRAM_USERS: String(family) });
    const nas = await app.downloader({ name: "nas" });
    const group = app.api.group({ id: family, title: "Family", forum: true });
    const films = group.topic("Films");
    ann(app).sends(VIDEO, { in: group, threadId: films });
    await nas.accepts(VIDEO);
    nas.finish(VIDEO);
    expect((await told(app, family, "is ready")).threadId).toBe(films);
  });

  test("nothing where they have turned news off", async () => {
    await using app = await startTestApp();
    const nas = await app.downloader({ name: "nas" });
    const [person, other] = [ann(app), bob(app)];
    await prefer(app, "off", USER);
    person.sends(VIDEO);
    await nas.accepts(VIDEO);
    other.sends(SECOND);
    await nas.accepts(SECOND);
    await looked(nas);
    nas.finish(VIDEO);
    nas.finish(SECOND);
    await told(app, OTHER, "Готово");
    await app.stop();
    expect(said(app, USER).filter((text) => text.includes("is ready"))).toEqual([]);
  });

  test("once, and also of what ended while the bot was stopped", async () => {
    await using app = await startTestApp();
    const nas = await app.downloader({ name: "nas" });
    const message = ann(app).sends(`${VIDEO} ${SECOND}`);
    await nas.accepts(VIDEO);
    await nas.accepts(SECOND);
    await looked(nas);
    nas.finish(VIDEO);
    await told(app, USER, "v=1 is ready");
    await app.api.gone(USER, message.message_id);
    await app.stop();
    nas.finish(SECOND);
    await app.restart();
    await told(app, USER, "v=2 is ready");
    await app.stop();
    expect(said(app, USER)).toEqual([`✅ ${FIRST_SHOWN} is ready (nas)`, `✅ ${SECOND_SHOWN} is ready (nas)`]);
  });
});

describe("reactions instead of messages", () => {
  const reaction = (app: TestApp, messageId: number, emoji: string) =>
    app.api.message(USER, ({ id, reactions }) => id === messageId && reactions.join() === emoji, { what: emoji });

  test("show on the person's own message that its link was taken and is done; then it is deleted", async () => {
    const { now, skip } = clock();
    await using app = await startTestApp({ DWLD_BOT_LIFETIMES_NOTICES: "10m" }, { now });
    const nas = await app.downloader({ name: "nas" });
    const person = ann(app);
    await prefer(app, "reaction", USER);
    const { message_id } = person.sends(VIDEO);
    await reaction(app, message_id, "👀");
    nas.finish(VIDEO);
    await reaction(app, message_id, "👌");
    skip(10 * MINUTE);
    await app.restart();
    await app.api.gone(person, message_id);
    await app.api.waitFor(() => app.api.messages(person).length === 0);
  });

  test("show the worst state of several links, and done only when all are done", async () => {
    await using app = await startTestApp();
    const nas = await app.downloader({ name: "nas" });
    const person = ann(app);
    await prefer(app, "reaction", USER);
    const { message_id } = person.sends(`${VIDEO} ${SECOND}`);
    await nas.accepts(VIDEO);
    await nas.accepts(SECOND);
    await reaction(app, message_id, "👀");
    nas.fail(VIDEO, "no space");
    await reaction(app, message_id, "💔");
    nas.finish(VIDEO);
    await reaction(app, message_id, "👀");
    nas.finish(SECOND);
    await reaction(app, message_id, "👌");
  });

  test.each([
    ["the chat allows none", "Bad Request: REACTION_INVALID"],
    ["it is not one of those that the chat allows", "Bad Request: REACTION_NOT_ALLOWED"],
    ["the message is gone", "Bad Request: message to react not found"],
  ])("are replaced by a message where %s, and the person's message is deleted all the same", async (_, description) => {
    const { now, skip } = clock();
    await using app = await startTestApp({}, { now });
    const nas = await app.downloader({ name: "nas" });
    const person = ann(app);
    await prefer(app, "reaction", USER);
    app.api.fail("setMessageReaction", refusal(400, description));
    const { message_id } = person.sends(`${VIDEO} ${SECOND}`);
    for (const link of [VIDEO, SECOND]) await nas.accepts(link);
    await looked(nas);
    nas.finish(VIDEO);
    await told(app, USER, `${FIRST_SHOWN} is ready`);
    nas.finish(SECOND);
    await told(app, USER, `${SECOND_SHOWN} is ready`);
    expect(
      said(app, USER)
        .join("\n")
        .match(/is ready/g),
    ).toHaveLength(2);
    const refused = app
      .logged()
      .split("\n")
      .filter((line) => line.includes("Cannot send to a chat"));
    expect(refused.filter((line) => !line.includes('"debug"'))).toEqual([]);
    skip(60 * MINUTE);
    await app.restart();
    await app.api.gone(person, message_id);
  });

  test("that Telegram did not take before a stop are set after the next start", async () => {
    await using app = await startTestApp();
    const nas = await app.downloader({ name: "nas" });
    const person = ann(app);
    await prefer(app, "reaction", USER);
    const { message_id } = person.sends(VIDEO);
    await nas.accepts(VIDEO);
    await reaction(app, message_id, "👀");
    const away = app.api.fail("setMessageReaction", SERVER_ERROR);
    nas.finish(VIDEO);
    await app.api.waitFor(() => away.hits > 0);
    await app.stop();
    away.release();
    await app.restart();
    await reaction(app, message_id, "👌");
  });

  test("never keep a message until it can no longer be deleted", async () => {
    const { now, skip } = clock();
    await using app = await startTestApp({}, { now });
    const nas = await app.downloader({ name: "nas" });
    const person = ann(app);
    await prefer(app, "reaction", USER);
    const { message_id } = person.sends(VIDEO);
    await reaction(app, message_id, "👀");
    nas.work(VIDEO);
    await looked(nas);
    skip(47 * 60 * MINUTE);
    await app.restart();
    await app.api.gone(person, message_id);
    expect(nas.tasks()).toMatchObject([{ link: VIDEO, status: "WORK" }]);
  });
});

test("a link that went elsewhere while a downloader was silent is deleted from that downloader when it is back", async () => {
  await using app = await startTestApp({ DWLD_BOT_DISPATCH_UNCERTAIN_HOLD: "100ms" });
  const silent = await app.downloader({ name: "silent", mode: "crash_after_accept" });
  ann(app).sends(VIDEO);
  await silent.accepts(VIDEO);
  const nas = await app.downloader({ name: "nas" });
  await nas.accepts(VIDEO);
  await silent.opens();
  const call = await silent.waitFor(({ method }) => method === "DeleteFromQueue");
  expect(call.request).toEqual({ link: VIDEO });
  expect(nas.calls.filter(({ method }) => method === "DeleteFromQueue")).toEqual([]);
});
