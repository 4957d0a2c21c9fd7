import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Remote, RemoteUnreachable } from "../../../../src/downloader/back-ends/remote.ts";
import { createYtptube } from "../../../../src/downloader/back-ends/ytptube.ts";
import type { Handed } from "../../../../src/downloader/hand-overs.ts";
import { type GivenOptions, openFetchingWorld, optionsFor } from "../../../support/back-end/fetching-world.ts";
import { createHand, describeFetching } from "../../../support/back-end/promises.ts";
import { createFakeYtptube, type YtptubeBehaviour } from "../../../support/back-end/ytptube.ts";

const { signal } = new AbortController();

async function open(behaviour: YtptubeBehaviour = {}, given: GivenOptions = {}) {
  const world = await openFetchingWorld(
    ({ dir, port }) => createFakeYtptube(dir, { ...behaviour, port }),
    ({ url }) => createYtptube(optionsFor(url, given)),
  );
  return { ...world, hand: createHand(world) };
}

const VERSIONS = ["2025.07", "2026.07"] as const;

describe.each(VERSIONS)("a YTPTube of %s", (version) => {
  describeFetching(() => open({ version }));

  test("shows sizes during a download, then the name of its file", async () => {
    await using world = await open({ version });
    const one = await world.hand.submit(world.endless());
    await world.hand.until(one, ({ currentSize = 0, totalSize = 0 }) => currentSize > 0 && totalSize === 200_000);
    world.site.goOn();
    const { name } = await world.hand.until(one, ({ state }) => state === "done");
    expect(name).toMatch(/^\d+\.bin$/);
  });

  test("shows a list of videos, which loses the extras, as one entry", async () => {
    await using world = await open({ version });
    const [link, good, bad] = [`${world.site.root}/list`, world.file(), world.file()];
    world.program.leads(link, [good, bad]);
    world.program.breaks(bad, "ERROR: Video unavailable");
    const one = await world.hand.submit(link);
    const { detail, id } = await world.hand.until(one, ({ state }) => state === "done");
    expect(detail).toBe("ERROR: Video unavailable");
    await world.remote.cleanHistory(id, signal);
    expect(world.program.links()).toEqual([]);
  });

  test("downloads the rest of a list of videos when one is queued already", async () => {
    await using world = await open({ version });
    const [link, theirs, ours] = [`${world.site.root}/list`, world.endless(), world.file()];
    world.program.leads(link, [theirs, ours, world.file()]);
    await world.people(theirs);
    const one = await world.hand.submit(link);
    const { missing } = await world.hand.until(one, ({ state }) => state === "done");
    // Before 2026 it does not tell how many there were.
    expect(missing).toBe(version === "2025.07" ? undefined : 1);
    await world.remote.cleanHistory(one.key, signal);
    expect(world.program.links()).toEqual([theirs]);
  });

  test("finds a download by its extras whose yt-dlp arguments a condition has changed", async () => {
    await using world = await open({ version, condition: "--no-mtime" });
    const link = `${world.site.root}/s/1`;
    world.program.leads(link, [world.file()]);
    const one = await world.hand.submit(link);
    await world.hand.until(one, ({ state }) => state === "done");
  });
});

describe("any YTPTube", () => {
  test("shows a list of videos as one entry when a condition changes each", async () => {
    await using world = await open({ condition: "--no-mtime" });
    const link = `${world.site.root}/list`;
    const pages = [world.file(), world.file()];
    world.program.leads(link, pages);
    const one = await world.hand.submit(link);
    await world.hand.until(one, ({ state }) => state === "done");
    await world.remote.cleanHistory(one.key, signal);
    expect(world.program.links()).toEqual([]);
  });

  test("finds a link that was slow to read as soon as it is listed", async () => {
    await using world = await open({ neverWaits: true });
    const { key, ...made } = world.hand.made(world.file());
    const wanted = { ...made, key, folder: "ann", maxQuality: 720 };
    expect(await world.remote.submit(wanted, signal)).toEqual({ kind: "taken", id: undefined });
    await world.hand.until({ ...made, key, sentAt: 1 }, ({ state }) => state === "done");
  });

  test("shows a stream that is not on air as waiting, follows it under another id, and can remove it before", async () => {
    await using world = await open();
    const [link, other] = [world.endless(), world.file()];
    for (const one of [link, other]) world.program.notOnAir(one);
    const [one, dropped] = [await world.hand.submit(link), await world.hand.submit(other)];
    const { id, comesBack } = await world.hand.until(one, ({ state }) => state === "waiting");
    expect(comesBack).toBe(true);
    const isRead = world.program.onAir(link);
    expect(await world.hand.find(one)).toBeUndefined();
    isRead();
    expect(await world.hand.until(one, ({ state }) => state === "running")).toMatchObject({ id });
    await world.remote.remove(dropped.key, signal);
    expect(world.program.links()).toEqual([link]);
  });

  test("shows a stream without a start time as failed, since it will never begin", async () => {
    await using world = await open();
    const link = world.file();
    world.program.notOnAir(link, null);
    const one = await world.hand.submit(link);
    const { state, detail } = await world.hand.until(one, () => true);
    expect({ state, detail }).toEqual({ state: "failed", detail: "No start time is set for live stream." });
  });

  test("begins a stream that was not on air also after a restart", async () => {
    await using world = await open();
    const [link, lost] = [world.endless(), world.file()];
    for (const one of [link, lost]) world.program.notOnAir(one);
    const one = await world.hand.submit(link);
    await world.people(lost);
    await world.restart();
    await world.remote.health(signal);
    for (const each of [link, lost]) world.program.onAir(each)();
    expect(world.program.links()).toEqual([link, lost]);
    await world.hand.until(one, ({ state }) => state === "running");
  });

  test("begins such a stream even if nobody noticed the restart", async () => {
    await using world = await open();
    const link = world.endless();
    world.program.notOnAir(link);
    const one = await world.hand.submit(link);
    await world.hand.find(one);
    await world.restart();
    for (let nth = 0; nth < 30; nth++) await world.hand.find(one);
    world.program.onAir(link)();
    await world.hand.until(one, ({ state }) => state === "running");
  });

  test("begins such a stream even if many others have ended since", async () => {
    await using world = await open();
    const link = world.file();
    world.program.notOnAir(link);
    const one = await world.hand.submit(link);
    for (let nth = 0; nth < 201; nth++) {
      const theirs = world.file();
      world.program.archived(theirs);
      await world.people(theirs);
    }
    await world.restart();
    await world.remote.health(signal);
    world.program.onAir(link)();
    await world.hand.until(one, ({ state }) => state === "done");
  });

  test("finds a download that ended long ago behind all that have ended since", async () => {
    await using world = await open();
    const one = await world.hand.submit(world.file());
    await world.hand.until(one, ({ state }) => state === "done");
    for (let nth = 0; nth < 201; nth++)
      world.program.ended({ id: "1", title: "theirs", url: `http://others.example/${nth}` });
    expect(await world.hand.find(one)).toMatchObject({ state: "done" });
    await world.remote.cleanHistory(one.key, signal);
    expect(world.program.links()).toHaveLength(201);
  });

  test("misses no video of a list that ended long ago", async () => {
    await using world = await open();
    const link = `${world.site.root}/list`;
    const [first, last] = [world.file(), world.endless()];
    world.program.leads(link, [first, last]);
    const one = await world.hand.submit(link);
    await world.hand.until(one, ({ percentage = 0 }) => percentage > 50);
    for (let nth = 0; nth < 201; nth++)
      world.program.ended({ id: "1", title: "theirs", url: `http://others.example/${nth}` });
    world.site.goOn();
    const { missing } = await world.hand.until(one, ({ state }) => state === "done");
    expect(missing).toBeUndefined();
  });

  test("calls a list done if one of its videos was done long ago, even if all later ones failed", async () => {
    await using world = await open();
    const link = `${world.site.root}/list`;
    world.program.leads(link, [world.file(), world.endless()]);
    const one = await world.hand.submit(link);
    await world.hand.until(one, ({ percentage = 0 }) => percentage > 50);
    for (let nth = 0; nth < 201; nth++)
      world.program.ended({ id: "1", title: "theirs", url: `http://others.example/${nth}` });
    await world.remote.remove(one.key, signal);
    const { state } = await world.hand.until(one, ({ state }) => state === "done" || state === "failed");
    expect(state).toBe("done");
  });

  test("does not continue a removed link's part under another link with the same file name", async () => {
    await using world = await open();
    const [one, two] = [Buffer.alloc(5_000, "one "), Buffer.alloc(5_000, "two ")];
    world.site.serves("/one/master.mp4", { bytes: one, waitsAfter: 1_000 });
    world.site.serves("/two/master.mp4", { bytes: two });
    const removed = await world.hand.submit(`${world.site.root}/one/master.mp4`, "ann");
    await world.hand.until(removed, ({ currentSize = 0 }) => currentSize > 0);
    await world.remote.remove(removed.key, signal);
    await world.hand.until(removed, ({ state }) => state === "failed");
    const other = await world.hand.submit(`${world.site.root}/two/master.mp4`, "ann");
    await world.hand.until(other, ({ state }) => state === "done");
    expect(readFileSync(join(world.dir, "ann", "master.bin")).equals(two)).toBe(true);
  });

  test("marks a link as old whose file name exists already", async () => {
    await using world = await open();
    const isOld: unknown[] = [];
    for (const site of ["one", "two"]) {
      world.site.serves(`/${site}/master.mp4`, { bytes: Buffer.alloc(5_000, site) });
      const link = await world.hand.submit(`${world.site.root}/${site}/master.mp4`, "ann");
      isOld.push((await world.hand.until(link, ({ state }) => state === "done")).isOld);
    }
    expect(isOld).toEqual([undefined, true]);
    expect(readFileSync(join(world.dir, "ann", "master.bin")).toString()).toStartWith("oneone");
  });

  test("keeps files even if it is set to delete them with their records", async () => {
    await using world = await open({ deletesFiles: true });
    const one = await world.hand.submit(world.file(), "ann");
    await world.hand.until(one, ({ state }) => state === "done");
    await world.remote.cleanHistory(one.key, signal);
    expect(world.program.links()).toEqual([]);
    expect(world.wholeFiles("ann")).toHaveLength(1);
  });

  test("expects a failed download to be tried again as configured, except after the last try", async () => {
    await using world = await open({}, { settings: { retry: "1" } });
    const link = world.file();
    world.program.breaks(link, "ERROR: unable to download video data: HTTP Error 403: Forbidden");
    const one = await world.hand.submit(link);
    expect(await world.hand.until(one, ({ state }) => state === "failed")).toMatchObject({ comesBack: true });
    world.program.triesAgain(link);
    const { comesBack } = await world.hand.until(one, (found) => found.state === "failed" && !found.comesBack);
    expect(comesBack).toBeUndefined();
  });

  test("says that a queued link is there already", async () => {
    await using world = await open();
    const link = world.endless();
    await world.people(link);
    const wanted = { ...world.hand.made(link), folder: "ann", maxQuality: 720 };
    expect(await world.remote.submit(wanted, signal)).toEqual({ kind: "is_there" });
  });

  test("makes yt-dlp prefer the quality, and passes no wish for the best", async () => {
    await using world = await open({}, { dir: "films/", settings: { preset: "720p" } });
    for (const maxQuality of [720, 10_000]) {
      await world.remote.submit({ ...world.hand.made(world.file()), folder: "ann", maxQuality }, signal);
    }
    const [first, second] = world.program.added;
    expect(first).toMatchObject({
      preset: "720p",
      folder: "films/ann",
      cli: expect.stringMatching(/^--format-sort res:720 /),
    });
    expect(second?.cli).not.toContain("--format-sort");
  });

  test("reports an unknown preset in its own words", async () => {
    await using world = await open({}, { settings: { preset: "mine" } });
    const wanted = { ...world.hand.made(world.file()), folder: "ann", maxQuality: 720 };
    const acceptance = await world.remote.submit(wanted, signal);
    expect(acceptance).toMatchObject({ kind: "refused", detail: "Preset 'mine' does not exist." });
  });

  test("accepts a password or a key, and is found under its path only", async () => {
    const behaviour = { basePath: "/tube/", password: "sesame" };
    await using world = await open(behaviour, { user: "ann", secret: "sesame" });
    const { url } = world.program;
    const [withKey, stranger, lost] = [
      createYtptube(optionsFor(url, { secret: "ytp_sesame" })),
      createYtptube(optionsFor(url)),
      createYtptube(optionsFor(new URL("/", url), { secret: "ytp_sesame" })),
    ];
    for (const remote of [world.remote, withKey]) expect(await remote.health(signal)).toBe("YTPTube");
    const wanted = { ...world.hand.made(world.file()), folder: "ann", maxQuality: 720 };
    for (const remote of [stranger, lost]) {
      for (const call of [() => remote.submit(wanted, signal), () => remote.list([], signal)]) {
        const error = await call().catch((error) => error);
        expect(error).toBeInstanceOf(RemoteUnreachable);
        expect(error).toMatchObject({ detail: expect.stringMatching(/HTTP 40[14]/), isHarmless: true });
      }
    }
  });
});

describe("the start of a YTPTube", () => {
  const startOf = async ({ remote }: { readonly remote: Remote }, asked: readonly Handed[]) =>
    (await remote.list(asked, signal)).start;

  test("is read before its entries, and counts as another one when an entry is missing", async () => {
    await using world = await open();
    const one = await world.hand.submit(world.endless());
    const first = await startOf(world, [one]);
    expect(first).toMatch(/^started \d+/);
    await world.restart();
    expect(await startOf(world, [one])).toBe(first);
    const lost = { ...one, key: "0123456789abcdef", link: world.file() };
    // The entries were listed by a look that did not know of another start yet.
    expect(await startOf(world, [one, lost])).toBe(first);
    expect(await startOf(world, [one, lost])).not.toBe(first);
  });

  test("is looked up now and then even if nothing is missing", async () => {
    await using world = await open();
    const one = await world.hand.submit(world.endless());
    const first = await startOf(world, [one]);
    await world.restart();
    for (let nth = 1; nth < 30; nth++) expect(await startOf(world, [one])).toBe(first);
    expect(await startOf(world, [one])).not.toBe(first);
  });

  test("is not looked up while a link is being read, which is missing until then", async () => {
    const read = Promise.withResolvers<void>();
    await using world = await open({ pause: async (at) => (at === "asked" ? read.promise : undefined) });
    const one = { key: "0123456789abcdef", link: world.endless(), sentAt: 0, remoteId: null };
    const call = world.remote.submit({ ...one, maxQuality: 720, folder: "ann" }, signal);
    for (let nth = 1; nth <= 3; nth++) await startOf(world, [one]);
    expect(world.program.timesAsked()).toBe(1);
    read.resolve();
    await call;
  });

  test("is unknown before 2026, and where the program does not know its download folder", async () => {
    await using old = await open({ version: "2025.07" });
    expect(await startOf(old, [])).toBeUndefined();
    await using broken = await open({ isBroken: true });
    const one = await broken.hand.submit(broken.endless());
    expect(await startOf(broken, [one])).toBeUndefined();
  });
});
