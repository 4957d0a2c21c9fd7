import { describe, expect, test } from "bun:test";
import { isQuietAt, parseQuietHours, QUIET_HOURS } from "../../../src/domain/quiet-hours.ts";

const MOSCOW = "Europe/Moscow";
/** In Moscow, three hours ahead of UTC. */
const at = (clock: string) => Date.parse(`2026-11-23T${clock}:00+03:00`);

describe("isQuietAt()", () => {
  test.each([
    ["22:59", false],
    ["23:00", true],
    ["00:30", true],
    ["07:59", true],
    ["08:00", false],
    ["12:00", false],
  ])("with quiet hours 23–08, at %s it is %p", (clock, quiet) => {
    expect(isQuietAt({ from: 23, to: 8 }, { at: at(clock), zone: MOSCOW })).toBe(quiet);
  });

  test("ends at midnight if the hours begin there", () => {
    const hours = { from: 0, to: 9 };
    const quiet = ["23:59", "00:00", "08:59", "09:00"].map((clock) =>
      isQuietAt(hours, { at: at(clock), zone: MOSCOW }),
    );
    expect(quiet).toEqual([false, true, true, false]);
  });

  test("goes by the clock of its zone, also on the day when it is set back", () => {
    // 03:00 in Berlin becomes 02:00 on 25 October 2026.
    const hours = { from: 2, to: 3 };
    const quiet = ["00:30", "01:30", "02:30"].map((utc) =>
      isQuietAt(hours, { at: Date.parse(`2026-10-25T${utc}:00Z`), zone: "Europe/Berlin" }),
    );
    expect(quiet).toEqual([true, true, false]);
  });
});

test("parseQuietHours() reads the offered hours, and nothing else", () => {
  expect(QUIET_HOURS.map(parseQuietHours)).toEqual([
    { from: 22, to: 7 },
    { from: 22, to: 9 },
    { from: 23, to: 8 },
    { from: 0, to: 9 },
  ]);
  for (const text of ["", "-", "23-24", "24-01", "9-10", "08-08", "22-07 "]) {
    expect({ text, hours: parseQuietHours(text) }).toEqual({ text, hours: undefined });
  }
});
