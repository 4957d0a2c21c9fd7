import { describe, expect, test } from "bun:test";
import { status } from "@grpc/grpc-js";
import { resendButton } from "../../src/telegram/views/callback-data.ts";
import { ADMIN, OTHER, startTestApp, type TestApp, USER } from "../support/app.ts";
import { HANG } from "../support/bot-api/faults.ts";
import type { LiveMessage } from "../support/bot-api/message.ts";
import { holdWaits } from "../support/held-wait.ts";
import { deliveriesAreKnown, newsIsKnown, stored } from "../support/stored.ts";

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
  test("only the sender of a link or an admin acts on its news", async () => {
    await using app = await startTestApp(ENV);
    const { ann, bob, boss, where } = familyOf(app);
    const nas = await app.downloader({ name: "nas", mode: REFUSES });
    ann.sends(VIDEO, where);
    const notice = await told(app, "Could not send youtube");
    await newsIsKnown(app);
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

  test("only the sender of a link or an admin acts on news whose sending the bot did not hear of", async () => {
    await using app = await startTestApp({ ...ENV, DWLD_BOT_DISPATCH_DELAY: "1h" });
    const { ann, bob, where } = familyOf(app);
    const nas = await app.downloader({ name: "nas", mode: REFUSES });
    ann.sends(VIDEO, where);
    const prompt = await told(app, "youtube.com/watch?v=1");
    const held = app.api.fail("sendMessage", { ...HANG, applied: true }, { chat: FAMILY });
    await ann.presses(prompt.id, "Now", where);
    await app.api.waitFor(() => held.hits > 0);
    await app.stop();
    held.release();
    await app.restart();
    const isNews = ({ text }: LiveMessage) => text.includes("Could not send youtube");
    await app.api.waitFor(() => app.api.messages(FAMILY).filter(isNews).length === 2);
    const [orphan] = app.api.messages(FAMILY).filter(isNews);
    nas.mode = "ok";
    expect(await bob.presses(orphan?.id ?? 0, "Retry", where)).toMatchObject(FOREIGN);
    await ann.presses(orphan?.id ?? 0, "Retry", where);
    await nas.accepts(VIDEO);
  });

  test("OK under news of several people settles only one's own links, and the rest stays unread", async () => {
    const newsPace = { quietMs: 30_000, mostMs: 30_000 };
    const collecting = holdWaits(newsPace.quietMs);
    await using app = await startTestApp(ENV, { newsPace, wait: collecting.wait });
    const { ann, bob, where } = familyOf(app);
    const nas = await app.downloader({ name: "nas", mode: REFUSES });
    ann.sends(VIDEO, where);
    bob.sends(SECOND, where);
    await stored(app, "select id from news", (news) => news.length === 2);
    collecting.end();
    const notice = await told(app, "Could not send youtube");
    expect(notice.text).toContain("v=1");
    expect(notice.text).toContain("v=2");
    await newsIsKnown(app);
    await bob.presses(notice.id, "OK", where);
    const left = await app.api.message(FAMILY, ({ id, text }) => id === notice.id && !text.includes("v=2"));
    expect(left.text).toContain("v=1");
    nas.mode = "ok";
    expect(await bob.presses(notice.id, "Retry", where)).toMatchObject(FOREIGN);
    await ann.presses(notice.id, "OK", where);
    await app.api.gone(FAMILY, notice.id);
  });

  test("only the sender of a download or an admin cancels it, and undoes that", async () => {
    await using app = await startTestApp(ENV);
    const { ann, bob, boss, where } = familyOf(app);
    const nas = await app.downloader({ name: "nas" });
    ann.sends(VIDEO, where);
    await nas.accepts(VIDEO);
    const { id } = await told(app, "In progress: 1");
    expect(await bob.presses(id, "Cancel", where)).toMatchObject(FOREIGN);
    expect((await boss.presses(id, "Cancel", where)).text).toContain("youtube.com/watch?v=1");
    await told(app, "cancelled");
    expect(await bob.presses(id, "Undo", where)).toMatchObject(FOREIGN);
    await ann.presses(id, "Undo", where);
  });

  test("only the sender of a link or an admin changes it in /queue, whose pages everybody can turn", async () => {
    await using app = await startTestApp({ ...ENV, DWLD_BOT_DISPATCH_DELAY: "1h" });
    const { ann, bob, boss, where } = familyOf(app);
    ann.sends(VIDEO, where);
    bob.sends(SECOND, where);
    await told(app, "watch?v=2");
    bob.sends("/queue", where);
    const { id } = await told(app, "2 links in the queue");
    for (const button of ["1 ▶️ Now", "1 🎞 best", "1 🗑 Remove"]) {
      expect(await bob.presses(id, button, where)).toMatchObject(FOREIGN);
    }
    expect(await bob.presses(id, "Refresh", where)).toMatchObject({ text: "" });
    expect(await bob.presses(id, "2 🗑 Remove", where)).toMatchObject({ text: "Link removed" });
    expect(await boss.presses(id, "1 🗑 Remove", where)).toMatchObject({ text: "Link removed" });
  });

  test("only the sender of a download or an admin removes it from its server in /queue", async () => {
    await using app = await startTestApp(ENV);
    const { ann, bob, where } = familyOf(app);
    const nas = await app.downloader({ name: "nas" });
    ann.sends(VIDEO, where);
    await nas.accepts(VIDEO);
    await deliveriesAreKnown(app, 1);
    bob.sends("/queue", where);
    const { id } = await told(app, "1 link on the servers");
    expect(await bob.presses(id, "1 🗑 Remove", where)).toMatchObject(FOREIGN);
    await ann.presses(id, "1 🗑 Remove", where);
    await told(app, "Remove link 1 from its server?");
    expect(await bob.presses(id, "Yes", where)).toMatchObject(FOREIGN);
    expect(nas.tasks()).toHaveLength(1);
    await ann.presses(id, "Yes", where);
    await told(app, "Removed from “nas”");
  });

  test("only the sender of a failed download or an admin sends it again from /queue, one or all of them", async () => {
    await using app = await startTestApp(ENV);
    const { ann, bob, where } = familyOf(app);
    const nas = await app.downloader({ name: "nas" });
    for (const [person, link] of [[ann, VIDEO] as const, [bob, SECOND] as const]) {
      person.sends(link, where);
      await nas.accepts(link);
      nas.fail(link, "no such film");
      await told(app, `cannot download ${link.slice(8)}`);
    }
    nas.mode = REFUSES;
    bob.sends("/queue", where);
    const { id } = await told(app, "2 links on the servers");
    expect(await bob.presses(id, "1 🔁 Send again", where)).toMatchObject(FOREIGN);
    await bob.presses(id, "Failed: ", where);
    await app.api.message(FAMILY, (message) => message.id === id && message.text.startsWith("Failed: 2"));
    const after = nas.calls.length;
    const { text } = await bob.presses(id, "Retry all", where);
    expect(text).toBe("🔁 Queued again: 1 link. Sent by others, left as they are: 1.");
    const call = await nas.waitFor(({ method }) => method === "SetToQueue", { after });
    expect(call.request).toMatchObject({ link: SECOND });
  });

  test("only the sender of a link or an admin removes it with /remove", async () => {
    await using app = await startTestApp(ENV);
    const { ann, bob, boss, where } = familyOf(app);
    const nas = await app.downloader({ name: "nas", roots: ["youtube.com"] });
    const waiting = "https://vimeo.com/1";
    ann.sends(`${VIDEO} ${waiting}`, where);
    await told(app, "In progress: 1");
    bob.sends(`/remove ${VIDEO} ${waiting}`, where);
    const answer = await told(app, FOREIGN.text);
    expect(answer.text.split(FOREIGN.text)).toHaveLength(3);
    expect(nas.tasks()).toHaveLength(1);
    boss.sends(`/remove ${VIDEO}`, where);
    await told(app, "Removed from “nas”");
    ann.sends(`/remove ${waiting}`, where);
    await told(app, "Link removed from the queue");
  });

  test("an anonymous admin may change others' links by text, and somebody who writes for a channel may not", async () => {
    await using app = await startTestApp({ ...ENV, DWLD_BOT_DISPATCH_DELAY: "1h" });
    const { ann, bob, where } = familyOf(app);
    ann.sends(VIDEO, where);
    const prompt = await told(app, "youtube.com/watch?v=1");
    const channel = { sender_chat: { id: -1_005_555_555_555, type: "channel", title: "News" } };
    bob.sends("23:30", { ...where, replyTo: prompt.id, extra: channel });
    await told(app, FOREIGN.text);
    bob.sends("23:30", { ...where, replyTo: prompt.id, anonymous: true });
    await app.api.message(FAMILY, ({ id, text }) => id === prompt.id && text.includes("23:30"));
    bob.sends(`/remove ${VIDEO}`, { ...where, anonymous: true });
    await told(app, "Link removed from the queue");
  });

  test("only the sender of a lost link or an admin may press an older version's button to send it again", async () => {
    await using app = await startTestApp(ENV);
    const { ann, bob, where } = familyOf(app);
    const nas = await app.downloader({ name: "nas" });
    ann.sends(VIDEO, where);
    await nas.accepts(VIDEO);
    await told(app, "In progress: 1");
    bob.sends("/help", where);
    const { id } = await told(app, "/queue");
    const again = resendButton.pack({ id: 1 });
    expect(await bob.presses(id, again, { ...where, forged: true })).toMatchObject(FOREIGN);
    expect((await ann.presses(id, again, { ...where, forged: true })).text).toBe("This button is outdated");
  });
});
