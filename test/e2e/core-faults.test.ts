import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { ADMIN, startTestApp, type TestApp, USER } from "../support/app.ts";
import { HANG } from "../support/bot-api/faults.ts";
import { isAbout } from "../support/bot-api/message.ts";

const VIDEO = "https://youtube.com/watch?v=1";
const LATER = { DWLD_BOT_DISPATCH_DELAY: "1h" };
const NOW = "▶️ Now";

const ann = (app: TestApp) => app.api.user({ id: USER, username: "ann", languageCode: "en" });
const promptOf = (app: TestApp, than = 0) =>
  app.api.message(USER, ({ id, byBot, buttons }) => byBot && id > than && buttons.length > 0, { what: "a prompt" });

/** The database of the bot, running or not, opened by another program. */
function database(app: TestApp): Database {
  return new Database(app.config.store.path, { readwrite: true });
}

describe("a message", () => {
  test("that the bot cannot handle is answered with an error, and later messages work", async () => {
    await using app = await startTestApp(LATER);
    const person = ann(app);
    {
      using other = database(app);
      other.run("ALTER TABLE intake RENAME TO nowhere");
    }
    person.sends(VIDEO);
    await app.api.message(USER, ({ byBot, text }) => byBot && text.includes("Something went wrong"));
    {
      using other = database(app);
      other.run("ALTER TABLE nowhere RENAME TO intake");
    }
    person.sends(VIDEO);
    await promptOf(app);
  });
});

test("a link that came while the clock was two hours ahead is sent in time once the clock is right", async () => {
  const startedAt = Date.now();
  let now = startedAt + 2 * 3_600_000;
  await using app = await startTestApp({ DWLD_BOT_DISPATCH_DELAY: "1m" }, { now: () => now });
  const nas = await app.downloader({ name: "nas" });
  const person = ann(app);
  person.sends(VIDEO);
  const prompt = await promptOf(app);
  now = startedAt + 5_000;
  // It shows the time of sending, which is another one now.
  await app.api.message(USER, ({ id, text }) => id === prompt.id && text !== prompt.text, { what: "an edited prompt" });
  expect(nas.accepted).toEqual([]);
  now += 61_000;
  await nas.accepts(VIDEO);
});

test("a database that is deleted under the bot is written anew, admins are told, and a restart loses no link", async () => {
  await using app = await startTestApp(LATER);
  const admin = app.api.user({ id: ADMIN, username: "boss", languageCode: "en", started: true });
  const person = ann(app);
  person.sends(VIDEO);
  await promptOf(app);
  for (const end of ["", "-wal", "-shm"]) rmSync(app.config.store.path + end, { force: true });
  person.sends("https://youtube.com/watch?v=2");
  await app.api.message(admin, ({ text }) => text.includes("🧯 The file of the database was deleted or replaced"));
  person.sends("https://youtube.com/watch?v=3");
  await app.api.message(USER, ({ byBot, text, buttons }) => byBot && text.includes("v=3") && buttons.length > 0);
  await app.restart();
  using other = database(app);
  const urls = other
    .query<{ url: string }, []>("SELECT url FROM links ORDER BY id")
    .all()
    .map(({ url }) => url);
  expect(urls).toEqual([1, 2, 3].map((n) => `https://youtube.com/watch?v=${n}`));
});

describe("a prompt", () => {
  test("that a crash made an orphan goes at the first press on it after the link was sent", async () => {
    await using app = await startTestApp(LATER);
    const person = ann(app);
    person.sends(VIDEO);
    const orphan = await promptOf(app);
    await app.stop();
    {
      using other = database(app);
      other.run("UPDATE links SET prompt_id = NULL, prompted_at = NULL");
    }
    await app.restart();
    const prompt = await promptOf(app, orphan.id);
    const nas = await app.downloader({ name: "nas" });
    await person.presses(prompt.id, NOW);
    await nas.accepts(VIDEO);
    await app.api.gone(person, prompt.id);
    const pressed = await person.presses(orphan.id, NOW);
    expect(pressed.text).toContain("nas");
    // Planned deletions are also carried out at the start.
    await app.restart();
    await app.api.gone(person, orphan.id);
  });

  test("is known by its message's id, and answers are deleted, although the database was locked then", async () => {
    await using app = await startTestApp(LATER);
    const person = ann(app);
    const held = app.api.fail("sendMessage", HANG);
    const urls = [VIDEO, "https://youtube.com/watch?v=2"];
    for (const url of urls) person.sends(url);
    await app.api.settled();
    using other = database(app);
    expect(other.query("SELECT count(*) AS links FROM links").get()).toEqual({ links: 2 });
    other.run("BEGIN IMMEDIATE");
    held.release();
    person.sends("/help");
    // It is sent after the prompts, each of which has to be stored before the next one.
    const help = await app.api.message(USER, ({ text }) => text.includes("/settings"), { what: "help" });
    person.sends("/help");
    await app.api.message(USER, ({ id, text }) => id > help.id && text.includes("/settings"), { what: "more help" });
    const prompts = urls.map((url) =>
      app.api.messages(person).find((message) => message.byBot && isAbout(message, url)),
    );
    other.run("ROLLBACK");
    await app.stop();
    expect(other.query("SELECT url, prompt_id FROM links ORDER BY id").all()).toEqual(
      urls.map((url, n) => ({ url, prompt_id: prompts[n]?.id })),
    );
    const planned = other.query<{ message_id: number }, []>("SELECT message_id FROM deletions").all();
    expect(planned.map(({ message_id: id }) => id)).toContain(help.id);
  });

  test("that is too old to stay is kept while the chat cannot be given a new one", async () => {
    const startedAt = Date.now();
    let now = startedAt;
    await using app = await startTestApp({ DWLD_BOT_DISPATCH_DELAY: "10d" }, { now: () => now });
    const person = ann(app);
    person.sends(VIDEO);
    const prompt = await promptOf(app);
    await app.api.settled();
    await app.stop();
    now = startedAt + 46.5 * 3_600_000;
    app.api.fail("sendMessage", { kind: "answer", status: 403, body: forbidden }, { chat: { id: USER } });
    await app.restart();
    await app.api.waitFor(({ method, response }) => method === "sendMessage" && response?.status === 403);
    await app.stop();
    using other = database(app);
    expect(other.query("SELECT prompt_id FROM links").all()).toEqual([{ prompt_id: prompt.id }]);
    expect(app.api.messages({ id: USER }).map(({ id }) => id)).toContain(prompt.id);
  });
});

const forbidden = { ok: false, error_code: 403, description: "Forbidden: bot was blocked by the user" };
