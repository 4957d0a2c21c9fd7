import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createBinaryRig, USERS } from "../support/binary.ts";
import { SERVER_ERROR, tooManyRequests } from "../support/bot-api/faults.ts";

const VIDEO = "https://youtube.com/watch?v=1";

test.each([
  ["kill", SERVER_ERROR],
  ["stop", tooManyRequests(30)],
] as const)("a link that was neither stored nor announced comes again after a %s", async (end, refuses) => {
  await using rig = createBinaryRig();
  const life = await rig.start();
  const ann = rig.api.user({ id: USERS[0], username: "ann", languageCode: "en" });
  await rig.api.waitFor(({ method }) => method === "getUpdates");
  // As on a full disk, neither the journal nor the database can be written. No downloader is there to take the link.
  mkdirSync(join(rig.folder, "dwld-bot.db.direct"));
  const other = new Database(join(rig.folder, "dwld-bot.db"), { readwrite: true });
  other.run("PRAGMA busy_timeout = 5000");
  other.run("BEGIN IMMEDIATE");
  const silence = rig.api.fail("sendMessage", refuses);
  ann.sends(VIDEO);
  await rig.api.waitFor(({ method, params }) => method === "sendMessage" && params.chat_id === USERS[0]);
  // The bot asks for the next updates: that confirms everything it believes to be done.
  await rig.api.waitFor(({ method }) => method === "getUpdates", { after: rig.api.calls.length });
  await life[end]();
  expect(rig.api.messages(ann).filter(({ byBot }) => byBot)).toEqual([]);
  expect(rig.api.pending).toHaveLength(1);
  silence.release();
  other.run("ROLLBACK");
  other.close();
  await rig.start();
  await rig.api.message(ann, ({ buttons, text }) => buttons.length > 0 && text.includes("watch?v=1"));
  expect(rig.rows("select url from links")).toEqual([{ url: VIDEO }]);
});
