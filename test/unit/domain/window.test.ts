import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { createWindows, openingAt, parseDailyHours } from "../../../src/domain/window.ts";

const BERLIN = "Europe/Berlin";
const at = (text: string) => Date.parse(text);
const hours = (text: string) => parseDailyHours(text) ?? [];
/** The instants of an opening, written in UTC. */
function opening(text: string, when: string, zone = "UTC"): string[] {
  const { from = 0, to = 0 } = openingAt(hours(text), { at: at(when), zone }) ?? {};
  return [from, to].map((instant) => new Date(instant).toISOString().slice(0, 16));
}

describe("parseDailyHours()", () => {
  test.each([
    ["02:00-07:00", [{ from: "02:00", to: "07:00" }]],
    ["2:00 – 24:00", [{ from: "02:00", to: "00:00" }]],
    [
      "22:00-06:00, 12:30-13:00",
      [
        { from: "22:00", to: "06:00" },
        { from: "12:30", to: "13:00" },
      ],
    ],
  ])("reads %p", (text, read) => {
    expect(parseDailyHours(text)).toEqual(read);
  });

  test.each(["", "02:00", "2-7", "25:00-26:00", "02:60-07:00", "24:00-02:00", "02:00-07:00,", "sat 02:00-07:00"])(
    "refuses %p",
    (text) => {
      expect(parseDailyHours(text)).toBeUndefined();
    },
  );
});

describe("openingAt()", () => {
  test.each([
    ["02:00-07:00", "2026-11-23T01:59Z", ["2026-11-23T02:00", "2026-11-23T07:00"]],
    ["02:00-07:00", "2026-11-23T02:00Z", ["2026-11-23T02:00", "2026-11-23T07:00"]],
    ["02:00-07:00", "2026-11-23T07:00Z", ["2026-11-24T02:00", "2026-11-24T07:00"]],
    ["22:00-06:00", "2026-11-23T03:00Z", ["2026-11-22T22:00", "2026-11-23T06:00"]],
    ["22:00-06:00", "2026-11-23T06:00Z", ["2026-11-23T22:00", "2026-11-24T06:00"]],
    ["22:00-24:00", "2026-11-23T12:00Z", ["2026-11-23T22:00", "2026-11-24T00:00"]],
    ["00:00-24:00", "2026-11-23T12:00Z", ["2026-11-23T00:00", "2026-11-24T00:00"]],
    ["20:00-21:00, 08:00-09:00", "2026-11-23T09:00Z", ["2026-11-23T20:00", "2026-11-23T21:00"]],
  ])("of %p at %s is %p", (text, when, expected) => {
    expect(opening(text, when)).toEqual(expected);
  });

  test("goes by the clocks of the zone, also when they change", () => {
    expect(opening("02:00-07:00", "2026-11-23T12:00Z", BERLIN)).toEqual(["2026-11-24T01:00", "2026-11-24T06:00"]);
    // The hour from 02:00 is skipped that night, and so is an opening that lies within it.
    expect(opening("02:00-07:00", "2027-03-27T20:00Z", BERLIN)).toEqual(["2027-03-28T01:00", "2027-03-28T05:00"]);
    expect(opening("02:15-02:45", "2027-03-28T00:30Z", BERLIN)).toEqual(["2027-03-28T01:15", "2027-03-28T01:45"]);
    expect(opening("02:30-03:00", "2027-03-28T00:30Z", BERLIN)).toEqual(["2027-03-29T00:30", "2027-03-29T01:00"]);
    // The hour comes twice that night.
    expect(opening("02:00-03:00", "2026-10-24T20:00Z", BERLIN)).toEqual(["2026-10-25T00:00", "2026-10-25T02:00"]);
  });

  test("ends after the instant, and begins at most 49 hours after it", () => {
    const clock = fc.tuple(fc.nat(23), fc.nat(59)).map((parts) => parts.map((n) => `${n}`.padStart(2, "0")).join(":"));
    const range = fc.tuple(clock, clock).map(([from, to]) => ({ from, to }));
    const zone = fc.constantFrom("UTC", BERLIN, "America/St_Johns", "Australia/Lord_Howe", "Africa/Casablanca");
    const instant = fc.integer({ min: Date.UTC(2012, 0), max: Date.UTC(2060, 0) });
    fc.assert(
      fc.property(fc.array(range, { minLength: 1, maxLength: 3 }), zone, instant, (open, zone, at) => {
        const { from, to } = openingAt(open, { at, zone }) ?? { from: Number.NaN, to: Number.NaN };
        expect(to).toBeGreaterThan(at);
        expect(from).toBeLessThan(at + 49 * 3_600_000);
        // It is open at its beginning.
        if (from > at) expect(openingAt(open, { at: from, zone })?.from).toBeLessThanOrEqual(from);
      }),
    );
  });
});

describe("createWindows()", () => {
  const windows = createWindows({
    windows: [
      { match: "youtube.com/music", downloaders: [], open: hours("00:00-24:00") },
      { match: "youtube.com", downloaders: ["Abroad"], open: hours("02:00-07:00") },
      { downloaders: ["home"], open: hours("12:00-13:00") },
    ],
    zone: "UTC",
  });
  const noon = at("2026-11-23T12:30Z");
  const opens = (url: string, downloader: string) => windows.openingOf({ url, downloader }, noon)?.from;

  test("the first window that fits both the address and the downloader decides", () => {
    expect(opens("https://youtube.com/watch?v=1", "abroad")).toBe(at("2026-11-24T02:00Z"));
    expect(opens("https://youtube.com/music/1", "abroad")).toBe(at("2026-11-23T00:00Z"));
    expect(opens("https://youtube.com/watch?v=1", "home")).toBe(at("2026-11-23T12:00Z"));
    expect(opens("https://vimeo.com/1", "abroad")).toBeUndefined();
  });

  test("areOpen() says which windows are open", () => {
    expect(windows.areOpen(noon)).toEqual([true, false, true]);
    expect(windows.areOpen(at("2026-11-23T02:00Z"))).toEqual([true, true, false]);
  });
});

test("openingOf() does not depend on earlier calls, also if the clock goes back", () => {
  const hour = 3_600_000;
  const open = hours("22:00-06:00, 05:00-07:30, 12:00-13:00");
  const windows = createWindows({ windows: [{ downloaders: [], open }], zone: BERLIN });
  // Around the end of summer time, forwards and back.
  const start = Date.UTC(2026, 9, 24);
  const forwards = Array.from({ length: 120 }, (_, nth) => start + (nth * hour) / 2);
  for (const at of [...forwards, ...forwards.toReversed()]) {
    const opening = windows.openingOf({ url: "https://x.org/1", downloader: "nas" }, at);
    expect(opening).toEqual(openingAt(open, { at, zone: BERLIN }));
  }
});
