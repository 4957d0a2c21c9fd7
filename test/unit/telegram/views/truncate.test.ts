import { describe, expect, test } from "bun:test";
import { format } from "gramio";
import { fitting } from "../../../../src/telegram/views/truncate.ts";

const more = (n: number) => `${n} more`;

describe("fitting()", () => {
  test("leaves alone what one message holds", () => {
    expect(fitting(["a", "b"], { more })).toEqual(["a", "b"]);
    expect(fitting([], { more })).toEqual([]);
  });

  test("counts the lines that one message does not hold, and what stands between them", () => {
    const line = "x".repeat(999);
    expect(
      fitting(
        Array.from({ length: 5 }, () => line),
        { more },
      ),
    ).toEqual([line, line, line, line, "1 more"]);
    expect(
      fitting(
        Array.from({ length: 5 }, () => line),
        { more, gap: 2 },
      ),
    ).toEqual([line, line, line, "2 more"]);
  });

  test("counts UTF-16 units, of formatted lines too", () => {
    const lines = Array.from({ length: 3 }, () => format`${"💥".repeat(900)}`);
    expect(fitting(lines, { more }).map(String)).toEqual([...lines.slice(0, 2).map(String), "1 more"]);
  });
});
