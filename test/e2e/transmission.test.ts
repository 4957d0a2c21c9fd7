import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { WrittenOptions } from "../../src/downloader/options.ts";
import { ann, expectConformance, isThere, PERCENT, says, startBot, startNamed } from "../support/back-end/bridged.ts";
import { openTorrentSite, startTransmission, TRANSMISSION } from "../support/back-end/transmission.ts";
import { reservePort } from "../support/reserved-port.ts";
import { until } from "../support/until.ts";

const FILM = Buffer.from("a film, ".repeat(250_000));

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "dwld-transmission-e2e-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** A Transmission and a downloader in front of it, as its command starts it. */
async function startBridge(app: { readonly address: string }, written: WrittenOptions = {}) {
  const stack = new AsyncDisposableStack();
  const ports = { port: stack.use(reservePort()).port, peers: stack.use(reservePort()).port };
  let program = await startTransmission(join(home, "transmission"), ports);
  stack.defer(() => program.kill());
  /** Kills and restarts it; with `keeps`, with what it has written down, which lacks the labels of the last minutes. */
  async function restart({ keeps }: { readonly keeps: boolean }) {
    await program.kill();
    for (const folder of keeps ? [] : ["torrents", "resume"])
      rmSync(join(home, "transmission/config", folder), { recursive: true, force: true });
    program = await startTransmission(join(home, "transmission"), ports);
  }
  const own = { backend: "transmission", "backend-url": program.url.href, roots: "magnet:,127.0.0.1", ...written };
  const bridge = stack.use(
    await startNamed("torrents", { home, bot: app.address, written: own, secret: program.secret }),
  );
  return {
    get program() {
      return program;
    },
    bridge,
    restart,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** The bot with the downloader registered, and a site with torrents. */
async function startBoth(written: WrittenOptions = {}) {
  const stack = new AsyncDisposableStack();
  const app = stack.use(await startBot());
  const { shares } = stack.use(await openTorrentSite());
  const bridged = stack.use(await startBridge(app, written));
  await isThere(app, "torrents");
  return {
    app,
    ann: ann(app),
    shares,
    restart: bridged.restart,
    program: () => bridged.program,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

describe.skipIf(TRANSMISSION === null)("a downloader in front of Transmission", () => {
  test("shows the progress of a torrent sent in the chat, and turns it into its file", async () => {
    await using world = await startBoth();
    const torrent = world.shares({ name: "Фильм.bin", bytes: FILM, waitsAfter: 0 });
    // What is there from before counts as downloaded.
    mkdirSync(join(world.program().dir, "[ann]"));
    writeFileSync(join(world.program().dir, "[ann]", "Фильм.bin"), FILM.subarray(0, FILM.length / 2));
    world.ann.sends(torrent.link);
    expect((await says(world.app, PERCENT)).text).toContain("Фильм.bin");
    torrent.goesOn();
    expect((await says(world.app, /is ready/)).text).toContain("Фильм.bin");
    expect(readFileSync(join(world.program().dir, "[ann]", "Фильм.bin"))).toEqual(FILM);
  });

  test("says that a link is there already which people have added to Transmission, and leaves it alone", async () => {
    await using world = await startBoth();
    const magnet = `magnet:?xt=urn:btih:${"a".repeat(40)}`;
    await world.program().call("torrent-add", { filename: magnet });
    world.ann.sends(magnet);
    await says(world.app, /Transmission already has this link/);
    expect(await world.program().torrents("hashString", "labels")).toEqual([
      { hashString: "a".repeat(40), labels: [] },
    ]);
  });

  test("tells of a link that leads to no torrent in Transmission's words", async () => {
    await using world = await startBoth();
    world.ann.sends(`${new URL(world.shares({ name: "x", bytes: FILM }).link).origin}/none.torrent`);
    await says(world.app, /invalid or corrupt|Not Found/);
  });

  test.each([true, false])(
    "finishes what it had begun after Transmission was killed, with or without its saved state (%p)",
    async (keeps) => {
      await using world = await startBoth();
      const torrent = world.shares({ name: "Film.bin", bytes: FILM, waitsAfter: 0 });
      world.ann.sends(torrent.link);
      await until("Transmission has it with its label", async () =>
        (await world.program().torrents("labels")).some(({ labels }) => (labels as string[]).length > 0),
      );
      await says(world.app, /Film\.bin/);
      await world.restart({ keeps });
      torrent.goesOn();
      expect((await says(world.app, /is ready/)).text).toContain("Film.bin");
      expect(readFileSync(join(world.program().dir, "[ann]", "Film.bin"))).toEqual(FILM);
    },
  );

  test("tells what was removed in Transmission, and removes from Transmission what is removed in the chat", async () => {
    await using world = await startBoth();
    const [one, other] = ["b", "c"].map((digit) => `magnet:?xt=urn:btih:${digit.repeat(40)}`) as [string, string];
    const isHeld = async (link: string) =>
      (await world.program().torrents("hashString", "labels")).some(
        ({ hashString, labels }) => link.includes(String(hashString)) && (labels as string[]).length > 0,
      );
    for (const link of [one, other]) {
      world.ann.sends(link);
      await until(`Transmission has ${link}`, () => isHeld(link));
    }
    world.ann.sends(`/remove ${one}`);
    await says(world.app, /Removed from/);
    await until("Transmission no longer has it", async () => !(await isHeld(one)));
    await world.program().call("torrent-remove", { ids: [other.slice(-40)] });
    await says(world.app, /is no longer in Transmission/);
  });

  test("passes the conformance check", async () => {
    await using world = await startBridge({ address: "127.0.0.1:1" }, { roots: "magnet:" });
    await expectConformance(world.bridge);
  });
});
