import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createBinaryRig, USERS } from "../support/binary.ts";
import { startFileServer } from "../support/file-server.ts";
import { reservePort } from "../support/reserved-port.ts";

test("the compiled bot has everything that a downloader beside it needs", async () => {
  using reserved = reservePort();
  await using site = await startFileServer();
  site.serves("/film.mp4", { bytes: Buffer.from("a film") });
  const downloader = { listen: `127.0.0.1:${reserved.port}` };
  await using rig = createBinaryRig({ config: { downloader, links: { allow_private: true } } });
  const life = rig.spawn({}, ["run", "--with-downloader", "films"]);
  const person = rig.api.user({ id: USERS[0], username: "ann", languageCode: "en" });
  person.sends(`${site.root}/film.mp4`);
  await rig.api.message(person, ({ text }) => text.includes("film.mp4 is ready"));
  expect(readFileSync(join(rig.folder, "films/[ann]/film.mp4"), "utf8")).toBe("a film");
  expect(await life.stop()).toBe(0);
});
