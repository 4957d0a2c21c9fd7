import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { createRedactor } from "../../../src/log/redactor.ts";

const key = "AAE-x_".repeat(6);

describe("createRedactor()", () => {
  test.each([
    ["a token anywhere", `x ${`123456789:${key}`} y`, "x *** y"],
    ["a token in a URL", `https://api.telegram.org/bot123456789:${key}/getMe`, "https://api.telegram.org/bot***/getMe"],
    ["a token in a file's URL", `/file/bot1:short/a.jpg`, "/file/bot***/a.jpg"],
    ["an encoded token in a URL", "/bot1%3Ashort/getMe?x=1", "/bot***/getMe?x=1"],
    [
      "nothing that only resembles a token",
      "at 12:30:45 robot 5: ok 123456:short",
      "at 12:30:45 robot 5: ok 123456:short",
    ],
  ])("without announced secrets, redacts %s", (_, text, redacted) => {
    expect(createRedactor([]).redact(text)).toBe(redacted);
  });

  test("redacts the whole of a secret that contains another", () => {
    expect(createRedactor(["cdef", "12:cdef"]).redact("a 12:cdef b cdef")).toBe("a *** b ***");
  });

  test("redacts secrets as JSON and URLs escape them", () => {
    const redactor = createRedactor(['p"ss\\w', "a b@c", ""]);
    expect(redactor.redact(JSON.stringify({ password: 'p"ss\\w' }))).toBe('{"password":"***"}');
    expect(redactor.redact("http://x:a%20b%40c@h a b@c")).toBe("http://x:***@h ***");
  });

  test("leaves no secret in any text", () => {
    const secret = fc.stringMatching(/^[\x21-\x29\x2b-\x7e]{4,40}$/);
    fc.assert(
      fc.property(
        fc.array(secret, { minLength: 1, maxLength: 4 }),
        fc.array(fc.string({ unit: "grapheme" })),
        (secrets, texts) => {
          const text = texts.map((part, index) => part + secrets[index % secrets.length]).join("");
          const redacted = createRedactor(secrets).redact(text);
          for (const each of secrets) expect(redacted).not.toContain(each);
        },
      ),
    );
  });
});
