import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { OTHER, startTestApp, type TestApp, USER } from "../support/app.ts";
import { isAbout } from "../support/bot-api/message.ts";
import type { ChatRef } from "../support/bot-api/waits.ts";

const YARD = -1_001_000_000_500;
const [VIDEO, SECOND, THIRD] = [1, 2, 3].map((n) => `https://youtube.com/watch?v=${n}`) as [string, string, string];
/** Monday, 23 November, 15:00:30 in Moscow. */
const AFTERNOON = Date.UTC(2026, 10, 23, 12, 0, 30);
const ENV = {
  DWLD_BOT_DISPATCH_DELAY: "1h",
  DWLD_BOT_TIME_ZONE: "Europe/Moscow",
  DWLD_BOT_TELEGRAM_USERS: `${USER},${YARD}`,
};
const AT = { now: () => AFTERNOON };
const [MINUTE, HOUR] = [60_000, 3_600_000];
const at = (day: number, hour: number, minute = 0) => Date.UTC(2026, 10, day, hour - 3, minute);

const said = (app: TestApp, chat: ChatRef, ...parts: string[]) =>
  app.api.message(chat, (message) => message.byBot && parts.every((part) => isAbout(message, part)), {
    what: parts.join(" and "),
  });
const ann = (app: TestApp, languageCode = "en") => app.api.user({ id: USER, username: "ann", languageCode });

function sendAts(app: TestApp): number[] {
  using database = new Database(app.config.store.path, { readonly: true });
  const all = database.query<{ at: number }, []>("select send_at as at from links order by id").all();
  return all.map(({ at }) => at);
}

describe("a time that somebody types", () => {
  test("in reply to a prompt is when its link is sent, and the message is deleted like a command", async () => {
    await using app = await startTestApp(ENV, AT);
    const person = ann(app);
    person.sends(VIDEO);
    const prompt = await said(app, person, VIDEO, "Sends at 16:00");
    const typed = person.sends("23:30", { replyTo: prompt.id });
    expect((await said(app, person, VIDEO, "Sends at 23:30")).id).toBe(prompt.id);
    expect(sendAts(app)).toEqual([at(23, 23, 30)]);
    const planned = () => {
      using database = new Database(app.config.store.path, { readonly: true });
      const plan = database.query<{ at: number }, [number]>(
        "select delete_at as at from deletions where message_id = ?",
      );
      return plan.all(typed.message_id).map(({ at }) => at);
    };
    await app.api.message(person, ({ byBot, text }) => byBot && text === "Sends at 23:30");
    // Its deletion is stored by then.
    await app.stop();
    expect(planned()).toEqual([AFTERNOON + MINUTE]);
  });

  test("that has passed means the next day, and the prompt says which day that is", async () => {
    await using app = await startTestApp(ENV, AT);
    const person = ann(app, "ru");
    person.sends(VIDEO);
    const prompt = await said(app, person, VIDEO, "Уйдёт в 16:00");
    person.sends("в 14:00", { replyTo: prompt.id });
    await said(app, person, VIDEO, "Уйдёт 24 нояб. в 14:00");
    person.sends("sat 10:00", { replyTo: prompt.id });
    await said(app, person, VIDEO, "Уйдёт 28 нояб. в 10:00");
    expect(sendAts(app)).toEqual([at(28, 10)]);
  });

  test("counts without a reply while the prompt's times are open, in any language, and not afterwards", async () => {
    await using app = await startTestApp(ENV, AT);
    const person = ann(app);
    person.sends(VIDEO);
    const prompt = await said(app, person, VIDEO, "Sends at 16:00");
    await person.presses(prompt.id, "More");
    await said(app, person, "You can also answer this message with a time: 23:30, sat 10:00, in 40 min.");
    person.sends("через 40 мин");
    const changed = await said(app, person, VIDEO, "Sends at 15:41");
    expect(changed.text).not.toContain("You can also");
    expect(changed.buttons.flat().some(({ text }) => text.startsWith("✅"))).toBe(false);
    person.sends("22:00");
    await said(app, person, "Send me links");
    expect(sendAts(app)).toEqual([AFTERNOON - 30_000 + 41 * MINUTE]);
  });

  test("applies to all links of the prompt, or to the one link that is open", async () => {
    await using app = await startTestApp(ENV, AT);
    const person = ann(app);
    person.sends(`${VIDEO}\n${SECOND}\n${THIRD}`);
    const prompt = await said(app, person, "3 links");
    person.sends("tomorrow 9", { replyTo: prompt.id });
    await said(app, person, "3 links", "Sends on 24 Nov at 09:00");
    expect(new Set(sendAts(app))).toEqual(new Set([at(24, 9)]));
    await person.presses(prompt.id, "One of them");
    await app.api.message(person, ({ buttons }) => buttons.flat().some(({ text }) => text.startsWith("2. ")));
    person.sends("сб 10:00", { replyTo: prompt.id });
    await said(app, person, "3 links", "Sends on 28 Nov at 10:00");
    expect(new Set(sendAts(app))).toEqual(new Set([at(28, 10)]));
    await person.presses(prompt.id, "One of them");
    await app.api.message(person, ({ buttons }) => buttons.flat().some(({ text }) => text.startsWith("2. ")));
    await person.presses(prompt.id, "2. ");
    await said(app, person, "Link 2 of 3");
    person.sends("20:00", { replyTo: prompt.id });
    await said(app, person, "Link 2 of 3", "Sends at 20:00");
    expect(sendAts(app)).toEqual([at(28, 10), at(23, 20), at(28, 10)]);
    await person.presses(prompt.id, "More");
    await said(app, person, "Link 2 of 3", "You can also answer");
    person.sends("21:00");
    await said(app, person, "Link 2 of 3", "Sends at 21:00");
    expect(sendAts(app)).toEqual([at(28, 10), at(23, 21), at(28, 10)]);
  });

  test("that is not understood gets a hint with examples, changes nothing and is not deleted", async () => {
    await using app = await startTestApp(ENV, AT);
    const person = ann(app, "ru");
    person.sends(VIDEO);
    const prompt = await said(app, person, VIDEO, "Уйдёт в 16:00");
    const typed = person.sends("когда-нибудь", { replyTo: prompt.id });
    const hint = await said(app, person, "Не получилось понять время, ничего не изменено. Например: 23:30, завтра в 9");
    expect(hint.replyTo).toBe(typed.message_id);
    expect(sendAts(app)).toEqual([AFTERNOON + HOUR]);
    using database = new Database(app.config.store.path, { readonly: true });
    expect(database.query("select * from deletions where message_id = ?").all(typed.message_id)).toEqual([]);
  });

  test("also counts in a topic of a private chat, where Telegram makes every message a reply", async () => {
    await using app = await startTestApp(ENV, AT);
    const person = ann(app);
    person.sends("/start");
    await said(app, person, "Send me links");
    const films = person.topic("Films");
    person.sends(VIDEO, { threadId: films });
    const prompt = await said(app, person, VIDEO, "Sends at 16:00");
    expect(prompt.threadId).toBe(films);
    await person.presses(prompt.id, "More");
    person.sends("23:30", { threadId: films });
    await said(app, person, VIDEO, "Sends at 23:30");
  });

  test("in reply to a prompt also counts after a restart", async () => {
    await using app = await startTestApp(ENV, AT);
    const person = ann(app);
    person.sends(VIDEO);
    const prompt = await said(app, person, VIDEO, "Sends at 16:00");
    await app.restart();
    person.sends("at 9 pm", { replyTo: prompt.id });
    await said(app, person, VIDEO, "Sends at 21:00");
  });

  test("does not hold back a link that is being sent", async () => {
    await using app = await startTestApp(ENV, AT);
    const person = ann(app);
    person.sends(VIDEO);
    const prompt = await said(app, person, VIDEO, "Sends at 16:00");
    const nas = await app.downloader({ name: "nas", mode: "slow" });
    await person.presses(prompt.id, "Now");
    await nas.waitFor(({ method }) => method === "SetToQueue");
    person.sends("22:00", { replyTo: prompt.id });
    await said(app, person, "Already being sent");
    nas.release();
    await nas.accepts(VIDEO);
  });

  test("is ignored beside a link, which is queued", async () => {
    await using app = await startTestApp(ENV, AT);
    const person = ann(app);
    person.sends(VIDEO);
    const prompt = await said(app, person, VIDEO, "Sends at 16:00");
    person.sends(`${SECOND} 23:30`, { replyTo: prompt.id });
    await said(app, person, SECOND, "Sends at 16:00");
    expect(sendAts(app)).toEqual([AFTERNOON + HOUR, AFTERNOON + HOUR]);
  });

  test("is accepted in a group only from the link's sender, and only in reply to the prompt", async () => {
    await using app = await startTestApp(ENV, AT);
    const yard = app.api.group({ id: YARD, title: "Yard" });
    const person = ann(app);
    const bob = app.api.user({ id: OTHER, username: "bob", languageCode: "en" });
    person.sends(VIDEO, { in: yard });
    const prompt = await said(app, yard, VIDEO, "Sends at 16:00");
    bob.sends("23:30", { in: yard, replyTo: prompt.id });
    await said(app, yard, "Only the person who sent the link, or an admin, can change it");
    await person.presses(prompt.id, "More", { in: yard });
    await said(app, yard, "You can also answer this message");
    person.sends("22:00", { in: yard });
    person.sends("23:45", { in: yard, replyTo: prompt.id });
    await said(app, yard, VIDEO, "Sends at 23:45");
    expect(sendAts(app)).toEqual([at(23, 23, 45)]);
    expect(app.api.messages(yard).filter(({ text }) => text.includes("22:00") && text !== "22:00")).toEqual([]);
  });
});
