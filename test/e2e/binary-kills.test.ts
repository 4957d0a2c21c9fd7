import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { finish, firstCalled, LINK, passTheWait, promptOf, settle, underWay } from "../support/binary/crash.ts";
import { createBinaryRig, USERS } from "../support/binary.ts";
import { HANG } from "../support/bot-api/faults.ts";
import { killWhile } from "../support/kill-while.ts";

/** Leaves time to choose on the prompt, for kills that come before a link is due. */
const LATER = { config: { dispatch: { interval: "50ms", delay: "1h" } } };

/** Skips the message of what is in work, which stays as long as something is. */
const isNotOfWork = ({ text }: { text: string }) => !text.startsWith("In progress");

describe("after kill -9 and a new start on the same database", () => {
  test("an update that was fetched and not stored comes again", async () => {
    await using rig = createBinaryRig();
    // If the bot has time to hand the link over past the locked database, no downloader takes it.
    const { first, person, fleet } = await settle(rig, "slow");
    using lock = new Database(join(rig.folder, "dwld-bot.db"), { readwrite: true });
    lock.run("PRAGMA busy_timeout = 5000");
    lock.run("BEGIN IMMEDIATE");
    const message = person.sends(LINK);
    await rig.api.waitFor(({ method, response }) => method === "getUpdates" && /"message"/.test(inWords(response)));
    await first.kill();
    lock.run("ROLLBACK");
    for (const downloader of fleet) downloader.mode = "ok";
    expect(rig.rows("select * from links")).toEqual([]);
    await finish(rig, { person, fleet, messageId: message.message_id });
  });

  test("a link whose prompt was being sent gets a prompt", async () => {
    await using rig = createBinaryRig(LATER);
    const { first, person, fleet } = await settle(rig);
    const held = rig.api.fail("sendMessage", HANG);
    const message = person.sends(LINK);
    await underWay(rig, "sendMessage");
    await first.kill();
    held.release();
    const second = await rig.start();
    const prompt = await promptOf(rig, person);
    await person.presses(prompt.id, "Now");
    await finish(rig, { person, fleet, messageId: message.message_id, life: second });
    expect(rig.api.messages(person).filter(isNotOfWork)).toEqual([]);
  });

  test("a prompt whose sending the bot did not hear of works when its button is pressed", async () => {
    await using rig = createBinaryRig(LATER);
    const { first, person, fleet } = await settle(rig);
    const held = rig.api.fail("sendMessage", { ...HANG, applied: true });
    const message = person.sends(LINK);
    await underWay(rig, "sendMessage");
    const orphan = await promptOf(rig, person);
    await first.kill();
    held.release();
    const second = await rig.start();
    await rig.api.message(person, ({ id, buttons }) => id !== orphan.id && buttons.length > 0);
    await person.presses(orphan.id, "Now");
    await finish(rig, { person, fleet, messageId: message.message_id, life: second });
    expect(rig.api.messages(person).filter(isNotOfWork)).toEqual([]);
  });

  test("a choice that was stored and not yet answered holds", async () => {
    await using rig = createBinaryRig(LATER);
    const { first, person, fleet } = await settle(rig);
    const message = person.sends(LINK);
    const prompt = await promptOf(rig, person);
    await person.presses(prompt.id, "Quality");
    await rig.api.message(person, ({ buttons }) => buttons.flat().some(({ text }) => text === "720p"));
    const held = rig.api.fail("answerCallbackQuery", HANG);
    void person.presses(prompt.id, "720p");
    await underWay(rig, "answerCallbackQuery");
    await first.kill();
    held.release();
    const second = await rig.start();
    await rig.api.settled();
    await person.presses(prompt.id, "Now");
    await finish(rig, { person, fleet, messageId: message.message_id, life: second });
    const submitted = fleet.flatMap(({ calls }) => calls).filter(({ method }) => method === "SetToQueue");
    expect(submitted.map(({ request }) => request.max_quality)).toEqual([720]);
  });

  test("the downloader that was being called is asked first, and gets the link if it does not have it", async () => {
    await using rig = createBinaryRig();
    const { first, person, fleet } = await settle(rig, "slow");
    const message = person.sends(LINK);
    const called = await firstCalled(fleet);
    await first.kill();
    for (const downloader of fleet) downloader.mode = "ok";
    await finish(rig, { person, fleet, messageId: message.message_id });
    expect(called.calls.map(({ method }) => method).slice(0, 3)).toEqual(["SetToQueue", "Queue", "SetToQueue"]);
    expect(called.accepted).toEqual([LINK]);
  });

  test("a call that the downloader carries out after the kill is recognised", async () => {
    await using rig = createBinaryRig();
    const { first, person, fleet } = await settle(rig, "slow");
    const message = person.sends(LINK);
    const called = await firstCalled(fleet);
    await first.kill();
    called.release();
    await called.accepts(LINK);
    await finish(rig, { person, fleet, messageId: message.message_id });
    // The link is asked about and not sent again; the downloader may be asked once more how the download goes.
    const methods = called.calls.map(({ method }) => method);
    expect(methods.slice(0, 2)).toEqual(["SetToQueue", "Queue"]);
    expect(methods.filter((method) => method === "SetToQueue")).toHaveLength(1);
  });

  test("a link that was accepted without an answer is recognised", async () => {
    await using rig = createBinaryRig();
    const { first, person, fleet } = await settle(rig, "hang_after_accept");
    const message = person.sends(LINK);
    await rig.acceptedBy(LINK);
    await first.kill();
    for (const downloader of fleet) downloader.mode = "ok";
    await finish(rig, { person, fleet, messageId: message.message_id });
  });

  test("a link that was accepted by a downloader that went down with the bot waits for that downloader", async () => {
    await using rig = createBinaryRig();
    const { first, person, fleet } = await settle(rig, "crash_after_accept");
    const message = person.sends(LINK);
    const match = await rig.acceptedBy(LINK);
    await first.kill();
    for (const downloader of fleet) downloader.mode = "ok";
    const second = await rig.start();
    await second.says(`Cannot ask \\"${match.name}\\" what it has`);
    expect(await second.stop()).toBe(0);
    expect(rig.rows("select state from links")).toEqual([{ state: "uncertain" }]);
    await match.opens();
    rig.change("update links set send_at = 0");
    await finish(rig, { person, fleet, messageId: message.message_id });
    expect(match.accepted).toEqual([LINK]);
  });

  test("links that were handed over past a locked database are known, with their messages", async () => {
    await using rig = createBinaryRig();
    const { first, person, fleet } = await settle(rig);
    const lock = new Database(join(rig.folder, "dwld-bot.db"), { readwrite: true });
    lock.run("PRAGMA busy_timeout = 5000");
    lock.run("BEGIN IMMEDIATE");
    const message = person.sends(LINK);
    await rig.acceptedBy(LINK);
    await rig.api.message(person, ({ byBot, text }) => byBot && text.includes("sent the link to"));
    await first.kill();
    lock.run("ROLLBACK");
    lock.close();
    expect(rig.rows("select * from deliveries")).toEqual([]);
    const second = await rig.start();
    const other = rig.api.user({ id: USERS[1], username: "bob", languageCode: "en" });
    const again = other.sends(LINK);
    await rig.api.gone(other, again.message_id);
    await finish(rig, { person, fleet, messageId: message.message_id, life: second, owners: 2 });
  });

  test("a link that was being handed over past a locked database is looked up at the downloader that may have it", async () => {
    await using rig = createBinaryRig();
    const { first, person, fleet } = await settle(rig, "hang_after_accept");
    const lock = new Database(join(rig.folder, "dwld-bot.db"), { readwrite: true });
    lock.run("PRAGMA busy_timeout = 5000");
    lock.run("BEGIN IMMEDIATE");
    const message = person.sends(LINK);
    await rig.acceptedBy(LINK);
    await first.kill();
    lock.run("ROLLBACK");
    lock.close();
    for (const downloader of fleet) downloader.mode = "ok";
    await finish(rig, { person, fleet, messageId: message.message_id });
  });

  test("messages whose deletion was under way are deleted later", async () => {
    await using rig = createBinaryRig();
    const { first, person, fleet } = await settle(rig);
    const held = rig.api.fail("deleteMessages", HANG);
    const message = person.sends(LINK);
    await underWay(rig, "deleteMessages");
    await first.kill();
    held.release();
    expect(rig.rows("select downloader, url from deliveries")).toHaveLength(1);
    passTheWait(rig);
    await finish(rig, { person, fleet, messageId: message.message_id });
  });

  test("deletions that the bot did not hear of do no harm when they are repeated", async () => {
    await using rig = createBinaryRig();
    const { first, person, fleet } = await settle(rig);
    const held = rig.api.fail("deleteMessages", { ...HANG, applied: true });
    const message = person.sends(LINK);
    await underWay(rig, "deleteMessages");
    await first.kill();
    held.release();
    passTheWait(rig);
    const after = rig.api.calls.length;
    const second = await rig.start();
    await rig.api.waitFor(({ method, response }) => method === "deleteMessages" && response !== undefined, { after });
    await finish(rig, { person, fleet, messageId: message.message_id, life: second });
    expect(rig.rows("select * from deletions")).toEqual([]);
  });
});

describe("dwld-bot backup, killed while it copies", () => {
  test("leaves no backup and a whole database, and the next backup clears the leftovers away", async () => {
    await using rig = createBinaryRig();
    expect(await (await rig.start()).stop()).toBe(0);
    const insert =
      "insert into links (chat_id, sender, url, key, quality, send_at, created_at) select 1, 'a', 'u' || value || hex(zeroblob(1000)), 'k' || value, 'best', 9e12, 0";
    rig.change(
      `${insert} from (with recursive n(value) as (select 1 union all select value + 1 from n limit 5000) select value from n)`,
    );
    const backup = () => rig.spawn({}, ["backup", "copy.db"]);
    await killWhile(join(rig.folder, "copy.db.part"), () => {
      rmSync(join(rig.folder, "copy.db"), { force: true });
      return backup();
    });
    expect(existsSync(join(rig.folder, "copy.db"))).toBe(false);
    expect(rig.rows("pragma quick_check")).toEqual([{ quick_check: "ok" }]);
    expect(await backup().exited).toBe(0);
    expect(existsSync(join(rig.folder, "copy.db.part"))).toBe(false);
    using copy = new Database(join(rig.folder, "copy.db"), { readonly: true });
    expect(copy.query("select count(*) as links from links").get()).toEqual({ links: 5000 });
  });
});

function inWords(value: unknown): string {
  return JSON.stringify(value) ?? "";
}
