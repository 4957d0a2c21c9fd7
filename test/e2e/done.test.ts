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

/** What came to the user long before: the oldest has the lowest number. */
async function withHistory(count: number): Promise<TestApp> {
  const app = await startTestApp({ DWLD_BOT_DISPATCH_DELAY: "1h" });
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
  test("shows what came, to its chat alone, and one tap more queues it again with a prompt", async () => {
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
    const list = await says(app, USER, "What came: 1");
    expect(list.text).toMatch(/^What came: 1\n\n1\. The film\n\d\d:\d\d · nas$/);
    expect(list.entities).toContainEqual(expect.objectContaining({ type: "text_link", url: VIDEO }));
    const other = app.api.user({ id: OTHER, username: "bob", languageCode: "ru", started: true });
    other.sends("/done");
    await says(app, OTHER, "Пока ничего не скачано.");
    await person.presses(list.id, "🔁 Again");
    const question = await says(app, USER, "Which one do you want again?");
    expect([question.id, labels(question)]).toEqual([list.id, ["🔁 Again 1", "‹ Back"]]);
    expect((await person.presses(list.id, "🔁 Again 1")).text).toBe("Back in the queue");
    expect((await person.presses(list.id, "🔁 Again 1")).text).toBe("Already in the queue");
    await app.api.message(USER, (message) => message.id > list.id && isAbout(message, VIDEO), { what: "its prompt" });
  });

  test("is not needed to see on a prompt that the link came before, and when", async () => {
    await using app = await withHistory(3);
    const person = ann(app);
    person.sends("https://x.org/2 https://x.org/new");
    const both = await says(app, USER, "x.org/2", "x.org/new");
    expect(both.text).toMatch(/1\. x\.org\/2\n⏳[^\n]* · Came before: [^\n]*\d\d:\d\d\n2\. x\.org\/new\n⏳[^\n·]*$/);
    const other = app.api.user({ id: OTHER, username: "bob", languageCode: "en", started: true });
    other.sends("https://x.org/2");
    expect((await says(app, OTHER, "x.org/2")).text).not.toContain("Came before");
  });

  test("turns pages to both ends, also after a restart", async () => {
    await using app = await withHistory(45);
    const person = ann(app);
    person.sends("/done");
    const list = await says(app, USER, "What came: 45", "page 1 of 5", "2. Film 44");
    await app.restart();
    await person.presses(list.id, "Last page");
    const last = await says(app, USER, "page 5 of 5", "45. Film 1");
    expect(labels(last)).toEqual(["« First page | ‹ Previous page", "🔁 Again"]);
    await person.presses(list.id, "First page");
    await says(app, USER, "page 1 of 5");
  });

  test("looks for a word, whatever its capitals, and goes on looking on the next page", async () => {
    await using app = await withHistory(60);
    const person = ann(app);
    person.sends("/done дозор");
    const list = await says(app, USER, "What came with “дозор”: 12", "page 1 of 2");
    await person.presses(list.id, "Next page");
    await says(app, USER, "page 2 of 2", "12. Ночной ДОЗОР 5");
    await person.presses(list.id, "Again");
    await says(app, USER, "Which one");
    expect((await person.presses(list.id, "Again 12")).text).toBe("Back in the queue");
    await app.api.message(USER, (message) => message.id > list.id && isAbout(message, "https://x.org/5"));
    person.sends("/done нигде");
    await says(app, USER, "Nothing that came has “нигде” in it.");
  });
});
