import { describe, expect, test } from "bun:test";
import { format } from "gramio";
import { truncated } from "../../../../src/telegram/views/truncate.ts";

const more = (n: number) => `${n} more`;

describe("truncated()", () => {
  test("leaves lines alone that fit into one message", () => {
    expect(truncated(["a", "b"], { more })).toEqual(["a", "b"]);
    expect(truncated([], { more })).toEqual([]);
  });

  test("counts the lines that do not fit, including the gaps between them", () => {
    const line = "x".repeat(999);
    expect(
      truncated(
        Array.from({ length: 5 }, () => line),
        { more },
      ),
    ).toEqual([line, line, line, line, "1 more"]);
    expect(
      truncated(
        Array.from({ length: 5 }, () => line),
        { more, gap: 2 },
      ),
    ).toEqual([line, line, line, "2 more"]);
  });

  test("counts UTF-16 units, also in formatted lines", () => {
    const lines = Array.from({ length: 3 }, () => format`${"💥".repeat(900)}`);
    expect(truncated(lines, { more }).map(String)).toEqual([...lines.slice(0, 2).map(String), "1 more"]);
  });
});
