import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { ADMIN, OTHER, startTestApp, type TestApp, USER } from "../support/app.ts";
import type { LiveMessage } from "../support/bot-api/message.ts";
import { isAbout } from "../support/bot-api/message.ts";

const LATER = { DWLD_BOT_DISPATCH_DELAY: "1h" };
const video = (n: number | string) => `https://youtube.com/watch?v=${n}`;
const ann = (app: TestApp) => app.api.user({ id: USER, username: "ann", languageCode: "en" });
const bob = (app: TestApp) => app.api.user({ id: OTHER, username: "bob", languageCode: "ru" });
const boss = (app: TestApp) => app.api.user({ id: ADMIN, username: "boss", languageCode: "en" });
const says = (app: TestApp, chat: { id: number }, ...parts: string[]) =>
  app.api.message(chat, (message) => message.byBot && parts.every((part) => isAbout(message, part)), {
    what: parts.join(" … "),
  });
const labels = (message: { buttons: readonly (readonly { text: string }[])[] }) =>
  message.buttons.flat().map(({ text }) => text);

function rows(app: TestApp, sql: string): Record<string, unknown>[] {
  using database = new Database(app.config.store.path, { readonly: true });
  return database.query<Record<string, unknown>, []>(sql).all();
}

/** Sends links, and resolves once they were all accepted. */
async function deliver(app: TestApp, person: { id: number; sends(text: string): unknown }, urls: readonly string[]) {
  for (const url of urls) person.sends(url);
  const keys = urls.map((url) => `'${url.replace("https://", "")}'`).join(",");
  const sql = `select key from deliveries where chat_id = ${person.id} and key in (${keys})`;
  await app.api.waitFor(() => rows(app, sql).length === urls.length, { what: "the deliveries" });
}

describe("/queue", () => {
  test("shows what downloaders are working on first, then what waits here, each with its buttons", async () => {
    let now = Date.now();
    await using app = await startTestApp({}, { now: () => now });
    const nas = await app.downloader({ name: "nas", roots: ["youtube.com"] });
    const person = ann(app);
    await deliver(app, person, [video(1), video(2)]);
    nas.change(video(2), { status: "WORK", name: "A \u202efilm" });
    nas.extraTasks.push({ link: "https://youtube.com/foreign", status: "WORK", max_quality: "1", name: "Secret" });
    person.sends("https://vimeo.com/3");
    await says(app, person, "vimeo.com/3", "No server for this site");
    now += 10_000;
    person.sends("/queue");
    const queue = await says(app, person, "1 link in the queue · 2 on the servers");
    expect(queue.text.indexOf("v=2")).toBeLessThan(queue.text.indexOf("v=1"));
    expect(queue.text.indexOf("v=1")).toBeLessThan(queue.text.indexOf("vimeo.com/3"));
    expect(queue.text).not.toContain("Secret");
    expect(queue.text).not.toContain("\u202e");
    expect(labels(queue)).toEqual([
      ...["1 🗑 Remove", "2 🗑 Remove", "3 ▶️ Now", "3 🎞 best", "3 🗑 Remove"],
      ...["✅ Current: 3 (shown)", "Waiting: 1", "In progress: 2", "Failed: 0", "Done: 0", "🔄 Refresh"],
    ]);
  });

  test("changes the quality of a link in place, and returns to the list", async () => {
    await using app = await startTestApp(LATER);
    const person = ann(app);
    person.sends(video(1));
    person.sends("/queue");
    const queue = await says(app, person, "1 link in the queue");
    await person.presses(queue.id, "1 🎞 best");
    await says(app, person, "Quality of link 1");
    expect((await person.presses(queue.id, "720p")).text).toBe("Saved");
    await app.api.message(person, (message) => message.id === queue.id && labels(message).includes("1 🎞 720p"));
    await app.api.message(person, (message) => isAbout(message, video(1)) && labels(message).includes("Quality: 720p"));
    expect(rows(app, "select quality from links")).toEqual([{ quality: "720" }]);
  });

  test("removes a download at its downloader, and says so on the page", async () => {
    await using app = await startTestApp();
    const nas = await app.downloader({ name: "nas" });
    const person = ann(app);
    await deliver(app, person, [video(1)]);
    person.sends("/queue");
    const queue = await says(app, person, "1 link on the servers");
    await person.presses(queue.id, "1 🗑 Remove");
    const question = await says(app, person, "Remove link 1 from its server?");
    expect(labels(question)).toEqual(["🗑 Yes, remove", "‹ Back"]);
    await person.presses(queue.id, "‹ Back");
    await app.api.message(person, (message) => message.id === queue.id && labels(message).includes("1 🗑 Remove"));
    expect(nas.calls.filter(({ method }) => method === "DeleteFromQueue")).toEqual([]);
    await person.presses(queue.id, "1 🗑 Remove");
    await says(app, person, "Remove link 1 from its server?");
    expect((await person.presses(queue.id, "🗑 Yes, remove")).text).toBe("Asking the server…");
    const after = await says(app, person, "Removed from “nas”", "The queue is empty");
    expect(after.id).toBe(queue.id);
    expect(nas.calls.filter(({ method }) => method === "DeleteFromQueue")).toMatchObject([
      { request: { link: video(1) } },
    ]);
    expect(nas.tasks()).toEqual([]);
  });

  test("names a downloader that hangs, and shows what was last known of it", async () => {
    await using app = await startTestApp({}, { patienceMs: 100 });
    const nas = await app.downloader({ name: "nas" });
    const person = bob(app);
    await deliver(app, person, [video(1)]);
    nas.queueMode = "hang";
    person.sends("/queue");
    const queue = await says(app, person, "Нет ответа от «nas»");
    expect(queue.text).toContain("На серверах 1 ссылка");
    expect(queue.text).toContain(video(1));
  });

  test("turns its pages, and shows the last one when a page becomes empty", async () => {
    await using app = await startTestApp(LATER);
    const person = ann(app);
    person.sends(Array.from({ length: 6 }, (_, n) => video(n)).join("\n"));
    person.sends("/queue");
    const queue = await says(app, person, "6 links in the queue · page 1 of 2");
    await person.presses(queue.id, "›");
    const second = await says(app, person, "6 links in the queue · page 2 of 2");
    expect(labels(second).slice(0, 3)).toEqual(["6 ▶️ Now", "6 🎞 best", "6 🗑 Remove"]);
    expect(labels(second).slice(-2)).toEqual(["‹ Previous page", "🔄 Refresh"]);
    expect((await person.presses(queue.id, "6 🗑 Remove")).text).toBe("Link removed");
    const first = await says(app, person, "5 links in the queue");
    expect(first.id).toBe(queue.id);
    expect(first.text).not.toContain("/ 2");
  });

  test("shows and manages everyone's links for an admin; others cannot remove one even by a forged press", async () => {
    await using app = await startTestApp();
    const nas = await app.downloader({ name: "nas" });
    const [person, other, admin] = [ann(app), bob(app), boss(app)];
    await deliver(app, person, [video(1)]);
    admin.sends("/queue");
    const all = await says(app, admin, "1 link on the servers", "👤 User 1001 (@ann)");
    await admin.presses(all.id, "1 🗑 Remove");
    const question = await says(app, admin, "Remove link 1 from its server?");
    const remove = question.buttons[0]?.[0]?.callback_data ?? "";
    await admin.presses(all.id, "‹ Back");
    await app.api.message(admin, (message) => message.id === all.id && labels(message).includes("1 🗑 Remove"));
    other.sends("/queue");
    const empty = await says(app, other, "Очередь пуста");
    await other.presses(empty.id, remove, { forged: true });
    await says(app, other, "Такой ссылки среди ваших нет");
    expect(nas.tasks()).toHaveLength(1);
    await admin.presses(all.id, "Only mine");
    await says(app, admin, "The queue is empty");
    await admin.presses(all.id, "All chats");
    await says(app, admin, "👤 User 1001 (@ann)");
    await admin.presses(all.id, "1 🗑 Remove");
    await says(app, admin, "Remove link 1 from its server?");
    await admin.presses(all.id, "🗑 Yes, remove");
    await says(app, admin, "Removed from “nas”");
    expect(nas.tasks()).toEqual([]);
  });

  test("shows only the group's links in a group, even to an admin, and answers in the topic", async () => {
    await using app = await startTestApp(LATER);
    const nas = await app.downloader({ name: "nas" });
    nas.extraWork.push({ link: video(9), filename: "private.mp4", percentage: 10 });
    const [person, admin] = [ann(app), boss(app)];
    person.sends(video(1));
    await says(app, person, video(1));
    const group = app.api.group({ id: -1_001_000_000_001, title: "Family", forum: true });
    const films = group.topic("Films");
    admin.sends("/queue", { in: group, threadId: films });
    const queue = await says(app, group, "The queue is empty");
    admin.sends("/status", { in: group, threadId: films });
    const status = await says(app, group, "1 download for other chats");
    expect(status.text).not.toContain("private.mp4");
    expect([queue.threadId, status.threadId]).toEqual([films, films]);
  });

  test("answers odd callback data politely", async () => {
    await using app = await startTestApp(LATER);
    const person = ann(app);
    person.sends(video(1));
    person.sends("/queue");
    const queue = await says(app, person, "1 link in the queue");
    const whole = queue.buttons[0]?.[0]?.callback_data ?? "";
    const prefix = whole.split(";")[0] ?? "";
    for (const tail of [
      "",
      ";",
      ";zzzzzzzzzzzz;1;0",
      ";0;-5;1;0",
      ";9;0;1;3;1;x",
      ";0;!!;?;0",
      ";3;0;0;1;zzzzzzzzzzzzzzzz",
    ]) {
      const answer = await person.presses(queue.id, `${prefix.slice(0, 6)}${tail}`, { forged: true });
      expect(["", "This button is outdated", "You have no such link"]).toContain(answer.text);
    }
    expect(app.logged()).not.toContain("Cannot handle");
  });
});

describe("/status", () => {
  test("shows each downloader with the chat's own running downloads, and keeps itself up to date", async () => {
    let now = Date.now();
    // One of the two answers within this time.
    await using app = await startTestApp({}, { now: () => now, patienceMs: 2_000 });
    const nas = await app.downloader({ name: "nas" });
    const box = await app.downloader({ name: "box", roots: ["nowhere.example"] });
    box.statusMode = "hang";
    nas.sensors = "CPU: 40°C\nfan: <b>900</b>";
    const [person, other] = [ann(app), bob(app)];
    await deliver(app, person, [video(1)]);
    await deliver(app, other, [video(2)]);
    nas.work(video(1), { percentage: 42, current_size: 120, total_size: 300, filename: "film.mp4" });
    nas.work(video(2));
    person.sends("/status");
    const status = await says(app, person, "▓▓▓▓░░░░░░ 42 % · 120 of 300 MB", "film.mp4", "nas · online · 2 downloads");
    expect(status.text).toContain("🔴 box · has just stopped answering");
    // Sensors are shown to admins only.
    expect(status.text).not.toContain("fan:");
    nas.work(video(1), { percentage: 80, current_size: 240, total_size: 300, filename: "film.mp4" });
    now += 5_000;
    const later = await says(app, person, "▓▓▓▓▓▓▓▓░░ 80 %");
    expect(later.id).toBe(status.id);
  });

  test("names twelve idle servers in one line", async () => {
    await using app = await startTestApp();
    for (let n = 1; n <= 12; n += 1) {
      const box = await app.downloader({ name: `box${n}`, roots: ["nowhere.example"] });
      box.sensors = "fan: 900";
    }
    const nas = await app.downloader({ name: "nas", roots: ["youtube.com"] });
    const person = ann(app);
    await deliver(app, person, [video(1)]);
    nas.work(video(1), { percentage: 42, filename: "film.mp4" });
    person.sends("/status");
    const { text } = await says(app, person, "42 %", "🟢 Free: box");
    expect(text.split("\n").filter((line) => line.includes("box"))).toHaveLength(1);
    expect(text).not.toContain("fan");
  });

  test("is refreshed by its button, also in Russian, and shows an admin everything", async () => {
    await using app = await startTestApp({ DWLD_BOT_DISPATCH_INTERVAL: "10m" });
    const admin = app.api.user({ id: ADMIN, username: "boss", languageCode: "ru" });
    admin.sends("/status");
    const status = await says(app, admin, "Ни один сервер ещё не подключился");
    const nas = await app.downloader({ name: "nas" });
    nas.extraWork.push({ link: video(9), filename: "чужое.mp4", percentage: 10 });
    await admin.presses(status.id, "Обновить");
    const edited = await says(app, admin, "nas", "на связи", "чужое.mp4");
    expect(edited.id).toBe(status.id);
  });

  test("keeps only the chat's newest one up to date", async () => {
    let now = Date.now();
    await using app = await startTestApp({}, { now: () => now });
    const nas = await app.downloader({ name: "nas" });
    const admin = boss(app);
    nas.extraWork.push({ link: video(9), filename: "one.mp4", percentage: 10 });
    admin.sends("/status");
    const older = await says(app, admin, "one.mp4");
    admin.sends("/status");
    const newer = await app.api.message(admin, ({ id, text }) => id > older.id && text.includes("one.mp4"));
    nas.extraWork[0] = { link: video(9), filename: "two.mp4", percentage: 20 };
    now += 5_000;
    await app.api.message(admin, ({ id, text }) => id === newer.id && text.includes("two.mp4"));
    expect(app.api.messages(admin).find(({ id }) => id === older.id)?.text).toContain("one.mp4");
  });
});

describe("/links", () => {
  test("lists the links in work, one in each line, to copy into other tools", async () => {
    let now = Date.now();
    await using app = await startTestApp({}, { now: () => now });
    const nas = await app.downloader({ name: "nas", roots: ["youtube.com"] });
    const person = ann(app);
    await deliver(app, person, [video(1), video(2)]);
    nas.finish(video(1));
    person.sends("https://vimeo.com/3");
    await says(app, person, "vimeo.com/3", "No server for this site");
    now += 10_000;
    person.sends("/links");
    // The prompt of that link may still be there, but has buttons.
    const isList = ({ byBot, text, buttons }: LiveMessage) =>
      byBot && buttons.length === 0 && text.startsWith(video(2));
    const list = await app.api.message(person, isList);
    expect(list.text).toBe(`${video(2)}\nhttps://vimeo.com/3`);
    expect(list.entities).toEqual([]);
  });

  test("gives an admin their own links, or everyone's with \"all\", and a user never anybody else's", async () => {
    await using app = await startTestApp(LATER);
    const [person, other, admin] = [ann(app), bob(app), boss(app)];
    person.sends(video(1));
    await says(app, person, video(1));
    admin.sends("/links");
    await says(app, admin, "No links in progress");
    admin.sends("/links all");
    await app.api.message(admin, ({ text }) => text === video(1));
    other.sends("/links all");
    await says(app, other, "Ссылок в работе нет");
  });

  test("splits a long list into messages, and says how many more there are", async () => {
    await using app = await startTestApp({ ...LATER, DWLD_BOT_TELEGRAM_MAX_LINKS_PER_MESSAGE: "100" });
    const person = ann(app);
    const long = (n: number) => `https://a.com/${n}?${"x".repeat(1_900)}`;
    for (let n = 0; n < 12; n += 1) person.sends(long(n));
    await app.api.waitFor(() => rows(app, "select id from links").length === 12, { what: "the links" });
    person.sends("/links");
    await says(app, person, "and 2 links more");
    const lists = app.api
      .messages(person)
      .filter(({ byBot, text }) => byBot && text.startsWith("https://a.com/") && !text.includes("Send"));
    expect(lists.filter(({ buttons }) => buttons.length === 0).flatMap(({ text }) => text.split("\n"))).toEqual(
      Array.from({ length: 10 }, (_, n) => long(n)),
    );
  });
});

describe("/remove", () => {
  test("removes a link from the queue, however it is spelt", async () => {
    await using app = await startTestApp(LATER);
    const person = ann(app);
    person.sends(video(1));
    await says(app, person, video(1));
    person.sends("/remove www.youtube.com/watch?v=1&utm_source=x");
    await says(app, person, "Link removed from the queue");
    person.sends("/queue");
    await says(app, person, "The queue is empty");
  });

  test("removes a link at its downloader unless others want it, and tells how that went", async () => {
    let now = Date.now();
    await using app = await startTestApp({}, { now: () => now });
    const nas = await app.downloader({ name: "nas" });
    const [person, other] = [ann(app), bob(app)];
    await deliver(app, person, [video(1), video(2)]);
    await deliver(app, other, [video(1)]);
    now += 10_000;
    person.sends(`/remove ${video(1)}`);
    await says(app, person, "Others still want it");
    expect(nas.tasks()).toHaveLength(2);
    now += 10_000;
    other.sends(`/remove ${video(1)}`);
    await says(app, other, "Убрано с сервера «nas»");
    expect(nas.tasks().map(({ link }) => link)).toEqual([video(2)]);
    now += 10_000;
    person.sends(`/remove ${video(2)} ${video(7)}`);
    const told = await says(app, person, "Removed from “nas”");
    expect(told.text).toContain("You have no such link");
    expect(nas.tasks()).toEqual([]);
  });

  test("says what the downloader really does: finishes the link, is moving it, or has finished it", async () => {
    let now = Date.now();
    await using app = await startTestApp({}, { now: () => now });
    const nas = await app.downloader({ name: "nas" });
    const person = ann(app);
    const links = [1, 2, 3, 4].map(video);
    await deliver(app, person, links);
    nas.work(video(1));
    nas.change(video(2), { status: "SENDING" });
    nas.finish(video(3));
    now += 10_000;
    person.sends(`/remove ${links.join(" ")}`);
    const { text } = await says(app, person, "it will finish what it has started");
    expect(text).toContain("“nas” is already moving it to its folder");
    expect(text).toContain("“nas” has already finished it");
    expect(text).toContain("Removed from “nas”");
    expect(text.split("\n\n").filter((one) => one.includes("Removed from “nas”"))).toHaveLength(1);
    expect(nas.running()).toMatchObject([{ link: video(1) }]);
  });

  test("takes the link from the message that it replies to, or asks for one", async () => {
    await using app = await startTestApp(LATER);
    const person = ann(app);
    person.sends(video(1));
    const prompt = await says(app, person, video(1));
    person.sends("/remove");
    await says(app, person, "Which link should I remove?");
    person.sends("/remove", { replyTo: prompt.id });
    await says(app, person, "Link removed from the queue");
  });

  test("says when the downloader does not answer, and changes nothing", async () => {
    await using app = await startTestApp();
    const nas = await app.downloader({ name: "nas" });
    const person = ann(app);
    await deliver(app, person, [video(1)]);
    nas.closes();
    person.sends(`/remove ${video(1)}`);
    await says(app, person, "“nas” has not confirmed it");
    expect(rows(app, "select state from deliveries")).toEqual([{ state: "open" }]);
  });
});
