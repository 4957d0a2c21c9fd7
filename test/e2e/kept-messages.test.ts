import { describe, expect, test } from "bun:test";
import { UNDO_MS } from "../../src/service/queue/queue.ts";
import { startTestApp, type TestApp, USER } from "../support/app.ts";
import { SERVER_ERROR } from "../support/bot-api/faults.ts";
import type { Writing } from "../support/bot-api/writing.ts";

const GROUP = -1001;
const link = (n: number) => `https://a.example/${n}`;
/** How its prompt shows it. */
const named = (n: number) => `a.example/${n}`;
const LATER = { DWLD_BOT_DISPATCH_DELAY: "1h" };

const ann = (app: TestApp) => app.api.user({ id: USER, username: "ann", languageCode: "en", started: true });
const said = (app: TestApp, part: string, chat: number | { id: number } = USER) =>
  app.api.message(chat, ({ byBot, text }) => byBot && text.includes(part), { what: `a message with "${part}"` });
const reacted = (app: TestApp, id: number, emoji: string, chat: number | { id: number } = USER) =>
  app.api.message(chat, (message) => message.id === id && message.reactions.includes(emoji), {
    what: `${emoji} on ${id}`,
  });
const isThere = (app: TestApp, id: number, chat: number | { id: number } = USER) =>
  app.api.messages(chat).some((message) => message.id === id);

describe("a person's message is deleted with its links only when it holds nothing else (rule 15)", () => {
  test("in a private chat a photo, an album, a forward, a poll, a file and words stay, with a reaction", async () => {
    await using app = await startTestApp();
    const nas = await app.downloader({ name: "nas" });
    const person = ann(app);
    const poll = { id: "1", question: link(5), options: [], total_voter_count: 0, is_closed: false };
    const kinds: [string, Writing][] = [
      [`our holiday ${link(1)}`, { caption: true }],
      [link(2), { caption: true }],
      [link(3), { forwardFrom: "A channel" }],
      [link(4), { caption: true, extra: { media_group_id: "7" } }],
      ["", { extra: { text: undefined, poll: { ...poll, is_anonymous: true, type: "regular" } } }],
      ["", { extra: { text: undefined, ...app.api.file(link(6), "links.txt") } }],
      [`look what I found, it is great: ${link(7)}`, {}],
    ];
    const kept = kinds.map(([text, how]) => person.sends(text, how).message_id);
    const gone = [link(8), `1. ${link(9)}\n2. ${link(10)}`, `Check out A film on YouTube ${link(11)}`].map(
      (text) => person.sends(text).message_id,
    );
    for (const id of gone) await app.api.gone(person, id);
    for (const id of kept) await reacted(app, id, "👀");
    nas.finish(link(1));
    await reacted(app, kept[0] ?? 0, "👌");
    expect(kept.filter((id) => !isThere(app, id))).toEqual([]);
  });

  test("in a group a title counts as words too, but a message that only addresses the bot is deleted", async () => {
    await using app = await startTestApp();
    await app.downloader({ name: "nas" });
    const group = app.api.group({ id: GROUP, title: "Yard" });
    const person = ann(app);
    const kept = person.sends(`A film ${link(1)}`, { in: group }).message_id;
    const joke = person.sends(`😂 ${link(2)}`, { in: group }).message_id;
    const shown = person.sends("@nobody_knows see above", { in: group });
    const gone = person.sends(`@${app.api.bot.username} ${link(3)}`, { in: group }).message_id;
    await app.api.gone(group, gone);
    await reacted(app, kept, "👀", group);
    await reacted(app, joke, "👀", group);
    expect([kept, joke, shown.message_id].filter((id) => !isThere(app, id, group))).toEqual([]);
  });

  test('in a chat that has chosen "never" link messages stay too, also after a restart', async () => {
    await using app = await startTestApp();
    const nas = await app.downloader({ name: "nas" });
    const person = ann(app);
    person.sends("/settings");
    await person.presses((await said(app, "Settings")).id, "🧹 Never");
    const message = person.sends(link(1)).message_id;
    await nas.accepts(link(1));
    await reacted(app, message, "👀");
    await app.restart();
    await nas.register(app.address);
    nas.finish(link(1));
    await reacted(app, message, "👌");
    expect(isThere(app, message)).toBe(true);
  });

  test.each(["🔔 Message", "🔕 Nothing"])(
    "a message shows how its download ended although Telegram answered only after a restart; notices: %s",
    async (notices) => {
      await using app = await startTestApp();
      const nas = await app.downloader({ name: "nas" });
      const person = ann(app);
      person.sends("/settings");
      await person.presses((await said(app, "Settings")).id, notices);
      const { message_id: id } = person.sends(`our holiday ${link(1)}`, { caption: true });
      await nas.accepts(link(1));
      await reacted(app, id, "👀");
      const trouble = app.api.fail("*", SERVER_ERROR, { chat: USER });
      nas.finish(link(1));
      await app.api.waitFor(({ params }) => String(params.text).includes("ready · nas"), {
        what: "the end of the download to be known",
      });
      await app.stop();
      trouble.release();
      await app.restart();
      await reacted(app, id, "👌");
    },
  );

  test.each([
    ["", false],
    [", over a restart", true],
  ])(
    "a message shows that it is done once its last other link was removed from the queue%s",
    async (_, isRestarted) => {
      let now = Date.now();
      const routes = { DWLD_BOT_ROUTES: '[{"match":"vimeo.com","downloaders":["away"]}]' };
      await using app = await startTestApp(routes, { now: () => now });
      const nas = await app.downloader({ name: "nas" });
      const person = ann(app);
      const { message_id: id } = person.sends(`our holiday ${link(1)} https://vimeo.com/1`, { caption: true });
      await nas.accepts(link(1));
      await reacted(app, id, "👀");
      nas.finish(link(1));
      await said(app, "is ready");
      if (isRestarted) await app.restart();
      person.sends("/remove https://vimeo.com/1");
      await said(app, "Link removed from the queue");
      now += UNDO_MS;
      await reacted(app, id, "👌");
    },
  );

  test("a message that an edit gives words to is kept, also when the edit takes every link away", async () => {
    await using app = await startTestApp(LATER);
    await app.downloader({ name: "nas" });
    const person = ann(app);
    const [worded, cleared, bare] = [1, 2, 3].map((n) => person.sends(link(n)).message_id) as [number, number, number];
    await said(app, named(3));
    person.edits(worded, `${link(1)} for the evening, as we said`);
    person.edits(cleared, "never mind, I have found it");
    for (const n of [1, 2, 3]) {
      const prompt = await said(app, named(n));
      await person.presses(prompt.id, "Now");
      await app.api.gone(person, prompt.id);
    }
    await app.api.gone(person, bare);
    await reacted(app, worded, "👀");
    await reacted(app, cleared, "👀");
    expect([worded, cleared].filter((id) => !isThere(app, id))).toEqual([]);
  });

  test("a message whose links are queued already stays if it holds more than links", async () => {
    let now = Date.now();
    await using app = await startTestApp(LATER, { now: () => now });
    const person = ann(app);
    person.sends(link(1));
    await said(app, named(1));
    const kept = person.sends(`again ${link(1)}, as you asked`).message_id;
    const gone = person.sends(link(1)).message_id;
    await app.api.message(USER, ({ byBot, text, id }) => byBot && text.includes("already") && id > gone);
    await app.stop();
    now += 61_000;
    await app.restart();
    await app.api.gone(person, gone);
    expect(isThere(app, kept)).toBe(true);
  });
});
