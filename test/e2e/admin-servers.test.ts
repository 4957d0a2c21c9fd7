import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { status } from "@grpc/grpc-js";
import { codeOf, downloaderButton } from "../../src/telegram/views/callback-data.ts";
import { ADMIN, startTestApp, type TestApp, USER } from "../support/app.ts";
import { refusal, tooManyRequests } from "../support/bot-api/faults.ts";
import { isAbout } from "../support/bot-api/message.ts";

const VIDEO = "https://youtube.com/watch?v=1";
const RUSSIAN_ADMIN = 2;

const boss = (app: TestApp) =>
  app.api.user({ id: ADMIN, username: "boss", firstName: "Bo", languageCode: "en", started: true });
const ann = (app: TestApp) => app.api.user({ id: USER, username: "ann", firstName: "Ann", languageCode: "en" });
const says = (app: TestApp, chat: { id: number }, ...words: readonly string[]) =>
  app.api.message(chat, (message) => message.byBot && words.every((word) => isAbout(message, word)), {
    what: words.join(" … "),
  });

describe("/servers", () => {
  test("shows each downloader; a paused one gets no links until it is resumed, also after a restart", async () => {
    await using app = await startTestApp();
    const nas = await app.downloader({ name: "nas", roots: ["youtube.com", "vk.com/video"] });
    const [admin, person] = [boss(app), ann(app)];
    const message = person.sends(VIDEO);
    await app.api.gone(person, message.message_id);
    admin.sends("/servers");
    const list = await says(app, admin, "1 server");
    expect(list.text).toContain(`1. 🟢 nas · 127.0.0.1:${nas.port}`);
    expect(list.text).toContain("in progress: 1 · waiting to be sent: 0");
    expect(list.text).toContain("youtube.com, vk.com/video");
    await admin.presses(list.id, "1. ");
    await says(app, admin, "registered");
    expect((await admin.presses(list.id, "Pause")).text).toBe("Paused");
    await says(app, admin, "paused: gets no new links");

    person.sends("https://youtube.com/watch?v=2");
    await says(app, person, "v=2", "The server is paused");
    await app.restart();
    admin.sends("/servers");
    const again = await app.api.message(
      admin,
      ({ id, text }) => id > list.id && text.includes("in progress: 1 · waiting to be sent: 1"),
    );
    expect(again.text).toContain("⏸ nas");
    expect(nas.accepted).toEqual([VIDEO]);
    await admin.presses(again.id, "1. ");
    await app.api.message(
      admin,
      ({ id, buttons }) => id === again.id && buttons.flat().some(({ text }) => text.includes("Resume")),
    );
    expect((await admin.presses(again.id, "Resume")).text).toBe("It gets links again");
    await nas.accepts("https://youtube.com/watch?v=2");
  });

  test("a prompt says why its link waits, and says so anew when the server is paused and then removed", async () => {
    await using app = await startTestApp({}, { healthEveryMs: 50 });
    const nas = await app.downloader({ name: "nas", roots: ["youtube.com"] });
    const [admin, person] = [boss(app), ann(app)];
    await nas[Symbol.asyncDispose]();
    person.sends(VIDEO);
    const { id } = await says(app, person, "v=1", "cannot be reached");
    const isNow = (words: string) =>
      app.api.message(person, (message) => message.id === id && message.text.includes(words), { what: words });
    admin.sends("/servers");
    const list = await says(app, admin, "1 server");
    const press = async (button: string, then: string) => {
      await admin.presses(list.id, button);
      await app.api.message(admin, (message) => message.id === list.id && isAbout(message, then), { what: then });
    };
    await press("1", "registered");
    await press("Pause", "paused: gets no new links");
    await isNow("The server is paused");
    await press("🗑 Remove", "Remove “nas”");
    await press("Yes", "No server has registered yet");
    await isNow("No server for this site yet");
  });

  test.each(["(home) #2", "<b>&one", "Дача — 2", "👨‍👩‍👧 home", "/stop@you [x](tg://y)"])(
    "shows a downloader called %s by exactly that name everywhere, and its buttons work",
    async (name) => {
      await using app = await startTestApp();
      const nas = await app.downloader({ name });
      const [admin, person] = [boss(app), ann(app)];
      await says(app, admin, "➕ New server", name);
      person.sends(VIDEO);
      await nas.accepts(VIDEO);
      person.sends("/status");
      await says(app, person, name);
      admin.sends("/servers");
      const list = await says(app, admin, "1 server", name);
      await admin.presses(list.id, "1. ");
      await says(app, admin, "registered", name);
      expect((await admin.presses(list.id, "Pause")).text).toBe("Paused");
      await says(app, admin, "⏸", name);
      admin.sends(`/where ${VIDEO}`);
      await says(app, admin, "📥 On", name);
    },
  );

  test("acts on the server that was pressed, although another name has the same checksum", async () => {
    await using app = await startTestApp();
    // Their CRC32 is the same.
    for (const name of ["buckeroo", "plumless"]) await app.downloader({ name });
    const admin = boss(app);
    admin.sends("/servers");
    const list = await says(app, admin, "2 servers");
    await admin.presses(list.id, "2. ");
    await says(app, admin, "plumless", "registered");
    await admin.presses(list.id, "Remove");
    await says(app, admin, "Remove “plumless”?");
    expect((await admin.presses(list.id, "Yes, remove")).text).toBe("Server removed");
    expect((await says(app, admin, "1 server")).text).toContain("buckeroo");
  });

  test("says that a button of an older version is outdated, and that a removed server is gone", async () => {
    await using app = await startTestApp();
    await app.downloader({ name: "nas" });
    const admin = boss(app);
    admin.sends("/servers");
    const list = await says(app, admin, "1 server");
    const old = downloaderButton.pack({ action: "sure", page: 0, downloader: Bun.hash.crc32("nas").toString(36) });
    expect((await admin.presses(list.id, old, { forged: true })).text).toBe("This button is outdated");
    const gone = downloaderButton.pack({ action: "sure", page: 0, downloader: codeOf("another") });
    expect((await admin.presses(list.id, gone, { forged: true })).text).toBe("This server is gone");
    admin.sends("/servers");
    await app.api.message(admin, ({ id, text }) => id > list.id && text.includes("1 server"));
  });

  test("tells admins of a downloader that is refused because its name looks like another one's", async () => {
    await using app = await startTestApp();
    const one = await app.downloader({ name: "one" });
    await expect(app.downloader({ name: "оne" })).rejects.toThrow('looks like "one"');
    await app.downloader({ name: "ONE" });
    const admin = boss(app);
    await says(app, admin, "🎭", "“one”", "so I refused it");
    admin.sends("/servers");
    const list = await says(app, admin, "1 server");
    expect(list.text).toContain("🟢 one ·");
    expect(list.text).not.toContain(`:${one.port}`);
  });

  test("pings a server, and says when it does not answer", async () => {
    await using app = await startTestApp();
    const nas = await app.downloader({ name: "nas" });
    const admin = boss(app);
    admin.sends("/servers");
    const list = await says(app, admin, "1 server");
    await admin.presses(list.id, "1. ");
    await says(app, admin, "registered");
    expect((await admin.presses(list.id, "Ping")).text).toBe("Asking…");
    const answered = await says(app, admin, "🏓 answered in");
    expect(answered.text).toMatch(/answered in \d+ ms/);
    nas.closes();
    await admin.presses(list.id, "Ping");
    await says(app, admin, "🏓 did not answer", "1 failure in a row");
  });

  test("removes a server after a second press; it comes back when it registers again", async () => {
    await using app = await startTestApp();
    const nas = await app.downloader({ name: "nas" });
    await app.downloader({ name: "дом" });
    const admin = boss(app);
    admin.sends("/servers");
    const list = await says(app, admin, "2 servers");
    await admin.presses(list.id, "1. ");
    await says(app, admin, "registered");
    await admin.presses(list.id, "Remove");
    await says(app, admin, "Remove “nas”?");
    await admin.presses(list.id, "Back");
    await says(app, admin, "registered");
    await admin.presses(list.id, "Remove");
    const sure = await says(app, admin, "Remove “nas”?");
    const button = sure.buttons.flat()[0]?.callback_data ?? "";
    expect((await admin.presses(list.id, "Yes, remove")).text).toBe("Server removed");
    const left = await says(app, admin, "1 server");
    expect(left.text).not.toContain("nas");
    expect((await admin.presses(list.id, button, { forged: true })).text).toBe("This server is gone");
    await nas.register(app.address);
    ann(app).sends(VIDEO);
    admin.sends("/servers");
    await says(app, admin, "2 servers", "nas");
  });
});

test("/clean asks first, then cleans the history of all downloaders and reports the result for each", async () => {
  await using app = await startTestApp({ DWLD_BOT_TELEGRAM_ADMINS: `${ADMIN},${RUSSIAN_ADMIN}` });
  const admin = app.api.user({ id: RUSSIAN_ADMIN, firstName: "Анна", languageCode: "ru" });
  const nas = await app.downloader({ name: "nas" });
  const box = await app.downloader({ name: "box" });
  box.closes();
  admin.sends("/clean");
  const question = await says(app, admin, "Очистить историю у 2 серверов");
  expect(nas.calls.filter(({ method }) => method === "CleanHistory")).toEqual([]);
  await admin.presses(question.id, "Да");
  const result = await says(app, admin, "История очищена");
  expect(result.text).toContain("✅ nas");
  expect(result.text).toContain("❌ box недоступен");
  expect(result.buttons).toEqual([]);
  expect(nas.calls.filter(({ method }) => method === "CleanHistory")).toHaveLength(1);
});

describe("/where", () => {
  test("tells who takes a link and why, who has it, and when it will be sent", async () => {
    const routes = JSON.stringify([{ match: "vimeo.com", downloaders: ["abroad", "nowhere"] }]);
    await using app = await startTestApp({ DWLD_BOT_ROUTES: routes, DWLD_BOT_DISPATCH_DELAY: "1h" });
    await app.downloader({ name: "home", roots: ["youtube.com"] });
    const abroad = await app.downloader({ name: "abroad", roots: ["*"] });
    const [admin, person] = [boss(app), ann(app)];
    person.sends(VIDEO);
    const prompt = await app.api.message(person, ({ buttons }) => buttons.length > 0);
    admin.sends(`/where ${VIDEO}&si=tracking`);
    const queued = await says(app, admin, "order is random");
    expect(queued.text).toContain("home · takes youtube.com");
    expect(queued.text).toContain("abroad · takes *");
    expect(queued.text).toMatch(/📋 Ann \(@ann\): .*\d\d:\d\d/);

    admin.sends("/servers");
    const list = await says(app, admin, "2 servers");
    await admin.presses(list.id, "2. ");
    await says(app, admin, "registered");
    await admin.presses(list.id, "Pause");
    await person.presses(prompt.id, "Now");
    await abroad.accepts(VIDEO);
    await app.api.gone(person, prompt.id);
    admin.sends(`/where ${VIDEO}`);
    const sent = await says(app, admin, "On “abroad” since");
    expect(sent.text).toContain("1. abroad");
    expect(sent.text).toContain("– home · takes youtube.com · paused");

    admin.sends("/where https://vimeo.com/7");
    const routed = await says(app, admin, "By the route vimeo.com: abroad, nowhere");
    expect(routed.text).toContain("1. abroad · by the route");
    expect(routed.text).not.toContain("home");
  });

  test("asks for a link if there is none, and explains why an address is not accepted", async () => {
    await using app = await startTestApp();
    const admin = boss(app);
    admin.sends("/where");
    await says(app, admin, "Which link should I look up?");
    admin.sends("/where ftp://example.org/x");
    await says(app, admin, "it must be an http or https link");
    admin.sends("/where https://example.org/x");
    await says(app, admin, "No server for this site");
  });
});

describe("admins are told", () => {
  test("that the bot stops and that it is up, with what is queued, each in their language, in one silent message", async () => {
    const env = { DWLD_BOT_TELEGRAM_ADMINS: `${ADMIN},${RUSSIAN_ADMIN}`, DWLD_BOT_DISPATCH_DELAY: "1h" };
    await using app = await startTestApp(env);
    const admin = boss(app);
    const other = app.api.user({ id: RUSSIAN_ADMIN, firstName: "Анна", languageCode: "ru" });
    other.sends("/help");
    await app.downloader({ name: "nas" });
    ann(app).sends(VIDEO);
    await says(app, { id: USER }, VIDEO);
    await app.api.settled();
    const first = await says(app, admin, "🟢 The bot is up");
    await app.stop();
    expect((await says(app, admin, "🔴 The bot has stopped. In the queue: 1 link.")).id).toBe(first.id);
    await says(app, other, "🔴 Бот остановлен. В очереди 1 ссылка.");
    for (let starts = 0; starts < 3; starts += 1) await app.restart();
    const last = await says(app, admin, "🟢 The bot is up, version", "In the queue: 1 link. Servers: nas.");
    await says(app, other, "🟢 Бот работает", "В очереди 1 ссылка. Серверы: nas.");
    expect([last.id, last.rang]).toEqual([first.id, false]);
    const sent = app.api.calls.filter(({ method, params }) => method === "sendMessage" && params.chat_id === ADMIN);
    expect(sent.filter(({ params }) => /^(🟢|🔴)/u.test(String(params.text)))).toHaveLength(1);
  });

  test("in a new message when the previous one was deleted, by its time or by somebody", async () => {
    let now = Date.now();
    await using app = await startTestApp({}, { now: () => now });
    const admin = boss(app);
    const first = await says(app, admin, "🟢 The bot is up");
    await app.stop();
    now += 11 * 60_000;
    await app.restart();
    await app.api.gone(admin, first.id);
    const second = await says(app, admin, "🟢 The bot is up");
    expect(second.id).not.toBe(first.id);
    app.api.fail("editMessageText", refusal(400, "Bad Request: message to edit not found"), { times: 1 });
    await app.stop();
    expect((await says(app, admin, "🔴 The bot has stopped")).id).not.toBe(second.id);
  });

  test("of a new downloader, and of one that comes from a new address, in separate messages", async () => {
    await using app = await startTestApp();
    const admin = boss(app);
    const old = await app.downloader({ name: "nas", roots: ["youtube.com"] });
    await old.register(app.address);
    const moved = await app.downloader({ name: "nas", roots: ["youtube.com"] });
    const news = await says(app, admin, "New server “nas”", `127.0.0.1:${old.port}, for youtube.com`);
    const alarm = await says(app, admin, "📍");
    expect(alarm.text).toBe(`📍 “nas” has a new address: 127.0.0.1:${old.port} → 127.0.0.1:${moved.port}`);
    expect(news.text.match(/nas/g)).toHaveLength(1);
    expect([news.rang, alarm.rang]).toEqual([false, true]);
  });

  test("once of a new name at the address of a known downloader, with what to do about the old name", async () => {
    await using app = await startTestApp();
    const admin = boss(app);
    const nas = await app.downloader({ name: "nas", roots: ["youtube.com"] });
    await says(app, admin, "➕ New server “nas”");
    for (let renewal = 0; renewal < 3; renewal += 1) await nas.register(app.address, { name: "films" });
    const alarm = await says(app, admin, "👥 “films” is new, and at the same address as nas", "/servers");
    expect(alarm.rang).toBe(true);
    await app.restart();
    await nas.register(app.address, { name: "films" });
    await nas.register(app.address, { name: "films", roots: ["vimeo.com"] });
    await says(app, admin, "🧭 “films” now takes different links");
    expect(app.api.messages(admin).filter(({ text }) => text.includes("👥"))).toHaveLength(1);
  });

  test("of a downloader that takes other links from now on, until the alarm was read", async () => {
    let now = Date.now();
    await using app = await startTestApp({}, { now: () => now });
    const admin = boss(app);
    const nas = await app.downloader({ name: "nas", roots: ["youtube.com"] });
    const joined = await says(app, admin, "➕ New server “nas”");
    await nas.register(app.address, { roots: ["nowhere.example"] });
    const alarm = await says(app, admin, "🧭 “nas” now takes different links: nowhere.example. Before: youtube.com");
    now += 40 * 3_600_000;
    await app.api.gone(admin, joined.id);
    await app.restart();
    await says(app, admin, "🟢");
    expect(app.api.messages(admin).map(({ id }) => id)).toContain(alarm.id);
    expect((await admin.presses(alarm.id, "OK")).text).toBe("OK");
    await app.api.gone(admin, alarm.id);
  });

  test("by an alarm that becomes one line once it is read, when Telegram would not delete it any more", async () => {
    let now = Date.now();
    await using app = await startTestApp({}, { now: () => now });
    const admin = boss(app);
    const nas = await app.downloader({ name: "nas", roots: ["youtube.com"] });
    await nas.register(app.address, { roots: ["*"] });
    const alarm = await says(app, admin, "🧭");
    now += 49 * 3_600_000;
    await admin.presses(alarm.id, "OK");
    const read = await says(app, admin, "✔️ 🧭");
    expect([read.id, read.buttons]).toEqual([alarm.id, []]);
  });

  test("after the next start of what could not be told before the stop", async () => {
    await using app = await startTestApp();
    const admin = boss(app);
    const nas = await app.downloader({ name: "nas" });
    await says(app, admin, "New server “nas”");
    const flood = app.api.fail("sendMessage", tooManyRequests(3_600), { chat: ADMIN });
    await nas.register(app.address, { roots: ["youtube.com"] });
    await app.api.waitFor(() => flood.hits > 0);
    await app.stop();
    flood.release();
    await app.restart();
    const alarm = await says(app, admin, "youtube.com");
    expect(alarm.buttons.flat().map(({ text }) => text)).toEqual(["OK"]);
    await app.restart();
    await app.stop();
    expect(app.api.messages(admin).filter(({ text }) => text === alarm.text)).toHaveLength(1);
  });

  test("once that a downloader with links is silent, and that it is back", async () => {
    await using app = await startTestApp(
      { DWLD_BOT_DISPATCH_BACKOFF_FIRST: "1h", DWLD_BOT_DISPATCH_BACKOFF_CAP: "6h" },
      { healthEveryMs: 40 },
    );
    const [admin, person] = [boss(app), ann(app)];
    await app.downloader({ name: "idle", roots: ["example.org"] });
    const nas = await app.downloader({ name: "nas", roots: ["youtube.com"] });
    const message = person.sends(VIDEO);
    await app.api.gone(person, message.message_id);
    nas.closes();
    await says(app, admin, "🔇 “nas” does not answer. In progress there: 1 link.");
    person.sends("https://youtube.com/watch?v=2");
    await says(app, person, "v=2", "cannot be reached");
    await nas.opens();
    const back = await says(app, admin, "🔊 “nas” is back.");
    expect(back.text).toContain("In progress there: 1 link, waiting to be sent there: 1 link.");
    expect(app.api.messages(admin).filter(({ text }) => text.includes("🔇"))).toHaveLength(1);
  });

  test("that it may be our own network when nearly all are silent at once", async () => {
    // Waiting links call nobody, and the clock stands still until both are closed, so the same health checks find them silent.
    const startedAt = Date.now();
    let closedAt: number | undefined;
    const now = () => startedAt + (closedAt === undefined ? 0 : Date.now() - closedAt);
    await using app = await startTestApp({ DWLD_BOT_DISPATCH_DELAY: "1h" }, { now, healthEveryMs: 40 });
    const [admin, person] = [boss(app), ann(app)];
    const fleet = [await app.downloader({ name: "a", roots: ["youtube.com"] }), await app.downloader({ name: "b" })];
    person.sends(VIDEO);
    await app.api.message(admin, ({ text }) => text.includes("New server “b”"));
    for (const downloader of fleet) downloader.closes();
    closedAt = Date.now();
    const news = await app.api.message(admin, ({ text }) => /📡|🔇/.test(text));
    expect(news.text).toContain("It may be the bot’s own network");
  });

  test("once that a downloader answers but refuses this bot, and once that it accepts links again; lists show that too", async () => {
    await using app = await startTestApp({ DWLD_BOT_DISPATCH_DELAY: "1h" });
    const [admin, person] = [boss(app), ann(app)];
    const nas = await app.downloader({ name: "nas", mode: { code: status.UNAUTHENTICATED, details: "who are you" } });
    const sends = async (link: string) => {
      person.sends(link);
      const prompt = await says(app, person, link, "Sends at");
      await person.presses(prompt.id, "Now");
      return prompt;
    };
    const prompt = await sends(VIDEO);
    const alarm = await says(app, admin, "⛔ “nas” answers, but does not accept this bot.");
    await says(app, person, VIDEO, "does not accept this bot");
    await sends("https://youtube.com/watch?v=2");
    await says(app, person, "v=2", "does not accept this bot");
    person.sends("/status");
    await says(app, person, "⛔ nas · answers, but does not accept this bot");
    admin.sends("/servers");
    await says(app, admin, "⛔ nas", "does not accept this bot");
    nas.mode = "ok";
    await person.presses(prompt.id, "Now");
    await nas.accepts(VIDEO);
    const news = await says(app, admin, "✅ “nas” accepts links from me again.");
    expect(news.id).toBeGreaterThan(alarm.id);
    expect(app.api.messages(admin).filter(({ text }) => text.startsWith("⛔ “nas” answers"))).toHaveLength(1);
    admin.sends("/servers");
    await says(app, admin, "🟢 nas");
  });

  test("that another instance takes the updates, once it has done so for a minute", async () => {
    let now = Date.now();
    await using app = await startTestApp({}, { now: () => now });
    const admin = boss(app);
    const conflict = app.api.fail(
      "getUpdates",
      refusal(409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"),
    );
    await app.api.waitFor(({ method, response }) => method === "getUpdates" && response?.status === 409);
    // This is told a second later: by then the conflict has begun.
    await app.downloader({ name: "nas" });
    await says(app, admin, "➕");
    now += 61_000;
    await says(app, admin, "Another copy of this bot receives its messages");
    conflict.release();
  });

  test("that a message was skipped since it ended the process again and again", async () => {
    await using app = await startTestApp();
    const admin = boss(app);
    admin.sends("/help");
    await app.api.settled();
    await app.stop();
    const update = app.api.push({ message: { ...ann(app).sends("/help"), text: "poison" } });
    using database = new Database(app.config.store.path);
    database.run("insert into updates_in_work (update_id, tries) values (?, 3)", [update.update_id]);
    await app.restart();
    await says(app, admin, "One message crashed me several times");
  });
});

describe("a chat at its limit of open links", () => {
  test("is told the limit, and nothing of the message is queued; admins have no limit", async () => {
    await using app = await startTestApp({ DWLD_BOT_LINKS_MAX_OPEN: "2", DWLD_BOT_DISPATCH_DELAY: "1h" });
    const [admin, person] = [boss(app), ann(app)];
    person.sends(`${VIDEO} https://youtube.com/watch?v=2`);
    await says(app, person, "v=2");
    person.sends("https://youtube.com/watch?v=3");
    await says(app, person, "At most 2 links at a time in the queue; you have 2.");
    person.sends(VIDEO);
    await says(app, person, "already in the queue");
    expect(app.api.messages(person).filter(({ byBot, text }) => byBot && text.includes("v=3"))).toEqual([]);
    admin.sends("https://a.org/1 https://a.org/2 https://a.org/3");
    await says(app, admin, "https://a.org/3");
  });
});
