import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { displayName } from "../../../../src/telegram/views/display-name.ts";

describe("displayName()", () => {
  test.each([
    [{ first_name: "Ann", last_name: "Lee", username: "ann" }, "Ann Lee (@ann)"],
    [{ first_name: "Ann" }, "Ann"],
    [{ first_name: " ", username: "ann" }, "@ann"],
    [{ title: "Family" }, "Family"],
    [{ first_name: "\u3164", last_name: "\u200b\u2800", username: "ann" }, "@ann"],
    [{ first_name: "\u3164" }, ""],
    [{ first_name: "Ann ❤️" }, "Ann ❤️"],
  ])("of %j is %s", (from, name) => {
    expect(displayName(from)).toBe(name);
  });

  test("is never longer than a name may be, and never loses the username", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary", maxLength: 200 }),
        fc.stringMatching(/^[a-z]\w{4,31}$/),
        (first, username) => {
          const name = displayName({ first_name: first, username });
          expect(name.length).toBeLessThanOrEqual(64);
          expect(name).toContain(`@${username}`);
        },
      ),
    );
  });
});
