import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { status } from "@grpc/grpc-js";
import { OTHER, startTestApp, type TestApp, USER } from "../support/app.ts";
import type { Group } from "../support/bot-api/groups.ts";
import { isAbout, type LiveMessage } from "../support/bot-api/message.ts";

const FAMILY = -1_001_234_567_890;
const LATER = { DWLD_BOT_DISPATCH_DELAY: "1h" };
const FOLDERS = { ...LATER, DWLD_BOT_FOLDERS: "films,music" };
const REFUSES = { code: status.UNKNOWN, details: "disk is full" };
const video = (n: number) => `https://youtube.com/watch?v=${n}`;
const ann = (app: TestApp, languageCode = "en") => app.api.user({ id: USER, username: "ann", languageCode });
const bob = (app: TestApp, languageCode = "ru") => app.api.user({ id: OTHER, username: "bob", languageCode });
type Someone = ReturnType<typeof ann>;

const says = (app: TestApp, chat: { id: number }, ...parts: string[]) =>
  app.api.message(chat, (message) => message.byBot && parts.every((part) => isAbout(message, part)), {
    what: parts.join(" … "),
  });
const labels = ({ buttons }: Pick<LiveMessage, "buttons">) => buttons.flat().map(({ text }) => text);

function rows<Row>(app: TestApp, sql: string): Row[] {
  using database = new Database(app.config.store.path, { readonly: true });
  return database.query<Row, []>(sql).all();
}
const states = (app: TestApp) =>
  rows<{ state: string }>(app, "select state from links order by id").map(({ state }) => state);

/** Presses a button of a list, and resolves with the list once it shows the expected words. */
async function press(
  app: TestApp,
  of: { person: Someone; list: LiveMessage; button: string; shows: string; in?: Pick<Group, "id"> },
) {
  const { person, list, button, shows } = of;
  const where = of.in === undefined ? {} : { in: of.in };
  const answer = await person.presses(list.id, button, where);
  const isShown = (message: LiveMessage) =>
    message.id === list.id && (isAbout(message, shows) || labels(message).includes(shows));
  return { answer, list: await app.api.message(of.in ?? person, isShown, { what: `${button} … ${shows}` }) };
}

/** Sends links, one in each message, and opens the list of those that wait. */
async function waiting(app: TestApp, person: Someone, count: number): Promise<LiveMessage> {
  for (let n = 1; n <= count; n += 1) {
    person.sends(video(n));
    await says(app, person, `v=${n}`);
  }
  person.sends("/queue");
  const list = await says(app, person, `${count} links in the queue`);
  return (await press(app, { person, list, button: "Waiting: ", shows: `✅ Waiting: ${count} (shown)` })).list;
}

const isNews = ({ byBot, text }: LiveMessage) => byBot && text.includes("Could not send");

/** Sends two links that every server refuses, and opens the list of failed ones. */
async function failed(app: TestApp, person: Someone): Promise<LiveMessage> {
  for (const n of [1, 2]) person.sends(video(n));
  await app.api.waitFor(() => states(app).join() === "failed,failed", { what: "both to fail" });
  await app.api.waitFor(() => app.api.messages(person).some(isNews), { what: "the news" });
  person.sends("/queue");
  const list = await says(app, person, "2 links in the queue");
  return (await press(app, { person, list, button: "Failed: ", shows: "✅ Failed: 2 (shown)" })).list;
}

describe("all links of a list", () => {
  test("are postponed until tonight with one press, except links that came after the list", async () => {
    await using app = await startTestApp(LATER);
    const person = ann(app);
    const list = await waiting(app, person, 3);
    person.sends(video(4));
    await says(app, person, "v=4");
    const { answer } = await press(app, { person, list, button: "All tonight", shows: "Postponed until" });
    expect(answer.text).toMatch(/^⏳ Postponed until (\d+ \w+ )?02:00: 3 links\.$/);
    for (const n of [1, 2, 3]) {
      const isTonight = (message: LiveMessage) => isAbout(message, `v=${n}`) && isAbout(message, "02:00");
      await app.api.message(person, isTonight, { what: `the prompt of ${n}` });
    }
    const times = rows<{ send_at: number }>(app, "select send_at from links order by id").map((row) => row.send_at);
    expect([new Set(times.slice(0, 3)).size, times.slice(0, 3).includes(times[3] ?? 0)]).toEqual([1, false]);
  });

  test("are sent now, after they were postponed", async () => {
    await using app = await startTestApp(LATER);
    const nas = await app.downloader({ name: "nas" });
    const person = ann(app);
    const list = await waiting(app, person, 2);
    await press(app, { person, list, button: "All tonight", shows: "Postponed until" });
    expect((await person.presses(list.id, "All now")).text).toBe(
      "▶️ 2 links will be sent as soon as a server takes them.",
    );
    for (const n of [1, 2]) await nas.accepts(video(n));
  });

  test("go into a folder that a panel asks for, with a way back", async () => {
    await using app = await startTestApp(FOLDERS);
    const person = ann(app);
    const list = await waiting(app, person, 2);
    const question = await press(app, { person, list, button: "Folder for all", shows: "Which folder" });
    expect(labels(question.list)).toEqual(["films", "music", "Back"]);
    await press(app, { person, list, button: "Back", shows: "✅ Waiting: 2 (shown)" });
    await press(app, { person, list, button: "Folder for all", shows: "Which folder" });
    const { answer } = await press(app, { person, list, button: "music", shows: "Folder “music”: 2 links." });
    expect(answer.text).toBe("Folder “music”: 2 links.");
    expect(rows(app, "select folder from links")).toEqual([{ folder: "music" }, { folder: "music" }]);
  });

  test("are retried when they have failed, and the list is empty then", async () => {
    await using app = await startTestApp({ DWLD_BOT_DISPATCH_MAX_ATTEMPTS: "1" });
    const nas = await app.downloader({ name: "nas", mode: REFUSES });
    const person = ann(app);
    const list = await failed(app, person);
    expect(labels(list)).toContain("🔁 Retry all");
    nas.mode = "ok";
    const { answer } = await press(app, { person, list, button: "Retry all", shows: "Nothing has failed." });
    expect(answer.text).toBe("🔁 Queued again: 2 links.");
    for (const n of [1, 2]) await nas.accepts(video(n));
    // The news that they were given up is gone.
    await app.api.waitFor(() => !app.api.messages(person).some(isNews), { what: "the news to go" });
  });

  test("are postponed when they have failed, as if they were new", async () => {
    await using app = await startTestApp({ DWLD_BOT_DISPATCH_MAX_ATTEMPTS: "1" });
    await app.downloader({ name: "nas", mode: REFUSES });
    const person = ann(app);
    const list = await failed(app, person);
    const { answer } = await press(app, { person, list, button: "All tonight", shows: "Nothing has failed." });
    expect(answer.text).toMatch(/^⏳ Postponed until .*: 2 links\.$/);
    expect(states(app)).toEqual(["queued", "queued"]);
    await says(app, person, "v=1", "⏳ Sends ");
  });

  test("are removed after a question, and come back after a restart, or are deleted with their prompts", async () => {
    let now = Date.now();
    await using app = await startTestApp(LATER, { now: () => now });
    const person = bob(app);
    for (const n of [1, 2]) {
      person.sends(video(n));
      await says(app, person, `v=${n}`);
    }
    person.sends("/queue");
    const sent = await says(app, person, "В очереди 2 ссылки");
    const { list } = await press(app, { person, list: sent, button: "Ждут: ", shows: "✅ Ждут: 2 (показано)" });
    const question = "Убрать все ссылки этого списка (2)?";
    const asked = await press(app, { person, list, button: "Убрать все", shows: question });
    expect(labels(asked.list)).toEqual(["🗑 Да, убрать: 2", "Назад"]);
    person.sends(video(3));
    await says(app, person, "v=3");
    const removed = await press(app, { person, list, button: "Да, убрать", shows: "↩️ Вернуть: 2" });
    expect(removed.answer.text).toBe("🗑 Убрано: 2 ссылки.");
    expect(states(app)).toEqual(["removed", "removed", "queued"]);
    await app.restart();
    const back = await press(app, { person, list, button: "Вернуть", shows: "✅ Ждут: 3 (показано)" });
    expect(back.answer.text).toBe("Снова в очереди: 2 ссылки.");
    expect(states(app)).toEqual(["queued", "queued", "queued"]);

    const isPrompt = (n: number) => (message: LiveMessage) =>
      message.id !== list.id && isAbout(message, `v=${n}`) && isAbout(message, "Уйдёт");
    const prompts = await Promise.all([1, 2, 3].map((n) => app.api.message(person, isPrompt(n))));
    await press(app, { person, list, button: "Убрать все", shows: "Убрать все ссылки этого списка (3)?" });
    await press(app, { person, list, button: "Да, убрать", shows: "↩️ Вернуть: 3" });
    now += 10_000;
    for (const { id } of prompts) await app.api.gone(person, id);
    const late = await person.presses(list.id, "Вернуть");
    expect(late.text).toBe("Вернуть эти ссылки уже нельзя.");
    expect(states(app)).toEqual([]);
  });

  test("stay where they are while they are being sent, and the answer says so", async () => {
    await using app = await startTestApp();
    const nas = await app.downloader({ name: "nas", roots: ["youtube.com"], mode: "slow" });
    const person = ann(app);
    person.sends(video(1));
    person.sends("https://vimeo.com/2");
    await app.api.waitFor(() => states(app).join() === "sending,unmatched", { what: "one to be on its way" });
    person.sends("/queue");
    const sent = await says(app, person, "2 links in the queue");
    const { list } = await press(app, { person, list: sent, button: "Waiting: ", shows: "✅ Waiting: 2 (shown)" });
    await press(app, { person, list, button: "Remove all", shows: "Remove all 2 links of this list?" });
    const { answer } = await press(app, { person, list, button: "Yes, remove 2", shows: "↩️ Undo: 1" });
    expect(answer.text).toBe("🗑 Removed: 1 link. Already sent or being sent: 1.");
    expect(states(app)).toEqual(["sending", "removed"]);
    nas.release();
    await nas.accepts(video(1));
  });

  test("are those of the person who presses in a group, and everybody's for an admin", async () => {
    await using app = await startTestApp({ ...LATER, DWLD_BOT_TELEGRAM_USERS: String(FAMILY) });
    const group = app.api.group({ id: FAMILY, title: "Family" });
    const where = { in: group };
    const [max, lena] = [ann(app), bob(app, "en")];
    group.promotes(max);
    max.sends(video(1), where);
    for (const n of [2, 3]) lena.sends(video(n), where);
    for (const n of [1, 2, 3]) await says(app, group, `v=${n}`);
    lena.sends("/queue", where);
    const sent = await says(app, group, "3 links in the queue");
    const shown = { person: lena, list: sent, ...where };
    await press(app, { ...shown, button: "Waiting: ", shows: "✅ Waiting: 3 (shown)" });
    await press(app, { ...shown, button: "Remove all", shows: "Links that others sent stay as they are" });
    const { answer } = await press(app, { ...shown, button: "Yes, remove 3", shows: "↩️ Undo: 2" });
    expect(answer.text).toBe("🗑 Removed: 2 links. Sent by others, left as they are: 1.");
    const all = await press(app, { ...shown, person: max, button: "Undo", shows: "✅ Waiting: 3 (shown)" });
    expect(all.answer.text).toBe("Back in the queue: 2 links.");
    const tonight = await press(app, { ...shown, person: max, button: "All tonight", shows: "Postponed until" });
    expect(tonight.answer.text).toMatch(/^⏳ Postponed until .*: 3 links\./);
  });

  test("of an unknown list, or of another chat's, stay as they are", async () => {
    await using app = await startTestApp(LATER);
    const person = ann(app);
    const list = await waiting(app, person, 2);
    const data = (button: string) => list.buttons.flat().find(({ text }) => text.includes(button))?.callback_data ?? "";
    const tonight = data("All tonight");
    const before = rows(app, "select * from links order by id");
    const other = bob(app);
    other.sends("/queue");
    const empty = await says(app, other, "Очередь пуста");
    const answer = await other.presses(empty.id, tonight, { forged: true });
    expect(answer).toMatchObject({
      text: "Список изменился, поэтому ничего не сделано. Вот он сейчас.",
      showAlert: true,
    });
    expect(rows(app, "select * from links order by id")).toEqual(before);

    await app.restart();
    person.sends(video(3));
    await says(app, person, "v=3");
    const stale = await press(app, { person, list, button: "All tonight", shows: "✅ Waiting: 3 (shown)" });
    expect(stale.answer.text).toBe("The list has changed, so nothing was done. Here is the current one.");
    const sendAt = "select count(distinct send_at) as n from links where send_at % 86400000 = 7200000";
    expect(rows(app, sendAt)).toEqual([{ n: 0 }]);
    await app.restart();
    const known = await press(app, { person, list, button: "All tonight", shows: "Postponed until" });
    expect(known.answer.text).toMatch(/^⏳ Postponed until .*: 3 links\./);
  });
});

describe("the parts of /queue", () => {
  test("stay open while pages are turned and links are changed", async () => {
    await using app = await startTestApp(LATER);
    const person = ann(app);
    person.sends(Array.from({ length: 16 }, (_, n) => video(n + 1)).join("\n"));
    person.sends("/queue");
    const sent = await says(app, person, "16 links in the queue · page 1 of 4");
    const { list } = await press(app, { person, list: sent, button: "Waiting: ", shows: "✅ Waiting: 16 (shown)" });
    const last = await press(app, { person, list, button: "Last page »", shows: "Waiting: 16 · page 4 of 4" });
    expect(labels(last.list)).toContain("« First page");
    await press(app, { person, list, button: "16 🎞 best", shows: "Quality of link 16:" });
    await press(app, { person, list, button: "720p", shows: "16 🎞 720p" });
    const emptied = await press(app, { person, list, button: "16 🗑 Remove", shows: "Waiting: 15 · page 3 of 3" });
    expect(labels(emptied.list)).toContain("✅ Waiting: 15 (shown)");
    await press(app, { person, list, button: "« First page", shows: "Waiting: 15 · page 1 of 3" });
    await press(app, { person, list, button: "🔄 Refresh", shows: "✅ Waiting: 15 (shown)" });
  });

  test("are shown in Russian, with finished downloads that can be queued again", async () => {
    await using app = await startTestApp();
    const nas = await app.downloader({ name: "nas" });
    const person = bob(app);
    person.sends(video(1));
    await nas.accepts(video(1));
    nas.change(video(1), { name: "Фильм" });
    nas.finish(video(1));
    await says(app, person, "Фильм", "Готово");
    person.sends("/queue");
    const sent = await app.api.message(person, (message) => labels(message).includes("Готово: 1"), {
      what: "the list",
    });
    const { list } = await press(app, { person, list: sent, button: "Готово: ", shows: "✅ Готово: 1 (показано)" });
    expect(list.text).toMatch(/^Готово: 1\n\n1\. Фильм\n(.* )?\d\d:\d\d · nas$/);
    nas.mode = "hang";
    expect((await person.presses(list.id, "🔁 Ещё раз 1")).text).toBe("Снова в очереди");
    const empty = await press(app, { person, list, button: "Не получилось: ", shows: "Неудачных ссылок нет." });
    expect(labels(empty.list)).not.toContain("🗑 Убрать все");
  });
});
