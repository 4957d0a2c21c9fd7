import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  isCodeOf,
  MOST_PAIRING_TRIES,
  PAIRING_BYTES,
  PAIRING_MS,
  pairingCodeOf,
  pairingOf,
  parsePairingCode,
  triesLeft,
} from "../../../src/domain/pairing.ts";

const bytes = fc.uint8Array({ minLength: PAIRING_BYTES, maxLength: PAIRING_BYTES });

describe("a pairing code", () => {
  test("is three groups of four unambiguous letters and digits", () => {
    expect(pairingCodeOf(Uint8Array.from({ length: PAIRING_BYTES }, (_, at) => at * 17))).toMatch(
      /^([0-9A-HJKMNP-TV-Z]{4}-){2}[0-9A-HJKMNP-TV-Z]{4}$/,
    );
  });

  test("has five bits of each byte, 60 in all, so that five guesses are hopeless", () => {
    const seen = new Set(
      Array.from({ length: 256 }, (_, byte) => pairingCodeOf(new Uint8Array(PAIRING_BYTES).fill(byte))),
    );
    expect(seen.size).toBe(32);
    expect(32 ** PAIRING_BYTES).toBe(2 ** 60);
  });

  test("is recognised however people type it, and no other code is", () => {
    fc.assert(
      fc.property(bytes, bytes, fc.constantFrom("-", " ", "", "–"), (mine, other, between) => {
        const code = pairingCodeOf(mine);
        const pairing = pairingOf(code, { salt: "s", madeAt: 0 });
        if (pairing === undefined) throw new Error(`${code} is no code`);
        const typed = ` ${code.toLowerCase().replaceAll("-", between).replaceAll("0", "o").replaceAll("1", "l")}\n`;
        expect([isCodeOf(code, pairing), isCodeOf(typed, pairing)]).toEqual([true, true]);
        expect(isCodeOf(pairingCodeOf(other), pairing)).toBe(pairingCodeOf(other) === code);
        expect(JSON.stringify(pairing)).not.toContain(code.replaceAll("-", ""));
      }),
    );
  });

  test.each(["", "hello", "https://x.org", "ABCD-EFGH-JKM", "ABCD-EFGH-JKMNP", "ABCD-EFGH-JKMU", "Доброе утро!"])(
    "is not found in %j",
    (text) => expect(parsePairingCode(text)).toBeUndefined(),
  );

  test("has another digest with another salt", () => {
    const code = pairingCodeOf(new Uint8Array(PAIRING_BYTES));
    const digest = (salt: string) => pairingOf(code, { salt, madeAt: 0 })?.digest;
    expect(digest("a")).not.toBe(digest("b"));
  });
});

describe("triesLeft()", () => {
  const begun = { salt: "", digest: "", madeAt: 10 * PAIRING_MS, tries: 0 };

  test("counts down to zero and stays there", () => {
    const left = (tries: number) => triesLeft({ ...begun, tries }, begun.madeAt);
    expect([0, 1, MOST_PAIRING_TRIES, MOST_PAIRING_TRIES + 3].map(left)).toEqual([5, 4, 0, 0]);
  });

  test("is zero after an hour, and also if the clock was set back by an hour", () => {
    const at = (after: number) => triesLeft(begun, begun.madeAt + after);
    expect([PAIRING_MS - 1, PAIRING_MS, 1 - PAIRING_MS, -PAIRING_MS].map(at)).toEqual([5, 0, 5, 0]);
  });
});
