import { describe, expect, test } from "bun:test";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { createBinaryRig, USERS } from "../support/binary.ts";
import { HANG, tooManyRequests } from "../support/bot-api/faults.ts";

const LINK = "https://youtube.com/watch?v=1";

describe("SIGTERM", () => {
  test("ends an idle bot with 0, and only the owner can read the files that it leaves", async () => {
    await using rig = createBinaryRig();
    const life = await rig.start();
    await rig.api.waitFor(({ method }) => method === "getUpdates");
    expect(await life.stop()).toBe(0);
    const readable = readdirSync(rig.folder).filter((name) => statSync(join(rig.folder, name)).mode & 0o077);
    expect(readable).toEqual([]);
  });

  test("in a long poll confirms what was handled, so that nothing comes twice", async () => {
    await using rig = createBinaryRig({ config: { dispatch: { delay: "1h" } } });
    const life = await rig.start();
    const ann = rig.api.user({ id: USERS[0], languageCode: "en" });
    ann.sends(LINK);
    await rig.api.message(ann, ({ buttons }) => buttons.length > 0);
    expect(await life.stop()).toBe(0);
    expect(rig.api.pending).toEqual([]);
    const after = rig.api.calls.length;
    const second = await rig.start();
    await rig.api.waitFor(({ method }) => method === "getUpdates", { after });
    expect(await second.stop()).toBe(0);
    expect(rig.rows("select url, state, prompt_id is not null as shown from links")).toEqual([
      { url: LINK, state: "queued", shown: 1 },
    ]);
  });

  test("in the middle of a batch finishes the update that was begun and confirms it", async () => {
    await using rig = createBinaryRig({ config: { dispatch: { delay: "1h" } } });
    const life = await rig.start();
    const ann = rig.api.user({ id: USERS[0], languageCode: "en" });
    ann.sends(LINK);
    const prompt = await rig.api.message(ann, ({ buttons }) => buttons.length > 0);
    await ann.presses(prompt.id, "Quality");
    await rig.api.message(ann, ({ buttons }) => buttons.flat().some(({ text }) => text === "480p"));
    const held = rig.api.fail("answerCallbackQuery", HANG);
    void ann.presses(prompt.id, "480p");
    await rig.api.waitFor(({ method, response }) => method === "answerCallbackQuery" && response === undefined);
    life.signal("SIGTERM");
    await life.says("Stopping: SIGTERM");
    held.release();
    expect(await life.exited).toBe(0);
    expect(rig.api.pending).toEqual([]);
    expect(rig.rows("select quality from links")).toEqual([{ quality: "480" }]);
  });

  test("in the middle of a hand-over lets the call end and records it", async () => {
    await using rig = createBinaryRig({ config: { dispatch: { interval: "50ms", delay: "0s", deadline: "1m" } } });
    const life = await rig.start();
    const nas = await rig.downloader(life, { name: "nas", mode: "slow" });
    const ann = rig.api.user({ id: USERS[0], languageCode: "en" });
    const message = ann.sends(LINK);
    await nas.waitFor(({ method }) => method === "SetToQueue");
    await rig.api.settled();
    life.signal("SIGTERM");
    await life.says("Stopping: SIGTERM");
    nas.release();
    expect(await life.exited).toBe(0);
    expect(rig.rows("select downloader from deliveries")).toEqual([{ downloader: "nas" }]);
    await rig.start();
    await rig.api.gone(ann, message.message_id);
    expect(nas.calls.filter(({ method }) => method === "SetToQueue")).toHaveLength(1);
  });

  test("gives a call that does not end ten seconds, and asks about the link after the next start", async () => {
    await using rig = createBinaryRig({ config: { dispatch: { interval: "50ms", delay: "0s", deadline: "1m" } } });
    const life = await rig.start();
    const nas = await rig.downloader(life, { name: "nas", mode: "hang_after_accept" });
    const ann = rig.api.user({ id: USERS[0], languageCode: "en" });
    const message = ann.sends(LINK);
    await nas.accepts(LINK);
    expect(await life.stop()).toBe(0);
    nas.mode = "ok";
    await rig.start();
    await rig.api.gone(ann, message.message_id);
    expect(nas.accepted).toEqual([LINK]);
  });

  test("cuts a wait that Telegram has asked for", async () => {
    await using rig = createBinaryRig();
    rig.api.fail("getUpdates", tooManyRequests(3600));
    const life = await rig.start();
    await life.says("Telegram asks the bot to wait");
    expect(await life.stop()).toBe(0);
  });

  test("twice ends at once, and the link that was being handed over is not lost", async () => {
    await using rig = createBinaryRig({ config: { dispatch: { interval: "50ms", delay: "0s", deadline: "1m" } } });
    const life = await rig.start();
    const fleet = await Promise.all(
      ["nas", "abroad"].map((name) => rig.downloader(life, { name, mode: "hang_after_accept" })),
    );
    const ann = rig.api.user({ id: USERS[0], languageCode: "en" });
    const message = ann.sends(LINK);
    await rig.acceptedBy(LINK);
    life.signal("SIGTERM");
    await life.says("Stopping: SIGTERM");
    life.signal("SIGTERM");
    expect(await life.exited).toBe(0);
    for (const downloader of fleet) downloader.mode = "ok";
    const second = await rig.start();
    await rig.api.gone(ann, message.message_id);
    expect(await second.stop()).toBe(0);
    expect(rig.accepted()).toEqual([LINK]);
  });

  test("and SIGINT do the same", async () => {
    await using rig = createBinaryRig();
    const life = await rig.start();
    life.signal("SIGINT");
    expect(await life.exited).toBe(0);
  });
});
