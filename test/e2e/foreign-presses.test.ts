import { describe, expect, test } from "bun:test";
import { status } from "@grpc/grpc-js";
import { ADMIN, OTHER, startTestApp, type TestApp, USER } from "../support/app.ts";

const FAMILY = -1_001_234_567_890;
const [VIDEO, SECOND] = ["https://youtube.com/watch?v=1", "https://youtube.com/watch?v=2"];
const REFUSES = { code: status.UNKNOWN, details: "disk is full" };
const ENV = { DWLD_BOT_TELEGRAM_USERS: String(FAMILY), DWLD_BOT_DISPATCH_MAX_ATTEMPTS: "1" };
const FOREIGN = { text: "Only the person who sent the link, or an admin, can change it", showAlert: true };

const told = (app: TestApp, words: string) =>
  app.api.message(FAMILY, ({ byBot, text }) => byBot && text.includes(words), { what: words });

function familyOf(app: TestApp) {
  const group = app.api.group({ id: FAMILY, title: "Family" });
  const person = (id: number, username: string) => app.api.user({ id, username, languageCode: "en" });
  return {
    where: { in: group },
    ann: person(USER, "ann"),
    bob: person(OTHER, "bob"),
    boss: person(ADMIN, "boss"),
  };
}

describe("in a group", () => {
  test("news of a link is read and acted on by who sent it, or by an admin", async () => {
    await using app = await startTestApp(ENV);
    const { ann, bob, boss, where } = familyOf(app);
    const nas = await app.downloader({ name: "nas", mode: REFUSES });
    ann.sends(VIDEO, where);
    const notice = await told(app, "Could not send youtube");
    for (const button of ["Retry", "Another server", "Remove", "OK"]) {
      expect(await bob.presses(notice.id, button, where)).toMatchObject(FOREIGN);
    }
    expect(app.api.messages(FAMILY)).toContainEqual(notice);
    await boss.presses(notice.id, "Remove", where);
    await told(app, "Link removed: ");
    nas.mode = "ok";
    await ann.presses(notice.id, "Undo", where);
    await told(app, "Could not send youtube");
    await ann.presses(notice.id, "Retry", where);
    await nas.accepts(VIDEO);
    await app.api.gone(FAMILY, notice.id);
  });

  test("of news of several people each settles what is theirs, and the rest stays unread", async () => {
    await using app = await startTestApp(ENV, { newsPace: { quietMs: 300, mostMs: 30_000 } });
    const { ann, bob, where } = familyOf(app);
    const nas = await app.downloader({ name: "nas", mode: REFUSES });
    ann.sends(VIDEO, where);
    bob.sends(SECOND, where);
    const notice = await told(app, "Could not send youtube");
    expect(notice.text).toContain("v=1");
    expect(notice.text).toContain("v=2");
    await bob.presses(notice.id, "OK", where);
    const left = await app.api.message(FAMILY, ({ id, text }) => id === notice.id && !text.includes("v=2"));
    expect(left.text).toContain("v=1");
    nas.mode = "ok";
    expect(await bob.presses(notice.id, "Retry", where)).toMatchObject(FOREIGN);
    await ann.presses(notice.id, "OK", where);
    await app.api.gone(FAMILY, notice.id);
  });

  test("a download is cancelled, and kept, by who sent it, or by an admin", async () => {
    await using app = await startTestApp(ENV);
    const { ann, bob, boss, where } = familyOf(app);
    const nas = await app.downloader({ name: "nas" });
    ann.sends(VIDEO, where);
    await nas.accepts(VIDEO);
    const { id } = await told(app, "In work: 1");
    expect(await bob.presses(id, "Cancel", where)).toMatchObject(FOREIGN);
    expect((await boss.presses(id, "Cancel", where)).text).toContain("youtube.com/watch?v=1");
    await told(app, "cancelled");
    expect(await bob.presses(id, "Undo", where)).toMatchObject(FOREIGN);
    await ann.presses(id, "Undo", where);
  });
});
