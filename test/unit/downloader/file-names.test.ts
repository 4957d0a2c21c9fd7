import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { nameInDisposition, nameInUrl, nextName, safeName } from "../../../src/downloader/file-names.ts";

describe("safeName()", () => {
  test.each([
    ["Фильм: серия 1.mp4", "Фильм_ серия 1.mp4"],
    ["[ann] films", "[ann] films"],
    ["../../etc/passwd", "_.._etc_passwd"],
    ["..", "file"],
    ["   ", "file"],
    [".hidden", "hidden"],
    ["a\0b\nc\u202ed", "a_b_c_d"],
    ["con.txt", "_con.txt"],
    ["COM1", "_COM1"],
    ["console.txt", "console.txt"],
    ["name. ", "name"],
    ["cafe\u0301", "café"],
  ])("turns %p into the file name %p", (text, name) => {
    expect(safeName(text, "file")).toBe(name);
  });

  test("shortens a name that is too long for a file system, keeping the extension and whole characters", () => {
    const name = safeName(`${"👨‍👩‍👧".repeat(40)}.mp4`, "file");
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(200);
    expect(name).toMatch(/^(👨‍👩‍👧)+\.mp4$/u);
  });

  test("keeps a beginning even of a name whose only letter is longer than any name", () => {
    const letter = `z${"\u0301".repeat(300)}`;
    expect(safeName(letter, "file")).toMatch(/^ź\u0301+$/);
    expect(safeName(`${letter}.mp4`, "file")).toMatch(/^ź\u0301+\.mp4$/);
  });

  test("does not end a shortened name with a dot or a space, which network drives would drop", () => {
    expect(safeName(`${"a".repeat(199)}. and more`, "file")).toBe("a".repeat(199));
  });

  test("contains no path and is never too long, whatever the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 400 }), (text) => {
        const name = safeName(text, "file");
        expect(name).not.toMatch(/[/\\\p{Cc}]|^\.{1,2}$|^$/u);
        expect(Buffer.byteLength(name)).toBeLessThanOrEqual(210);
      }),
    );
  });
});

describe("nextName()", () => {
  test("puts the number before the extension", () => {
    expect([1, 2, 12].map((nth) => nextName("film.mp4", nth))).toEqual(["film.mp4", "film (2).mp4", "film (12).mp4"]);
    expect(nextName("folder", 2)).toBe("folder (2)");
  });
});

describe("nameInDisposition()", () => {
  test.each([
    [null, undefined],
    ["inline", undefined],
    ["attachment; filename=film.mp4", "film.mp4"],
    ['attachment; filename="a \\"b\\"; c.mp4"', 'a "b"; c.mp4'],
    ["attachment; filename=\"x.mp4\"; filename*=UTF-8''%D1%84%D0%B8%D0%BB%D1%8C%D0%BC.mp4", "фильм.mp4"],
    ["attachment; filename*=UTF-8''%zz.mp4; filename=plain.mp4", "plain.mp4"],
    [`attachment; filename="${Buffer.from("фильм.mp4").toString("latin1")}"`, "фильм.mp4"],
    ['attachment; filename="caf\xe9.mp4"', "café.mp4"],
  ])("reads %p as %p", (header, name) => {
    expect(nameInDisposition(header)).toBe(name);
  });
});

describe("nameInUrl()", () => {
  test.each([
    ["https://a.example/films/%D1%84.mp4?x=1", "ф.mp4"],
    ["https://a.example/films/", "films"],
    ["https://a.example/", "a.example"],
    ["https://a.example/%zz", "%zz"],
  ])("of %p is %p", (url, name) => {
    expect(nameInUrl(new URL(url))).toBe(name);
  });
});
