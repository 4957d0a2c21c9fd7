import { describe, expect, test } from "bun:test";
import { entryOf, hasBeenWhole, type Torrent } from "../../../../src/downloader/back-ends/qbittorrent-torrent.ts";

const torrent: Torrent = {
  hash: "a".repeat(40),
  infohash_v1: "a".repeat(40),
  infohash_v2: "",
  name: "Film.bin",
  tags: [],
  state: "downloading",
  progress: 0.25,
  size: 100,
  amount_left: 75,
  completion_on: 0,
};

/** The states of 4.x and 5.x. */
const STATES = {
  done: ["uploading", "pausedUP", "stoppedUP", "queuedUP", "stalledUP", "forcedUP"],
  waiting: [
    "pausedDL",
    "stoppedDL",
    "queuedDL",
    "checkingDL",
    "checkingUP",
    "checkingResumeData",
    "allocating",
    "unknown",
  ],
  running: ["downloading", "metaDL", "forcedMetaDL", "forcedDL", "stalledDL", "moving"],
  failed: ["error", "missingFiles"],
} as const;
const all = Object.entries(STATES).flatMap(([expected, states]) => states.map((state) => [state, expected] as const));

describe("entryOf()", () => {
  test.each(all)("%s is %s", (state, expected) => {
    const told = entryOf({ ...torrent, state, progress: 1 });
    expect(told.state as string).toBe(expected);
    expect(told.detail).toBe(expected === "failed" ? state : undefined);
  });

  test("tells why it has failed, if that is known, and recognises a full disk and lost files", () => {
    const failed = (state: string, reason?: string) => entryOf({ ...torrent, state }, reason);
    const refused = failed("error", "Permission denied (/films/film.bin)");
    expect(refused).toMatchObject({ state: "failed", detail: "Permission denied (/films/film.bin)" });
    expect([refused.lacksSpace, refused.lacksFiles]).toEqual([undefined, undefined]);
    expect(failed("error", "No space left on device (/films/film.bin)").lacksSpace).toBe(true);
    // In Windows.
    expect(failed("error", "There is not enough space on the disk (C:\\films\\film.bin)").lacksSpace).toBe(true);
    expect(failed("missingFiles").lacksFiles).toBe(true);
  });

  test("does not call an incomplete torrent done", () => {
    expect(entryOf({ ...torrent, state: "stalledUP", progress: 0.999 }).state).not.toBe("done");
  });

  test("tells no size and no name that is not known yet", () => {
    const fresh = { ...torrent, name: torrent.hash, size: -1, amount_left: 0, state: "metaDL" };
    expect(entryOf(fresh)).toEqual({ id: torrent.hash, state: "running" });
  });
});

describe("hasBeenWhole()", () => {
  test.each([
    [{}, false],
    [{ amount_left: 0 }, true],
    // Nothing is known of it yet.
    [{ size: -1, amount_left: 0 }, false],
    [{ size: 0, amount_left: 0 }, false],
    [{ completion_on: 1_780_000_000 }, true],
    // What 4.x and 5.x say if it was never complete.
    [{ completion_on: -1 }, false],
    [{ completion_on: 4_294_967_295 }, false],
  ])("%p: %p", (changed, expected) => {
    expect(hasBeenWhole({ ...torrent, ...changed })).toBe(expected);
  });
});
