import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BINARY } from "../support/binary/life.ts";
import { ADMIN, type BinaryRig, createBinaryRig, USERS } from "../support/binary.ts";
import { isAbout } from "../support/bot-api/message.ts";

const STRANGER = 77;
const VIDEO = "https://youtube.com/watch?v=1";
const SECOND = "https://youtube.com/watch?v=2";
const isSubmission = ({ method }: { method: string }) => method === "SetToQueue";

const says = (rig: BinaryRig, chat: number, words: string) =>
  rig.api.message(chat, (message) => message.byBot && isAbout(message, words), { what: `"${words}" in ${chat}` });

/** Keeps everybody else from writing the database. */
function lock(rig: BinaryRig): Database {
  const holder = new Database(join(rig.folder, "dwld-bot.db"));
  holder.run("BEGIN IMMEDIATE");
  return holder;
}

/** Keeps everybody else from reading the database. */
function seize(rig: BinaryRig): Database {
  const holder = new Database(join(rig.folder, "dwld-bot.db"));
  holder.run("PRAGMA locking_mode = EXCLUSIVE");
  holder.run("BEGIN EXCLUSIVE");
  return holder;
}

/** A stopped bot that knows a downloader, and a person who was given access and has chosen a quality. */
async function settled(rig: BinaryRig) {
  const eve = rig.api.user({ id: STRANGER, username: "eve", languageCode: "ru" });
  const boss = rig.api.user({ id: ADMIN, username: "boss", languageCode: "en" });
  const life = await rig.start();
  const nas = await rig.downloader(life, { name: "nas" });
  boss.sends("/start");
  await rig.api.message(ADMIN, ({ byBot }) => byBot);
  eve.sends("/start");
  const asks = await rig.api.message(ADMIN, ({ buttons, text }) => buttons.length > 0 && text.includes("eve"));
  await boss.presses(asks.id, "Let in");
  eve.sends("/settings");
  const settings = await rig.api.message(STRANGER, ({ text }) => text.includes("Настройки"));
  await eve.presses(settings.id, "720p");
  await rig.api.settled();
  expect(await life.stop()).toBe(0);
  return { nas, eve };
}

describe("a start on a database", () => {
  test.each([
    ["read nor written", seize],
    ["changed", lock],
  ] as const)("that cannot be %s goes on without it, and uses it again when it comes back", async (_, take) => {
    await using rig = createBinaryRig();
    const { nas, eve } = await settled(rig);
    expect(statSync(join(rig.folder, "dwld-bot.db.known")).mode & 0o777).toBe(0o600);
    const holder = take(rig);
    const life = await rig.start();
    await says(rig, ADMIN, "database cannot be used");
    const first = eve.sends(VIDEO);
    await nas.accepts(VIDEO);
    await says(rig, STRANGER, "сразу передана");
    expect(nas.calls.find(isSubmission)?.request).toMatchObject({ user_name: "[eve]", max_quality: 720 });
    holder.close();
    await says(rig, ADMIN, "can be used again");
    await rig.api.gone(eve, first.message_id);
    const second = eve.sends(SECOND);
    await nas.accepts(SECOND);
    await rig.api.gone(eve, second.message_id);
    expect(await life.stop()).toBe(0);
    expect(rig.rows("select url, downloader from deliveries")).toHaveLength(2);
  });

  test("without a copy learns the access and the downloaders when the database comes back", async () => {
    await using rig = createBinaryRig();
    const { nas, eve } = await settled(rig);
    rmSync(join(rig.folder, "dwld-bot.db.known"));
    const holder = seize(rig);
    const life = await rig.start();
    rig.api.user({ id: USERS[0], username: "ann", languageCode: "en" }).sends(VIDEO);
    await says(rig, USERS[0], "I have noted it");
    holder.close();
    await nas.accepts(VIDEO);
    eve.sends(SECOND);
    await nas.accepts(SECOND);
    expect(await life.stop()).toBe(0);
  });

  test("goes on with the links that were being handed over before the kill", async () => {
    await using rig = createBinaryRig();
    const { nas, eve } = await settled(rig);
    const first = await rig.start();
    nas.mode = "hang_after_accept";
    const message = eve.sends(VIDEO);
    await nas.accepts(VIDEO);
    await first.kill();
    nas.mode = "ok";
    const holder = seize(rig);
    const second = await rig.start();
    await says(rig, ADMIN, "database cannot be used");
    holder.close();
    await rig.api.gone(eve, message.message_id);
    expect(await second.stop()).toBe(0);
    expect(nas.accepted).toEqual([VIDEO]);
  });

  test("that cannot be used still allows one instance: a second one ends with 75", async () => {
    await using rig = createBinaryRig();
    await settled(rig);
    const holder = seize(rig);
    const life = await rig.start();
    const second = rig.spawn();
    expect(await second.exited).toBe(75);
    expect(second.output).toContain("Another dwld-bot already runs on");
    holder.close();
    expect(await life.stop()).toBe(0);
  });

  test("on a full disk goes on, and hands links over", async () => {
    // Like a full disk, the limit makes every write to a file fail; the log is a pipe.
    const limited = "trap '' XFSZ; test ! -e full || ulimit -f 0; exec \"$0\"";
    await using rig = createBinaryRig({ command: ["/bin/sh", "-c", limited, BINARY] });
    const { nas, eve } = await settled(rig);
    writeFileSync(join(rig.folder, "full"), "");
    const life = await rig.start();
    await says(rig, ADMIN, "database cannot be used");
    eve.sends(VIDEO);
    await says(rig, STRANGER, "пришлите её ещё раз");
    await nas.accepts(VIDEO);
    await says(rig, STRANGER, "сразу передана");
    expect(nas.calls.find(isSubmission)?.request).toMatchObject({ user_name: "[eve]", max_quality: 720 });
    expect(await life.stop()).toBe(0);
    rmSync(join(rig.folder, "full"));
    const next = await rig.start();
    const second = eve.sends(SECOND);
    await rig.api.gone(eve, second.message_id);
    expect(await next.stop()).toBe(0);
  });
});
