import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { formatInstant, inOneHour, tomorrowAt, tonightAt } from "../../../src/domain/time.ts";

const DAY_MS = 86_400_000;
const at = (text: string) => Date.parse(text);
const zones = fc.constantFrom(
  "UTC",
  "Europe/Moscow",
  "Europe/Berlin",
  "America/New_York",
  "America/St_Johns",
  "Asia/Kathmandu",
  "Australia/Lord_Howe",
  "Pacific/Auckland",
  "Africa/Casablanca",
);
const instants = fc.integer({ min: Date.UTC(2012, 0), max: Date.UTC(2060, 0) });
const clocks = fc
  .tuple(fc.nat(23), fc.nat(59))
  .map(([hour, minute]) => `${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`);

/** The local time, by Intl instead of Temporal. */
function wallClock(instant: number, zone: string): string {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "short" }).format(instant);
}

describe("tonightAt()", () => {
  test("is the next time that the zone's clock shows it", () => {
    expect(tonightAt(at("2026-11-23T14:05+03:00"), "02:00", "Europe/Moscow")).toBe(at("2026-11-24T02:00+03:00"));
    expect(tonightAt(at("2026-11-24T00:30+03:00"), "02:00", "Europe/Moscow")).toBe(at("2026-11-24T02:00+03:00"));
    expect(tonightAt(at("2026-11-24T02:00+03:00"), "02:00", "Europe/Moscow")).toBe(at("2026-11-25T02:00+03:00"));
  });

  test("is an hour later by the clock if that hour is skipped", () => {
    expect(tonightAt(at("2026-03-28T20:00+01:00"), "02:30", "Europe/Berlin")).toBe(at("2026-03-29T03:30+02:00"));
  });

  test("is only the first of two equal hours", () => {
    const first = at("2026-10-25T02:30+02:00");
    expect(tonightAt(at("2026-10-24T20:00+02:00"), "02:30", "Europe/Berlin")).toBe(first);
    expect(tonightAt(first, "02:30", "Europe/Berlin")).toBe(at("2026-10-26T02:30+01:00"));
  });

  test("is within about a day, at the clock time unless that hour is skipped", () => {
    fc.assert(
      fc.property(instants, clocks, zones, (now, clock, zone) => {
        const tonight = tonightAt(now, clock, zone);
        expect(tonight).toBeGreaterThan(now);
        expect(tonight - now).toBeLessThanOrEqual(DAY_MS + 7_200_000);
        const shown = wallClock(tonight, zone).slice(-5);
        if (shown !== clock) {
          // The hour was skipped: the clock jumps between an hour before and now.
          const before = wallClock(tonight - 3_600_000, zone).slice(-5);
          expect([shown, before]).not.toContain(clock);
          expect(shown > clock).toBe(true);
        }
      }),
    );
  });
});

describe("tomorrowAt()", () => {
  test("is nine in the morning of the next calendar day, also just after midnight", () => {
    expect(tomorrowAt(at("2026-11-23T23:59+03:00"), "Europe/Moscow")).toBe(at("2026-11-24T09:00+03:00"));
    expect(tomorrowAt(at("2026-11-24T00:01+03:00"), "Europe/Moscow")).toBe(at("2026-11-25T09:00+03:00"));
    expect(tomorrowAt(at("2026-12-31T12:00Z"), "UTC")).toBe(at("2027-01-01T09:00Z"));
  });

  test("is nine o'clock in every zone, at most 34 hours away", () => {
    fc.assert(
      fc.property(instants, zones, (now, zone) => {
        const tomorrow = tomorrowAt(now, zone);
        expect(wallClock(tomorrow, zone)).toEndWith(" 09:00");
        expect(tomorrow - now).toBeGreaterThan(8 * 3_600_000 - 1);
        expect(tomorrow - now).toBeLessThanOrEqual(34 * 3_600_000);
      }),
    );
  });
});

test("inOneHour() is sixty minutes from now, also when the clock is set back", () => {
  expect(inOneHour(at("2026-10-25T02:30+02:00"))).toBe(at("2026-10-25T02:30+01:00"));
});

describe("formatInstant()", () => {
  const now = at("2026-11-23T14:05+03:00");
  const formats = (text: string) =>
    (["en", "ru"] as const).map((language) => formatInstant(at(text), { zone: "Europe/Moscow", language, now }));

  test("has only the time for today and the next hours, else the date too", () => {
    expect(formats("2026-11-23T09:05+03:00")).toEqual(["09:05", "09:05"]);
    expect(formats("2026-11-24T02:00+03:00")).toEqual(["02:00", "02:00"]);
    expect(formats("2026-11-24T09:00+03:00")).toEqual(["24 Nov 09:00", "24 нояб. 09:00"]);
    expect(formats("2026-11-25T00:00+03:00")).toEqual(["25 Nov 00:00", "25 нояб. 00:00"]);
    expect(formats("2026-11-22T23:59+03:00")).toEqual(["22 Nov 23:59", "22 нояб. 23:59"]);
  });

  test("has the year if it is another one", () => {
    expect(formats("2027-05-01T12:00+03:00")).toEqual(["1 May 2027 12:00", "1 мая 2027 г. 12:00"]);
  });

  test("is the same before and after midnight for an instant a few hours ahead", () => {
    const reads = (text: string) =>
      formatInstant(at("2026-11-24T02:00+03:00"), { zone: "Europe/Moscow", language: "en", now: at(text) });
    expect([reads("2026-11-23T14:01+03:00"), reads("2026-11-24T00:30+03:00")]).toEqual(["02:00", "02:00"]);
    expect([reads("2026-11-24T23:59+03:00"), reads("2026-11-25T00:01+03:00")]).toEqual(["02:00", "24 Nov 02:00"]);
  });

  test("ends with the local time, in any zone and year", () => {
    fc.assert(
      fc.property(instants, instants, zones, (instant, reader, zone) => {
        const text = formatInstant(instant, { zone, language: "en", now: reader });
        expect(text).toEndWith(wallClock(instant, zone).slice(-5));
      }),
    );
  });
});
