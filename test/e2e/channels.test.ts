import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { ADMIN, startTestApp, type TestApp, USER } from "../support/app.ts";
import { isAbout } from "../support/bot-api/message.ts";
import type { ChatRef } from "../support/bot-api/waits.ts";
import { choose } from "../support/choosing.ts";

const FILMS = -1_005_000_000_001;
const LATER = { DWLD_BOT_DISPATCH_DELAY: "1h", DWLD_BOT_TELEGRAM_USERS: `${USER},${FILMS}` };
/** Bot API: a channel has no menu of commands. */
const mayRefuse = /can't change commands in channel chats/;

const said = (app: TestApp, chat: ChatRef, part: string) =>
  app.api.message(chat, (message) => message.byBot && isAbout(message, part), { what: `a message with "${part}"` });

function queued(app: TestApp): unknown[] {
  using database = new Database(app.config.store.path, { readonly: true });
  return database.query("select url, chat_id, sender, quality from links order by id").all();
}

describe("a channel that was let in", () => {
  test("queues the links of its posts, and those that an edit adds", async () => {
    await using app = await startTestApp(LATER, { mayRefuse });
    const channel = app.api.channel({ id: FILMS, title: "Films" });
    const post = channel.posts("https://a.example/1");
    await said(app, channel, "a.example/1");
    channel.edits(post.message_id, "https://a.example/1 https://a.example/2");
    await said(app, channel, "a.example/2");
    channel.posts("a file README.md, and /dl@other_bot");
    channel.posts("/dl@other_bot https://a.example/3");
    channel.posts("https://a.example/4", { caption: true });
    await said(app, channel, "a.example/4");
    const of = { chat_id: FILMS, sender: `id${-FILMS}`, quality: "best" };
    expect(queued(app)).toEqual(["1", "2", "4"].map((name) => ({ url: `https://a.example/${name}`, ...of })));
  });

  test("gets its links downloaded, and is told when they are ready", async () => {
    await using app = await startTestApp({ ...LATER, DWLD_BOT_DISPATCH_DELAY: "0s" }, { mayRefuse });
    const nas = await app.downloader({ name: "nas" });
    const channel = app.api.channel({ id: FILMS, title: "Films" });
    const post = channel.posts("https://a.example/1");
    await nas.accepts("https://a.example/1");
    await app.api.gone(channel, post.message_id);
    nas.finish("https://a.example/1");
    await said(app, channel, "is ready");
  });

  test("lets nobody press who was not let in himself, since anybody can read it", async () => {
    await using app = await startTestApp(LATER, { mayRefuse });
    const channel = app.api.channel({ id: FILMS, title: "Films" });
    const reader = app.api.user({ id: 2001, languageCode: "en" });
    const user = app.api.user({ id: USER, languageCode: "en" });
    channel.posts("https://a.example/1");
    const prompt = await said(app, channel, "a.example/1");
    expect((await reader.presses(prompt.id, "Quality", { in: channel })).text).toBe("You have no access");
    expect(queued(app)).toMatchObject([{ quality: "best" }]);
    const pressed = { promptId: prompt.id, in: channel, panel: "Quality", choice: "720p" };
    expect((await choose(app.api, { person: user, ...pressed })).text).toBe("Saved");
    expect(queued(app)).toMatchObject([{ quality: "720" }]);
  });

  test("is answered when it posts a command", async () => {
    await using app = await startTestApp(LATER, { mayRefuse });
    const channel = app.api.channel({ id: FILMS, title: "Films" });
    channel.posts("https://a.example/1");
    await said(app, channel, "a.example/1");
    channel.posts("/queue");
    await said(app, channel, "1 link");
  });
});

test("a channel that was not let in is ignored until it posts /start and an admin lets it in", async () => {
  await using app = await startTestApp({ DWLD_BOT_DISPATCH_DELAY: "1h" }, { mayRefuse });
  const channel = app.api.channel({ id: FILMS, title: "Films" });
  const admin = app.api.user({ id: ADMIN, languageCode: "en", started: true });
  channel.posts("https://a.example/1");
  channel.posts("/start");
  await said(app, channel, "I have asked the owner; the answer will come here.");
  expect(app.api.messages(channel).filter(({ byBot }) => byBot)).toHaveLength(1);
  const card = await said(app, admin, "Films");
  await admin.presses(card.id, "Let in");
  channel.posts("https://a.example/2");
  await said(app, channel, "a.example/2");
  expect(queued(app)).toMatchObject([{ url: "https://a.example/2", chat_id: FILMS }]);
});

test("what somebody writes to a channel directly is none of the bot's business, though it administers the channel", async () => {
  await using app = await startTestApp(LATER);
  const user = app.api.user({ id: USER, languageCode: "en" });
  const direct = app.api.group({ id: -1_005_000_000_002, title: "Films" });
  const chat = { id: direct.id, type: "supergroup", title: "Films", is_direct_messages: true };
  const extra = { chat, direct_messages_topic: { topic_id: USER } };
  const { message_id: id } = user.sends("https://a.example/1", { in: direct, extra });
  user.edits(id, "https://a.example/2", { in: direct });
  user.sends("/start", { in: direct, extra });
  await app.api.settled();
  user.sends("https://a.example/mine");
  await said(app, user, "a.example/mine");
  expect(queued(app)).toMatchObject([{ url: "https://a.example/mine" }]);
  expect(app.api.messages(direct).filter(({ byBot }) => byBot)).toEqual([]);
});
