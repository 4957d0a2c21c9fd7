import { describe, expect, test } from "bun:test";
import {
  fromMaxQuality,
  parseOfferedQuality,
  parseQuality,
  type Quality,
  toMaxQuality,
} from "../../../src/domain/quality.ts";

describe("parseQuality()", () => {
  test.each<[string | number, Quality]>([
    ["best", "best"],
    [" Best ", "best"],
    ["1080", 1080],
    ["720P", 720],
    [144, 144],
    [4320, 4320],
  ])("reads %p as %p", (text, quality) => {
    expect(parseQuality(text)).toBe(quality);
  });

  test.each(["", "worst", "143", "4321", "10000", "-480", "1080.5", "1e3", "0x1e0", Number.NaN])(
    "does not take %p",
    (text) => {
      expect(parseQuality(text)).toBeUndefined();
    },
  );
});

test("parseOfferedQuality() accepts only the offered qualities", () => {
  const read = (text: string) => parseOfferedQuality(text, [1080, "best"]);
  expect(["1080p", "Best", "720", "worst"].map(read)).toEqual([1080, "best", undefined, undefined]);
});

describe("max_quality on the wire", () => {
  test("is 10000 for the best, else the number of lines, and is read back", () => {
    expect(toMaxQuality("best")).toBe(10000);
    for (const quality of ["best", 2160, 480] as const) expect(fromMaxQuality(toMaxQuality(quality))).toBe(quality);
  });

  test("is read in the spellings of downloaders", () => {
    expect(["10000", "20000", "1080", " 480 ", "0", "", "COMING SOON", -1].map(fromMaxQuality)).toEqual([
      "best",
      "best",
      1080,
      480,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});
