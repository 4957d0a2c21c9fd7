import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createMetube } from "../../../../src/downloader/back-ends/metube.ts";
import { RemoteUnreachable } from "../../../../src/downloader/back-ends/remote.ts";
import { type GivenOptions, openFetchingWorld, optionsFor } from "../../../support/back-end/fetching-world.ts";
import { createFakeMetube, type MetubeBehaviour } from "../../../support/back-end/metube.ts";
import { createHand, describeFetching } from "../../../support/back-end/promises.ts";

const { signal } = new AbortController();

async function open(behaviour: MetubeBehaviour = {}, given: GivenOptions = {}) {
  const world = await openFetchingWorld(
    ({ dir, port }) => createFakeMetube(dir, { ...behaviour, port }),
    ({ url }) => createMetube(optionsFor(url, given)),
  );
  return { ...world, hand: createHand(world) };
}

const VERSIONS = ["2024.12", "2025.12", "2026.07", "2026.11"] as const;

describe.each(VERSIONS)("a MeTube of %s", (version) => {
  describeFetching(() => open({ version }));
});

describe("any MeTube", () => {
  test.each(VERSIONS)("of %s reports its version, as far as it can", async (version) => {
    await using world = await open({ version });
    expect(await world.remote.health(signal)).toBe(version === "2024.12" ? "MeTube" : `MeTube ${version}`);
  });

  test.each(VERSIONS)("of %s shows a link that is being downloaded as running, not waiting", async (version) => {
    await using world = await open({ version });
    const one = await world.hand.submit(world.endless());
    const { percentage } = await world.hand.until(one, ({ state }) => state === "running");
    if (version < "2026") expect(percentage).toBeUndefined();
  });

  test("shows percentages, then the size and the name of the file", async () => {
    await using world = await open();
    const one = await world.hand.submit(world.endless());
    await world.hand.until(one, ({ percentage = 0 }) => percentage > 0 && percentage < 100);
    world.site.goOn();
    const { id, ...done } = await world.hand.until(one, ({ state }) => state === "done");
    const name = `${new URL(one.link).pathname.split("/").at(-1)?.replace(".mp4", ".bin")}`;
    expect(done).toMatchObject({ name, currentSize: 200_000, totalSize: 200_000 });
    expect(id).toBe(one.key);
  });

  test("finds a short link wherever it leads", async () => {
    await using world = await open();
    const link = `${world.site.root}/s/1`;
    world.program.leads(link, [world.file()]);
    const one = await world.hand.submit(link);
    await world.hand.until({ ...one, remoteId: null }, ({ state }) => state === "done");
    await world.remote.cleanHistory(one.key, signal);
    expect(world.program.links()).toEqual([]);
  });

  test("refuses a link that leads elsewhere in a version that keeps no keys, instead of sending it again and again", async () => {
    await using world = await open({ version: "2024.12" });
    const link = `${world.site.root}/s/1`;
    world.program.leads(link, [world.file()]);
    const acceptance = await world.remote.submit({ ...world.hand.made(link), folder: "ann", maxQuality: 720 }, signal);
    expect(acceptance).toMatchObject({ kind: "refused", detail: expect.stringContaining("not in the list") });
  });

  test("shows a list of videos as one entry, in work until each has ended, then done with what is missing", async () => {
    await using world = await open();
    const [link, good, slow, bad] = [`${world.site.root}/list`, world.file(), world.endless(), world.file()];
    world.program.leads(link, [good, slow, bad]);
    world.program.breaks(bad, "ERROR: Video unavailable");
    const one = await world.hand.submit(link);
    await world.hand.until(one, ({ percentage = 0 }) => percentage > 66);
    world.site.goOn();
    const { detail } = await world.hand.until(one, ({ state }) => state === "done");
    expect(detail).toBe("ERROR: Video unavailable");
    await world.remote.cleanHistory(one.key, signal);
    expect(world.program.links()).toEqual([]);
  });

  test('reports "more lines" for a list of videos only if each failed for that reason', async () => {
    await using world = await open();
    const lists = ["all", "some"].map((name) => `${world.site.root}/${name}`);
    const [bad, ...fine] = [world.file(), world.file(), world.file(), world.file()] as const;
    world.program.breaks(bad, "ERROR: Video unavailable");
    for (const one of fine) world.program.finer(one);
    world.program.leads(lists[0] ?? "", fine.slice(0, 2));
    world.program.leads(lists[1] ?? "", [bad, fine[2]]);
    const said: unknown[] = [];
    for (const link of lists) {
      const one = await world.hand.submit(link);
      said.push((await world.hand.until(one, ({ state }) => state === "failed")).hasMoreLines);
    }
    expect(said).toEqual([true, undefined]);
  });

  test("removes a list of videos as a whole, except complete files", async () => {
    await using world = await open();
    const [link, good, slow, slower] = [`${world.site.root}/list`, world.file(), world.endless(), world.endless()];
    world.program.leads(link, [good, slow, slower]);
    const one = await world.hand.submit(link);
    await world.hand.until(one, ({ percentage = 0 }) => percentage > 33);
    await world.remote.remove(one.key, signal);
    await world.hand.until(one, ({ state }) => state === "done");
    expect(world.program.links()).toEqual([good]);
  });

  test("reports a download that fails later in the program's words", async () => {
    await using world = await open();
    const link = world.file();
    world.program.breaks(link, "ERROR: [generic] Got error: 1000 bytes read, 9000 more expected");
    const one = await world.hand.submit(link);
    const { detail } = await world.hand.until(one, ({ state }) => state === "failed");
    expect(detail).toContain("9000 more expected");
  });

  test("takes a link that the program could not read from its list, so that it can be removed", async () => {
    await using world = await open();
    const one = await world.hand.submit(world.broken());
    const { detail, name } = await world.hand.until(one, ({ state }) => state === "failed");
    expect(detail).toContain("HTTP Error 404");
    // Its title is the site then, which identifies no link.
    expect(name).toBeUndefined();
    await world.remote.cleanHistory(one.key, signal);
    expect(world.program.links()).toEqual([]);
  });

  test.each(["2026.07", "2026.11"] as const)(
    "of %s shows a link that waits for its turn there as waiting",
    async (version) => {
      await using world = await open({ version, atOnce: 1 });
      await world.hand.until(await world.hand.submit(world.endless()), ({ state }) => state === "running");
      const one = await world.hand.submit(world.file());
      expect(await world.hand.find(one)).toMatchObject({ state: "waiting" });
      world.site.goOn();
      await world.hand.until(one, ({ state }) => state === "done");
    },
  );

  test.each(VERSIONS)(
    "of %s reports a video with more lines than asked for, and downloads it without that limit",
    async (version) => {
      await using world = await open({ version });
      const link = world.file();
      world.program.finer(link);
      const one = await world.hand.submit(link);
      const { id, hasMoreLines } = await world.hand.until(one, ({ state }) => state === "failed");
      expect(hasMoreLines).toBe(true);
      await world.remote.cleanHistory(id, signal);
      const again = { ...one, folder: "ann", maxQuality: 720, anyLines: true };
      expect(await world.remote.submit(again, signal)).toMatchObject({ kind: "taken" });
      await world.hand.until(one, ({ state }) => state === "done");
      expect(world.program.added.map(({ quality }) => quality)).toEqual(["720", "best"]);
    },
  );

  test('does not report "more lines" when the best quality fails for want of a format', async () => {
    await using world = await open();
    const link = world.file();
    world.program.breaks(link, "ERROR: [generic] No video formats found!");
    const one = world.hand.made(link);
    await world.remote.submit({ ...one, folder: "ann", maxQuality: 10_000 }, signal);
    const { hasMoreLines } = await world.hand.until({ ...one, sentAt: 1 }, ({ state }) => state === "failed");
    expect(hasMoreLines).toBeUndefined();
  });

  test("tells the reason since the end of 2026 when folders of persons are turned off", async () => {
    await using world = await open({ customDirs: false, version: "2026.11" });
    const wanted = { ...world.hand.made(world.file()), folder: "ann", maxQuality: 720 };
    const acceptance = await world.remote.submit(wanted, signal);
    expect(acceptance).toMatchObject({ kind: "refused", detail: expect.stringMatching(/^A folder .* CUSTOM_DIRS/) });
  });

  test("does not take an OK without an entry as acceptance", async () => {
    await using world = await open({ customDirs: false });
    const wanted = { ...world.hand.made(world.file()), folder: "ann", maxQuality: 720 };
    const acceptance = await world.remote.submit(wanted, signal);
    expect(acceptance).toMatchObject({ kind: "refused", detail: expect.stringContaining("CUSTOM_DIRS") });
  });

  test("says that a link is there which people have added under another address", async () => {
    await using world = await open();
    const [short, link] = [`${world.site.root}/s/1`, world.endless()];
    world.program.leads(short, [link]);
    await world.people(link);
    const wanted = { ...world.hand.made(short), folder: "ann", maxQuality: 720 };
    expect(await world.remote.submit(wanted, signal)).toEqual({ kind: "is_there" });
    expect(await world.hand.find({ ...world.hand.made(link), sentAt: 1 })).toBeUndefined();
    await world.remote.remove(link, signal);
    await world.remote.cleanHistory(link, signal);
    expect(world.program.links()).toEqual([link]);
  });

  test("does not call a link there whose download by people has failed", async () => {
    await using world = await open();
    const link = world.broken();
    await world.people(link);
    expect(world.program.links()).toEqual([link]);
    expect(await world.hand.find(world.hand.made(link))).toBeUndefined();
    world.site.serves(new URL(link).pathname, { bytes: Buffer.from("a film") });
    const one = await world.hand.submit(link);
    await world.hand.until(one, ({ state }) => state === "done");
  });

  test.each([
    [10_000, "best"],
    [4_320, "best"],
    [4_000, "2160"],
    [1_080, "1080"],
    // Of the qualities that it calls worst it takes the best.
    [144, "240"],
  ])("turns at most %d lines into the quality %s", async (maxQuality, quality) => {
    await using world = await open();
    await world.remote.submit({ ...world.hand.made(world.file()), folder: "ann", maxQuality }, signal);
    expect(world.program.added).toMatchObject([{ quality, format: "any", download_type: "video" }]);
  });

  test.each([
    ["https://youtu.be/dQw4w9WgXcQ?t=90", "https://youtu.be/dQw4w9WgXcQ"],
    [
      "https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=1m30s&list=1",
      "https://www.youtube.com/watch?v=dQw4w9WgXcQ&list=1",
    ],
    ["https://forum.example/topic?t=90", "https://forum.example/topic?t=90"],
  ])("asks for the whole video of %s, not from an instant on", async (link, url) => {
    await using world = await open();
    world.program.leads(url, [world.file()]);
    const one = await world.hand.submit(link);
    expect(world.program.added).toMatchObject([{ url }]);
    await world.hand.until(one, ({ state }) => state === "done");
  });

  test("passes its own settings on, and reports what the program finds wrong with them", async () => {
    await using world = await open({}, { dir: "films/", settings: { format: "mp3", preset: "Preset A" } });
    const one = await world.hand.submit(world.file(), "ann");
    expect(world.program.added).toMatchObject([
      {
        format: "mp3",
        download_type: "audio",
        quality: "best",
        ytdl_options_presets: ["Preset A"],
        folder: "films/ann",
      },
    ]);
    await world.hand.until(one, ({ state }) => state === "done");
    expect(readdirSync(join(world.dir, "films", "ann"))).toHaveLength(1);
    await using other = await open({}, { settings: { preset: "B" } });
    const wanted = { ...other.hand.made(other.file()), folder: "ann", maxQuality: 720 };
    expect(await other.remote.submit(wanted, signal)).toEqual({
      kind: "refused",
      detail: "400: presets must be configured",
    });
  });

  test("can leave records to a MeTube that would delete their files as well", async () => {
    await using world = await open({ deletesFiles: true }, { settings: { records: "keep" } });
    const one = await world.hand.submit(world.file(), "ann");
    await world.hand.until(one, ({ state }) => state === "done");
    await world.remote.cleanHistory(one.key, signal);
    expect(world.wholeFiles("ann")).toHaveLength(1);
  });

  test("gets the rest of a list of videos after a kill by a second call, and nothing twice", async () => {
    const cut = Promise.withResolvers<void>();
    let kills: (() => Promise<void>) | undefined = () => world.program.kill().finally(cut.resolve);
    await using world = await open({
      async pause(at) {
        if (at !== "further") return;
        await kills?.();
        kills = undefined;
      },
    });
    const [link, first, second] = [`${world.site.root}/list`, world.endless(), world.endless()];
    world.program.leads(link, [first, second]);
    const wanted = { ...world.hand.made(link), folder: "ann", maxQuality: 720 };
    const answer = world.remote.submit(wanted, signal).catch((error) => error);
    await cut.promise;
    expect(await answer).toMatchObject({ isAway: true, isHarmless: false });
    world.program.start();
    const asked = { key: wanted.key, link, sentAt: 0, remoteId: null };
    expect(await world.hand.find(asked)).toMatchObject({ state: "running", isElsewhere: true });
    expect(await world.remote.submit(wanted, signal)).toEqual({ kind: "taken", id: wanted.key });
    expect(world.program.links()).toEqual([first, second]);
  });

  test("counts as still reading its entries while their number grows, as after its start", async () => {
    await using world = await open();
    const isReading = async () => (await world.remote.list([], signal)).isReading;
    const seen = [await isReading()];
    for (const link of [world.file(), world.file()]) {
      await world.people(link);
      seen.push(await isReading());
    }
    seen.push(await isReading());
    expect(seen).toEqual([false, true, true, false]);
  });

  test("keeps two streams with equally named descriptions apart", async () => {
    await using world = await open();
    for (const site of ["one", "two"]) {
      world.site.serves(`/${site}/master.m3u8`, { bytes: Buffer.from(`#EXTM3U of ${site}`) });
      const link = await world.hand.submit(`${world.site.root}/${site}/master.m3u8`, "ann");
      const { name = "" } = await world.hand.until(link, ({ state }) => state === "done");
      expect(name).toMatch(/^127\.0\.0\.1-[\da-f]{6}\.master\.bin$/);
      expect(readFileSync(join(world.dir, "ann", name)).toString()).toBe(`#EXTM3U of ${site}`);
    }
  });

  test("answers pings on the held connection, and its end is noticed at once", async () => {
    await using world = await open({ prefix: "/metube/", password: "sesame" }, { user: "ann", secret: "sesame" });
    const held = world.remote.holdOn?.(signal);
    await world.program.open(1);
    expect(await world.program.pings()).toBe("3");
    await world.program.kill();
    await held;
  });

  test("releases the held connection when told to", async () => {
    await using world = await open();
    const stopping = new AbortController();
    const held = world.remote.holdOn?.(stopping.signal);
    await world.program.open(1);
    stopping.abort();
    await held;
    await world.program.open(0);
    await world.remote.holdOn?.(stopping.signal);
  });

  test("fails to hold a connection where access is refused or nobody listens", async () => {
    await using world = await open({ password: "sesame" });
    const holds = async () => createMetube(optionsFor(world.program.url)).holdOn?.(signal);
    expect(await holds().catch((error) => error)).toBeInstanceOf(RemoteUnreachable);
    await world.program.kill();
    expect(await holds().catch((error) => error)).toBeInstanceOf(RemoteUnreachable);
  });

  test("is found only under its prefix, and behind a proxy with a password", async () => {
    const behaviour = { prefix: "/metube/", password: "sesame" };
    await using world = await open(behaviour, { user: "ann", secret: "sesame" });
    const one = await world.hand.submit(world.file());
    await world.hand.until(one, ({ state }) => state === "done");
    const { url } = world.program;
    const asked = [
      [optionsFor(url), "HTTP 401"],
      [optionsFor(url, { secret: "sesame" }), "HTTP 401"],
      [optionsFor(new URL("/", url), { user: "ann", secret: "sesame" }), "HTTP 404"],
    ] as const;
    for (const [options, detail] of asked) {
      const stranger = createMetube(options);
      const wanted = { ...world.hand.made(world.file()), folder: "ann", maxQuality: 720 };
      for (const call of [() => stranger.submit(wanted, signal), () => stranger.list([], signal)]) {
        const error = await call().catch((error) => error);
        expect(error).toBeInstanceOf(RemoteUnreachable);
        expect(error).toMatchObject({ detail: expect.stringContaining(detail), isHarmless: true });
      }
    }
  });
});
