import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { isFolderName, senderName, userNameFor } from "../../../src/domain/user-name.ts";

describe("senderName()", () => {
  test("is the username, or the id for a person without one", () => {
    expect(senderName({ username: "Some_body1", id: 7 })).toBe("Some_body1");
    expect(senderName({ id: 7 })).toBe("id7");
    expect(senderName({ id: -1001234 })).toBe("id1001234");
  });

  test.each(["", "../../etc", "a b", "имя", "a".repeat(33), "👍".repeat(64)])(
    "is the id when the username is %p",
    (username) => {
      expect(senderName({ username, id: 7 })).toBe("id7");
    },
  );
});

describe("userNameFor()", () => {
  test("puts the sender in brackets before the folder", () => {
    expect(userNameFor("somebody", "Фильмы для детей")).toBe("[somebody] Фильмы для детей");
    expect(userNameFor("CON", null)).toBe("[CON]");
  });

  test("omits a folder that could lead elsewhere", () => {
    expect(userNameFor("id7", "../secret")).toBe("[id7]");
  });

  test("never contains a path, whatever the sender and the folder", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (sender, folder) => {
        expect(userNameFor(sender, folder)).toMatch(/^\[\w{0,32}\](?: [^/\\:\p{Cc}]+)?$/u);
        expect(userNameFor(sender, folder)).not.toContain("..");
      }),
    );
  });
});

describe("isFolderName()", () => {
  test.each(["Music", "Для детей", "Best of 2026.1", "[old] things", "👨‍👩‍👧", "x".repeat(64)])(
    "accepts %p",
    (text) => {
      expect(isFolderName(text)).toBe(true);
    },
  );

  test.each([
    "",
    " ",
    "\u200b",
    "\u3164",
    " x",
    "x ",
    ".hidden",
    "-rf",
    "a/b",
    "a\\b",
    "C:",
    "a..b",
    "a\nb",
    "a\u0000b",
    "a\u202eb",
    "a\ud800",
    "e\u0301",
    "x".repeat(65),
  ])("refuses %p", (text) => {
    expect(isFolderName(text)).toBe(false);
  });
});
