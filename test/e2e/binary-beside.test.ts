import { expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ARIA2C, startAria2 } from "../support/back-end/aria2.ts";
import { createBinaryRig, USERS } from "../support/binary.ts";
import { startFileServer } from "../support/file-server.ts";
import { reservePort } from "../support/reserved-port.ts";

test("the compiled bot brings everything that a downloader beside it needs", async () => {
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

test.skipIf(ARIA2C === null)(
  "the compiled bot hands links to the aria2 of its config, and says when the file is there",
  async () => {
    const secret = "a secret that nobody prints";
    using own = reservePort();
    using its = reservePort();
    await using stack = new AsyncDisposableStack();
    const home = mkdtempSync(join(tmpdir(), "dwld-bot-aria2-"));
    stack.defer(() => rmSync(home, { recursive: true }));
    const aria2 = await startAria2(home, { port: its.port, secret });
    stack.defer(aria2.kill);
    const site = stack.use(await startFileServer());
    site.serves("/film.mp4", { bytes: Buffer.from("a film") });
    const backend = { kind: "aria2", url: aria2.url.href, secret };
    const downloader = { listen: `127.0.0.1:${own.port}`, backend };
    const rig = stack.use(createBinaryRig({ config: { downloader, links: { allow_private: true } } }));
    const life = rig.spawn({}, ["run", "--with-downloader", "list"]);
    const person = rig.api.user({ id: USERS[0], username: "ann", languageCode: "en" });
    person.sends(`${site.root}/film.mp4`);
    await rig.api.message(person, ({ text }) => text.includes("film.mp4 is ready"));
    expect(readFileSync(join(aria2.dir, "[ann]/film.mp4"), "utf8")).toBe("a film");

    const check = rig.spawn({}, ["check"]);
    await check.exited;
    expect(check.output).toMatch(/^ok {4}servers +aria2 [\d.]+ answers at http:\S+, and lets the server in$/m);
    expect(await life.stop()).toBe(0);
    expect(life.output + check.output).not.toContain(secret);
  },
);
