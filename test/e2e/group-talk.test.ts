import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { ADMIN, startTestApp, type TestApp, USER } from "../support/app.ts";
import { isAbout } from "../support/bot-api/message.ts";
import type { ChatRef } from "../support/bot-api/waits.ts";

const FAMILY = -500;
const LATER = { DWLD_BOT_DISPATCH_DELAY: "1h", DWLD_BOT_TELEGRAM_USERS: `${USER},${FAMILY}` };

const carl = (app: TestApp) => app.api.user({ id: 2001, username: "carl", languageCode: "en" });
const said = (app: TestApp, chat: ChatRef, part: string) =>
  app.api.message(chat, (message) => message.byBot && isAbout(message, part), { what: `a message with "${part}"` });

function queued(app: TestApp): unknown[] {
  using database = new Database(app.config.store.path, { readonly: true });
  return database
    .query<{ url: string }, []>("select url from links order by id")
    .all()
    .map(({ url }) => url);
}

test("a command for another bot is ignored in a text, a caption, a reply and an edit", async () => {
  await using app = await startTestApp(LATER);
  const family = app.api.group({ id: FAMILY, title: "Family" });
  const person = carl(app);
  const where = { in: family };
  person.sends("https://a.example/ours", where);
  const prompt = await said(app, family, "a.example/ours");
  person.sends("/dl@other_bot https://a.example/1", where);
  person.sends(" /DL@Other_Bot\nhttps://a.example/2", { ...where, caption: true });
  person.sends("/queue@other_bot", { ...where, replyTo: prompt.id });
  const edited = person.sends("/dl@other_bot", where);
  person.edits(edited.message_id, "/dl@other_bot https://a.example/3", where);
  person.sends(`/unknown@${app.api.bot.username} https://a.example/mine`, where);
  await said(app, family, "a.example/mine");
  expect(queued(app)).toEqual(["https://a.example/ours", "https://a.example/mine"]);
  expect(app.api.messages(family).filter(({ byBot }) => byBot)).toHaveLength(2);
});

test("in a group without access, foreign commands do not ask the admins unless they name the bot", async () => {
  await using app = await startTestApp(LATER);
  const boss = app.api.user({ id: ADMIN, username: "boss", languageCode: "en", started: true });
  const yard = app.api.group({ id: -600, title: "Yard" });
  const person = carl(app);
  person.sends("/roll", { in: yard });
  person.sends("/ban https://a.example/1", { in: yard });
  person.sends(`/hello@${app.api.bot.username}`, { in: yard });
  await said(app, yard, "This group has no access to this bot yet");
  expect(app.api.messages(yard).filter(({ byBot }) => byBot)).toHaveLength(1);
  await boss.presses((await said(app, boss, "Yard")).id, "No");
  await said(app, yard, "has not given access");
  person.sends("/roll", { in: yard });
  person.sends("/start", { in: yard });
  await app.api.message(yard, () => app.api.messages(yard).filter(({ byBot }) => byBot).length > 2);
  await app.api.settled();
  expect(app.api.messages(yard).filter(({ byBot }) => byBot)).toHaveLength(3);
});

test("a group is told how to turn off Group Privacy as long as that keeps its links from the bot", async () => {
  await using app = await startTestApp(LATER);
  const boss = app.api.user({ id: ADMIN, username: "boss", languageCode: "en", started: true });
  const yard = app.api.group({ id: -600, title: "Yard" });
  const person = carl(app);
  app.api.privacyMode = true;
  yard.demotesBot();
  person.sends("/start", { in: yard });
  await boss.presses((await said(app, boss, "Yard")).id, "Let in");
  expect((await said(app, yard, "This group has access now")).text).toContain("turn off Group Privacy");
  person.sends("https://a.example/unseen", { in: yard });
  person.sends(`@${app.api.bot.username} https://a.example/seen`, { in: yard });
  await said(app, yard, "a.example/seen");
  person.sends("/start", { in: yard });
  expect((await said(app, yard, "Send me links")).text).toContain("turn off Group Privacy");
  app.api.privacyMode = false;
  person.sends("/start", { in: yard });
  await said(app, yard, "Send me links");
  const isWelcome = ({ byBot, text }: { byBot: boolean; text: string }) => byBot && text.includes("Send me links");
  await app.api.message(yard, () => app.api.messages(yard).filter(isWelcome).length === 2);
  expect(app.api.messages(yard).filter(isWelcome).at(-1)?.text).not.toContain("Group Privacy");
  expect(queued(app)).toEqual(["https://a.example/seen"]);
});

test("a command for another bot in a private chat queues nothing, and is answered", async () => {
  await using app = await startTestApp(LATER);
  const person = app.api.user({ id: USER, username: "ann", languageCode: "en" });
  person.sends("/dl@other_bot https://a.example/1");
  await said(app, USER, "Send me links");
  expect(queued(app)).toEqual([]);
});

test("a link after a command of the bot is not queued, not even in an edit or a caption", async () => {
  await using app = await startTestApp(LATER);
  const person = app.api.user({ id: USER, username: "ann", languageCode: "en" });
  const { message_id: id } = person.sends("/remove https://a.example/1");
  await said(app, USER, "a.example/1");
  person.edits(id, "/remove https://a.example/2");
  person.sends("/where https://a.example/3", { caption: true });
  person.sends("https://a.example/mine");
  await said(app, USER, "a.example/mine");
  expect(queued(app)).toEqual(["https://a.example/mine"]);
});

test("a file's name in a group is no link, although Telegram marks it as one", async () => {
  await using app = await startTestApp(LATER);
  const family = app.api.group({ id: FAMILY, title: "Family" });
  const person = carl(app);
  const marked = (text: string) => ({
    in: family,
    entities: [{ type: "url", offset: 0, length: text.indexOf(" ") }],
  });
  for (const text of ["README.md is missing", "main.rs:10 fails", "Node.js is old"]) person.sends(text, marked(text));
  person.sends("setup.py works", { ...marked("setup.py works"), caption: true });
  const link = "a.example/watch it";
  person.sends(link, marked(link));
  await said(app, family, "a.example/watch");
  expect(queued(app)).toEqual(["https://a.example/watch"]);
});

test("a magnet that no server takes is refused in words, whatever trackers it names", async () => {
  await using app = await startTestApp(LATER);
  const person = app.api.user({ id: USER, username: "ann", languageCode: "en" });
  const magnet = "magnet:?xt=urn:btih:0123&tr=http://tracker.example/announce";
  person.sends(`${magnet} https://a.example/1,https://a.example/2`);
  await said(app, USER, "no server here takes magnet links");
  expect(queued(app)).toEqual(["https://a.example/1", "https://a.example/2"]);
});
