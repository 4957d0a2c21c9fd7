import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pair } from "../../src/commands/pair.ts";
import { NobodyRules } from "../../src/domain/pairing.ts";
import { ADMIN, startTestApp, type TestApp, TOKEN } from "../support/app.ts";
import type { ChatRef } from "../support/bot-api/waits.ts";

const OWNER = 7;
const EVE = 666;
const WRONG = "0000-1111-2222";

/** A folder for a database, where a pairing can begin before the bot's first start. */
function createHome() {
  const folder = mkdtempSync(join(tmpdir(), "dwld-pairing-"));
  const store = join(folder, "dwld-bot.db");
  return {
    env: { DWLD_BOT_TELEGRAM_ADMINS: "", DWLD_BOT_TELEGRAM_USERS: "", DWLD_BOT_STORE_PATH: store },
    store,
    /** Begins a pairing and resolves with its code; the Bot API is away, so the bot's name is unknown. */
    async begin(): Promise<string> {
      let printed = "";
      const env = {
        DWLD_BOT_TELEGRAM_TOKEN: TOKEN,
        DWLD_BOT_TELEGRAM_API_ROOTS: "http://127.0.0.1:9",
        DWLD_BOT_STORE_PATH: store,
      };
      await pair({}, { env, cwd: folder, write: (text) => (printed += text) });
      return /\n {4}(\S+)\n/.exec(printed)?.[1] ?? "";
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

const owner = (app: TestApp, languageCode = "en") =>
  app.api.user({ id: OWNER, username: "ann", firstName: "Ann", languageCode });
const eve = (app: TestApp, languageCode = "en") =>
  app.api.user({ id: EVE, username: "eve", firstName: "Eve", languageCode });
const said = (app: TestApp, chat: ChatRef, part: string) =>
  app.api.message(chat, ({ byBot, text }) => byBot && text.includes(part), { what: `a message with "${part}"` });
const isGone = (app: TestApp, chat: ChatRef, id: number) =>
  app.api.waitFor(() => app.api.messages(chat).every((message) => message.id !== id));

function admins(store: string): unknown[] {
  using database = new Database(store, { readonly: true });
  return database.query("select id, role, name from grants").all();
}

describe("the owner of a bot without an admin", () => {
  test("becomes an admin for good by sending the code; the message with the code is deleted", async () => {
    using home = createHome();
    const code = await home.begin();
    await using app = await startTestApp(home.env);
    const [ann, stranger] = [owner(app), eve(app)];
    stranger.sends("hello there");
    await said(app, stranger, "You have no access to this bot");

    const sent = ann.sends(code.toLowerCase());
    await said(app, ann, "You are an admin of this bot now.");
    await isGone(app, ann, sent.message_id);
    ann.sends("/users");
    await said(app, ann, "with a one-time code");
    expect(admins(home.store)).toEqual([{ id: OWNER, role: "admin", name: "Ann (@ann)" }]);
    expect(existsSync(`${home.store}.pairing`)).toBe(false);
    expect(app.logged()).not.toContain(code);

    stranger.sends(code);
    await app.restart();
    ann.sends("/servers");
    await said(app, ann, "No server");
    expect(admins(home.store)).toHaveLength(1);
  });

  test("can open the printed address instead, and is answered in Russian", async () => {
    using home = createHome();
    const code = await home.begin();
    await using app = await startTestApp(home.env);
    const ann = owner(app, "ru");
    const sent = ann.sends(`/start ${code}`);
    await said(app, ann, "Теперь вы админ этого бота.");
    await isGone(app, ann, sent.message_id);
    ann.sends("/users");
    await said(app, ann, "по одноразовому коду");
  });

  test("finds links in the queue that were sent before the code", async () => {
    using home = createHome();
    const code = await home.begin();
    await using app = await startTestApp({ ...home.env, DWLD_BOT_DISPATCH_DELAY: "1h" });
    const ann = owner(app);
    ann.sends("https://a.example/1");
    await said(app, ann, "You have no access to this bot");
    ann.sends(code);
    await app.api.message(ann, ({ buttons, text }) => buttons.length > 0 && text.includes("a.example"));
  });
});

describe("a person who guesses the code", () => {
  test("has five tries altogether, over restarts; afterwards the right code is useless", async () => {
    using home = createHome();
    const code = await home.begin();
    await using app = await startTestApp(home.env);
    const [ann, stranger] = [owner(app, "ru"), eve(app, "ru")];
    for (const left of ["4 попытки", "3 попытки", "2 попытки", "1 попытка"]) {
      const guess = stranger.sends(WRONG);
      await said(app, stranger, `Код неверный. Осталось ${left}.`);
      await isGone(app, stranger, guess.message_id);
      await app.restart();
    }
    stranger.sends(WRONG);
    await said(app, stranger, "Этот код больше не действует");
    ann.sends(code);
    await said(app, ann, "Этот код больше не действует");
    expect(admins(home.store)).toEqual([]);
    await app.stop();
    await expect(app.restart()).rejects.toThrow(NobodyRules);
  });

  test("has one hour", async () => {
    using home = createHome();
    const code = await home.begin();
    let now = Date.now();
    await using app = await startTestApp(home.env, { now: () => now });
    now += 3_600_000;
    const ann = owner(app);
    ann.sends(code);
    await said(app, ann, "This code no longer works");
    const next = await home.begin();
    now = Date.now();
    ann.sends(next);
    await said(app, ann, "You are an admin of this bot now.");
  });

  test("achieves nothing with the code in a group", async () => {
    using home = createHome();
    const code = await home.begin();
    await using app = await startTestApp({ ...home.env, DWLD_BOT_TELEGRAM_USERS: String(EVE) });
    const stranger = eve(app);
    stranger.sends("/help");
    const group = app.api.group({ id: -100_5, title: "Yard" });
    stranger.sends(code, { in: group });
    await app.api.settled();
    expect(admins(home.store)).toEqual([]);
  });
});

describe("a bot that has an admin", () => {
  test("gets another one by a code, and the first is told with a sound", async () => {
    using home = createHome();
    const code = await home.begin();
    await using app = await startTestApp({ ...home.env, DWLD_BOT_TELEGRAM_ADMINS: String(ADMIN) });
    const boss = app.api.user({ id: ADMIN, username: "boss", firstName: "Bo", languageCode: "en", started: true });
    const ann = owner(app);
    ann.sends(code);
    const alarm = await said(app, boss, "Ann (@ann) (7) is now an admin, with a one-time code");
    expect(alarm.buttons.flat().map(({ text }) => text)).toEqual(["OK"]);
  });

  test("cannot lose its last one in /users", async () => {
    using home = createHome();
    const code = await home.begin();
    await using app = await startTestApp(home.env);
    const ann = owner(app);
    ann.sends(code);
    await said(app, ann, "You are an admin of this bot now.");
    ann.sends("/users");
    const list = await said(app, ann, "with a one-time code");
    await ann.presses(list.id, "Ann (@ann)");
    await app.api.message(ann, ({ id, text }) => id === list.id && text.startsWith("Ann"));
    for (const button of ["user", "guest", "Remove access"]) {
      expect((await ann.presses(list.id, button)).text).toBe(
        "This is the only admin. Make somebody else an admin first.",
      );
    }
    expect(admins(home.store)).toHaveLength(1);
  });
});

test("a bot without an admin and without a pairing does not start", async () => {
  using home = createHome();
  await expect(startTestApp(home.env)).rejects.toThrow(NobodyRules);
});
