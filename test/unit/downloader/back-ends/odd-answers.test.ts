import { describe, expect, test } from "bun:test";
import { startAria2Telling, startQbittorrentTelling } from "../../../support/back-end/scripted.ts";

const { signal } = new AbortController();
const ODD = "00000000000000aa";
const FINE = "00000000000000bb";
const asked = (key: string) => ({ key, link: `magnet:?xt=urn:btih:${key}`, sentAt: 1, remoteId: null });

describe("an aria2 download told in unknown words", () => {
  const fine = {
    gid: FINE,
    status: "active",
    totalLength: "100",
    completedLength: "25",
    dir: "/films",
    files: [{ path: "/films/film.bin" }],
  };

  test.each([
    ["a state of a later version", { ...fine, gid: ODD, status: "verified" }],
    ["a whole one with no list of files", { ...fine, gid: ODD, status: "complete", files: null }],
    ["one that leads on in another way", { ...fine, gid: ODD, status: "complete", followedBy: { gid: FINE } }],
    ["no object at all", "complete"],
  ])("is neither ended nor lost, and hides no other: %s", async (_, odd) => {
    await using aria2 = startAria2Telling((gid) => (gid === ODD ? odd : fine));
    const { entries } = await aria2.remote.list([asked(ODD), asked(FINE)], signal);
    expect(entries.get(ODD)).toMatchObject({ id: ODD, state: "waiting" });
    expect(entries.get(FINE)).toMatchObject({ state: "running", currentSize: 25, totalSize: 100 });
    await aria2.remote.remove(ODD, signal);
    expect(aria2.calls.filter(({ method }) => method === "aria2.forceRemove")).toEqual([
      { method: "aria2.forceRemove", params: [ODD] },
    ]);
  });

  test("is shown without the fields that are not understood", async () => {
    const odd = { ...fine, totalLength: 100, errorMessage: 7, seeder: true, bittorrent: { info: [] } };
    await using aria2 = startAria2Telling(() => odd);
    const { entries } = await aria2.remote.list([asked(FINE)], signal);
    expect(entries.get(FINE)).toEqual({ id: FINE, state: "running", name: "film.bin" });
  });
});

describe("a qBittorrent torrent told in unknown words", () => {
  const torrent = (key: string) => ({
    hash: key.repeat(3).slice(0, 40),
    infohash_v1: key.repeat(3).slice(0, 40),
    infohash_v2: "",
    name: "Film.bin",
    tags: `dwld-bot, dwld-bot-${key}`,
    state: "downloading",
    progress: 0.25,
    size: 100,
    amount_left: 75,
    completion_on: 0,
  });
  const { hash } = torrent(ODD);

  test.each([
    ["a state that is no text", { ...torrent(ODD), state: 7 }],
    ["a whole one whose sizes are none", { ...torrent(ODD), state: "stoppedUP", progress: 1, amount_left: "none" }],
    ["hardly anything", { hash, tags: torrent(ODD).tags }],
  ])("is neither ended nor lost, and hides no other: %s", async (_, odd) => {
    await using program = startQbittorrentTelling([null, { name: "of others" }, odd, torrent(FINE)]);
    const { entries } = await program.remote.list([asked(ODD), asked(FINE)], signal);
    expect(entries.get(ODD)).toEqual({ id: hash, state: "waiting" });
    expect(entries.get(FINE)).toMatchObject({ state: "running", currentSize: 25, totalSize: 100 });
  });

  test("is not deleted with its files, since it may be complete", async () => {
    await using program = startQbittorrentTelling([{ ...torrent(ODD), amount_left: "none" }]);
    await program.remote.remove(hash, signal);
    expect(program.posts.map(({ path }) => path)).toEqual(["torrents/removeTags", "torrents/deleteTags"]);
  });

  test("is understood even in a version that tells no hashes", async () => {
    const { infohash_v1: _, infohash_v2: __, ...before } = torrent(FINE);
    await using program = startQbittorrentTelling([before]);
    const { entries } = await program.remote.list([asked(FINE)], signal);
    expect(entries.get(FINE)).toMatchObject({ state: "running" });
  });
});
