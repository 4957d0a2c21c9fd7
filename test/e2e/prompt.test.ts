import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { status } from "@grpc/grpc-js";
import { UNDO_MS } from "../../src/service/queue/queue.ts";
import { promptButton } from "../../src/telegram/views/callback-data.ts";
import { ADMIN, startTestApp, type TestApp, USER } from "../support/app.ts";
import { ask } from "../support/bot-api/ask.ts";
import { isAbout } from "../support/bot-api/message.ts";
import { choose } from "../support/choosing.ts";
import { holdWaits } from "../support/held-wait.ts";

const VIDEO = "https://youtube.com/watch?v=1";
const SECOND = "https://youtube.com/watch?v=2";
const HOUR_MS = 3_600_000;
/** 15:00:30 in Moscow. */
const AFTERNOON = Date.UTC(2026, 10, 23, 12, 0, 30);
const LATER = { DWLD_BOT_DISPATCH_DELAY: "1h", DWLD_BOT_TIME_ZONE: "Europe/Moscow" };

const ann = (app: TestApp, languageCode = "en") => app.api.user({ id: USER, username: "ann", languageCode });
/** The one link, without any that came later. */
const about = (id: number) => ({ batch: id, link: 0, last: id });
const promptOf = (app: TestApp, link = VIDEO) =>
  app.api.message(USER, (message) => message.byBot && isAbout(message, link) && message.buttons.length > 0);
const shows = (app: TestApp, ...words: string[]) =>
  app.api.message(USER, (message) => message.byBot && words.every((part) => isAbout(message, part)), {
    what: words.join(" and "),
  });
const hasBack = (buttons: readonly (readonly { text: string }[])[]) => buttons.at(-1)?.at(-1)?.text === "Back";
const chosen = (message: { buttons: readonly (readonly { text: string }[])[] }) =>
  message.buttons.flat().flatMap(({ text }) => (text.startsWith("✅ ") ? [text.slice(2)] : []));
const labels = (message: { buttons: readonly (readonly { text: string }[])[] }) =>
  message.buttons.map((row) => row.map(({ text }) => text).join(" | "));

function rows(app: TestApp, sql: string): Record<string, unknown>[] {
  using database = new Database(app.config.store.path, { readonly: true });
  return database.query<Record<string, unknown>, []>(sql).all();
}

describe("the prompt of a link", () => {
  test("stays in the link's chat when an admin presses a button for it in another chat", async () => {
    await using app = await startTestApp(LATER);
    const person = ann(app);
    const admin = app.api.user({ id: ADMIN, username: "boss", languageCode: "en" });
    person.sends(VIDEO);
    const prompt = await promptOf(app);
    admin.sends("/help");
    const help = await app.api.message(admin, ({ byBot, text }) => byBot && text.includes("/settings"));
    const [link] = rows(app, "SELECT id FROM links");
    const press = promptButton.pack({ ...about(Number(link?.id)), action: "quality", choice: "480" });
    await admin.presses(help.id, press, { forged: true });
    expect((await shows(app, VIDEO, "480p")).id).toBe(prompt.id);
    expect(rows(app, "SELECT chat_id, prompt_id FROM links")).toEqual([{ chat_id: USER, prompt_id: prompt.id }]);
  });

  test("is not linked to its address where Telegram does not allow that", async () => {
    await using app = await startTestApp(LATER);
    ann(app).sends("https://example.com:0/video");
    const { buttons, links } = await app.api.message(
      USER,
      ({ byBot, text }) => byBot && text.startsWith("example.com:0"),
    );
    expect(buttons.length).toBeGreaterThan(0);
    expect(links).toEqual([]);
  });

  test.each([
    ["true", { url: VIDEO, prefer_small_media: true }],
    ["false", { is_disabled: true }],
  ])("shows a preview if the operator wants that: %s", async (linkPreviews, options) => {
    await using app = await startTestApp({ ...LATER, DWLD_BOT_TELEGRAM_LINK_PREVIEWS: linkPreviews });
    const person = app.api.user({ id: USER, username: "ann", languageCode: "en" });
    person.sends(VIDEO);
    person.sends("https://x.org/1\nhttps://x.org/2");
    await app.api.message(person, ({ byBot, text }) => byBot && text.startsWith("2 links"));
    await app.api.message(person, ({ byBot, text }) => byBot && text.startsWith("youtube.com"));
    const shown = app.api.calls.filter(({ method, params }) => method === "sendMessage" && params.chat_id === USER);
    expect(shown.map(({ params }) => params.link_preview_options)).toEqual([options, { is_disabled: true }]);
  });

  test("has no preview where Telegram cannot make one: of an address that is not on the web", async () => {
    const previews = { DWLD_BOT_TELEGRAM_LINK_PREVIEWS: "true", DWLD_BOT_LINKS_ALLOW_PRIVATE: "true" };
    await using app = await startTestApp({ ...LATER, ...previews });
    ann(app).sends("http://nas/film.mkv");
    await app.api.message(USER, ({ byBot, text }) => byBot && text.startsWith("nas/film.mkv"));
    const sent = app.api.calls.filter(({ method, params }) => method === "sendMessage" && params.chat_id === USER);
    expect(sent.map(({ params }) => params.link_preview_options)).toEqual([{ is_disabled: true }]);
  });

  test("lets its owner postpone it: an hour, until tonight, until tomorrow, in the bot's time zone", async () => {
    // On a slow machine the prompt would say that the link is still being sent, as it does two seconds after the press.
    const later = holdWaits(2_000);
    await using app = await startTestApp(LATER, { now: () => AFTERNOON, wait: later.wait });
    const nas = await app.downloader({ name: "nas" });
    const person = ann(app);
    person.sends(VIDEO);
    const prompt = await promptOf(app);
    expect(prompt.text).toContain("⏳ Sends at 16:00");
    expect(labels(prompt)).toEqual(["▶️ Now | Tonight, 02:00", "Quality: best", "More | 🗑 Remove"]);
    const more = { person, promptId: prompt.id, panel: "More" };
    expect((await choose(app.api, { ...more, choice: "In 1 h" })).text).toBe("Sends at 16:01");
    await shows(app, "Sends at 16:01");
    expect((await person.presses(prompt.id, "Tonight")).text).toBe("Sends at 02:00");
    expect(chosen(await shows(app, "Sends at 02:00"))).toEqual(["Tonight, 02:00"]);
    await choose(app.api, { ...more, choice: "Tomorrow" });
    await shows(app, "Sends on 24 Nov at 09:00");
    await person.presses(prompt.id, "More");
    await app.api.message(USER, (message) => chosen(message).join() === "Tomorrow, 09:00");
    await person.presses(prompt.id, "Back");
    await app.api.message(USER, (message) => labels(message)[0]?.startsWith("▶️ Now") === true);
    expect(rows(app, "select send_at from links")).toEqual([{ send_at: Date.UTC(2026, 10, 24, 6) }]);
    const edits = () => app.api.calls.filter(({ method }) => method === "editMessageText").length;
    await app.api.settled();
    const before = edits();
    await person.presses(prompt.id, "Now");
    await nas.accepts(VIDEO);
    await app.api.gone(person, prompt.id);
    // The press's answer has said it, and the prompt was about to be deleted.
    expect(edits()).toBe(before);
  });

  test("shows that a link is about to be sent while its servers are busy with others", async () => {
    await using app = await startTestApp({ ...LATER, DWLD_BOT_DISPATCH_CONCURRENCY: "1" }, { now: () => AFTERNOON });
    const nas = await app.downloader({ name: "nas" });
    const person = ann(app);
    const prompts: number[] = [];
    for (const link of ["https://x.org/1", "https://x.org/2"]) {
      person.sends(link);
      prompts.push((await promptOf(app, link.slice(8))).id);
    }
    const [first = 0, second = 0] = prompts;
    nas.mode = "hang";
    await person.presses(first, "Now");
    await person.presses(second, "Now");
    await app.api.message(USER, ({ id, text }) => id === second && text.includes("⏳ Sending"));
    await app.api.message(USER, ({ id, text }) => id === first && text.includes("📤 Being sent"));
  });

  test("offers a choice of servers when several take the link, and the chosen one gets it", async () => {
    await using app = await startTestApp(LATER);
    const long = `abroad ${"x".repeat(57)}`;
    const nas = await app.downloader({ name: "nas" });
    const abroad = await app.downloader({ name: long, roots: ["youtube.com"] });
    const person = ann(app);
    person.sends("https://vimeo.com/1");
    const other = await promptOf(app, "vimeo.com/1");
    await person.presses(other.id, "More");
    const opened = await app.api.message(USER, ({ id, buttons }) => id === other.id && hasBack(buttons));
    expect(labels(opened)).toEqual(["In 1 h | Tomorrow, 09:00", "Copy the address", "Back"]);
    person.sends(VIDEO);
    const prompt = await promptOf(app);
    await person.presses(prompt.id, "More");
    const servers = await app.api.message(USER, ({ id, buttons }) => id === prompt.id && hasBack(buttons));
    expect(labels(servers)).toContain("✅ Any server | abroad xxxxxxxxxxxx… | nas");
    await person.presses(prompt.id, "abroad xxx");
    await shows(app, `server: ${long}`);
    await person.presses(prompt.id, "Now");
    await abroad.accepts(VIDEO);
    expect(nas.accepted).toEqual([]);
  });

  test("keeps a removed link unchanged for a short time to undo, also over a restart", async () => {
    await using app = await startTestApp(LATER, { now: () => AFTERNOON });
    const person = ann(app);
    const message = person.sends(VIDEO);
    const prompt = await promptOf(app);
    await person.presses(prompt.id, "Tonight");
    expect((await person.presses(prompt.id, "🗑 Remove")).text).toBe("Link removed");
    const removed = await shows(app, "🗑 Link removed");
    expect(labels(removed)).toEqual(["↩️ Undo"]);
    await app.restart();
    expect((await person.presses(prompt.id, "Undo")).text).toBe("Back in the queue");
    const back = await shows(app, "Sends at 02:00");
    expect([back.id, ...chosen(back)]).toEqual([prompt.id, "Tonight, 02:00"]);
    expect(app.api.messages(person).map(({ id }) => id)).toEqual([message.message_id, prompt.id]);
  });

  test("forgets a removed link, its prompt and its message when the time to undo is over", async () => {
    let now = AFTERNOON;
    await using app = await startTestApp(LATER, { now: () => now });
    const person = ann(app);
    const message = person.sends(`${VIDEO} ${SECOND}`);
    const prompt = await promptOf(app);
    await person.presses(prompt.id, "One of them");
    await app.api.message(USER, ({ buttons }) => labels({ buttons })[0]?.startsWith("1. ") === true);
    await person.presses(prompt.id, "1. youtube.com");
    await shows(app, "Link 1 of 2");
    await person.presses(prompt.id, "🗑 Remove");
    await shows(app, "Link 1 of 2", "🗑 Link removed");
    now += UNDO_MS;
    const left = await app.api.message(USER, ({ links, text }) => links.join() === SECOND && text.includes("Sends"));
    expect(rows(app, "select url from links")).toEqual([{ url: SECOND }]);
    expect(app.api.messages(person).map(({ id }) => id)).toEqual([message.message_id, prompt.id]);
    const undo = promptButton.pack({ batch: 1, link: 1, last: 2, action: "undo" });
    expect((await person.presses(left.id, undo, { forged: true })).text).toBe("You have no such link");
    await person.presses(prompt.id, "🗑 Remove");
    await shows(app, SECOND, "🗑 Link removed");
    now += UNDO_MS;
    await app.api.gone(person, message.message_id);
    expect(app.api.messages(person)).toEqual([]);
  });

  test("brings a removed link back when it is sent again", async () => {
    await using app = await startTestApp(LATER, { now: () => AFTERNOON });
    const person = ann(app);
    const first = person.sends(VIDEO);
    const old = await promptOf(app);
    await person.presses(old.id, "🗑 Remove");
    await shows(app, "🗑 Link removed");
    const again = person.sends(VIDEO);
    const prompt = await shows(app, "Sends at 16:00");
    expect(prompt.id).not.toBe(old.id);
    await app.restart();
    await app.api.gone(person, old.id);
    await app.api.gone(person, first.message_id);
    expect(app.api.messages(person).map(({ id }) => id)).toEqual([again.message_id, prompt.id]);
  });

  test("tells the link's state in Russian, with the right plurals", async () => {
    await using app = await startTestApp({ DWLD_BOT_DISPATCH_MAX_ATTEMPTS: "2" });
    const person = ann(app, "ru");
    person.sends(VIDEO);
    await shows(app, "Для этого сайта пока нет сервера");
    await app.downloader({ name: "nas", mode: { code: status.UNKNOWN, details: "no" } });
    const failed = await shows(app, "❌ Не получилось за 2 попытки. Ответ «nas»: no");
    expect(labels(failed)).toEqual(["🔁 Повторить | Ночью, 02:00", "Качество: лучшее", "Ещё | 🗑 Убрать"]);
    // The news that it was given up changes as well.
    const isNow = (words: string) =>
      app.api.message(person, ({ id, text }) => id === failed.id && text.includes(words), { what: words });
    expect((await person.presses(failed.id, "Убрать")).text).toBe("Ссылка убрана");
    expect(labels(await isNow("🗑 Ссылка убрана"))).toEqual(["↩️ Вернуть"]);
    await person.presses(failed.id, "Вернуть");
    await isNow("❌ Не получилось за 2 попытки");
  });

  test("is sent anew, silently, before it gets too old to be deleted", async () => {
    let now = AFTERNOON;
    await using app = await startTestApp(LATER, { now: () => now });
    const person = ann(app);
    person.sends(VIDEO);
    const old = await promptOf(app);
    // It is edited, so its id is stored: otherwise the clock may leap before that, and the link be handled before it has a prompt.
    await choose(app.api, { person, promptId: old.id, panel: "Quality", choice: "480p" });
    await shows(app, VIDEO, "480p");
    now += 45 * HOUR_MS;
    await app.restart();
    await shows(app, "No server for this site");
    expect(app.api.messages(person).map(({ id }) => id)).toContain(old.id);
    now += 1.5 * HOUR_MS;
    await app.restart();
    await app.api.gone(person, old.id);
    const fresh = await promptOf(app);
    expect(fresh.id).not.toBe(old.id);
    const sent = app.api.calls.filter(({ method, params }) => method === "sendMessage" && params.chat_id === USER);
    expect(sent.map(({ params }) => params.disable_notification)).toEqual([true, true]);
    const answer = await choose(app.api, { person, promptId: fresh.id, panel: "Quality", choice: "720p" });
    expect(answer.text).toBe("Saved");
  });

  test("has folder buttons that keep their meaning when the config lists other folders", async () => {
    await using app = await startTestApp({ ...LATER, DWLD_BOT_FOLDERS: "films,music,sport" });
    const person = ann(app);
    person.sends(VIDEO);
    const prompt = await promptOf(app);
    await person.presses(prompt.id, "Folder: films");
    const panel = await app.api.message(USER, ({ id, buttons }) => id === prompt.id && hasBack(buttons));
    const dataOf = (folder: string) => panel.buttons.flat().find(({ text }) => text === folder)?.callback_data ?? "";
    await app.restart({ DWLD_BOT_FOLDERS: "sport,music" });
    expect((await person.presses(prompt.id, dataOf("music"), { forged: true })).text).toBe("Saved");
    const folders = () => rows(app, "select folder from links");
    expect(folders()).toEqual([{ folder: "music" }]);
    await app.restart({ DWLD_BOT_FOLDERS: "films,serials" });
    expect((await person.presses(prompt.id, dataOf("sport"), { forged: true })).text).toBe("This button is outdated");
    expect(folders()).toEqual([{ folder: "music" }]);
  });

  test("does not claim that a link is sent when no server takes it, whatever is pressed", async () => {
    await using app = await startTestApp(LATER);
    const person = ann(app);
    person.sends(VIDEO);
    const prompt = await promptOf(app);
    const answer = await person.presses(prompt.id, "▶️ Now");
    const shown = await shows(app, "No server for this site yet. The link waits.");
    expect([shown.id, answer.text]).toEqual([prompt.id, "It will be sent as soon as a server takes it"]);
    await app.downloader({ name: "nas" });
    await app.api.gone(person, prompt.id);
  });

  test("answers forged and outdated buttons politely", async () => {
    await using app = await startTestApp({ ...LATER, DWLD_BOT_FOLDERS: "films" });
    const person = ann(app);
    person.sends(VIDEO);
    const prompt = await promptOf(app);
    const of = about(1);
    for (const forged of [
      promptButton.pack({ ...of, action: "server", choice: "zzz" }),
      promptButton.pack({ ...of, action: "time", choice: "yesterday" }),
      promptButton.pack({ ...of, action: "quality", choice: "144" }),
      promptButton.pack({ ...of, action: "folder", choice: "0" }),
      promptButton.pack({ ...of, action: "open", choice: "elsewhere.0" }),
      "x".repeat(64),
    ]) {
      expect((await person.presses(prompt.id, forged, { forged: true })).text).toBe("This button is outdated");
    }
    expect((await person.presses(prompt.id, promptButton.pack({ ...of, action: "undo" }), { forged: true })).text).toBe(
      "Back in the queue",
    );
    expect(rows(app, "select quality, folder, downloader, state from links")).toEqual([
      { quality: "best", folder: "films", downloader: null, state: "queued" },
    ]);
  });
});

describe("a prompt that the Go version has sent", () => {
  test("gets the bot's own words and buttons at the start, in place, and a new one where it is gone", async () => {
    await using app = await startTestApp(LATER, { mayRefuse: /message to edit not found/ });
    const person = ann(app);
    person.sends(VIDEO);
    const kept = await promptOf(app);
    person.sends(SECOND);
    const gone = await promptOf(app, SECOND);
    await app.stop();
    // As an import leaves it.
    const change = (sql: string) => {
      using database = new Database(app.config.store.path);
      return database.query<Record<string, unknown>, []>(sql).all();
    };
    change("UPDATE links SET prompted_at = NULL, quality = '480' RETURNING id");
    await ask(app.api, "deleteMessage", { chat_id: USER, message_id: gone.id });
    await app.restart();
    await app.api.message(USER, (message) => message.id > gone.id && isAbout(message, SECOND));
    const edited = await app.api.waitFor(
      ({ method, params }) => method === "editMessageText" && params.message_id === kept.id,
    );
    expect(edited.response?.status).toBe(200);
    await app.stop();
    const stored = change("SELECT prompt_id, prompted_at IS NOT NULL AS known FROM links ORDER BY id");
    expect(stored).toEqual([
      { prompt_id: kept.id, known: 1 },
      { prompt_id: expect.any(Number), known: 1 },
    ]);
  });
});
