import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { detectEntities } from "../../support/bot-api/entities.ts";
import { parseHtml } from "../../support/bot-api/html.ts";

const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

describe("parseHtml()", () => {
  test("reads escaped text back unchanged, with the entity around it", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme", minLength: 1 }), (before, bold) => {
        expect(parseHtml(`${escaped(before)}<b>${escaped(bold)}</b>`)).toEqual({
          text: before + bold,
          entities: [{ type: "bold", offset: before.length, length: bold.length }],
        });
      }),
    );
  });

  test("keeps a link's address, nested entities and unknown references", () => {
    expect(parseHtml(`<a href="https://a.com/?x=1&amp;y=2">l<i>&#128077;</i></a> &copy;`)).toEqual({
      text: "l👍 &copy;",
      entities: [
        { type: "text_link", offset: 0, length: 3, url: "https://a.com/?x=1&y=2" },
        { type: "italic", offset: 1, length: 2 },
      ],
    });
  });
});

describe("detectEntities()", () => {
  test.each([
    ["/start now", ["/start"]],
    ["a/b 1/2 //c", []],
    ["https://a.com/x(1)) and http://localhost:8080/y.", ["https://a.com/x(1)", "http://localhost:8080/y"]],
    ["пример.рф и youtu.be/x?t=1, не file.txt", ["пример.рф", "youtu.be/x?t=1"]],
  ])("finds in %j: %j", (text, found) => {
    expect(detectEntities(text).map(({ offset, length }) => text.slice(offset, offset + length))).toEqual(found);
  });
});
