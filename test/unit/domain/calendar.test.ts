import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { createCalendar, parseSendTime, SEND_TIMES } from "../../../src/domain/calendar.ts";

const NOW = Date.UTC(2026, 10, 23, 12, 0, 30);

/** The calendar of Moscow at an instant. */
const at = (now: number) => createCalendar({ zone: "Europe/Moscow", night: "02:00", now: () => now });

describe("the send times on buttons", () => {
  test("are recognised by their instant", () => {
    fc.assert(
      fc.property(fc.constantFrom(...SEND_TIMES), fc.integer({ min: 0, max: 4_102_444_800_000 }), (time, now) => {
        const calendar = at(now);
        const sendAt = calendar.instantOf(time);
        expect(sendAt).toBeGreaterThan(now);
        expect(calendar.instantOf(calendar.nameOf(sendAt) ?? "tomorrow")).toBe(sendAt);
        expect(at(sendAt).nameOf(sendAt)).toBeUndefined();
      }),
    );
    expect(at(NOW).nameOf(NOW + 3_600_000)).toBeUndefined();
    expect(at(NOW).nameOf(at(NOW).read("in 40 min") ?? 0)).toBeUndefined();
    expect(at(NOW).nameOf(at(NOW).read("tonight") ?? 0)).toBe("tonight");
  });

  test("are parsed from a button's data, and nothing else is", () => {
    expect(SEND_TIMES.map((time) => parseSendTime(time))).toEqual([...SEND_TIMES]);
    expect(parseSendTime("yesterday")).toBeUndefined();
  });
});

test("a calendar formats instants in its zone", () => {
  expect(at(NOW).format(NOW, "en")).toBe("15:00");
  expect(at(NOW).format(at(NOW).instantOf("tonight"), "ru")).toBe("02:00");
});
