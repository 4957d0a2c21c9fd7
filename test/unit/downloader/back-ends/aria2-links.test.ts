import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { createBridge } from "../../../../src/downloader/back-ends/bridge.ts";
import { openList } from "../../../../src/downloader/list.ts";
import { downloaderTexts } from "../../../../src/downloader/locales/locales.ts";
import { ARIA2C, startAria2 } from "../../../support/back-end/aria2.ts";
import { startFtpServer } from "../../../support/back-end/ftp-server.ts";
import { createHand } from "../../../support/back-end/promises.ts";
import { startFileServer } from "../../../support/file-server.ts";
import { createRecordingLog } from "../../../support/recording-log.ts";
import { reservePort } from "../../../support/reserved-port.ts";

const { signal } = new AbortController();
const BYTES = Buffer.alloc(60_000, "a film, and a long one ");

describe.skipIf(ARIA2C === null)("the real aria2", () => {
  let home: string;
  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), "dwld-aria2-links-"));
  });
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  async function open(name: string) {
    const stack = new AsyncDisposableStack();
    const aria2 = await startAria2(join(home, name), stack.use(reservePort()));
    stack.defer(aria2.kill);
    const site = stack.use(await startFileServer());
    const files = () => readdirSync(join(aria2.dir, "ann")).sort();
    /** The address of a metalink to files of the site; the site does not serve those in `missing`. */
    function metalink(names: readonly string[], missing: readonly string[] = []): string {
      const entries = names.map((name) => `<file name="${name}"><url>${site.root}/${name}</url></file>`);
      const text = `<?xml version="1.0"?><metalink xmlns="urn:ietf:params:xml:ns:metalink">${entries.join("")}</metalink>`;
      for (const name of names) if (!missing.includes(name)) site.serves(`/${name}`, { bytes: BYTES });
      site.serves("/films.meta4", { bytes: Buffer.from(text), type: "application/metalink4+xml" });
      return `${site.root}/films.meta4`;
    }
    return { aria2, site, files, metalink, hand: createHand(aria2), [Symbol.asyncDispose]: () => stack.disposeAsync() };
  }

  test("treats a metalink as one entry, which is done when all its files are", async () => {
    await using world = await open("metalink");
    const one = await world.hand.submit(world.metalink(["1.bin", "2.bin", "3.bin"]), "ann");
    const done = await world.hand.until(one, ({ state }) => state === "done");
    expect(done).toMatchObject({ name: "1.bin", currentSize: 3 * BYTES.length, totalSize: 3 * BYTES.length });
    for (const name of ["1.bin", "2.bin", "3.bin"])
      expect(readFileSync(join(world.aria2.dir, "ann", name))).toEqual(BYTES);
    const all = world.files();
    await world.aria2.remote.cleanHistory(one.key, signal);
    expect(await world.aria2.call("aria2.tellStopped", 0, 10)).toEqual([]);
    expect(world.files()).toEqual(all);
  });

  test("reports a metalink with a missing file as failed, in aria2's words, and keeps the complete file", async () => {
    await using world = await open("broken");
    const one = await world.hand.submit(world.metalink(["1.bin", "2.bin"], ["2.bin"]), "ann");
    const end = await world.hand.until(one, ({ state }) => state === "done" || state === "failed");
    expect(end).toMatchObject({ state: "failed", detail: expect.stringMatching(/URI|not found/) });
    await world.aria2.remote.cleanHistory(one.key, signal);
    expect(await world.aria2.call("aria2.tellStopped", 0, 10)).toEqual([]);
    expect(readFileSync(join(world.aria2.dir, "ann", "1.bin"))).toEqual(BYTES);
  });

  test("names a file as its site does, in any alphabet", async () => {
    await using world = await open("named");
    const named = Buffer.from('attachment; filename="день рождения, café.mp4"').toString("latin1");
    world.site.serves("/get", { bytes: BYTES, disposition: named });
    const one = await world.hand.submit(`${world.site.root}/get`, "ann");
    const done = await world.hand.until(one, ({ state }) => state === "done");
    expect([done.name, world.files()]).toEqual(["день рождения, café.mp4", ["день рождения, café.mp4"]]);
  });

  test("shortens a file name that is too long", async () => {
    await using world = await open("long");
    for (const [nth, letters] of [118, 180].entries()) {
      const path = `/${nth}/${encodeURIComponent("д".repeat(letters))}.mp4`;
      world.site.serves(path, { bytes: BYTES });
      const one = await world.hand.submit(world.site.root + path, "ann");
      await world.hand.until(one, ({ state }) => state === "done");
    }
    expect(world.files()).toEqual([`${"д".repeat(98)}.mp4`, `${"д".repeat(118)}.mp4`]);
  });

  test("names a file as its site does when the address is longer than any file name", async () => {
    await using world = await open("token");
    const path = `/${"aB3-".repeat(75)}`;
    world.site.serves(path, { bytes: BYTES, disposition: 'attachment; filename="film.mp4"' });
    const one = await world.hand.submit(world.site.root + path, "ann");
    await world.hand.until(one, ({ state }) => state === "done");
    expect(world.files()).toEqual(["film.mp4"]);
  });

  test("gets links with the same file name one after another, since it may lose one of two that begin at once", async () => {
    await using world = await open("alike");
    const links = Array.from({ length: 6 }, (_, nth) => `/${nth}/film.bin`);
    for (const [nth, link] of links.entries()) world.site.serves(link, { bytes: BYTES.subarray(0, 100 + nth) });
    const list = openList(":memory:", Date.now);
    for (const link of links) list.add({ url: world.site.root + link, userName: "ann", maxQuality: 720 });
    await using _bridge = createBridge({
      ...{ list, remote: world.aria2.remote, texts: downloaderTexts.en, log: createRecordingLog() },
      ...{ wait: () => setImmediate(), now: Date.now, random: () => 0 },
    });
    while (list.open().length > 0) await setImmediate();
    expect(list.all().map(({ status }) => status)).toEqual(links.map(() => "DONE"));
    const sizes = world.files().map((name) => readFileSync(join(world.aria2.dir, "ann", name)).length);
    expect(sizes.sort()).toEqual(links.map((_, nth) => 100 + nth));
  });

  test("downloads from an ftp address, and fails with an explanation where the file does not exist", async () => {
    await using world = await open("ftp");
    await using ftp = await startFtpServer("/films/a film.bin", BYTES);
    const one = await world.hand.submit(`${ftp.root}/films/a%20film.bin`, "ann");
    expect(await world.hand.until(one, ({ state }) => state === "done")).toMatchObject({ name: "a film.bin" });
    expect(ftp.commands).toContain("RETR");
    expect(readFileSync(join(world.aria2.dir, "ann", "a film.bin"))).toEqual(BYTES);
    const none = await world.hand.submit(`${ftp.root}/films/none.bin`, "ann");
    expect((await world.hand.until(none, ({ state }) => state === "failed")).detail).toBeTruthy();
  });
});
