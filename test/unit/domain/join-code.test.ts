import { describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { type JoinCode, parseJoinCode, spellJoinCode } from "../../../src/domain/join-code.ts";

const CODE: JoinCode = {
  fingerprint: Buffer.alloc(32, 1),
  id: Buffer.alloc(8, 2),
  secret: Buffer.alloc(16, 3),
  name: "Дом у моря",
  addresses: [
    { host: "bot.example.org", port: 9977 },
    { host: "2001:db8::1", port: 65_535 },
  ],
};

describe("a join code", () => {
  test("is one word that needs no quoting in a shell, and is parsed back", () => {
    const word = spellJoinCode(CODE);
    expect(word).toMatch(/^A[\w-]+$/);
    expect(parseJoinCode(word)).toEqual({ ok: true, code: CODE });
  });

  test("may be broken into lines", () => {
    const word = spellJoinCode(CODE);
    expect(parseJoinCode(` ${word.slice(0, 70)}\r\n  ${word.slice(70)}\n`)).toEqual({ ok: true, code: CODE });
  });

  test("is refused if any letter is wrong, missing or added", () => {
    const word = spellJoinCode(CODE);
    for (let at = 0; at < word.length; at += 1) {
      const other = word[at] === "x" ? "y" : "x";
      expect(parseJoinCode(word.slice(0, at) + other + word.slice(at + 1))).toEqual({ ok: false, why: "mistyped" });
      expect(parseJoinCode(word.slice(0, at) + word.slice(at + 1))).toEqual({ ok: false, why: "mistyped" });
    }
    for (const text of ["", "A", `${word}A`, "…", `--${word}`]) {
      expect(parseJoinCode(text)).toEqual({ ok: false, why: "mistyped" });
    }
  });

  test("of a later version is reported as newer, not as mistyped", () => {
    const content = Buffer.concat([Buffer.of(2), Buffer.from("whatever comes then")]);
    const checksum = createHash("sha256").update(content).digest().subarray(0, 4);
    const word = Buffer.concat([content, checksum]).toString("base64url");
    expect(parseJoinCode(word)).toEqual({ ok: false, why: "newer" });
  });

  test("holds at most eight addresses", () => {
    const addresses = Array.from({ length: 12 }, (_, port) => ({ host: "10.0.0.1", port }));
    const read = parseJoinCode(spellJoinCode({ ...CODE, addresses }));
    expect(read.ok && read.code.addresses).toEqual(addresses.slice(0, 8));
  });
});
