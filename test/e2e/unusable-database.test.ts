import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { mkdirSync } from "node:fs";
import { ADMIN, OTHER, startTestApp, type TestApp, USER } from "../support/app.ts";
import { SERVER_ERROR } from "../support/bot-api/faults.ts";
import { isAbout, type LiveMessage } from "../support/bot-api/message.ts";
import { newsIsKnown } from "../support/stored.ts";

const VIDEO = "https://youtube.com/watch?v=1";
const SAME = "https://www.youtube.com/watch?v=1&utm_source=a";
/** No tick comes before the stop. */
const SELDOM = { DWLD_BOT_DISPATCH_INTERVAL: "1h" };
const isSubmission = ({ method }: { method: string }) => method === "SetToQueue";

const ann = (app: TestApp) => app.api.user({ id: USER, username: "ann", languageCode: "en" });
const bob = (app: TestApp) => app.api.user({ id: OTHER, username: "bob", languageCode: "en" });
const says = (app: TestApp, chat: number, words: string) =>
  app.api.message(chat, (message) => message.byBot && isAbout(message, words), { what: `"${words}" in ${chat}` });

function rows(app: TestApp, sql: string): Record<string, unknown>[] {
  using database = new Database(app.config.store.path, { readonly: true });
  return database.query<Record<string, unknown>, []>(sql).all();
}

/** Holds the database's lock until `release` is called or it is disposed of. */
function lock(app: TestApp): Disposable & { release(): void } {
  const other = new Database(app.config.store.path);
  other.run("BEGIN IMMEDIATE");
  return { release: () => other.run("ROLLBACK"), [Symbol.dispose]: () => other.close() };
}

/** Keeps the bot from noting anything beside the database, too. */
function blockJournal(app: TestApp): void {
  mkdirSync(`${app.config.store.path}.direct`);
}

describe("while the database is locked", () => {
  test("a link that is sent again, by the same chat or another one, is downloaded once", async () => {
    await using app = await startTestApp();
    const fleet = await Promise.all(["a", "b", "c"].map((name) => app.downloader({ name })));
    using held = lock(app);
    ann(app).sends(VIDEO);
    await says(app, USER, "sent the link to");
    ann(app).sends(SAME);
    bob(app).sends(SAME);
    await says(app, OTHER, "sent the link to");
    await app.api.settled();
    held.release();
    expect(fleet.flatMap(({ accepted }) => accepted)).toHaveLength(1);
  });

  test.each(["in the news", "in /queue"])(
    "a failed download is sent again by a press %s, and the answer says so",
    async (where) => {
      await using app = await startTestApp();
      const nas = await app.downloader({ name: "nas" });
      const person = ann(app);
      person.sends(VIDEO);
      await nas.accepts(VIDEO);
      nas.fail(VIDEO, "no such film");
      // What is in work names the trouble as well.
      const isNews = ({ text, buttons }: LiveMessage) =>
        text.includes("no such film") && buttons.flat().some((button) => button.text.includes("Send again"));
      const news = await app.api.message(USER, isNews, { what: "news with a button to send it again" });
      if (where === "in /queue") person.sends("/queue");
      const { id, buttons } = where === "in /queue" ? await says(app, USER, "Could not be downloaded") : news;
      nas.forget(VIDEO);
      await newsIsKnown(app);
      const [again] = buttons.flat().filter(({ text }) => text.includes("Send again"));
      using held = lock(app);
      const pressed = await person.presses(id, again?.callback_data ?? "", { forged: true });
      expect(pressed.text).toBe("📤 Being sent to the server");
      await says(app, USER, "sent the link to");
      held.release();
      expect(nas.accepted).toEqual([VIDEO, VIDEO]);
    },
  );

  test("a link that a downloader has for another chat goes to that downloader", async () => {
    await using app = await startTestApp();
    const fleet = await Promise.all(["a", "b", "c"].map((name) => app.downloader({ name })));
    const links = Array.from({ length: 6 }, (_, index) => `https://youtube.com/watch?v=${index}`);
    const message = ann(app).sends(links.join("\n"));
    await app.api.gone(USER, message.message_id);
    using _held = lock(app);
    bob(app).sends(links.join("\n"));
    for (const link of links) await says(app, OTHER, link);
    expect(fleet.flatMap(({ accepted }) => accepted).sort()).toEqual(links);
  });

  test("a link that nobody takes is noted, and queued when the database can be written again", async () => {
    await using app = await startTestApp();
    using held = lock(app);
    const message = ann(app).sends(VIDEO);
    const told = await says(app, USER, "I have noted it");
    expect([told.text.includes(VIDEO), told.replyTo]).toEqual([true, message.message_id]);
    held.release();
    await app.api.message(USER, (message) => isAbout(message, VIDEO) && message.buttons.length > 0);
    const nas = await app.downloader({ name: "nas" });
    await nas.accepts(VIDEO);
    await app.api.gone(USER, message.message_id);
  });

  test.each([false, true])("no chat waits for another one's links (journal blocked: %p)", async (isBlocked) => {
    await using app = await startTestApp();
    if (isBlocked) blockJournal(app);
    const silent = await app.downloader({ name: "silent", roots: ["slow.example"], mode: "hang" });
    const nas = await app.downloader({ name: "nas", roots: ["fast.example"] });
    using _held = lock(app);
    for (let index = 0; index < 6; index += 1) ann(app).sends(`https://slow.example/${index}`);
    await silent.waitFor(isSubmission);
    bob(app).sends("https://fast.example/1");
    await nas.accepts("https://fast.example/1");
    // None of the six has been answered or given up.
    const told = app.api.messages({ id: USER }).filter(({ byBot, text }) => byBot && text.includes("slow.example/"));
    expect(told.filter(({ text }) => text.includes("may have"))).toEqual([]);
    await says(app, USER, "may have taken");
  });

  test("the sender of a link that cannot be kept anywhere is told so before it is forgotten", async () => {
    await using app = await startTestApp();
    blockJournal(app);
    using _held = lock(app);
    ann(app).sends(VIDEO);
    await says(app, USER, "please send it again");
    const told = await says(app, USER, "not saved");
    expect(told.text).toContain(VIDEO);
    await app.api.settled();
  });

  test.each(["a link that can be kept nowhere", "what an edit adds"])(
    "%s comes again until its sender is told",
    async (what) => {
      await using app = await startTestApp();
      blockJournal(app);
      const sender = ann(app);
      const message = sender.sends("https://youtube.com/watch?v=0");
      await app.api.message(USER, ({ buttons }) => buttons.length > 0);
      await app.api.settled();
      using _held = lock(app);
      const silence = app.api.fail("sendMessage", SERVER_ERROR, { chat: USER });
      if (what === "what an edit adds") sender.edits(message.message_id, VIDEO);
      else sender.sends(VIDEO);
      await app.api.waitFor(({ method, params }) => method === "sendMessage" && params.chat_id === USER, {
        after: app.api.calls.length,
      });
      // Others do not wait for that.
      bob(app).sends("/help");
      await says(app, OTHER, "Commands:");
      await app.api.waitFor(({ method }) => method === "getUpdates", { after: app.api.calls.length });
      expect(app.api.pending).toHaveLength(2);
      silence.release();
      await app.api.settled();
    },
  );
});

describe("a stop", () => {
  test("right after the lock has ended stores what was handed over meanwhile", async () => {
    await using app = await startTestApp(SELDOM);
    await app.downloader({ name: "nas" });
    using held = lock(app);
    const message = ann(app).sends(VIDEO);
    await says(app, USER, "sent the link to");
    held.release();
    await app.stop();
    expect(rows(app, "select downloader, url from deliveries")).toEqual([{ downloader: "nas", url: VIDEO }]);
    await app.restart();
    await app.api.gone(USER, message.message_id);
  });

  test("waits some seconds for a lock to end", async () => {
    await using app = await startTestApp(SELDOM);
    await app.downloader({ name: "nas" });
    using held = lock(app);
    ann(app).sends(VIDEO);
    await says(app, USER, "sent the link to");
    const stopped = app.stop();
    const stopping = app.api.message(1, ({ text }) => text.includes("has stopped")).catch(() => undefined);
    await Promise.race([stopping, stopped]);
    held.release();
    await stopped;
    expect(rows(app, "select downloader from deliveries")).toEqual([{ downloader: "nas" }]);
  });

  test("during a hand-over tells who may have the link, and the next start goes on with it", async () => {
    await using app = await startTestApp();
    const fleet = await Promise.all(["a", "b", "c"].map((name) => app.downloader({ name, mode: "hang" })));
    const held = lock(app);
    ann(app).sends(VIDEO);
    const called = await Promise.any(fleet.map((one) => one.waitFor(isSubmission).then(() => one)));
    await app.stop();
    await says(app, USER, `“${called.name}” may have taken the link`);
    held.release();
    held[Symbol.dispose]();
    for (const downloader of fleet) downloader.mode = "ok";
    await app.restart();
    await called.accepts(VIDEO);
    expect(fleet.flatMap(({ accepted }) => accepted)).toEqual([VIDEO]);
  });
});

test("admins are told once after a minute that the database cannot be used, and once that it can be used again", async () => {
  let laterMs = 0;
  await using app = await startTestApp({}, { now: () => Date.now() + laterMs });
  app.api.user({ id: ADMIN, username: "boss", languageCode: "en" }).sends("/start");
  await says(app, ADMIN, "");
  await app.downloader({ name: "nas" });
  const alarms = (words: string) => app.api.messages(ADMIN).filter(({ text }) => text.includes(words));
  const held = lock(app);
  ann(app).sends(VIDEO);
  await says(app, USER, "sent the link to");
  expect(alarms("database cannot be used")).toEqual([]);
  laterMs = 61_000;
  const alarm = await says(app, ADMIN, "another program has locked it");
  expect(alarm.buttons.flat()).toHaveLength(1);
  held.release();
  held[Symbol.dispose]();
  await says(app, ADMIN, "can be used again");
  expect(alarms("database cannot be used")).toHaveLength(1);
});

test("a downloader that registers while the database is locked is known after the next start", async () => {
  await using app = await startTestApp();
  using held = lock(app);
  const nas = await app.downloader({ name: "nas" });
  ann(app).sends(VIDEO);
  await nas.accepts(VIDEO);
  await app.restart();
  bob(app).sends("https://youtube.com/watch?v=2");
  await nas.accepts("https://youtube.com/watch?v=2");
  held.release();
});
