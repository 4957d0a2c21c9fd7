import { describe, expect, test } from "bun:test";
import { createBearerCheck, tokenIn, withoutBotTokens } from "../../../src/domain/token.ts";

describe("createBearerCheck()", () => {
  const isRight = createBearerCheck("s3cret");

  test.each(["Bearer s3cret", "bearer s3cret", "BEARER  s3cret"])("accepts %p", (header) => {
    expect(isRight(header)).toBe(true);
  });

  test.each([
    undefined,
    null,
    "",
    "s3cret",
    "Bearer",
    "Bearer s3cre",
    "Bearer s3cret2",
    "Bearer S3CRET",
    "Basic s3cret",
  ])("refuses %p", (header) => {
    expect(isRight(header)).toBe(false);
  });

  test.each([undefined, "", "Bearer", "Bearer ", "Bearer x"])("refuses %p if there is no token", (header) => {
    expect(createBearerCheck("")(header)).toBe(false);
  });
});

describe("withoutBotTokens()", () => {
  const key = "AAE-x_".repeat(6);

  test.each([
    [`x ${`123456789:${key}`} y`, "x *** y"],
    [`https://api.telegram.org/bot123456789:${key}/getMe`, "https://api.telegram.org/bot***/getMe"],
    ["/file/bot1:short/a.jpg", "/file/bot***/a.jpg"],
    ["/bot1%3Ashort/getMe?x=1", "/bot***/getMe?x=1"],
    ["at 12:30:45 robot 5: ok 123456:short", "at 12:30:45 robot 5: ok 123456:short"],
  ])("turns %p into %p", (text, struck) => {
    expect(withoutBotTokens(text)).toBe(struck);
  });
});

describe("tokenIn()", () => {
  test("returns a token that fits into a header, and nothing else", () => {
    expect(tokenIn("s3cret/+=")).toBe("s3cret/+=");
    for (const text of [undefined, "", "a b", "a\nb", "токен"]) expect(tokenIn(text)).toBeUndefined();
  });
});
