import { describe, expect, test } from "bun:test";
import * as v from "valibot";
import {
  entryOf,
  hasBeenWhole,
  isLeftLying,
  type TransmissionTorrent,
  torrentsSchema,
} from "../../../../src/downloader/back-ends/transmission-torrent.ts";

const torrent: TransmissionTorrent = {
  hashString: "a".repeat(40),
  labels: [],
  name: "Film.bin",
  downloadDir: "/downloads/ann",
  status: 4,
  error: 0,
  errorString: "",
  metadataPercentComplete: 1,
  sizeWhenDone: 100,
  leftUntilDone: 75,
  downloadedEver: 25,
  startDate: 1_780_000_000,
  doneDate: 0,
};
const WHOLE = { leftUntilDone: 0, downloadedEver: 100, doneDate: 1_780_000_000 };
/** As 3.00 and 4.1 say it. */
const FULL = "No space left on device (/downloads/ann/Film.bin)";
const FULL_4 = "Couldn't get 'Film.bin': No space left on device (28)";

describe("entryOf()", () => {
  test.each([
    ["stopped", 0, {}, "waiting"],
    ["stopped and whole", 0, WHOLE, "done"],
    // How 4.1 shows a torrent that was on a full disk, after a kill.
    ["stopped, and whole in its memory only", 0, { leftUntilDone: 0, downloadedEver: 100 }, "waiting"],
    ["to be checked", 1, WHOLE, "waiting"],
    ["checked", 2, WHOLE, "waiting"],
    ["queued", 3, {}, "waiting"],
    ["downloading", 4, {}, "running"],
    ["whole, and not yet in its place", 4, WHOLE, "running"],
    ["to seed", 5, WHOLE, "done"],
    ["seeding", 6, WHOLE, "done"],
    ["seeding what it has found there", 6, { leftUntilDone: 0, downloadedEver: 0 }, "done"],
    ["something that is not known here", 7, WHOLE, "waiting"],
    ["downloading, and its tracker warns", 4, { error: 1, errorString: "slow down" }, "running"],
    ["downloading, and its tracker refuses", 4, { error: 2, errorString: "unregistered" }, "running"],
  ] as const)("shows a torrent correctly that is %s (%d)", (_, status, changed, expected) => {
    const told = entryOf({ ...torrent, status, ...changed });
    expect([told.state, told.detail]).toEqual([expected, undefined]);
  });

  test.each([0, 4])(
    "shows a torrent with an error of its machine as failed, in Transmission's words (%d)",
    (status) => {
      const failed = (errorString: string) => entryOf({ ...torrent, ...WHOLE, status, error: 3, errorString });
      expect(failed("Permission denied")).toMatchObject({ state: "failed", detail: "Permission denied" });
      expect(failed("No data found! Ensure your drives are connected")).toMatchObject({ lacksFiles: true });
      expect(failed("Permission denied").lacksFiles).toBeUndefined();
      expect(failed("")).toMatchObject({ state: "failed", detail: "error" });
      expect([FULL, FULL_4, "Permission denied"].map((words) => failed(words).lacksSpace)).toEqual([
        true,
        true,
        undefined,
      ]);
    },
  );

  test("tells no size and no name that is not known yet", () => {
    const fresh = { ...torrent, name: torrent.hashString, metadataPercentComplete: 0.5, sizeWhenDone: 0 };
    expect(entryOf({ ...fresh, leftUntilDone: 0 })).toEqual({ id: torrent.hashString, state: "running" });
  });
});

describe("hasBeenWhole()", () => {
  test.each([
    ["on its way", {}, false],
    ["whole", WHOLE, true],
    ["whole, and checked again", { ...WHOLE, leftUntilDone: 100 }, true],
    ["found there", { leftUntilDone: 0, downloadedEver: 0 }, true],
    ["whole in its memory only", { leftUntilDone: 0, downloadedEver: 100, error: 3, errorString: FULL }, false],
    ["not known yet", { sizeWhenDone: 0, leftUntilDone: 0, downloadedEver: 0 }, false],
  ] as const)("%s", (_, changed, expected) => {
    expect(hasBeenWhole({ ...torrent, ...changed })).toBe(expected);
  });
});

describe("isLeftLying()", () => {
  test.each([
    ["not begun since Transmission was started", {}, true],
    ["stopped by people since", { startDate: 1_780_000_000 }, false],
    ["waiting for its turn", { status: 3 }, false],
    ["whole", WHOLE, false],
    ["failed", { error: 3 }, false],
  ] as const)("%s", (_, changed, expected) => {
    expect(isLeftLying({ ...torrent, status: 0, startDate: 0, ...changed })).toBe(expected);
  });
});

test("a torrent told in unknown words hides no other, is neither done nor failed, and its files stay", () => {
  const odd = { hashString: "b".repeat(40), labels: ["dwld-bot"], status: "seeding" };
  const { torrents } = v.parse(torrentsSchema, { torrents: [null, { name: "of others" }, odd, torrent] });
  expect(torrents.map(({ hashString }) => hashString)).toEqual([odd.hashString, torrent.hashString]);
  const [told = torrent] = torrents;
  expect([entryOf(told).state, hasBeenWhole(told), isLeftLying(told)]).toEqual(["waiting", true, false]);
});
