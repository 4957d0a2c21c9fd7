import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { foreign, named, oneLine, plain, splitText } from "../../../src/domain/text.ts";

/** Any code points, often line breaks and spaces, also lone surrogates. */
const anyText = fc
  .array(
    fc.oneof(
      fc.string({ unit: "binary", maxLength: 3 }),
      fc.string({ unit: "grapheme", maxLength: 3 }),
      fc.constantFrom("\n", " ", "👨‍👩‍👧", "\ud83d", "\ude00", "\u202e", "\u2067", "\u0007"),
    ),
    { maxLength: 60 },
  )
  .map((pieces) => pieces.join(""));
const withoutBlanks = (text: string) => text.replace(/\s/g, "");

describe("splitText()", () => {
  test("returns a text that fits unchanged", () => {
    expect(splitText("x".repeat(4096))).toEqual(["x".repeat(4096)]);
    expect(splitText("one\ntwo", 7)).toEqual(["one\ntwo"]);
  });

  test("returns nothing for a text without a visible character", () => {
    expect(splitText("")).toEqual([]);
    expect(splitText(" \n ".repeat(4096))).toEqual([]);
  });

  test("breaks at the last line that fits, else at the last word, else anywhere", () => {
    expect(splitText("one\ntwo three\nfour", 10)).toEqual(["one", "two three", "four"]);
    expect(splitText("one two three", 7)).toEqual(["one two", "three"]);
    expect(splitText("onetwothree", 4)).toEqual(["onet", "woth", "ree"]);
  });

  test("does not break a surrogate pair", () => {
    expect(splitText("a👍👍", 2)).toEqual(["a", "👍", "👍"]);
  });

  test("refuses a limit that is too small for a surrogate pair", () => {
    expect(() => splitText("text", 1)).toThrow(RangeError);
  });

  test("loses only blanks, keeps to the limit and breaks no surrogate pair", () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 2, max: 40 }), (text, limit) => {
        const pieces = splitText(text, limit);
        expect(withoutBlanks(pieces.join(""))).toBe(withoutBlanks(text));
        let from = 0;
        for (const piece of pieces) {
          expect(piece.length).toBeLessThanOrEqual(limit);
          if (text.isWellFormed()) expect(piece.isWellFormed()).toBe(true);
          const at = text.indexOf(piece, from);
          expect(text.slice(from, at).trim()).toBe("");
          from = at + piece.length;
        }
      }),
    );
  });
});

test("oneLine() isolates a text only if it runs from right to left", () => {
  expect(oneLine("диск\n полон\u202e", 20)).toBe("диск полон");
  expect(oneLine("אין מקום", 20)).toBe("\u2068אין מקום\u2069");
});

describe("foreign()", () => {
  test("isolates each line that runs from right to left", () => {
    expect(foreign("Core 0:\t+45°C\r\n\nשלום")).toBe("Core 0: +45°C\n\n\u2068שלום\u2069");
    expect(foreign("")).toBe("");
  });

  test("removes control and bidi characters", () => {
    expect(foreign("a\u202egpj\u0000\u0085.exe\u2069\u200f\u061c")).toBe("agpj.exe");
  });

  test("leaves no character that could affect other lines", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        for (const line of foreign(text).split("\n")) {
          const isolated = /^\u2068(.*)\u2069$/.exec(line)?.[1];
          expect(isolated ?? line).toMatch(/^[^\p{Cc}\p{Cs}\p{Bidi_Control}\u2028\u2029]*$/u);
          if (isolated === undefined) expect(line).not.toMatch(/[\p{Script=Hebrew}\p{Script=Arabic}]/u);
        }
      }),
    );
  });
});

describe("plain()", () => {
  test("returns a text that fits unchanged, and shortens a longer one", () => {
    expect(plain("twelve chars", 12)).toBe("twelve chars");
    expect(plain("twelve chars!", 12)).toBe("twelve char…");
    expect(plain("twelve chars", 8)).toBe("twelve…");
    expect(plain("text", 1)).toBe("…");
    expect(plain("text", 0)).toBe("");
  });

  test("does not break a grapheme", () => {
    expect(plain("ab👨‍👩‍👧cd", 9)).toBe("ab…");
    expect(plain("ab👨‍👩‍👧cd", 11)).toBe("ab👨‍👩‍👧…");
    expect(plain("cafe\u0301s", 5)).toBe("caf…");
  });

  test("keeps to the length, is well-formed, and begins like the text", () => {
    fc.assert(
      fc.property(anyText, fc.nat(40), (text, max) => {
        const short = plain(text, max);
        expect(short.length).toBeLessThanOrEqual(max);
        expect(short.isWellFormed()).toBe(true);
        const kept = short.endsWith("…") && !text.startsWith(short) ? short.slice(0, -1) : short;
        expect(text.toWellFormed().startsWith(kept)).toBe(true);
      }),
    );
  });

  test("cuts only at grapheme boundaries of the whole text", () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 40 }), (text, max) => {
        const whole = text.toWellFormed();
        fc.pre(whole.length > max);
        const kept = plain(text, max).length - 1;
        const boundaries = [...new Intl.Segmenter().segment(whole)].map(({ index }) => index);
        const next = boundaries.find((index) => index >= kept) ?? whole.length;
        // Blanks before the ellipsis go too.
        expect(whole.slice(kept, next).trim()).toBe("");
      }),
    );
  });
});

describe("named()", () => {
  test("isolates a name that runs from right to left, and shortens a long one", () => {
    expect(named("nas-1")).toBe("nas-1");
    expect(named("дом")).toBe("дом");
    expect(named("בית")).toBe("\u2068בית\u2069");
    expect(named("x".repeat(100))).toHaveLength(64);
  });

  test("keeps it on one line, in its place, and no emoji of it in pieces", () => {
    expect(named("Ann\n✅ Ben (2): access given by \u202eAnn\r\n")).toBe("Ann ✅ Ben (2): access given by Ann");
    expect(named("בית\u2028קיץ")).toBe("\u2068בית קיץ\u2069");
    expect(named("👨‍👩‍👧‍👦".repeat(64))).toBe(`${"👨‍👩‍👧‍👦".repeat(5)}…`);
  });
});
