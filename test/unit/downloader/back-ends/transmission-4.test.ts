import { describe, expect, test } from "bun:test";
import { RemoteUnreachable } from "../../../../src/downloader/back-ends/remote.ts";
import { whySilent } from "../../../../src/downloader/back-ends/request.ts";
import { createTransmission } from "../../../../src/downloader/back-ends/transmission.ts";
import { magnet, worldOfTorrents } from "../../../support/back-end/fake-torrents.ts";
import { createHand, describeRemote, type RemoteWorld } from "../../../support/back-end/promises.ts";
import { startTransmission4 } from "../../../support/back-end/transmission-4.ts";

const { signal } = new AbortController();
const HOUR = 3_600;

function open(
  of: { readonly secret?: string; readonly path?: string } & Parameters<typeof startTransmission4>[0] = {},
) {
  const program = startTransmission4(of);
  const { secret = program.secret, path = "" } = of;
  const url = new URL(path, program.url);
  const remote = createTransmission({ url, user: undefined, secret, dir: undefined, settings: new Map() });
  return { program, remote, [Symbol.asyncDispose]: () => program.stop() };
}
const errorOf = (call: Promise<unknown>): Promise<RemoteUnreachable> =>
  call.then(
    () => new Error("It answers"),
    (error) => error,
  );

async function openWorld(): Promise<RemoteWorld> {
  const { program, remote } = open();
  return worldOfTorrents({
    program,
    remote,
    broken: () => new URL("none.torrent", program.url).href,
    isWhole: ({ steps }) => steps.length > 1,
  });
}

describe("Transmission 4.1", () => {
  describeRemote(openWorld);

  test("reports each step, and done only when the files are complete", async () => {
    await using world = open();
    const hand = createHand(world);
    const one = await hand.submit(magnet("whole"));
    const states: unknown[] = [];
    await hand.until(one, ({ state, currentSize }) => {
      states.push([state, currentSize]);
      return state === "done";
    });
    // The first answer, which knew only the hash, was read when the torrent was taken.
    expect(states).toEqual([
      ["waiting", 0],
      ["waiting", 0],
      ["running", 500_000],
      ["running", 1_000_000],
      ["done", 1_000_000],
    ]);
  });

  test("does not take its hourly new session id for a restart, nor an answer from another second", async () => {
    await using world = open();
    const startOf = async () => (await world.remote.list([], signal)).start;
    const first = await startOf();
    world.program.passes(HOUR);
    expect(await startOf()).toBe(first);
    world.program.isLate();
    expect(await startOf()).toBe(first);
    world.program.restarts();
    expect(await startOf()).not.toBe(first);
  });

  test("asks by hash as soon as hashes are known", async () => {
    await using world = open();
    const hand = createHand(world);
    const [one, other] = [await hand.submit(magnet("endless")), await hand.submit(magnet("endless"))];
    const asked = async (...of: Parameters<typeof world.remote.list>[0]) => {
      const { entries } = await world.remote.list(of, signal);
      return [...entries.keys()];
    };
    const looks = () => world.program.held().map((held) => held.looks);
    const before = looks();
    expect(await asked(one)).toEqual([one.key]);
    expect(looks()).toEqual([(before[0] ?? 0) + 1, before[1] ?? 0]);
    expect(await asked(one, { ...other, remoteId: null })).toEqual([one.key, other.key]);
  });

  test("resumes its own torrents that a start has left paused", async () => {
    await using world = open();
    const hand = createHand(world);
    const one = await hand.submit(magnet("endless"));
    world.program.add(magnet("endless"));
    world.program.leavesLying();
    await hand.until(one, ({ state }) => state === "running");
    expect(world.program.held().map(({ isLying }) => isLying)).toEqual([false, true]);
  });

  test.each([
    { what: "a label of theirs", of: { labels: ["films"] } },
    { what: "a folder of theirs", of: { folder: "/downloads/mine" } },
  ])(
    "leaves a torrent alone that people have added with $what, also if an earlier call may have arrived",
    async ({ of }) => {
      await using world = open();
      const link = magnet("endless");
      world.program.add(link, of);
      const held = () => world.program.held().map(({ hash, folder, labels }) => ({ hash, folder, labels }));
      const before = held();
      const wanted = { key: "00000000000000aa", link, folder: "ann", maxQuality: 720, mayBeThere: true };
      expect(await world.remote.submit(wanted, signal)).toEqual({ kind: "is_there" });
      expect(held()).toEqual(before);
    },
  );

  test("counts as still reading its torrents while their number grows", async () => {
    await using world = open();
    const isReading = async () => (await world.remote.list([], signal)).isReading;
    const looks = [await isReading()];
    world.program.add(magnet("endless"));
    looks.push(await isReading(), await isReading());
    expect(looks).toEqual([false, true, false]);
  });

  test("does not call a failure harmless after the link was taken", async () => {
    await using world = open();
    world.program.refuses("torrent-set");
    const wanted = { key: "00000000000000aa", link: magnet("endless"), folder: "ann", maxQuality: 720 };
    expect(await errorOf(world.remote.submit(wanted, signal))).toMatchObject({ isHarmless: false });
    expect(world.program.held()).toHaveLength(1);
  });

  test.each([
    "",
    "transmission/",
    "transmission/rpc",
    "transmission/web/",
    "transmission/web/#torrents",
    "transmission",
  ])("is found by the address that people know: /%s", async (path) => {
    await using world = open({ path });
    expect(await world.remote.health(signal)).toBe("Transmission 4.1.0-beta.2");
  });

  test("takes another path for another program, which costs no link", async () => {
    await using world = open({ path: "torrents/" });
    const error = await errorOf(world.remote.health(signal));
    expect([error.detail, error.isHarmless, whySilent(error)]).toEqual(["HTTP 404 for rpc", true, "other"]);
  });

  test("waits when Transmission does not know the name by which it is called", async () => {
    await using world = open();
    world.program.goesBy("nas.lan");
    const error = await errorOf(world.remote.health(signal));
    expect([error.detail, error.isAway, whySilent(error)]).toEqual([
      "HTTP 421: it does not know this name of itself",
      true,
      "other",
    ]);
  });

  test("tries a wrong password only three times, however many calls there are", async () => {
    await using world = open({ secret: "wrong" });
    for (let call = 0; call < 8; call += 1)
      expect((await errorOf(world.remote.health(signal))).detail).toContain("password is wrong");
    expect(world.program.calls).toEqual(["401", "401", "401"]);
  });

  test("reports a version without labels as too old", async () => {
    await using world = open({ version: "2.94 (d8e60ee44f)", rpc: 15 });
    expect((await errorOf(world.remote.health(signal))).detail).toBe("2.94 keeps no labels, 3.00 does");
  });

  test.each([
    [200, "<!doctype html>"],
    [200, '{"result":"success"}'],
    [200, '{"jsonrpc":"2.0","result":{}}'],
    [409, "no id"],
  ])("does not take a page that answers with %d and %s for Transmission", async (status, text) => {
    const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response(text, { status }) });
    const of = { user: undefined, secret: undefined, dir: undefined, settings: new Map<string, string>() };
    const error = await errorOf(createTransmission({ ...of, url: new URL(server.url) }).health(signal));
    expect(error).toBeInstanceOf(RemoteUnreachable);
    expect([error.detail, whySilent(error)]).toEqual([`not understood: HTTP ${status}`, "other"]);
    await server.stop(true);
  });
});
