import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import type { Wait } from "../../src/domain/wait.ts";
import { linkButton } from "../../src/telegram/views/callback-data.ts";
import { startTestApp, type TestApp, USER } from "../support/app.ts";
import { HANG, RESET, refusal } from "../support/bot-api/faults.ts";
import { isAbout, type LiveMessage } from "../support/bot-api/message.ts";
import { choose } from "../support/choosing.ts";

const video = (n: number) => `https://youtube.com/watch?v=${n}`;
const LATER = { DWLD_BOT_DISPATCH_DELAY: "1h", DWLD_BOT_TIME_ZONE: "Europe/Moscow" };
const BURST = { burstMs: 5_000 };
/** 15:00:30 in Moscow. */
const AFTERNOON = Date.UTC(2026, 10, 23, 12, 0, 30);
const HOUR_MS = 3_600_000;

const ann = (app: TestApp) => app.api.user({ id: USER, username: "ann", languageCode: "en" });
const shows = (app: TestApp, ...parts: string[]) =>
  app.api.message(USER, (message) => message.byBot && parts.every((part) => isAbout(message, part)), {
    what: parts.join(" and "),
  });
/** All messages of the bot except the one of what is in work. */
const fromBot = (app: TestApp) =>
  app.api.messages(USER).filter(({ byBot, text }) => byBot && !text.startsWith("In progress"));
const labels = ({ buttons }: Pick<LiveMessage, "buttons">) => buttons.flat().map(({ text }) => text);

function rows(app: TestApp, sql: string): Record<string, unknown>[] {
  using database = new Database(app.config.store.path, { readonly: true });
  return database.query<Record<string, unknown>, []>(sql).all();
}

/** Sends two links and opens the second one in their prompt. */
async function secondOfTwo(app: TestApp, person: ReturnType<typeof ann>) {
  person.sends(`${video(1)} ${video(2)}`);
  const prompt = await shows(app, "2 links");
  await person.presses(prompt.id, "One of them");
  await app.api.message(USER, (message) => labels(message).includes("2. youtube.com/watch?v=2"));
  await person.presses(prompt.id, "2. youtube.com");
  await shows(app, "Link 2 of 2");
  return prompt;
}

describe("links of one message", () => {
  test("are set to 720p tonight with three taps on one silent prompt", async () => {
    await using app = await startTestApp(LATER, { now: () => AFTERNOON });
    const person = ann(app);
    person.sends([1, 2, 3, 4, 5].map(video).join("\n"));
    const prompt = await shows(app, "5 links", ...[1, 2, 3, 4, 5].map(video));
    expect(labels(prompt).length).toBeLessThanOrEqual(8);
    await choose(app.api, { person, promptId: prompt.id, panel: "Quality: best", choice: "720p" });
    await person.presses(prompt.id, "Tonight");
    await shows(app, "Quality: 720p", "Sends at 02:00");
    expect(rows(app, "select distinct quality, send_at from links")).toEqual([
      { quality: "720", send_at: Date.UTC(2026, 10, 23, 23) },
    ]);
    expect(fromBot(app)).toHaveLength(1);
    const sent = app.api.calls.filter(({ method, params }) => method === "sendMessage" && params.chat_id === USER);
    expect(sent.map(({ params }) => params.disable_notification)).toEqual([true]);
  });

  test("share one prompt up to a hundred, ten on a page, and are removed and restored together", async () => {
    await using app = await startTestApp(LATER);
    const person = ann(app);
    person.sends(Array.from({ length: 100 }, (_, n) => video(n)).join("\n"));
    const prompt = await shows(app, "100 links");
    expect(prompt.links).toEqual(Array.from({ length: 10 }, (_, n) => video(n)));
    await person.presses(prompt.id, "Page 1 of 10, next");
    await shows(app, video(15));
    await person.presses(prompt.id, "🗑 Remove");
    await shows(app, "🗑 Link removed");
    expect(rows(app, "select state, count(*) as n from links group by state")).toEqual([{ state: "removed", n: 100 }]);
    await person.presses(prompt.id, "Undo");
    await shows(app, "Sends at");
    expect(rows(app, "select state, count(*) as n from links group by state")).toEqual([{ state: "queued", n: 100 }]);
  });

  test("can be changed one by one, and the rest stay together when one was sent", async () => {
    await using app = await startTestApp(LATER);
    const nas = await app.downloader({ name: "nas" });
    const person = ann(app);
    const prompt = await secondOfTwo(app, person);
    await choose(app.api, { person, promptId: prompt.id, panel: "Quality", choice: "480p" });
    await shows(app, "Link 2 of 2", "Quality: 480p");
    await person.presses(prompt.id, "Now");
    await nas.accepts(video(2));
    await shows(app, "2 links", "Sent to “nas”", "Quality: best");
    expect(rows(app, "select quality from links")).toEqual([{ quality: "best" }]);
    await person.presses(prompt.id, "Now");
    await app.api.gone(USER, prompt.id);
    expect(fromBot(app)).toEqual([]);
  });
});

test("a prompt of several links shows at once that one of them is being sent, and stays", async () => {
  // What is put off never happens.
  const wait: Wait = (_, signal) =>
    signal.aborted ? Promise.resolve() : new Promise((resolve) => signal.addEventListener("abort", () => resolve()));
  await using app = await startTestApp(LATER, { wait });
  const nas = await app.downloader({ name: "nas", mode: "hang" });
  const person = ann(app);
  const prompt = await secondOfTwo(app, person);
  await person.presses(prompt.id, "Quality");
  await app.api.message(USER, (message) => labels(message).includes("480p"));
  await person.presses(prompt.id, "480p");
  await app.api.message(USER, (message) => message.id === prompt.id && !labels(message).includes("720p"));
  await person.presses(prompt.id, "Now");
  await nas.waitFor(({ method }) => method === "SetToQueue");
  await app.api.message(USER, ({ text }) => /Link 2 of 2\n.*\n(⏳ Sending|📤 Being sent)/.test(text));
});

describe("messages that come within seconds", () => {
  test("share a prompt that shows each of them", async () => {
    await using app = await startTestApp(LATER, BURST);
    const person = ann(app);
    person.sends(video(1));
    const prompt = await shows(app, video(1));
    person.sends(video(2));
    person.sends(video(3));
    expect((await shows(app, "3 links", video(2), video(3))).id).toBe(prompt.id);
    expect(fromBot(app)).toHaveLength(1);
    await app.stop();
    expect(rows(app, "select id from links where prompted_at is null")).toEqual([]);
  });

  test("are added after a restart to the prompt that a crash left without them", async () => {
    await using app = await startTestApp(LATER, BURST);
    const person = ann(app);
    person.sends(`${video(1)} ${video(2)}`);
    const prompt = await shows(app, "2 links");
    await app.stop();
    // The second link had joined, and the bot was killed before it could show that.
    using database = new Database(app.config.store.path);
    database.run("update links set prompted_at = null, title = 'The second' where id = 2");
    await app.restart();
    expect((await shows(app, "The second")).id).toBe(prompt.id);
  });

  test("are not changed by a button that was drawn before they came", async () => {
    await using app = await startTestApp(LATER, BURST);
    const person = ann(app);
    person.sends(video(1));
    const prompt = await shows(app, video(1));
    const stale = prompt.buttons.flat().find(({ text }) => text.startsWith("Tonight"))?.callback_data ?? "";
    person.sends(video(2));
    await shows(app, "2 links");
    await person.presses(prompt.id, stale, { forged: true });
    await app.api.message(USER, ({ editedAt }) => editedAt !== undefined);
    expect(rows(app, "select send_at % 60000 = 0 as tonight from links order by id")).toEqual([
      { tonight: 1 },
      { tonight: 0 },
    ]);
  });
});

test("a button of the previous version changes nothing, and brings the new buttons", async () => {
  await using app = await startTestApp({ ...LATER, DWLD_BOT_FOLDERS: "films,music" });
  const person = ann(app);
  person.sends(video(1));
  const prompt = await shows(app, video(1));
  const before = rows(app, "select quality, folder, downloader, send_at, state from links");
  for (const action of ["quality", "folder", "now", "remove", "retry", "undo", "time", "server"] as const) {
    const press = linkButton.pack({ id: 1, action, choice: "1" });
    const { text } = await person.presses(prompt.id, press, { forged: true });
    expect(text).toBe("These buttons are out of date. Nothing was changed. Here are the new ones.");
  }
  expect(rows(app, "select quality, folder, downloader, send_at, state from links")).toEqual(before);
  expect(fromBot(app).map(({ id }) => id)).toEqual([prompt.id]);
});

describe("a prompt that is too old to be deleted", () => {
  const tooOld = /message can't be deleted/;

  test("tells what became of its links, without buttons, and the waiting ones get one new prompt", async () => {
    let now = AFTERNOON;
    await using app = await startTestApp(
      { ...LATER, DWLD_BOT_DISPATCH_DELAY: "100h" },
      { now: () => now, mayRefuse: tooOld },
    );
    const person = ann(app);
    person.sends(video(1));
    const waiting = await shows(app, video(1));
    person.sends(`${video(2)} ${video(3)}`);
    const going = await shows(app, "2 links");
    await app.stop();
    now += 72 * HOUR_MS;
    using database = new Database(app.config.store.path);
    database.run(`update links set send_at = ${now} where id > 1`);
    // While the new prompts of both are held up, the links of one of them are sent.
    const held = app.api.fail("sendMessage", HANG, { chat: USER });
    await app.restart();
    const nas = await app.downloader({ name: "nas" });
    await Promise.all([nas.accepts(video(2)), nas.accepts(video(3))]);
    held.release();
    const over = await app.api.message(USER, ({ id, text }) => id === going.id && text.split("Sent to").length === 3);
    expect(over.buttons).toEqual([]);
    const ended = await app.api.message(
      USER,
      ({ id, text }) => id === waiting.id && text.includes("in a newer message"),
    );
    expect(ended.buttons).toEqual([]);
    const alive = await app.api.message(USER, (message) => message.id > going.id && isAbout(message, video(1)));
    const living = fromBot(app).filter((message) => message.buttons.length > 0 && isAbout(message, video(1)));
    expect(living.map(({ id }) => id)).toEqual([alive.id]);
  });
});

describe("a prompt whose sending Telegram has not answered", () => {
  test("is sent again, and the first one is deleted by itself", async () => {
    await using app = await startTestApp(LATER);
    const person = ann(app);
    app.api.fail("sendMessage", { ...RESET, applied: true }, { times: 1, chat: USER });
    const { message_id: sent } = person.sends(video(1));
    await app.api.message(USER, () => fromBot(app).length === 2);
    const [first = 0, second = 0] = fromBot(app).map(({ id }) => id);
    await app.api.gone(USER, first);
    await app.api.settled();
    expect(app.api.messages(USER).map(({ id }) => id)).toEqual([sent, second]);
    await person.presses(second, "Tonight");
  });

  test("leaves the other messages above it as they are", async () => {
    await using app = await startTestApp(LATER);
    const person = ann(app);
    person.sends("/help");
    await app.api.message(USER, ({ byBot }) => byBot);
    app.api.fail("sendMessage", { ...RESET, applied: true }, { times: 2, chat: USER });
    person.sends(video(1));
    person.sends("what people write");
    await app.api.message(USER, ({ links }) => links.includes(video(1)));
    await app.api.settled();
    const before = app.api
      .messages(USER)
      .filter(({ links, buttons }) => !links.includes(video(1)) || buttons.length === 0);
    expect(before.map(({ text }) => text)).toEqual(expect.arrayContaining(["/help", "what people write"]));
    expect(fromBot(app).filter(({ links }) => links.includes(video(1)))).toHaveLength(1);
  });

  test("works where it could not be found, and then the other one is deleted", async () => {
    await using app = await startTestApp(LATER);
    const person = ann(app);
    app.api.fail("sendMessage", { ...RESET, applied: true }, { times: 1, chat: USER });
    app.api.fail("editMessageReplyMarkup", refusal(400, "Bad Request: message can't be edited"));
    person.sends(video(1));
    await app.api.message(USER, () => fromBot(app).length === 2);
    // It looks for the first one only when it knows the second one.
    await app.api.waitFor(({ method }) => method === "editMessageReplyMarkup");
    const [first = 0, second = 0] = fromBot(app).map(({ id }) => id);
    await person.presses(first, "Tonight");
    await app.api.gone(USER, second);
  });
});
