import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { OTHER, startTestApp, type TestApp, USER } from "../support/app.ts";
import type { LiveMessage } from "../support/bot-api/message.ts";
import { isAbout } from "../support/bot-api/message.ts";

const VIDEO = "https://youtube.com/watch?v=1";
const ann = (app: TestApp) => app.api.user({ id: USER, username: "ann", languageCode: "en", started: true });
const labels = ({ buttons }: LiveMessage) => buttons.map((row) => row.map(({ text }) => text).join(" | "));
const says = (app: TestApp, chat: number, ...parts: string[]) =>
  app.api.message(chat, (message) => message.byBot && parts.every((part) => isAbout(message, part)), {
    what: parts.join(" … "),
  });

/** Starts with downloads that ended long ago: the oldest has the lowest number. */
async function withHistory(
  count: number,
  env: Readonly<Record<string, string>> = {},
  now = Date.now,
): Promise<TestApp> {
  const app = await startTestApp({ DWLD_BOT_DISPATCH_DELAY: "1h", ...env }, { now });
  await app.stop();
  using database = new Database(app.config.store.path);
  const columns =
    "link_id, chat_id, sender, url, key, name, quality, folder, downloader, accepted_at, state, closed_at";
  const row = database.query(
    `insert into deliveries (${columns}) values (?, ?, 'ann', ?, ?, ?, '720', null, 'nas', ?, 'done', ?)`,
  );
  const from = Date.now() - 3_600_000;
  for (let n = 1; n <= count; n++) {
    const url = `https://x.org/${n}`;
    row.run(9_000 + n, USER, url, url.slice(8), n % 5 === 0 ? `Ночной ДОЗОР ${n}` : `Film ${n}`, from, from + n);
  }
  database.close();
  await app.restart();
  return app;
}

describe("/done", () => {
  test('shows the chat\'s own downloads, and a tap on "Again" queues one with a prompt', async () => {
    await using app = await startTestApp({ DWLD_BOT_DISPATCH_DELAY: "1h" });
    const nas = await app.downloader({ name: "nas" });
    const person = ann(app);
    person.sends(VIDEO);
    await person.presses((await says(app, USER, VIDEO)).id, "Now");
    await nas.accepts(VIDEO);
    nas.change(VIDEO, { name: "The film" });
    nas.finish(VIDEO);
    await says(app, USER, "The film", "is ready");
    person.sends("/done");
    const list = await says(app, USER, "Downloaded: 1");
    expect(list.text).toMatch(/^Downloaded: 1\n\n1\. The film\n(.* )?\d\d:\d\d · nas$/);
    expect(list.entities).toContainEqual(expect.objectContaining({ type: "text_link", url: VIDEO }));
    const other = app.api.user({ id: OTHER, username: "bob", languageCode: "ru", started: true });
    other.sends("/done");
    await says(app, OTHER, "Пока ничего не скачано.");
    await person.presses(list.id, "🔁 Again");
    const question = await says(app, USER, "Which one shall I download again?");
    expect([question.id, labels(question)]).toEqual([list.id, ["🔁 Again 1", "‹ Back"]]);
    expect((await person.presses(list.id, "🔁 Again 1")).text).toBe("Back in the queue");
    expect((await person.presses(list.id, "🔁 Again 1")).text).toBe("Already in the queue");
    await app.api.message(USER, (message) => message.id > list.id && isAbout(message, VIDEO), { what: "its prompt" });
  });

  test("has everything that arrived after the machine started with a clock that is years ahead", async () => {
    await using app = await withHistory(3, {}, () => Date.now() + 10 * 365 * 24 * 3_600_000);
    ann(app).sends("/done");
    await says(app, USER, "Downloaded: 3");
  });

  test("turns pages to both ends, also after a restart", async () => {
    await using app = await withHistory(45);
    const person = ann(app);
    person.sends("/done");
    const list = await says(app, USER, "Downloaded: 45", "page 1 of 5", "2. Film 44");
    await app.restart();
    await person.presses(list.id, "Last page");
    const last = await says(app, USER, "page 5 of 5", "45. Film 1");
    expect(labels(last)).toEqual(["« First page | ‹ Previous page", "🔁 Again"]);
    await person.presses(list.id, "First page");
    await says(app, USER, "page 1 of 5");
  });

  test("searches for a word in any capitalization, and pages through what it finds", async () => {
    await using app = await withHistory(60);
    const person = ann(app);
    person.sends("/done дозор");
    const list = await says(app, USER, "Downloads with “дозор”: 12", "page 1 of 2");
    await person.presses(list.id, "Next page");
    await says(app, USER, "page 2 of 2", "12. Ночной ДОЗОР 5");
    await person.presses(list.id, "Again");
    await says(app, USER, "Which one");
    expect((await person.presses(list.id, "Again 12")).text).toBe("Back in the queue");
    await app.api.message(USER, (message) => message.id > list.id && isAbout(message, "https://x.org/5"));
    person.sends("/done нигде");
    await says(app, USER, "No download contains “нигде”.");
  });
});

describe("a link that was downloaded before and is sent again", () => {
  const EAGER = { DWLD_BOT_DISPATCH_DELAY: "0s" };

  test("is sent only when its owner confirms it", async () => {
    await using app = await withHistory(3, EAGER);
    const nas = await app.downloader({ name: "nas" });
    const person = ann(app);
    person.sends("https://x.org/2");
    const question = await says(app, USER, "x.org/2", "Again?");
    expect(question.text).toMatch(/^x\.org\/2\n✅ Downloaded (on .* )?at \d\d:\d\d\. Again\?\nQuality: best$/);
    expect(labels(question)[0]).toStartWith("🔁 Again | ");
    expect(labels(question).at(-1)).toBe("More | No");
    // A link sent afterwards has gone already, and /queue does not say that the first one waits for its time.
    person.sends("https://x.org/new");
    await nas.accepts("https://x.org/new");
    person.sends("/queue");
    const queue = await says(app, USER, "✅ Downloaded before. Again?");
    expect(labels(queue)).toContainEqual(expect.stringMatching(/^\d 🔁 Again \| \d 🎞 best \| \d No$/));
    await app.restart();
    expect((await person.presses(question.id, "🔁 Again")).text).toBe("Sending it");
    await nas.accepts("https://x.org/2");
    expect(nas.accepted).toEqual(["https://x.org/new", "https://x.org/2"]);
  });

  test("is sent as well when it is queued again from /done while its question is open", async () => {
    await using app = await withHistory(1, EAGER);
    const nas = await app.downloader({ name: "nas" });
    const person = ann(app);
    person.sends("https://x.org/1");
    await says(app, USER, "x.org/1", "Again?");
    person.sends("/done");
    const list = await says(app, USER, "Downloaded: 1");
    await person.presses(list.id, "🔁 Again");
    await says(app, USER, "Which one shall I download again?");
    expect((await person.presses(list.id, "🔁 Again 1")).text).toBe("Back in the queue");
    await nas.accepts("https://x.org/1");
  });

  test("is removed with No, which can be undone, and is asked about again then", async () => {
    await using app = await withHistory(3, EAGER);
    const person = app.api.user({ id: USER, username: "ann", languageCode: "ru", started: true });
    person.sends("https://x.org/2");
    const question = await says(app, USER, "x.org/2", "Скачать ещё раз?");
    expect(question.text).toMatch(/^x\.org\/2\n✅ Уже скачано .*в \d\d:\d\d\. Скачать ещё раз\?\n/);
    expect((await person.presses(question.id, "Нет")).text).toBe("Ссылка убрана");
    await says(app, USER, "🗑 Ссылка убрана");
    await person.presses(question.id, "Вернуть");
    await app.api.message(USER, ({ id, text }) => id === question.id && text.includes("Скачать ещё раз?"));
  });

  test("keeps its question while its quality is chosen; choosing a time answers it", async () => {
    await using app = await withHistory(3, EAGER);
    const person = ann(app);
    person.sends("https://x.org/2");
    const question = await says(app, USER, "x.org/2", "Again?");
    await person.presses(question.id, "Quality: best");
    await app.api.message(
      USER,
      ({ id, buttons }) => id === question.id && buttons.flat().some(({ text }) => text === "720p"),
    );
    await person.presses(question.id, "720p");
    await says(app, USER, "Again?", "Quality: 720p");
    await person.presses(question.id, "Tonight");
    const waits = await says(app, USER, "x.org/2", "⏳ Sends", "Downloaded before: ");
    expect([waits.id, labels(waits)[0]]).toEqual([question.id, expect.stringContaining("▶️ Now")]);
  });

  test("holds up no other link of its message, and another chat is not asked", async () => {
    await using app = await withHistory(3, EAGER);
    const nas = await app.downloader({ name: "nas" });
    ann(app).sends("https://x.org/2 https://x.org/new");
    await nas.accepts("https://x.org/new");
    const left = await says(app, USER, "x.org/2", "Again?", "2. x.org/new\n📤 Sent to “nas”");
    expect(left.text).toMatch(/1\. x\.org\/2\n✅ Downloaded [^\n]*\. Again\?\n/);
    app.api.user({ id: OTHER, username: "bob", languageCode: "en", started: true }).sends("https://x.org/2");
    await nas.accepts("https://x.org/2");
  });
});
