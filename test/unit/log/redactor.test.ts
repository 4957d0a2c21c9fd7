import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { createRedactor } from "../../../src/log/redactor.ts";

describe("createRedactor()", () => {
  test("redacts bot tokens that are not among its secrets", () => {
    expect(createRedactor([]).redact("/bot123456789:short/getMe")).toBe("/bot***/getMe");
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
