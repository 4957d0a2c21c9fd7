import { describe, expect, test } from "bun:test";
import { CANCEL_UNDO_MS } from "../../src/service/tracking/cancellation.ts";
import { OTHER, startTestApp, type TestApp, USER } from "../support/app.ts";
import { RESET, refusal, tooManyRequests } from "../support/bot-api/faults.ts";
import type { Call } from "../support/bot-api/journal.ts";
import type { LiveMessage } from "../support/bot-api/message.ts";
import type { Person } from "../support/bot-api/people.ts";
import { createClock } from "../support/clock.ts";
import type { FakeDownloader } from "../support/downloader.ts";
import { looked } from "../support/looked.ts";
import { deliveriesAreKnown, stored } from "../support/stored.ts";

const video = (n: number) => `https://youtube.com/watch?v=${n}`;
const FAMILY = -1_001_234_567_890;
const PACE = 10_000;
const HOUR = 3_600_000;

const ann = (app: TestApp) => app.api.user({ id: USER, username: "ann", languageCode: "en" });
const bob = (app: TestApp) => app.api.user({ id: OTHER, username: "bob", languageCode: "ru" });

/** A clock that stands still until it is set forward. */
function clock() {
  let at = Date.now();
  return {
    now: () => at,
    skip: (ms: number) => {
      at += ms;
    },
  };
}

const shown = ({ text }: { text: string }) => text.replace(/[\u2066-\u2069]/g, "");
const labels = ({ buttons }: LiveMessage) => buttons.flat().map(({ text }) => text);
const isWork = ({ byBot, text }: LiveMessage) => byBot && /^(In progress|В работе)/.test(text);

/** The message of what is in work in this chat, once it contains all of these words. */
const work = (app: TestApp, chat: number, ...parts: string[]) =>
  app.api.message(chat, (message) => isWork(message) && parts.every((part) => shown(message).includes(part)), {
    what: parts.join(" … "),
  });
const works = (app: TestApp, chat: number) => app.api.messages(chat).filter(isWork);
/** Sets the clock forward to the next question about progress, and waits for the answer. */
async function turn(nas: FakeDownloader, skip: (ms: number) => void): Promise<void> {
  const after = nas.calls.length;
  skip(PACE);
  await nas.waitFor(({ method }) => method === "Status", { after });
  await looked(nas);
}
const removals = (nas: FakeDownloader) => nas.calls.filter(({ method }) => method === "DeleteFromQueue");

/** Sends links that the downloader accepts, in this order. */
async function deliver(app: TestApp, person: Person, ...links: string[]): Promise<FakeDownloader> {
  const nas = await app.downloader({ name: "nas" });
  for (const [nth, link] of links.entries()) {
    person.sends(link);
    await deliveriesAreKnown(app, nth + 1);
  }
  return nas;
}

describe("the silent message of what is in work", () => {
  test("comes with the first link that is handed over, is edited in place, and is deleted when all is done", async () => {
    const { now, skip } = clock();
    await using app = await startTestApp({}, { now });
    const person = ann(app);
    const nas = await deliver(app, person, video(1), video(2));
    const first = await work(app, USER, "In progress");
    const sent = app.api.calls.find(
      ({ method, response }) => method === "sendMessage" && JSON.stringify(response?.body).includes("In progress"),
    );
    expect(sent?.params.disable_notification).toBeTruthy();
    nas.change(video(1), { name: "The film" });
    nas.work(video(1), { percentage: 42.7, current_size: 100, total_size: 300, filename: "film.mp4" });
    await looked(nas);
    await turn(nas, skip);
    await work(app, USER, "The film — downloading");
    await turn(nas, skip);
    await work(app, USER, "The film — downloading, 42 %");
    person.sends("/queue");
    await app.api.message(USER, ({ text }) => text.includes("⬇️ Downloading · 42 % · on “nas”"));
    nas.work(video(1), { percentage: 55, current_size: 130, total_size: 300, filename: "film.mp4" });
    await turn(nas, skip);
    skip(PACE);
    const running = await work(app, USER, "1. The film — downloading, 55 %, 3.1 MB/s · nas");
    expect(running.id).toBe(first.id);
    expect(shown(running)).toContain("2. youtube.com/watch?v=2 — waiting, 1 link ahead of it · nas");
    nas.finish(video(1));
    nas.finish(video(2));
    await app.api.gone(USER, first.id);
    expect(works(app, USER)).toEqual([]);
  });

  test("is the chat's own, in its language, and separate for each topic", async () => {
    const { now, skip } = clock();
    await using app = await startTestApp({ DWLD_BOT_TELEGRAM_USERS: `${USER},${OTHER},${FAMILY}` }, { now });
    const nas = await app.downloader({ name: "nas" });
    const group = app.api.group({ id: FAMILY, title: "Family", forum: true });
    const [films, songs] = [group.topic("Films"), group.topic("Songs")];
    const person = bob(app);
    person.sends(video(1));
    await nas.accepts(video(1));
    person.sends(video(2), { in: group, threadId: films });
    person.sends(video(3), { in: group, threadId: songs });
    for (const n of [2, 3]) await nas.accepts(video(n));
    expect(shown(await work(app, OTHER, "В работе: 1"))).toContain("watch?v=1 — ждёт · nas");
    await app.api.message(FAMILY, isWork);
    skip(25_000);
    const inFilms = await work(app, FAMILY, "watch?v=2");
    const inSongs = await work(app, FAMILY, "watch?v=3");
    expect([inFilms.threadId, inSongs.threadId]).toEqual([films, songs]);
    expect(works(app, OTHER)).toHaveLength(1);
  });

  test("whose sending was not answered comes again, and the first one goes when somebody cancels something there", async () => {
    await using app = await startTestApp({ DWLD_BOT_DISPATCH_DELAY: "1h" });
    const nas = await app.downloader({ name: "nas" });
    const person = ann(app);
    person.sends(video(1));
    const prompt = await app.api.message(USER, ({ buttons }) =>
      buttons.flat().some(({ text }) => text.includes("Now")),
    );
    await stored(app, "select id from links where prompt_id is null", (unprompted) => unprompted.length === 0);
    app.api.fail("sendMessage", { ...RESET, applied: true }, { chat: USER, times: 1 });
    await person.presses(prompt.id, "Now");
    await nas.accepts(video(1));
    await app.api.waitFor(() => works(app, USER).length === 2);
    await stored(app, "select chat_id from work_messages", (messages) => messages.length === 1);
    const [orphan, known] = works(app, USER).map(({ id }) => id);
    await person.presses(orphan ?? 0, "Cancel");
    await app.api.gone(USER, orphan ?? 0);
    expect((await work(app, USER, "cancelled")).id).toBe(known ?? 0);
  });

  test("moves below newer messages when a new link comes", async () => {
    const { now, skip } = clock();
    await using app = await startTestApp(
      { DWLD_BOT_LIFETIMES_COMMANDS: "1h", DWLD_BOT_LIFETIMES_ANSWERS: "1h" },
      { now },
    );
    const person = ann(app);
    const nas = await deliver(app, person, video(1));
    const first = await work(app, USER, "In progress: 1");
    for (const _ of [1, 2, 3]) {
      const { message_id } = person.sends("/help");
      await app.api.message(USER, ({ byBot, id }) => byBot && id > message_id);
    }
    skip(PACE);
    nas.work(video(1));
    await work(app, USER, "downloading");
    expect(works(app, USER).map(({ id }) => id)).toEqual([first.id]);
    person.sends(video(2));
    await nas.accepts(video(2));
    skip(PACE);
    const second = await work(app, USER, "In progress: 2");
    expect(second.id).toBeGreaterThan(first.id);
    await app.api.gone(USER, first.id);
  });

  test("shows a new link before its prompt and message are deleted, however long that takes", async () => {
    const time = createClock();
    await using app = await startTestApp({}, { now: time.now, wait: time.wait });
    const person = ann(app);
    const nas = await deliver(app, person, video(1));
    await work(app, USER, "In progress: 1");
    // The message has been edited just now, so its next edit waits.
    person.sends(video(2));
    await nas.accepts(video(2));
    await work(app, USER, "In progress: 2");
    const { message_id: id } = person.sends(video(3));
    const prompt = await app.api.message(USER, ({ byBot, links }) => byBot && links.includes(video(3)));
    await nas.accepts(video(3));
    await time.sleeping(2_000);
    await looked(nas);
    expect(app.api.messages(USER).map((message) => message.id)).toEqual(expect.arrayContaining([id, prompt.id]));
    time.advance(2_000);
    await app.api.gone(USER, prompt.id);
    await app.api.gone(USER, id);
    const { calls } = app.api;
    const shownAt = calls.findIndex(({ params }) => String(params.text).startsWith("In progress: 3"));
    const isDeletion = ({ method, params }: Call) =>
      method === "deleteMessages" && Array.isArray(params.message_ids) && params.message_ids.includes(id);
    expect(shownAt).toBeGreaterThan(0);
    expect(calls.findIndex(isDeletion)).toBeGreaterThan(shownAt);
  });

  test("keeps a finished download until its news has been sent", async () => {
    const time = createClock();
    const newsPace = { quietMs: 30_000, mostMs: 60_000 };
    await using app = await startTestApp({}, { now: time.now, wait: time.wait, newsPace });
    const nas = await deliver(app, ann(app), video(1));
    const { id } = await work(app, USER, "waiting");
    nas.finish(video(1));
    await time.sleeping(30_000);
    time.advance(PACE);
    expect((await work(app, USER, "watch?v=1 — ready · nas")).id).toBe(id);
    time.advance(30_000);
    await app.api.message(USER, ({ text }) => text.includes("is ready"));
    await app.api.gone(USER, id);
  });

  test("stays the same message after a restart, and none is left behind", async () => {
    const { now, skip } = clock();
    await using app = await startTestApp({}, { now });
    const nas = await deliver(app, ann(app), video(1));
    const first = await work(app, USER, "In progress: 1");
    await app.restart();
    skip(PACE);
    nas.work(video(1));
    expect((await work(app, USER, "downloading")).id).toBe(first.id);
    await app.stop();
    nas.finish(video(1));
    await app.restart();
    await app.api.gone(USER, first.id);
  });

  test("is sent anew before it is too old to be deleted", async () => {
    const { now, skip } = clock();
    await using app = await startTestApp({}, { now });
    await deliver(app, ann(app), video(1));
    const first = await work(app, USER, "In progress: 1");
    skip(46 * HOUR);
    await app.api.gone(USER, first.id);
    expect(works(app, USER)).toHaveLength(1);
  });

  test("loses its buttons when the bot was stopped until it could no longer be deleted", async () => {
    const { now, skip } = clock();
    await using app = await startTestApp({}, { now });
    const nas = await deliver(app, ann(app), video(1));
    const first = await work(app, USER, "In progress: 1");
    await app.api.waitFor(({ method, response }) => method === "deleteMessages" && response?.status === 200);
    await app.stop();
    skip(72 * HOUR);
    await app.restart();
    const former = await app.api.message(USER, ({ id, buttons }) => id === first.id && buttons.length === 0);
    expect(former.text).toBe("The list of what is in progress is further down now");
    const second = await work(app, USER, "In progress: 1");
    await app.stop();
    skip(72 * HOUR);
    nas.finish(video(1));
    await app.restart();
    await app.api.message(USER, ({ text }) => text.includes("is ready"));
    const over = await app.api.message(USER, ({ id, buttons }) => id === second.id && buttons.length === 0);
    expect(over.text).not.toContain("In progress");
  });

  test("comes back with the next link when somebody has deleted it", async () => {
    const { now, skip } = clock();
    await using app = await startTestApp({}, { now });
    const person = ann(app);
    const nas = await deliver(app, person, video(1));
    const first = await work(app, USER, "In progress: 1");
    app.api.fail("editMessageText", refusal(400, "Bad Request: message to edit not found"), { times: 1 });
    skip(PACE);
    nas.work(video(1));
    await app.api.waitFor(({ response }) => response?.status === 400 && response.armed === true);
    skip(PACE);
    nas.work(video(1), { percentage: 5 });
    await looked(nas);
    expect(works(app, USER).map(({ id }) => id)).toEqual([first.id]);
    person.sends(video(2));
    await nas.accepts(video(2));
    skip(PACE);
    expect((await work(app, USER, "In progress: 2")).id).toBeGreaterThan(first.id);
  });
});

describe("a download is cancelled", () => {
  test("only when the time to undo has passed", async () => {
    const { now, skip } = clock();
    await using app = await startTestApp({}, { now });
    const person = ann(app);
    const nas = await deliver(app, person, video(1), video(2));
    // Its message exists: its next edit may wait for the time that is set forward.
    await work(app, USER, "In progress");
    skip(PACE);
    const message = await work(app, USER, "In progress: 2", "v=2");
    const pressed = await person.presses(message.id, "✖️ Cancel 1");
    expect(shown(pressed)).toBe("Will be cancelled in 8 s: youtube.com/watch?v=1");
    const planned = await work(app, USER, "1. youtube.com/watch?v=1 — will be cancelled · nas");
    expect(labels(planned)).toEqual(["↩️ Undo 1", "✖️ Cancel 2"]);
    expect((await person.presses(message.id, "↩️ Undo 1")).text).toContain("Continues");
    await work(app, USER, "v=1 — waiting");
    await person.presses(message.id, "✖️ Cancel 2");
    await work(app, USER, "v=2 — will be cancelled");
    expect(removals(nas)).toEqual([]);
    skip(CANCEL_UNDO_MS);
    await work(app, USER, "In progress: 1");
    expect(removals(nas)).toMatchObject([{ request: { link: video(2) } }]);
    expect(nas.tasks().map(({ link }) => link)).toEqual([video(1)]);
    await app.stop();
    expect(removals(nas)).toHaveLength(1);
  });

  test("after a restart too, neither sooner nor never", async () => {
    const { now, skip } = clock();
    await using app = await startTestApp({}, { now });
    const person = ann(app);
    const nas = await deliver(app, person, video(1));
    const message = await work(app, USER, "In progress: 1");
    await person.presses(message.id, "✖️ Cancel");
    await app.restart();
    await work(app, USER, "will be cancelled");
    expect(removals(nas)).toEqual([]);
    skip(CANCEL_UNDO_MS);
    await app.api.gone(USER, message.id);
    expect(nas.tasks()).toEqual([]);
  });

  test("with a true answer when it can no longer be stopped", async () => {
    const { now, skip } = clock();
    await using app = await startTestApp({}, { now });
    const person = bob(app);
    const nas = await deliver(app, person, video(1));
    await work(app, OTHER, "В работе: 1");
    nas.change(video(1), { status: "SENDING" });
    skip(PACE);
    const message = await work(app, OTHER, "переносится в папку");
    await person.presses(message.id, "✖️ Отменить");
    skip(CANCEL_UNDO_MS);
    await app.api.message(OTHER, ({ text }) => text.includes("остановить это нельзя"));
    skip(PACE);
    expect(labels(await work(app, OTHER, "переносится в папку"))).toEqual(["✖️ Отменить"]);
  });

  test("only by its owners, and not twice", async () => {
    const { now, skip } = clock();
    await using app = await startTestApp({}, { now });
    const person = ann(app);
    const nas = await deliver(app, person, video(1));
    const message = await work(app, USER, "In progress: 1");
    const press = message.buttons[0]?.[0]?.callback_data ?? "";
    const other = bob(app);
    const { message_id } = other.sends("hi");
    expect((await other.presses(message_id, press, { forged: true })).text).toBe("Такой ссылки среди ваших нет");
    for (const data of ["", ";x", ";cancel;zz", ";cancel;999999"]) {
      const odd = await person.presses(message.id, `${press.slice(0, 6)}${data}`, { forged: true });
      expect(["This button is outdated", "You have no such link"]).toContain(odd.text);
    }
    nas.finish(video(1));
    await app.api.gone(USER, message.id);
    const late = person.sends("/help").message_id;
    expect((await person.presses(late, press, { forged: true })).text).toBe("Already finished");
    skip(CANCEL_UNDO_MS);
    await app.stop();
    expect(removals(nas)).toEqual([]);
  });
});

describe("when something goes wrong with that message", () => {
  test("a chat that threw the bot out gets it again after it lets the bot in", async () => {
    const { now, skip } = clock();
    await using app = await startTestApp({}, { now });
    const person = ann(app);
    const nas = await deliver(app, person, video(1));
    await work(app, USER, "In progress: 1");
    const blocked = app.api.fail("editMessageText", refusal(403, "Forbidden: bot was blocked by the user"));
    await looked(nas);
    nas.work(video(1));
    await looked(nas);
    skip(PACE);
    await stored(app, "select 1 from chats where blocked_at is not null", (chats) => chats.length === 1);
    blocked.release();
    skip(PACE);
    person.sends("/help");
    await work(app, USER, "downloading");
  });

  test("a group that becomes a supergroup gets a new one, and nobody else's message is edited", async () => {
    const { now, skip } = clock();
    const [old, next] = [-500, -1_001_000_000_500];
    const env = { DWLD_BOT_TELEGRAM_USERS: `${USER},${old}` };
    await using app = await startTestApp(env, { now, mayRefuse: /upgraded to a supergroup/ });
    const nas = await app.downloader({ name: "nas" });
    const group = app.api.group({ id: old, title: "Family" });
    const person = ann(app);
    person.sends(video(1), { in: group });
    await nas.accepts(video(1));
    await work(app, old, "In progress: 1");
    group.upgrades(next);
    await app.api.settled();
    skip(25_000);
    await work(app, next, "In progress: 1");
    nas.finish(video(1));
    await app.api.message(next, ({ text }) => text.includes("is ready"));
    await app.api.waitFor(({ method, params }) => method === "deleteMessages" && params.chat_id === next);
    expect(works(app, next)).toEqual([]);
  });

  test("Telegram's limits are kept: it waits behind the answers that people asked for", async () => {
    const { now, skip } = clock();
    await using app = await startTestApp({}, { now });
    const person = ann(app);
    const nas = await deliver(app, person, video(1));
    await work(app, USER, "In progress: 1");
    await looked(nas);
    nas.work(video(1));
    await looked(nas);
    const flood = app.api.fail("editMessageText", tooManyRequests(1), { times: 1 });
    skip(PACE);
    person.sends("/help");
    await work(app, USER, "downloading");
    expect(flood.hits).toBe(1);
    expect(works(app, USER)).toHaveLength(1);
  });
});
