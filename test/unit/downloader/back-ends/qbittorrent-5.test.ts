import { describe, expect, test } from "bun:test";
import { createQbittorrent } from "../../../../src/downloader/back-ends/qbittorrent.ts";
import { RemoteUnreachable } from "../../../../src/downloader/back-ends/remote.ts";
import { magnet, worldOfTorrents } from "../../../support/back-end/fake-torrents.ts";
import { createHand, describeRemote, type RemoteWorld } from "../../../support/back-end/promises.ts";
import { startQbittorrent5 } from "../../../support/back-end/qbittorrent-5.ts";

const { signal } = new AbortController();
const NOBODY = { user: undefined, secret: undefined, dir: undefined, settings: new Map<string, string>() };

function open({ secret }: { readonly secret?: string } = {}) {
  const program = startQbittorrent5();
  const { url, user } = program;
  const given = { url, user, secret: secret ?? program.secret, dir: undefined, settings: new Map<string, string>() };
  return { program, remote: createQbittorrent(given), [Symbol.asyncDispose]: () => program.stop() };
}

async function openWorld(): Promise<RemoteWorld> {
  const { program, remote } = open();
  return worldOfTorrents({
    program,
    remote,
    broken: () => "magnet:?xt=urn:btih:no-hash",
    isWhole: ({ states }) => states.length > 1,
  });
}

describe("qBittorrent 5.2", () => {
  describeRemote(openWorld);

  test("finds a torrent file's address by its tag, once the file was fetched", async () => {
    await using world = open();
    const hand = createHand(world);
    const one = await hand.submit("https://films.example/whole.torrent");
    expect(await hand.find(one)).toBeUndefined();
    expect(await hand.until(one, ({ state }) => state === "done")).toMatchObject({ name: "Film.bin" });
  });

  test("reports each step, and done only when the files are complete and in their place", async () => {
    await using world = open();
    const hand = createHand(world);
    const one = await hand.submit(magnet("whole"));
    const states: unknown[] = [];
    await hand.until(one, ({ state, currentSize }) => {
      states.push([state, currentSize]);
      return state === "done";
    });
    expect(states).toEqual([
      ["running", undefined],
      ["waiting", undefined],
      ["running", 500_000],
      ["running", 500_000],
      ["running", 1_000_000],
      ["waiting", 500_000],
      ["done", 1_000_000],
    ]);
  });

  test("recognises a full disk, although the state is only an error", async () => {
    await using world = open();
    const hand = createHand(world);
    const one = await hand.submit(`magnet:?xt=urn:btih:${"f".repeat(40)}&dn=full`);
    const failed = await hand.until(one, ({ state }) => state === "failed");
    expect(failed).toMatchObject({
      lacksSpace: true,
      detail: expect.stringMatching(/^No space left on device \(.*Film/),
    });
  });

  test("does not delete a complete torrent that is checked again", async () => {
    await using world = open();
    const hand = createHand(world);
    const one = await hand.submit(magnet("whole"));
    const { id } = await hand.until(one, ({ state, currentSize }) => state === "waiting" && currentSize === 500_000);
    const [held] = world.program.held();
    if (held !== undefined) held.looks -= 1;
    await world.remote.remove(id, signal);
    expect(world.program.held().map(({ hash, tags }) => [hash, [...tags]])).toEqual([[id, []]]);
  });

  test("recognises a torrent of both versions by either hash", async () => {
    await using world = open();
    const [v1, v2] = [`urn:btih:${"1".repeat(40)}`, `urn:btmh:1220${"2".repeat(64)}`];
    world.program.add(`magnet:?xt=${v1}&xt=${v2}`);
    for (const link of [`magnet:?xt=${v1}`, `magnet:?xt=${v2}`]) {
      const acceptance = await world.remote.submit({ key: "0", link, folder: "ann", maxQuality: 720 }, signal);
      expect(acceptance).toEqual({ kind: "is_there" });
    }
  });

  test("logs in again after its session has ended, once for all calls", async () => {
    await using world = open();
    await world.remote.health(signal);
    world.program.restarts();
    world.program.calls.length = 0;
    await Promise.all([1, 2, 3, 4].map(() => world.remote.health(signal)));
    expect(world.program.calls.filter((path) => path === "auth/login")).toHaveLength(1);
  });

  test("reports a wrong password without getting its address banned", async () => {
    await using world = open({ secret: "wrong" });
    for (let call = 0; call < 8; call += 1)
      expect(await world.remote.health(signal).catch(({ detail }) => detail)).toContain("password is wrong");
    expect(world.program.calls.filter((path) => path === "auth/login").length).toBeLessThan(5);
  });

  test("reports that it was banned by somebody else's wrong passwords", async () => {
    await using world = open();
    const body = new URLSearchParams({ username: "admin", password: "?" });
    for (let times = 0; times < 5; times += 1)
      await fetch(new URL("api/v2/auth/login", world.program.url), { method: "POST", body });
    expect(await world.remote.health(signal).catch(({ detail }) => detail)).toContain("lets nobody in");
  });

  test.each([404, 200])(
    "does not take a page of another program that answers with %d for qBittorrent, which costs no link",
    async (status) => {
      const page = () => new Response("<!doctype html>", { status });
      const program = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: page });
      const remote = createQbittorrent({ ...NOBODY, url: new URL(program.url) });
      const wanted = { key: "00000000000000aa", link: magnet("whole"), folder: "ann", maxQuality: 720 };
      const calls = [() => remote.health(signal), () => remote.ownDir?.(signal), () => remote.submit(wanted, signal)];
      for (const call of calls) {
        const error = await call()?.catch((error) => error);
        expect(error).toBeInstanceOf(RemoteUnreachable);
        expect(error.detail).toContain(`HTTP ${status}`);
      }
      const named = createQbittorrent({ ...NOBODY, url: new URL(program.url), dir: "/films" });
      if (status === 404)
        expect(await named.submit(wanted, signal).catch((error) => error)).toMatchObject({ isHarmless: true });
      await program.stop(true);
    },
  );
});
