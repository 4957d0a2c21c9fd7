import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { parseTypedTime } from "../../../src/domain/typed-time.ts";

/** Monday, 23 November 2026, 15:00:30 in Moscow. */
const NOW = Date.UTC(2026, 10, 23, 12, 0, 30);
const MOSCOW = { now: NOW, zone: "Europe/Moscow", night: "02:00" };

/** The typed time, written as `2026-11-23 23:30` in the zone. */
function read(typed: string, of: Partial<typeof MOSCOW> = {}): string | undefined {
  const reading = { ...MOSCOW, ...of };
  const at = parseTypedTime(typed, reading);
  if (at === undefined) return undefined;
  const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(reading.zone);
  return local.toPlainDateTime().toString({ smallestUnit: "minute" }).replace("T", " ");
}

describe("parseTypedTime()", () => {
  test.each([
    ["23:30", "2026-11-23 23:30"],
    ["в 23:30", "2026-11-23 23:30"],
    ["At 23:30.", "2026-11-23 23:30"],
    ["8:05", "2026-11-24 08:05"],
    ["15:00", "2026-11-24 15:00"],
    ["15:01", "2026-11-23 15:01"],
    ["9 pm", "2026-11-23 21:00"],
    ["9:30am", "2026-11-24 09:30"],
    ["12 a.m.", "2026-11-24 00:00"],
    ["в 9 вечера", "2026-11-23 21:00"],
    ["в 2 часа ночи", "2026-11-24 02:00"],
    ["3 часа дня", "2026-11-24 15:00"],
    ["завтра в 3 часа дня", "2026-11-24 15:00"],
    ["8 часов утра", "2026-11-24 08:00"],
    ["12 дня", "2026-11-24 12:00"],
    ["в 12 часов дня", "2026-11-24 12:00"],
    ["23.30", "2026-11-23 23:30"],
    ["завтра в 10.00", "2026-11-24 10:00"],
    ["at 9", "2026-11-24 09:00"],
    ["noon", "2026-11-24 12:00"],
    ["в полночь", "2026-11-24 00:00"],
    ["tonight", "2026-11-24 02:00"],
    ["ночью", "2026-11-24 02:00"],
    ["tonight at 23:00", "2026-11-23 23:00"],
    ["tonight at 9", "2026-11-23 21:00"],
    ["tonight 11:30", "2026-11-23 23:30"],
    ["tonight at 12", "2026-11-24 00:00"],
    ["tonight at 3", "2026-11-24 03:00"],
    ["tonight 05:00", "2026-11-24 05:00"],
    ["сегодня ночью в 3", "2026-11-24 03:00"],
    ["ночью в 5", "2026-11-24 05:00"],
    ["ночью в 11", "2026-11-23 23:00"],
    ["сегодня в 22:00", "2026-11-23 22:00"],
    ["today at 16", "2026-11-23 16:00"],
    ["tomorrow", "2026-11-24 09:00"],
    ["tomorrow 9", "2026-11-24 09:00"],
    ["10:15 tomorrow", "2026-11-24 10:15"],
    ["завтра в 9", "2026-11-24 09:00"],
    ["Завтра, 18:45", "2026-11-24 18:45"],
    ["the day after tomorrow at 7", "2026-11-25 07:00"],
    ["послезавтра", "2026-11-25 09:00"],
    ["sat 10:00", "2026-11-28 10:00"],
    ["on Saturday at 10", "2026-11-28 10:00"],
    ["сб 10:00", "2026-11-28 10:00"],
    ["в субботу в 10", "2026-11-28 10:00"],
    ["во вторник", "2026-11-24 09:00"],
    ["mon 16:00", "2026-11-23 16:00"],
    ["mon 10:00", "2026-11-30 10:00"],
    ["30 Nov 08:00", "2026-11-30 08:00"],
    ["Nov 30th, 8:00", "2026-11-30 08:00"],
    ["30 ноября 8:00", "2026-11-30 08:00"],
    ["30.11 в 8", "2026-11-30 08:00"],
    ["8 dec 20", "2026-12-08 20:00"],
    ["1 мая", "2027-05-01 09:00"],
    ["23 nov 14:00", undefined],
    ["22 nov 14:00", "2027-11-22 14:00"],
    ["in 40 min", "2026-11-23 15:41"],
    ["40 min", "2026-11-23 15:41"],
    ["in 2 h", "2026-11-23 17:01"],
    ["in 1h 30m", "2026-11-23 16:31"],
    ["1h30m", "2026-11-23 16:31"],
    ["in 1.25 h", "2026-11-23 16:16"],
    ["3 дня", "2026-11-26 15:01"],
    ["in an hour", "2026-11-23 16:01"],
    ["in half an hour", "2026-11-23 15:31"],
    ["in 3 days", "2026-11-26 15:01"],
    ["через 40 мин", "2026-11-23 15:41"],
    ["через 2 часа", "2026-11-23 17:01"],
    ["через час", "2026-11-23 16:01"],
    ["через полчаса", "2026-11-23 15:31"],
    ["через полтора часа", "2026-11-23 16:31"],
    ["через неделю", "2026-11-30 15:01"],
    ["через 1,5 ч", "2026-11-23 16:31"],
  ])("reads %p as %p", (typed, at) => {
    expect(read(typed)).toBe(at);
  });

  test.each([
    ...["", "9", "soon", "25:00", "23:60", "13 pm", "today", "сегодня", "today 8:00", "yesterday 8:00", "hour", "час"],
    ...["in 0 min", "in 400 days", "31 feb 8:00", "32 nov", "nov", "at", "в", "23:30 please", "sat sun 10:00", "99.99"],
    ...["https://a.example/1 23:30", `23:30${" ".repeat(100)}`, "1 2", "in 9 9"],
  ])("does not guess at %p", (typed) => {
    expect(parseTypedTime(typed, MOSCOW)).toBeUndefined();
  });

  test("moves a skipped hour on by the gap, and takes the first of two equal hours", () => {
    const berlin = { zone: "Europe/Berlin", night: "02:00" };
    expect(read("02:30", { ...berlin, now: Date.UTC(2027, 2, 27, 20) })).toBe("2027-03-28 03:30");
    const autumn = parseTypedTime("02:30", { ...berlin, now: Date.UTC(2026, 9, 24, 20) });
    expect(autumn).toBe(Date.UTC(2026, 9, 25, 0, 30));
  });

  test("is always in the future, within a year and on a whole minute", () => {
    const number = fc.nat(70).map(String);
    const word = fc.constantFrom(
      ...[
        "in",
        "через",
        "at",
        "в",
        "on",
        "tomorrow",
        "завтра",
        "tonight",
        "sat",
        "сб",
        "nov",
        "мая",
        "30.11",
        "29 feb",
      ],
      ...["min", "ч", "days", "недель", "am", "дня", ":", "23:59", "00:00", "8:05", "th", "and", "noon", "today"],
    );
    const typed = fc.array(fc.oneof(number, word, fc.string({ maxLength: 3 })), { maxLength: 6 });
    const zone = fc.constantFrom("UTC", "Europe/Berlin", "America/St_Johns", "Pacific/Apia", "Asia/Kathmandu");
    fc.assert(
      fc.property(...([typed, zone, fc.integer({ min: 0, max: 4_102_444_800_000 })] as const), (words, zone, now) => {
        const at = parseTypedTime(words.join(" "), { zone, now, night: "02:00" });
        if (at === undefined) return;
        expect(at).toBeGreaterThan(now);
        expect(at).toBeLessThanOrEqual(now + 366 * 86_400_000);
        expect(at % 60_000).toBe(0);
      }),
      { numRuns: 2_000 },
    );
  });
});
