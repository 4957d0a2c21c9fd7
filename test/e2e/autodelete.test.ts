import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { OTHER, startTestApp, type TestApp, USER } from "../support/app.ts";
import { tooManyRequests } from "../support/bot-api/faults.ts";
import { isAbout } from "../support/bot-api/message.ts";

const VIDEO = "https://youtube.com/watch?v=1";
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const LATER = { DWLD_BOT_DISPATCH_DELAY: "1h" };
const TOO_OLD = /can't be deleted for everyone/;

const said = (app: TestApp, part: string, chat = USER) =>
  app.api.message(chat, (message) => message.byBot && isAbout(message, part), { what: `a message with "${part}"` });

function planned(app: TestApp): Record<string, unknown>[] {
  using database = new Database(app.config.store.path, { readonly: true });
  return database.query<Record<string, unknown>, []>("select * from deletions").all();
}

describe("the bot's messages are deleted by themselves", () => {
  test("commands sooner than answers, each after its lifetime, also over restarts", async () => {
    let now = Date.now();
    await using app = await startTestApp(LATER, { now: () => now });
    const person = app.api.user({ id: USER, languageCode: "en" });
    const command = person.sends("/help");
    const answer = await said(app, "Commands:");
    await app.api.settled();
    await app.stop();
    now += MINUTE_MS + 1;
    await app.restart();
    await app.api.gone(person, command.message_id);
    expect(app.api.messages(person).map(({ id }) => id)).toContain(answer.id);
    await app.stop();
    now += 5 * MINUTE_MS;
    await app.restart();
    await app.api.gone(person, answer.id);
    await app.stop();
    expect(planned(app)).toEqual([]);
  });

  test("later while somebody still uses them", async () => {
    let now = Date.now();
    await using app = await startTestApp(LATER, { now: () => now });
    const person = app.api.user({ id: USER, languageCode: "en" });
    person.sends("/settings");
    const settings = await said(app, "Settings");
    now += 4 * MINUTE_MS;
    await person.presses(settings.id, "480p");
    await said(app, "480p");
    now += 2 * MINUTE_MS;
    person.sends(VIDEO);
    await said(app, VIDEO);
    await app.restart();
    await person.presses(settings.id, "720p");
    expect((await said(app, "Default quality: 720p")).id).toBe(settings.id);
  });

  test("after the time that the chat has chosen, or never", async () => {
    let now = Date.now();
    await using app = await startTestApp(LATER, { now: () => now, mayRefuse: TOO_OLD });
    const [hasty, keeper] = [
      app.api.user({ id: USER, languageCode: "en" }),
      app.api.user({ id: OTHER, languageCode: "en" }),
    ];
    hasty.sends("/settings");
    await hasty.presses((await said(app, "Settings")).id, "🧹 After 1 min");
    keeper.sends("/settings");
    await keeper.presses((await said(app, "Settings", OTHER)).id, "🧹 Never");
    await app.api.settled();
    hasty.sends("/help");
    const [short, long] = [await said(app, "Commands:"), keeper.sends("/help")];
    const kept = await said(app, "Commands:", OTHER);
    await app.api.settled();
    await app.stop();
    now += MINUTE_MS + 1;
    await app.restart();
    await app.api.gone(hasty, short.id);
    await app.stop();
    now += 48 * HOUR_MS;
    await app.restart();
    await app.api.settled();
    const ids = app.api.messages(keeper).map(({ id }) => id);
    expect(ids).toContain(kept.id);
    expect(ids).toContain(long.message_id);
  });

  test("unless it is too old for Telegram: that is given up, and holds up nothing", async () => {
    let now = Date.now();
    await using app = await startTestApp(LATER, { now: () => now, mayRefuse: TOO_OLD });
    const person = app.api.user({ id: USER, languageCode: "en" });
    person.sends("/help");
    const old = await said(app, "Commands:");
    await app.stop();
    now += 49 * HOUR_MS;
    await app.restart();
    person.sends("/help");
    const fresh = await app.api.message(person, ({ byBot, id }) => byBot && id > old.id);
    await app.api.settled();
    await app.stop();
    now += 10 * MINUTE_MS;
    await app.restart();
    await app.api.gone(person, fresh.id);
    expect(app.api.messages(person).map(({ id }) => id)).toContain(old.id);
    await app.stop();
    expect(planned(app)).toEqual([]);
  });

  test("in one chat although Telegram is slow with another", async () => {
    let now = Date.now();
    await using app = await startTestApp(LATER, { now: () => now });
    const [first, second] = [
      app.api.user({ id: USER, languageCode: "en" }),
      app.api.user({ id: OTHER, languageCode: "en" }),
    ];
    first.sends("/help");
    await said(app, "Commands:");
    second.sends("/help");
    const answer = await said(app, "Commands:", OTHER);
    await app.api.settled();
    const slow = app.api.fail("deleteMessages", tooManyRequests(600), { chat: USER });
    first.blocks();
    await app.api.settled();
    await app.stop();
    now += 10 * MINUTE_MS;
    await app.restart();
    await app.api.gone(second, answer.id);
    await app.api.waitFor(() => slow.hits > 0, { what: "the first chat's deletion to be tried" });
    await app.stop();
    expect(slow.hits).toBe(1);
    expect(planned(app).map(({ chat_id }) => chat_id)).toEqual([USER, USER]);
  });
});
