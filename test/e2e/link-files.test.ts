import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { startTestApp, type TestApp, TOKEN, USER } from "../support/app.ts";
import { BAD_GATEWAY, RESET, refusal } from "../support/bot-api/faults.ts";
import type { Group } from "../support/bot-api/groups.ts";

const LATER = { DWLD_BOT_DISPATCH_DELAY: "1h" };
const ann = (app: TestApp, languageCode = "en") => app.api.user({ id: USER, username: "ann", languageCode });

function queued(app: TestApp): string[] {
  using database = new Database(app.config.store.path, { readonly: true });
  return database
    .query<{ url: string }, []>("select url from links order by id")
    .all()
    .map(({ url }) => url);
}
const count = (app: TestApp) => queued(app).length;
const said = (app: TestApp, part: string, chat: number | { id: number } = USER) =>
  app.api.message(chat, ({ byBot, text }) => byBot && text.includes(part), { what: `a message with "${part}"` });

/** Sends a file, with a caption if there is one. */
function upload(
  app: TestApp,
  content: string | Uint8Array,
  { name = "links.txt", caption = "", to }: { name?: string; caption?: string; to?: Group } = {},
) {
  const nothing = { text: undefined, caption: undefined, photo: undefined };
  const extra = { ...(caption === "" ? nothing : { photo: undefined }), ...app.api.file(content, name) };
  return ann(app).sends(caption, { extra, ...(caption !== "" && { caption: true }), ...(to && { in: to }) });
}
const lines = (n: number) => Array.from({ length: n }, (_, at) => `https://a.example/${at}`);

describe("a file of links", () => {
  test("is read like a message: as editors save it, with the text around its links", async () => {
    await using app = await startTestApp(LATER);
    upload(
      app,
      `\uFEFF1. https://a.example/1\r\n\r\n# films\r\nhttps://youtu.be/A, https://youtube.com/watch?v=A\r\nb.example/2`,
    );
    await said(app, "b.example");
    const found = ["https://a.example/1", "https://youtu.be/A", "https://b.example/2"];
    expect(queued(app)).toEqual(found);
    const wide = Buffer.from("\uFEFFhttps://a.example/3\n", "utf16le");
    upload(app, wide, { name: "LIST.TXT", caption: "and https://a.example/4 https://a.example/3" });
    await said(app, "a.example/3");
    expect(queued(app).slice(found.length)).toEqual(["https://a.example/4", "https://a.example/3"]);
  });

  test("holds up to 500 links, whatever the limit of a message; of a longer file none is taken", async () => {
    await using app = await startTestApp(LATER);
    upload(app, lines(501).join("\n"));
    await said(app, "more than 500 links");
    expect(count(app)).toBe(0);
    upload(app, lines(500).join("\n"));
    await said(app, "a.example/0");
    expect(count(app)).toBe(500);
  });

  test("gets a prompt even when its addresses together exceed what Telegram lets one message link to", async () => {
    await using app = await startTestApp(LATER);
    const long = (n: number) => `https://a.example/${n}?signed=${"x".repeat(1_500)}`;
    upload(app, [1, 2, 3, 4, 5, 6, 7].map(long).join("\n"));
    const prompt = await said(app, "7 links");
    expect([1, 2, 3, 4, 5, 6, 7].every((n) => prompt.text.includes(`a.example/${n}?signed`))).toBe(true);
    expect(prompt.links).toEqual([1, 2, 3, 4, 5].map(long));
  });

  test("that is too large is refused without being fetched, and one without links is answered", async () => {
    await using app = await startTestApp(LATER);
    upload(app, "x".repeat(1_000_001));
    await said(app, "larger than 1 MB");
    expect(app.api.calls.filter(({ method }) => method === "getFile" || method === "file")).toEqual([]);
    ann(app, "ru").sends("", { extra: { text: undefined, ...app.api.file("nothing here", "a.txt") } });
    await said(app, "В этом файле нет ссылок");
    const { document } = app.api.file("https://a.example/1\n".repeat(60_000), "lies.txt");
    ann(app).sends("", { extra: { text: undefined, document: { ...document, file_size: undefined } } });
    const isRefusal = ({ byBot, text }: { byBot: boolean; text: string }) =>
      byBot && /larger than 1 MB|больше 1 МБ/.test(text);
    await app.api.message(USER, () => app.api.messages(USER).filter(isRefusal).length === 2);
    expect(count(app)).toBe(0);
  });

  test.each([
    ["getFile", BAD_GATEWAY],
    ["getFile", refusal(400, "Bad Request: wrong file_id or the file is temporarily unavailable")],
    ["file", RESET],
    ["file", { ...BAD_GATEWAY, status: 404 }],
  ] as const)(
    "that Telegram does not give (%s) is asked for again, and the token stays secret",
    async (method, fault) => {
      await using app = await startTestApp(LATER);
      const fails = app.api.fail(method, fault);
      upload(app, "https://a.example/1", { caption: "https://a.example/2" });
      await said(app, "could not get this file");
      await said(app, "a.example/2");
      expect(queued(app)).toEqual(["https://a.example/2"]);
      expect(app.logged()).not.toContain(TOKEN);
      fails.release();
      upload(app, "https://a.example/1");
      await said(app, "a.example/1");
    },
  );

  test("is read from the disk where an own Bot API server keeps files there", async () => {
    await using app = await startTestApp(LATER);
    app.api.localFolder = dirname(app.config.store.path);
    upload(app, "https://a.example/1");
    await said(app, "a.example/1");
    expect(queued(app)).toEqual(["https://a.example/1"]);
  });

  test("that cannot be read from the disk is logged with the reason", async () => {
    await using app = await startTestApp(LATER);
    const path = join(dirname(app.config.store.path), TOKEN, "documents");
    mkdirSync(path, { recursive: true });
    const result = { file_id: "x", file_unique_id: "x", file_path: path };
    app.api.fail("getFile", { kind: "answer", status: 200, body: { ok: true, result } });
    upload(app, "https://a.example/1");
    await said(app, "could not get this file");
    expect(app.logged()).toContain("EISDIR");
    expect(app.logged()).not.toContain(TOKEN);
  });

  test("is read from no other place of the disk, whatever an own Bot API server says", async () => {
    await using app = await startTestApp(LATER);
    const path = join(dirname(app.config.store.path), "own.txt");
    writeFileSync(path, "https://own.example/1");
    const result = { file_id: "x", file_unique_id: "x", file_path: path };
    app.api.fail("getFile", { kind: "answer", status: 200, body: { ok: true, result } });
    upload(app, "https://a.example/1");
    await said(app, "could not get this file");
    expect(queued(app)).toEqual([]);
  });

  test("is read in a group where the bot is addressed; any other kind of file is ignored", async () => {
    await using app = await startTestApp(LATER);
    const group = app.api.group({ id: -100, title: "Yard" });
    upload(app, "https://a.example/1", { to: group });
    upload(app, "https://a.example/2", { to: group, caption: `@${app.api.bot.username} please` });
    upload(app, "https://a.example/3", { name: "notes.pdf" });
    await said(app, "a.example/2", group);
    await app.api.settled();
    expect(queued(app)).toEqual(["https://a.example/2"]);
  });
});
