import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Download, DownloadStatus } from "../../../src/domain/downloader.ts";
import { byKey, hasSendersPart } from "../../../src/domain/downloads.ts";

const download = (url: string, status: DownloadStatus): Download => ({
  ...{ url, status, quality: "" },
  ...{ name: undefined, remark: undefined },
});
const FILM = "https://x.org/film";

describe("byKey()", () => {
  test("has one entry for each link, however it is spelt", async () => {
    const found = await byKey([
      download(FILM, "WORK"),
      download("http://www.x.org/film?si=abc", "DONE"),
      download("https://x.org/2", "DONE"),
    ]);
    expect([...found].map(([key, { status }]) => [key, status])).toEqual([
      ["x.org/film", "WORK"],
      ["x.org/2", "DONE"],
    ]);
  });

  test("takes the least finished entry of a link, in any order", async () => {
    const statuses = ["NEW", "WORK", "UNKNOWN", "TO_SEND", "SENDING", "DONE"] as const;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...statuses), { minLength: 1, maxLength: 5 }), async (listed) => {
        const [least] = statuses.filter((status) => listed.includes(status));
        const found = await byKey(listed.map((status) => download(FILM, status)));
        expect(found.get("x.org/film")?.status).toBe(least);
      }),
    );
  });
});

test.each<[boolean, DownloadStatus[]]>([
  [false, []],
  [false, ["NEW", "WORK", "UNKNOWN"]],
  // This entry may still be the downloader's own.
  [false, ["TO_SEND"]],
  [true, ["NEW", "SENDING"]],
  [true, ["DONE", "WORK"]],
])("hasSendersPart() is %p for a list with %j", (isThere, statuses) => {
  expect(hasSendersPart(statuses.map((status) => download(FILM, status)))).toBe(isThere);
});
