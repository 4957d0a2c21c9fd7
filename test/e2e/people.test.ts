import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { ADMIN, startTestApp, type TestApp } from "../support/app.ts";
import { isAbout } from "../support/bot-api/message.ts";
import type { ChatRef } from "../support/bot-api/waits.ts";
import { stored } from "../support/stored.ts";

const EVE = 666;
const DAY = 24 * 3_600_000;
const UNDO = 8_000;
const LATER = { DWLD_BOT_DISPATCH_DELAY: "1h" };

const said = (app: TestApp, chat: ChatRef, part: string) =>
  app.api.message(chat, (message) => message.byBot && isAbout(message, part), { what: `a message with "${part}"` });
const texts = (app: TestApp, chat: ChatRef) => app.api.messages(chat).flatMap(({ byBot, text }) => (byBot ? text : []));

function rows(app: TestApp, sql: string): Record<string, unknown>[] {
  using database = new Database(app.config.store.path, { readonly: true });
  return database.query<Record<string, unknown>, []>(sql).all();
}

function peopleOf(app: TestApp, languageCode = "en") {
  return {
    boss: app.api.user({ id: ADMIN, username: "boss", firstName: "Bo", languageCode: "en", started: true }),
    eve: app.api.user({ id: EVE, username: "eve", firstName: "Eve", languageCode }),
  };
}

/** Gives Eve access, and opens her page in /users for the admin. */
async function openEve(app: TestApp, how = "Let in") {
  const { boss, eve } = peopleOf(app);
  eve.sends("hello?");
  await boss.presses((await said(app, boss, "asks for access")).id, how);
  boss.sends("/users");
  const list = await said(app, boss, "have access\n");
  await boss.presses(list.id, "Eve (@eve)");
  await app.api.message(boss, ({ id, text }) => id === list.id && text.startsWith("Eve"));
  const press = async (button: string, then: string) => {
    const answer = await boss.presses(list.id, button);
    await app.api.message(boss, ({ id, text }) => id === list.id && text.includes(then), { what: then });
    return answer.text;
  };
  return { boss, eve, list, press };
}

describe("a stranger's links", () => {
  test("are kept, and queued when access is given, with their edits and also after a restart", async () => {
    await using app = await startTestApp(LATER);
    const { boss, eve } = peopleOf(app, "ru");
    eve.sends("Это мне? https://a.example/1");
    await said(app, eve, "Я уже спросил владельца, ответ придёт сюда. Ссылка сохранена");
    const typo = eve.sends("https://a.example/typo");
    await said(app, eve, "Ссылка сохранена и встанет в очередь");
    eve.edits(typo.message_id, "https://a.example/2");
    await stored(app, "select content from held_messages where content like '%/2%'", (held) => held.length === 1);
    expect(rows(app, "select * from links")).toEqual([]);
    await app.restart();
    await boss.presses((await said(app, boss, "asks for access")).id, "Let in");
    await said(app, eve, "Доступ открыт");
    await said(app, eve, "https://a.example/2");
    expect(rows(app, "select url, chat_id from links order by id")).toEqual([
      { url: "https://a.example/1", chat_id: EVE },
      { url: "https://a.example/2", chat_id: EVE },
    ]);
    await app.api.settled();
    expect(rows(app, "select * from held_messages")).toEqual([]);
  });

  test("are not kept when they follow a command", async () => {
    await using app = await startTestApp(LATER);
    const { boss, eve } = peopleOf(app);
    eve.sends("/remove https://a.example/1");
    eve.sends("https://a.example/2");
    await said(app, eve, "Your link is saved");
    await boss.presses((await said(app, boss, "asks for access")).id, "Let in");
    await said(app, eve, "https://a.example/2");
    expect(rows(app, "select url from links")).toEqual([{ url: "https://a.example/2" }]);
  });

  test("are at most twenty, and are dropped when access is refused", async () => {
    await using app = await startTestApp(LATER);
    const { boss, eve } = peopleOf(app);
    eve.sends(Array.from({ length: 20 }, (_, n) => `https://a.example/${n}`).join("\n"));
    await said(app, eve, "Your links are saved and join the queue when access is given.");
    eve.sends("https://a.example/more");
    await said(app, eve, "I keep at most 20 links until access is given; the last one was not saved.");
    await boss.presses((await said(app, boss, "asks for access")).id, "No");
    await said(app, eve, "The owner has not given access.");
    expect(rows(app, "select * from held_messages")).toEqual([]);
  });
});

test("a stranger is told that the admins were asked, and then at most once a minute that they have not answered", async () => {
  let now = Date.now();
  await using app = await startTestApp(LATER, { now: () => now });
  const { eve } = peopleOf(app);
  eve.sends("hello?");
  await said(app, eve, "I have asked the owner; the answer will come here.");
  for (const _ of [1, 2, 3]) eve.sends("anybody?");
  await said(app, eve, "The owner has not answered yet.");
  now += 60_000;
  eve.sends("and now?");
  await app.api.message(eve, () => texts(app, eve).filter((text) => text.includes("not answered yet")).length === 2);
});

test("a stranger whom no admin can be asked about is told so, with the id for the config", async () => {
  await using app = await startTestApp(LATER);
  const eve = app.api.user({ id: EVE, languageCode: "en" });
  eve.sends("hello?");
  await said(app, eve, "You have no access to this bot, and the owner cannot be reached now. Your id is 666.");
});

test("a group is answered in the topic in which it asked", async () => {
  await using app = await startTestApp(LATER);
  const { boss, eve } = peopleOf(app);
  const yard = app.api.group({ id: -1_001_000_000_500, title: "Yard", forum: true });
  const films = yard.topic("Films");
  eve.sends("/start", { in: yard, threadId: films });
  expect((await said(app, yard, "This group has no access to this bot yet")).threadId).toBe(films);
  await boss.presses((await said(app, boss, "asks for access")).id, "Let in");
  expect((await said(app, yard, "This group has access now")).threadId).toBe(films);
  eve.sends("/queue", { in: yard, threadId: films });
  expect((await said(app, yard, "The queue is empty")).threadId).toBe(films);
});

test("a group asks for access even if somebody with access writes /start there, and says whose links count until then", async () => {
  await using app = await startTestApp(LATER);
  const { boss, eve } = peopleOf(app);
  const yard = app.api.group({ id: -1_001_000_000_500, title: "Yard" });
  const where = { in: yard };
  boss.sends("/start", where);
  const answer = await said(app, yard, "This group has no access to this bot yet");
  expect(answer.text).toContain("only from people who have access themselves");
  eve.sends("https://a.example/eve", where);
  boss.sends("https://a.example/boss", where);
  await said(app, yard, "a.example/boss");
  await boss.presses((await said(app, boss, "A group asks for access: ")).id, "Let in");
  await said(app, yard, "This group has access now");
  eve.sends("https://a.example/2", where);
  await said(app, yard, "a.example/2");
  expect(rows(app, "select url from links order by id").map(({ url }) => url)).toEqual([
    "https://a.example/boss",
    "https://a.example/2",
  ]);
  boss.sends("/start", where);
  await said(app, yard, "Send me links");
});

describe("removing somebody's access", () => {
  test("asks first, can drop the person's links as well, and can be undone together with them", async () => {
    let now = Date.now();
    await using app = await startTestApp(LATER, { now: () => now });
    const { eve, press } = await openEve(app);
    for (const n of [1, 2]) eve.sends(`https://a.example/${n}`);
    const prompt = await said(app, eve, "https://a.example/2");
    const before = rows(app, "select id, state, send_at from links");
    await press("Remove access", "Remove access for Eve (@eve)? In the queue: 2 links.");
    await press("Cancel", "Eve (@eve) · 666");
    await press("Remove access", "In the queue: 2 links.");
    await press("Remove, drop the links", "Access removed: Eve (@eve)");
    expect(rows(app, "select distinct state from links")).toEqual([{ state: "removed" }]);
    expect((await eve.presses(prompt.id, "▶️ Now")).text).toBe("You have no access");
    await app.restart();
    expect(await press("Undo", "Eve (@eve) · 666")).toBe("Undone");
    expect(rows(app, "select id, state, send_at from links")).toEqual(before);
    now += UNDO;
    eve.sends("/queue");
    await said(app, eve, "https://a.example/1");
    expect(texts(app, eve).filter((text) => text.includes("removed your access"))).toEqual([]);
  });

  test("is told to the person once it cannot be undone; dropped links are gone with their prompts", async () => {
    let now = Date.now();
    await using app = await startTestApp(LATER, { now: () => now });
    const { boss, list, eve, press } = await openEve(app);
    eve.sends("https://a.example/1");
    const prompt = await said(app, eve, "https://a.example/1");
    await press("Remove access", "In the queue: 1 link.");
    await press("Remove, drop the links", "Access removed");
    now += UNDO;
    await said(app, eve, "The owner has removed your access to this bot.");
    await app.api.gone(eve, prompt.id);
    expect((await boss.presses(list.id, "Undo")).text).toBe("Too late to undo");
    eve.sends("why?");
    await said(app, eve, "The owner has not given access.");
    await app.api.settled();
    expect(rows(app, "select * from links")).toEqual([]);
  });

  test("can let the person's links still be sent, and tells the person nothing more about them", async () => {
    let now = Date.now();
    await using app = await startTestApp(LATER, { now: () => now });
    const nas = await app.downloader({ name: "nas" });
    const { eve, press } = await openEve(app);
    eve.sends("https://a.example/1");
    const prompt = await said(app, eve, "https://a.example/1");
    await press("Remove access", "In the queue: 1 link.");
    await press("Remove, send the links", "Access removed");
    now += UNDO;
    await said(app, eve, "removed your access");
    now += 3_600_000;
    await nas.accepts("https://a.example/1");
    await app.api.gone(eve, prompt.id);
    const before = texts(app, eve);
    nas.finish("https://a.example/1");
    now += 300_000;
    await stored(app, "select state from deliveries", ([delivery]) => delivery?.state === "done");
    await app.api.settled();
    expect(texts(app, eve)).toEqual(before);
  });

  test.each(["an admin", "an invite"])(
    "tells the person what ended meanwhile as soon as %s gives access again",
    async (who) => {
      let now = Date.now();
      await using app = await startTestApp(LATER, { now: () => now });
      const nas = await app.downloader({ name: "nas" });
      const { boss, eve, press } = await openEve(app);
      eve.sends("https://a.example/1");
      await said(app, eve, "https://a.example/1");
      await press("Remove access", "In the queue: 1 link.");
      await press("Remove, send the links", "Access removed");
      now += UNDO;
      await said(app, eve, "removed your access");
      now += 3_600_000;
      await nas.accepts("https://a.example/1");
      nas.finish("https://a.example/1");
      now += 300_000;
      await stored(app, "select state from deliveries", ([delivery]) => delivery?.state === "done");
      if (who === "an admin") {
        boss.sends("/users");
        const list = await said(app, boss, "🚫 refused by Bo (@boss)");
        await boss.presses(list.id, "4");
        // The list says the same about her as her card does.
        const letsIn = ({ text }: { text: string }) => text.endsWith("Let in");
        await app.api.message(boss, ({ id, buttons }) => id === list.id && buttons.flat().some(letsIn));
        await boss.presses(list.id, "Let in");
      } else {
        boss.sends("/invite");
        const { text } = await said(app, boss, "?start=");
        eve.sends(`/start ${text.slice(text.indexOf("?start=") + 7)}`);
      }
      await said(app, eve, "a.example/1 is ready");
    },
  );

  test("lists the person as refused, with buttons to give access again", async () => {
    let now = Date.now();
    await using app = await startTestApp(LATER, { now: () => now });
    const { boss, eve, press } = await openEve(app);
    await press("Remove access", "Remove access for Eve (@eve)?");
    await press("🚫 Remove access", "Access removed");
    now += UNDO;
    await said(app, eve, "removed your access");
    await press("Back", "🚫 refused by Bo (@boss), not asked again until");
    await press("4", "Eve (@eve) · 666\n🚫 refused");
    await press("Guest for a day", "guest · until");
    await said(app, eve, "You have guest access until");
    expect(texts(app, boss).filter((text) => text.includes("asks for access"))).toEqual([]);
  });
});

test("making an admin asks first, can be undone, and is told to the person when it no longer can", async () => {
  let now = Date.now();
  await using app = await startTestApp(LATER, { now: () => now });
  const { eve, press } = await openEve(app);
  await press("admin", "Make Eve (@eve) an admin?");
  await press("Make admin", "Eve (@eve) is an admin now.");
  expect(await press("Undo", "user · since")).toBe("Undone");
  await press("admin", "Make Eve (@eve) an admin?");
  await press("Make admin", "Eve (@eve) is an admin now.");
  now += UNDO;
  await said(app, eve, "You are an admin of this bot now.");
  eve.sends("/users");
  await said(app, eve, "4 people and groups have access");
  expect(texts(app, eve).filter((text) => text.includes("an admin of this bot"))).toHaveLength(1);
});

test("a guest is told the end date in /start and /settings, a day before it, and when it has come", async () => {
  let now = Date.now();
  await using app = await startTestApp(LATER, { now: () => now });
  const { boss, eve } = peopleOf(app, "ru");
  boss.sends("/invite 3d");
  const { text } = await said(app, boss, "?start=");
  eve.sends(`/start ${text.slice(text.indexOf("?start=") + 7)}`);
  await said(app, eve, "Гостевой доступ до");
  eve.sends("/settings");
  await app.api.message(eve, ({ text: shown }) => /^Настройки.*\nГостевой доступ до/s.test(shown));
  now += 2 * DAY;
  await said(app, eve, "Гостевой доступ закончится");
  now += DAY;
  await said(app, eve, "Гостевой доступ закончился. Напишите мне, и я спрошу владельца о продлении.");
  await app.api.settled();
  expect(texts(app, eve).filter((shown) => shown.includes("закончится"))).toHaveLength(1);
  eve.sends("можно ещё?");
  await said(app, eve, "Я уже спросил владельца");
  await boss.presses((await said(app, boss, "asks for access")).id, "Let in");
  await said(app, eve, "Доступ открыт. Присылайте ссылку!");
});

test("a person can make the bot forget what it keeps about them, except links that wait or are in work", async () => {
  let now = Date.now();
  await using app = await startTestApp({}, { now: () => now });
  const nas = await app.downloader({ name: "nas" });
  const { boss, eve } = peopleOf(app);
  eve.sends("hello?");
  await boss.presses((await said(app, boss, "asks for access")).id, "Let in");
  await said(app, eve, "You have access now");
  for (const n of [1, 2]) eve.sends(`https://a.example/${n}`);
  for (const n of [1, 2]) await nas.accepts(`https://a.example/${n}`);
  nas.finish("https://a.example/1");
  now += 300_000;
  await stored(app, "select id from deliveries where state = 'done'", (done) => done.length === 1);
  eve.sends("/settings");
  const settings = await said(app, eve, "Settings of this chat");
  await eve.presses(settings.id, "720p");
  await eve.presses(settings.id, "Forget my data");
  await said(app, eve, "Forget everything I keep about you?");
  await eve.presses(settings.id, "Cancel");
  await said(app, eve, "Nothing was forgotten.");
  expect(rows(app, "select quality from chats where chat_id = 666")).toEqual([{ quality: "720" }]);
  eve.sends("/settings");
  const again = await app.api.message(eve, ({ id, text }) => id > settings.id && text.includes("Settings of"));
  await eve.presses(again.id, "Forget my data");
  await app.api.message(eve, ({ text }) => text.includes("Forget everything I keep about you?"));
  await eve.presses(again.id, "Yes, forget");
  await said(app, eve, "Forgotten: your choices and the history of your links.");
  expect(rows(app, "select url from deliveries")).toEqual([{ url: "https://a.example/2" }]);
  expect(rows(app, "select * from chats where chat_id = 666 and quality is not null")).toEqual([]);
  expect(rows(app, "select * from intake where chat_id = 666")).toEqual([]);
  expect(rows(app, "select role from grants where id = 666")).toEqual([{ role: "user" }]);
});
