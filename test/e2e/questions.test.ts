import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { ADMIN, startTestApp, type TestApp, USER } from "../support/app.ts";
import { isAbout } from "../support/bot-api/message.ts";
import type { ChatRef } from "../support/bot-api/waits.ts";

const YARD = -1_001_000_000_500;
const LATER = { DWLD_BOT_DISPATCH_DELAY: "1h", DWLD_BOT_TELEGRAM_USERS: `${USER},${YARD}` };
const LINK = "https://a.example/1";
const NEXT = "https://a.example/2";
const WHICH = "Which link should I remove?";
const UNKNOWN = "You have no such link";

const said = (app: TestApp, chat: ChatRef, part: string) =>
  app.api.message(chat, (message) => message.byBot && isAbout(message, part), { what: `a message with "${part}"` });

function queued(app: TestApp): string[] {
  using database = new Database(app.config.store.path, { readonly: true });
  const waiting = "select url from links where state = 'queued' order by id";
  return database
    .query<{ url: string }, []>(waiting)
    .all()
    .map(({ url }) => url);
}

test("/remove without a link asks for it, and takes the next message as the answer", async () => {
  await using app = await startTestApp(LATER);
  const ann = app.api.user({ id: USER, username: "ann", languageCode: "en" });
  ann.sends(LINK);
  await said(app, ann, LINK);
  ann.sends("/remove");
  await said(app, ann, WHICH);
  const asked = app.api.calls.find(({ params }) => String(params.text).startsWith(WHICH));
  expect(asked?.params.reply_markup).toEqual({ force_reply: true, selective: true });
  ann.sends("a.example/1", { entities: [] });
  await said(app, ann, "Link removed from the queue");
  ann.sends(NEXT);
  await said(app, ann, NEXT);
  expect(queued(app)).toEqual([NEXT]);
});

test("a link after another message, or minutes later, is queued", async () => {
  let now = Date.now();
  await using app = await startTestApp(LATER, { now: () => now });
  const ann = app.api.user({ id: USER, username: "ann", languageCode: "en" });
  ann.sends("/remove");
  const first = await said(app, ann, WHICH);
  ann.sends("never mind");
  await said(app, ann, "Send me links");
  ann.sends(LINK);
  await said(app, ann, LINK);
  ann.sends("/remove");
  await app.api.message(ann, ({ id, text }) => id > first.id && text.startsWith(WHICH));
  now += 120_001;
  ann.sends(NEXT);
  await said(app, ann, NEXT);
  expect(queued(app)).toEqual([LINK, NEXT]);
});

test("a reply to the question also counts after a restart", async () => {
  await using app = await startTestApp(LATER);
  const boss = app.api.user({ id: ADMIN, username: "boss", languageCode: "ru" });
  boss.sends("/where");
  const question = await said(app, boss, "О какой ссылке рассказать?");
  await app.restart();
  boss.sends(LINK, { replyTo: question.id });
  await app.api.message(boss, ({ byBot, id, text }) => byBot && id > question.id && text.startsWith(LINK));
  expect(queued(app)).toEqual([]);
});

test("in a group only a reply to the question answers it: others send links of their own", async () => {
  await using app = await startTestApp(LATER);
  const yard = app.api.group({ id: YARD, title: "Yard", forum: true });
  const [ann, max] = [
    app.api.user({ id: USER, username: "ann", languageCode: "en" }),
    app.api.user({ id: 2001, username: "max", languageCode: "en" }),
  ];
  ann.sends("/remove", { in: yard });
  const question = await said(app, yard, WHICH);
  max.sends(LINK, { in: yard });
  await said(app, yard, LINK);
  ann.sends(NEXT, { in: yard, replyTo: question.id });
  await said(app, yard, UNKNOWN);
  expect(queued(app)).toEqual([LINK]);
});
