import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { OTHER, startTestApp, type TestApp, USER } from "../support/app.ts";
import { isAbout } from "../support/bot-api/message.ts";

const VIDEO = "https://youtube.com/watch?v=1";
const HOUR_MS = 3_600_000;
const LATER = { DWLD_BOT_DISPATCH_DELAY: "1h" };

const ann = (app: TestApp, languageCode = "en") => app.api.user({ id: USER, username: "ann", languageCode });
const said = (app: TestApp, part: string, chat: number | { id: number } = USER) =>
  app.api.message(chat, (message) => message.byBot && isAbout(message, part), { what: `a message with "${part}"` });

function rows(app: TestApp, sql: string): Record<string, unknown>[] {
  using database = new Database(app.config.store.path, { readonly: true });
  return database.query<Record<string, unknown>, []>(sql).all();
}
const queued = (app: TestApp) => rows(app, "select url from links order by id").map(({ url }) => url);

describe("links in any shape", () => {
  test("are found in text, captions, text links, forwards and quotes, several in one message", async () => {
    await using app = await startTestApp(LATER);
    const person = ann(app);
    person.sends("look: youtube.com/watch?v=1&si=abc, (https://vimeo.com/2)");
    person.sends("a photo of https://a.example/3", { caption: true });
    person.sends("this film", { entities: [{ type: "text_link", offset: 5, length: 4, url: "https://a.example/4" }] });
    person.sends("https://a.example/5", { forwardFrom: "A channel" });
    person.sends("what about this?", { extra: { quote: { text: "see https://a.example/6", position: 0 } } });
    const paragraph = { type: "paragraph", text: ["see ", { type: "url", text: "this", url: "https://a.example/8" }] };
    person.sends("", { extra: { text: undefined, rich_message: { blocks: [paragraph] } } });
    person.sends("https://a.example/7", { extra: { via_bot: { id: 7, is_bot: true, first_name: "vid" } } });
    await said(app, "a.example/7");
    expect(queued(app)).toEqual([
      "https://youtube.com/watch?v=1&si=abc",
      "https://vimeo.com/2",
      "https://a.example/3",
      "https://a.example/4",
      "https://a.example/5",
      "https://a.example/6",
      "https://a.example/8",
      "https://a.example/7",
    ]);
  });

  test("may be missing from a rich formatted message, which is answered like a text", async () => {
    await using app = await startTestApp(LATER);
    const blocks = [{ type: "paragraph", text: ["hello ", { type: "bold", text: "there" }] }];
    ann(app).sends("", { extra: { text: undefined, rich_message: { blocks } } });
    await said(app, "Send me links");
  });

  test("are found in polls, checklists, buttons of forwarded posts, and quotes from other chats", async () => {
    await using app = await startTestApp(LATER);
    const person = ann(app);
    const options = ["https://a.example/2", "neither"].map((text) => ({ text, voter_count: 0 }));
    const poll = { id: "1", question: "https://a.example/1 or", options, total_voter_count: 0, is_closed: false };
    person.sends("", { extra: { text: undefined, poll: { ...poll, is_anonymous: true, type: "regular" } } });
    const task = {
      id: 1,
      text: "films",
      text_entities: [{ type: "text_link", offset: 0, length: 5, url: "https://a.example/6" }],
    };
    const checklist = { title: "https://a.example/5", tasks: [{ id: 2, text: "dishes" }, task] };
    person.sends("", { extra: { text: undefined, checklist } });
    const button = { text: "Watch", url: "https://a.example/3" };
    person.sends("A film", { forwardFrom: "A channel", extra: { reply_markup: { inline_keyboard: [[button]] } } });
    const origin = { type: "channel", date: 1, message_id: 5, chat: { id: -100, type: "channel", title: "Films" } };
    const quote = { text: "https://a.example/4", position: 0 };
    person.sends("this one", { extra: { external_reply: { origin }, quote } });
    await said(app, "a.example/4");
    expect(queued(app)).toEqual([1, 2, 5, 6, 3, 4].map((n) => `https://a.example/${n}`));
  });

  test("are not taken from buttons of other messages, or from quotes of the bot", async () => {
    await using app = await startTestApp(LATER);
    const person = ann(app);
    person.sends("Subscribe!", {
      extra: { reply_markup: { inline_keyboard: [[{ text: "here", url: "https://ads.example/1" }]] } },
    });
    await said(app, "Send me links");
    person.sends(VIDEO);
    const prompt = await said(app, VIDEO);
    person.sends("and when?", { replyTo: prompt.id, extra: { quote: { text: VIDEO, position: 0 } } });
    await said(app, "I did not understand the time");
    expect(queued(app)).toEqual([VIDEO]);
  });

  test("of an album are in one caption; its other photos get no answer", async () => {
    await using app = await startTestApp(LATER);
    const person = ann(app);
    const album = { extra: { media_group_id: "1" } };
    person.sends(VIDEO, { caption: true, ...album });
    const [{ push }, photo] = [app.api, [{ file_id: "AgAC", file_unique_id: "AQAD", width: 90, height: 90 }]];
    const from = { id: USER, is_bot: false, first_name: "Ann", language_code: "en" };
    const chat = { id: USER, type: "private", first_name: "Ann" };
    push({ message: { message_id: 900, date: Math.floor(Date.now() / 1000), chat, from, photo, media_group_id: "1" } });
    const prompt = await said(app, VIDEO);
    await app.api.settled();
    expect(app.api.messages(person).filter(({ byBot }) => byBot)).toEqual([prompt]);
  });

  test("that an edit adds join the queue; those that it takes away stay", async () => {
    let now = Date.now();
    await using app = await startTestApp(LATER, { now: () => now });
    const person = ann(app);
    const message = person.sends(`${VIDEO} https://a.example/1`);
    await said(app, "a.example/1");
    person.edits(message.message_id, "https://a.example/1 https://a.example/2");
    await said(app, "a.example/2");
    person.edits(message.message_id, "https://a.example/1, https://a.example/2!");
    await app.api.settled();
    expect(queued(app)).toEqual([VIDEO, "https://a.example/1", "https://a.example/2"]);
    expect(app.api.messages(person).filter(({ byBot }) => byBot)).toHaveLength(1);
    now += 48 * HOUR_MS;
    person.edits(message.message_id, "https://a.example/3");
    await app.api.settled();
    expect(queued(app)).not.toContain("https://a.example/3");
  });

  test("that an edit repeats are not downloaded again", async () => {
    await using app = await startTestApp({ DWLD_BOT_ROUTES: '[{"match":"vimeo.com","downloaders":["away"]}]' });
    const nas = await app.downloader({ name: "nas" });
    const person = ann(app);
    const message = person.sends(`${VIDEO} https://vimeo.com/1`);
    await nas.accepts(VIDEO);
    person.edits(message.message_id, `${VIDEO} https://vimeo.com/1 https://vimeo.com/2`);
    await said(app, "vimeo.com/2");
    expect(nas.accepted).toEqual([VIDEO]);
    expect(queued(app).filter((url) => url !== VIDEO)).toEqual(["https://vimeo.com/1", "https://vimeo.com/2"]);
  });

  test("that an edit adds while the queue cannot be written are refused with a message, and accepted by a later edit", async () => {
    await using app = await startTestApp();
    const nas = await app.downloader({ name: "nas" });
    const person = ann(app);
    const message = person.sends("a link follows");
    await said(app, "Send me links");
    using other = new Database(app.config.store.path);
    other.run("BEGIN IMMEDIATE");
    person.edits(message.message_id, VIDEO);
    await said(app, "The queue cannot be used now");
    other.run("ROLLBACK");
    person.edits(message.message_id, `${VIDEO}!`);
    await nas.accepts(VIDEO);
    expect(nas.accepted).toEqual([VIDEO]);
  });

  test("of one video count as one, however they are spelt, also when an older version stored the first", async () => {
    await using app = await startTestApp(LATER);
    const person = ann(app);
    person.sends("https://youtu.be/A?t=5");
    const prompt = await said(app, "youtu.be/A");
    await app.stop();
    using database = new Database(app.config.store.path);
    database.run("update links set key = 'youtu.be/A?t=5'");
    database.run("delete from rule_versions");
    database.close();
    await app.restart();
    // Old keys are renewed before anything is handed over.
    const nas = await app.downloader({ name: "nas" });
    person.sends("https://a.example/1");
    await person.presses((await said(app, "a.example/1")).id, "Now");
    await nas.accepts("https://a.example/1");
    for (const spelling of ["https://m.youtube.com/watch?v=A&list=B", "https://www.youtube.com/shorts/A"]) {
      const { message_id: id } = person.sends(spelling);
      const answer = await app.api.message(
        USER,
        (message) => message.byBot && message.id > id && message.replyTo !== undefined,
      );
      const videos = queued(app).filter((url) => url !== "https://a.example/1");
      expect([answer.replyTo, videos]).toEqual([prompt.id, ["https://youtu.be/A?t=5"]]);
    }
  });

  test("sent twice to a chat count as one: the bot points at the prompt, and deletes the message", async () => {
    let now = Date.now();
    await using app = await startTestApp(LATER, { now: () => now });
    const person = ann(app, "ru");
    person.sends(VIDEO);
    const prompt = await said(app, VIDEO);
    const again = person.sends("http://www.youtube.com/watch?utm_source=x&v=1");
    const pointer = await said(app, "Эта ссылка уже в очереди");
    expect(pointer.replyTo).toBe(prompt.id);
    await app.stop();
    now += 6 * 60_000;
    await app.restart();
    await app.api.gone(person, again.message_id);
    await app.api.gone(person, pointer.id);
    expect(queued(app)).toEqual([VIDEO]);
  });

  test("that a downloader has already are not queued again while it works on them", async () => {
    await using app = await startTestApp({ DWLD_BOT_ROUTES: '[{"match":"vimeo.com","downloaders":["away"]}]' });
    const nas = await app.downloader({ name: "nas" });
    const person = ann(app);
    person.sends("https://vimeo.com/1");
    await said(app, "vimeo.com/1");
    const message = person.sends(VIDEO);
    await nas.accepts(VIDEO);
    await app.api.gone(person, message.message_id);
    person.sends(`${VIDEO} https://vimeo.com/1`);
    const told = await said(app, "I already have these links");
    expect(told.text.replace(/[\u2068\u2069]/g, "")).toBe(
      `I already have these links:\n${VIDEO} — “nas” is already downloading it\nhttps://vimeo.com/1 — already in the queue`,
    );
    expect(rows(app, "select url from links where url like '%youtube%'")).toEqual([]);
    // Another chat shares the same download.
    const other = app.api.user({ id: OTHER, username: "bob", languageCode: "en" });
    const theirs = other.sends(VIDEO);
    await app.api.gone(other, theirs.message_id);
    expect(rows(app, "select chat_id from deliveries order by id")).toEqual([{ chat_id: USER }, { chat_id: OTHER }]);
    expect(nas.accepted).toEqual([VIDEO]);
  });

  test("that cannot be accepted are listed with the reason, without leaking secrets", async () => {
    await using app = await startTestApp(LATER);
    const person = ann(app);
    person.sends("http://192.168.1.1/x https://me:secret@a.example/ ftp://b.example/ https://a.example/ok");
    const told = await said(app, "Not added to the queue");
    expect(told.text.replace(/[\u2068\u2069]/g, "")).toBe(
      [
        "Not added to the queue:",
        "http://192.168.1.1/x — the link leads to a local network",
        "https://…@a.example/ — the link contains a login or password",
        "ftp://b.example/ — it must be an http or https link",
      ].join("\n"),
    );
    expect(told.entities).toEqual([]);
    await said(app, "a.example/ok");
    person.sends(Array.from({ length: 20 }, (_, index) => `http://10.0.0.${index}/${"я".repeat(300)}`).join("\n"));
    const bounded = await said(app, "and 5 more links");
    expect(bounded.text.length).toBeLessThan(4096);
  });

  test("that are too long or too many get one short answer each time, and nothing is stored", async () => {
    await using app = await startTestApp(LATER);
    const person = ann(app);
    const kept = () =>
      ["links", "intake", "deliveries", "updates_in_work"].flatMap((table) => rows(app, `select * from ${table}`));
    const long = `https://a.example/${"x".repeat(10_000)}`;
    const full = Array.from({ length: 300 }, (_, index) => `https://a.example/${index}`)
      .join(" ")
      .slice(0, 4_096);
    for (let nth = 1; nth <= 10; nth += 1) {
      person.sends("this film", { entities: [{ type: "text_link", offset: 5, length: 4, url: long }] });
      person.sends(full);
      await app.api.waitFor(() => app.api.messages(USER).filter(({ byBot }) => byBot).length === 2 * nth);
    }
    await app.api.settled();
    const answers = app.api.messages(USER).filter(({ byBot }) => byBot);
    expect(answers.filter(({ text }) => text.includes("the link is too long"))).toHaveLength(10);
    expect(answers.filter(({ text }) => text.includes("links at a time"))).toHaveLength(10);
    expect(Math.max(...answers.map(({ text }) => text.length))).toBeLessThan(1_000);
    expect(kept()).toEqual([]);
  });

  test("that are too many in a message are refused with the number, in both languages", async () => {
    await using app = await startTestApp({ ...LATER, DWLD_BOT_TELEGRAM_MAX_LINKS_PER_MESSAGE: "2" });
    const many = (n: number) => Array.from({ length: n }, (_, index) => `https://a.example/${index}`).join(" ");
    ann(app).sends(many(3));
    await said(app, "At most 2 links at a time; you sent 3");
    const other = app.api.user({ id: OTHER, languageCode: "ru" });
    other.sends(many(21));
    await said(app, "За раз можно прислать не больше 2 ссылок, а здесь 21", OTHER);
    expect(queued(app)).toEqual([]);
  });
});

describe("the folder of a message's links", () => {
  /** The id of the message that opens the topic, which comes after the one about the group. */
  const TALKS = 2;
  const FOLDERS = JSON.stringify([
    "films",
    { name: "songs", tags: ["music"] },
    { name: "talks", tags: ["talk"], topics: [TALKS] },
  ]);
  const folders = (app: TestApp) =>
    Object.fromEntries(
      rows(app, "select url, folder from links order by id").map(({ url, folder }) => [String(url).slice(-1), folder]),
    );

  test("is chosen by a hashtag, or else by the topic, or else by the chat, or else is the first", async () => {
    await using app = await startTestApp({ ...LATER, DWLD_BOT_FOLDERS: FOLDERS });
    const forum = app.api.group({ id: -1007, title: "Yard", forum: true });
    const [talks, other] = [forum.topic("Talks"), forum.topic("Other")];
    expect(talks).toBe(TALKS);
    const person = ann(app);
    const links = ["https://a.example/1 #Music", "https://a.example/2#music", "https://a.example/3 #other #talk"];
    for (const text of links) person.sends(text);
    person.sends("https://a.example/4 #MUSIC", { in: forum, threadId: talks });
    person.sends("https://a.example/5", { in: forum, threadId: talks });
    person.sends("https://a.example/6", { in: forum, threadId: other });
    person.sends("a song, #music: https://a.example/7", { caption: true });
    person.sends("/settings");
    await person.presses((await said(app, "Settings")).id, "talks");
    person.sends("https://a.example/8");
    await said(app, "a.example/8");
    const chosen = { 1: "songs", c: "films", 3: "talks", 4: "songs", 5: "talks", 6: "films", 7: "songs", 8: "talks" };
    expect(folders(app)).toEqual(chosen);
  });

  test("chosen by a known hashtag still lets the message be deleted", async () => {
    await using app = await startTestApp({ DWLD_BOT_FOLDERS: FOLDERS });
    const nas = await app.downloader({ name: "nas" });
    const person = ann(app);
    const other = person.sends("#unknown https://a.example/1").message_id;
    const message = person.sends("#music https://a.example/2").message_id;
    await app.api.gone(person, message);
    await nas.accepts("https://a.example/1");
    expect(nas.calls.find(({ request }) => JSON.stringify(request).includes("a.example/2"))).toMatchObject({
      request: { user_name: "[ann] songs" },
    });
    expect(app.api.messages(person).some(({ id }) => id === other)).toBe(true);
  });
});
