import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { COMMON_ZONES, parseIanaZone, parseZone } from "../../../src/domain/zone.ts";

describe("parseZone()", () => {
  test.each([
    ["Europe/Berlin", "Europe/Berlin"],
    [" europe/berlin ", "Europe/Berlin"],
    ["Berlin", "Europe/Berlin"],
    ["new york", "America/New_York"],
    ["UTC", "UTC"],
    ["UTC+3", "+03:00"],
    ["utc −3:30", "-03:30"],
    ["GMT+0530", "+05:30"],
    ["+14", "+14:00"],
  ])("reads %p as %p", (typed, zone) => {
    expect(parseZone(typed)).toBe(zone);
  });

  test.each(["", "Atlantis", "Europe", "UTC+15", "UTC+3:60", "3", "23:30", "/", "Europe/"])("refuses %p", (typed) => {
    expect(parseZone(typed)).toBeUndefined();
  });

  test("returns only usable zones, and reads them back", () => {
    const typed = fc.oneof(fc.string({ maxLength: 8 }), fc.stringMatching(/^(UTC|gmt)? ?[+-]\d{1,4}$/));
    fc.assert(
      fc.property(fc.oneof(typed, fc.constantFrom(...COMMON_ZONES)), (text) => {
        const zone = parseZone(text);
        if (zone === undefined) return;
        expect(Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone).year).toBeGreaterThan(1968);
        expect(parseZone(zone)).toBe(zone);
      }),
    );
  });
});

test("every offered zone is valid, and spelt as it is stored", () => {
  expect(COMMON_ZONES.map(parseIanaZone)).toEqual([...COMMON_ZONES]);
});
