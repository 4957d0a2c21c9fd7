import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { findLinks, type TextEntity } from "../../../src/domain/incoming.ts";

/** An entity over the first occurrence of `covered` in `text`. */
function entity(type: string, text: string, covered: string, url?: string): TextEntity {
  return { type, offset: text.indexOf(covered), length: covered.length, url };
}

/** As Telegram marks an address inside another one. */
function entitiesOver(text: string, start: string): TextEntity[] {
  const offset = text.indexOf(start);
  return offset < 0 ? [] : [{ type: "url", offset, length: text.length - offset }];
}

describe("findLinks() with entities", () => {
  test("reads url and text-link entities in the order of the text, also after emoji", () => {
    const text = "👨‍👩‍👧 see this and https://b.com/2";
    const entities = [entity("url", text, "https://b.com/2"), entity("text_link", text, "this", "https://a.com/1")];
    expect(findLinks([{ text, entities }])).toEqual(["https://a.com/1", "https://b.com/2"]);
  });

  test("gives a bare address the https scheme", () => {
    const text = "youtube.com/watch?v=1";
    expect(findLinks([{ text, entities: [entity("url", text, text)] }])).toEqual(["https://youtube.com/watch?v=1"]);
  });

  test("takes the address of a text-link, not the one it shows", () => {
    const text = "https://shown.com/";
    const entities = [entity("text_link", text, text, "https://real.com/")];
    expect(findLinks([{ text, entities }])).toEqual(["https://real.com/"]);
  });

  test("ignores e-mail addresses, mentions, hashtags and tg:// links", () => {
    const text = "me@www.example.com @www.name #https://tag here";
    const entities = [
      entity("email", text, "me@www.example.com"),
      entity("mention", text, "@www.name"),
      entity("hashtag", text, "#https://tag"),
      entity("text_link", text, "here", "tg://user?id=1"),
    ];
    expect(findLinks([{ text, entities }])).toEqual([]);
  });

  test("reads quotes, code and styles like plain text", () => {
    const text = "https://a.com/1 https://b.com/2";
    const entities = [entity("expandable_blockquote", text, text), entity("code", text, "https://b.com/2")];
    expect(findLinks([{ text, entities }])).toEqual(["https://a.com/1", "https://b.com/2"]);
  });

  test("finds links outside of the entities", () => {
    const text = "a.com https://b.com/2";
    expect(findLinks([{ text, entities: [entity("url", text, "a.com")] }])).toEqual([
      "https://a.com",
      "https://b.com/2",
    ]);
  });

  test("finds several links in one entity, and drops invisible characters around them", () => {
    const text = "a.com/1,https://b.com/2\u200e";
    expect(findLinks([{ text, entities: [entity("url", text, text)] }])).toEqual([
      "https://a.com/1",
      "https://b.com/2",
    ]);
    const marked = "https://a.com/x!\u200e";
    expect(findLinks([{ text: marked, entities: [entity("url", marked, marked)] }])).toEqual(["https://a.com/x!"]);
  });

  test("ignores entities outside of the text", () => {
    const text = "https://a.com/1";
    const entities = [
      { type: "url", offset: -1, length: 5 },
      { type: "url", offset: 3, length: 100 },
      { type: "url", offset: 0, length: 0 },
      { type: "url", offset: 0.5, length: 3 },
      { type: "text_link", offset: Number.NaN, length: 1, url: "https://b.com/" },
    ];
    expect(findLinks([{ text, entities }])).toEqual(["https://a.com/1"]);
  });
});

describe("findLinks() in plain text", () => {
  test.each([
    ["see https://a.com/1, then HTTP://b.com/2!", ["https://a.com/1", "HTTP://b.com/2"]],
    ["(https://a.com/x_(y)) [https://b.com/]", ["https://a.com/x_(y)", "https://b.com/"]],
    ["«https://a.com/1».", ["https://a.com/1"]],
    ['<https://a.com/1> "https://b.com/2"', ["https://a.com/1", "https://b.com/2"]],
    ["**https://a.com/1**", ["https://a.com/1"]],
    ["https://youtu.be/abc_ https://youtu.be/abc-", ["https://youtu.be/abc_", "https://youtu.be/abc-"]],
    ["www.a.com/1 but not xwww.b.com or a@www.c.com", ["https://www.a.com/1"]],
    ["смотриhttps://a.com/1", ["https://a.com/1"]],
    ["https://web.archive.org/web/1/https://a.com/1", ["https://web.archive.org/web/1/https://a.com/1"]],
    ["\u202ahttps://a.com/1\u202c\u200b", ["https://a.com/1"]],
    ["https://a.com/1\nhttps://b.com/2\thttps://c.com/3", ["https://a.com/1", "https://b.com/2", "https://c.com/3"]],
    ["mailto:b@c.com youtube.com just words", []],
    ["begins with https://... or www.…", []],
    ["https://a.com/1,https://a.com/2", ["https://a.com/1", "https://a.com/2"]],
    ["https://a.com/1https://a.com/2;www.b.com/3", ["https://a.com/1", "https://a.com/2", "https://www.b.com/3"]],
    ["(https://a.com/1)(https://b.com/2)|https://c.com/3—", ["https://a.com/1", "https://b.com/2", "https://c.com/3"]],
    ["https://a.com/?u=https://b.com/1,2", ["https://a.com/?u=https://b.com/1,2"]],
    ["https://a.com/1\u2060 \u00adhttps://b.com/2\u{e0020}", ["https://a.com/1", "https://b.com/2"]],
    ["„https://a.com/1“, ‹https://a.com/2›", ["https://a.com/1", "https://a.com/2"]],
    ["《https://a.com/1》https://a.com/2؟", ["https://a.com/1", "https://a.com/2"]],
    ["[name](https://a.com/1), [url=https://a.com/2]film[/url]", ["https://a.com/1", "https://a.com/2"]],
    ["[b]https://a.com/1[/b] [url]https://a.com/?x[0]=1[/url]", ["https://a.com/1", "https://a.com/?x[0]=1"]],
    ["https://a.ex\u200bample/1 https://b.com/2\u200bслово", ["https://a.ex\u200bample/1", "https://b.com/2"]],
    ["https://a.com/1\u200bhttps://b.com/2", ["https://a.com/1", "https://b.com/2"]],
    ["", []],
  ])("finds the links of %p", (text, links) => {
    expect(findLinks([{ text }])).toEqual(links);
  });

  test.each([
    ["magnet:?xt=urn:btih:0&tr=http://tracker.example/announce", []],
    ["смотриMAGNET:?xt=urn:btih:0&dn=x&tr=http://t.example/a.", []],
    ["ed2k://|file|a|s=http://b.example/a|/", []],
    ["ed2k://|file|a|http://b.example/a|/ https://a.com/1", ["https://a.com/1"]],
    ["ed2k://|file|a|1|0|/", []],
    ["thunder://QUFodHRwOi8v", []],
    ["ftp://a.com/?mirror=http://b.com/x,https://a.com/1", ["https://a.com/1"]],
    ["magnet:?xt=urn:btih:0,https://a.com/1", ["https://a.com/1"]],
    ["see-https://a.com/1", ["https://a.com/1"]],
  ])("does not take a part of another address for a link: %p", (text, http) => {
    const links = findLinks([{ text, entities: entitiesOver(text, "http://") }]);
    expect(links.filter((link) => link.startsWith("http"))).toEqual(http);
    expect(links.length - http.length).toBe(/^see-/.test(text) ? 0 : 1);
  });

  test("reads a text-link by its target: a magnet behind a text, and a link behind a magnet", () => {
    const text = "magnet:?xt=urn:btih:0&tr=http://t.example/a film";
    const entities = [
      entity("text_link", text, text.slice(0, -5), "https://a.com/1"),
      entity("text_link", text, "film", "magnet:?xt=urn:btih:1"),
    ];
    expect(findLinks([{ text, entities }])).toEqual(["https://a.com/1", "magnet:?xt=urn:btih:1"]);
  });

  test.each([
    ["README.md", []],
    ["main.rs:10", []],
    ["www.index.php", []],
    ["youtube.com/watch?v=1", ["https://youtube.com/watch?v=1"]],
    ["https://a.com", ["https://a.com"]],
  ])("in a group's conversation, does not take a bare file name for a link: %p", (text, links) => {
    const parts = [{ text, entities: [entity("url", text, text)] }];
    expect(findLinks(parts, { isTalk: true })).toEqual(links);
    expect(findLinks(parts)).toHaveLength(1);
    expect(findLinks([{ text: text.startsWith("www.") ? text : "" }], { isTalk: true })).toEqual([]);
  });

  test("does not let a link that will be refused hide a good one to the same address", () => {
    const text = "ftp://a.com/x https://me:secret@b.com/y and https://a.com/x http://www.a.com/x https://b.com/y";
    const entities = [entity("url", text, "ftp://a.com/x")];
    expect(findLinks([{ text, entities }])).toEqual([
      "ftp://a.com/x",
      "https://me:secret@b.com/y",
      "https://a.com/x",
      "https://b.com/y",
    ]);
  });

  test("returns each link once over all parts, as it is first written", () => {
    const parts = [{ text: "https://youtu.be/1?si=x https://youtu.be/2" }, { text: "http://www.youtu.be/1" }];
    expect(findLinks(parts)).toEqual(["https://youtu.be/1?si=x", "https://youtu.be/2"]);
  });

  test("finds every link between spaces, whatever the words around it", () => {
    const word = fc.string({ unit: "grapheme" }).filter((text) => !/https?:|www\./i.test(text));
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(), { minLength: 1 }), word, (numbers, filler) => {
        const links = numbers.map((number) => `https://a.com/${number}`);
        expect(findLinks([{ text: links.join(` ${filler} `) }])).toEqual(links);
      }),
    );
  });

  test("never throws, whatever the text and its entities", () => {
    const anyEntity = fc.record({
      type: fc.constantFrom("url", "text_link", "email", "bold"),
      offset: fc.integer({ min: -2, max: 30 }),
      length: fc.integer({ min: -2, max: 30 }),
      url: fc.option(fc.string(), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.array(anyEntity), (text, entities) => {
        for (const link of findLinks([{ text, entities }])) expect(link).toMatch(/^[a-z][a-z\d+.-]*:/i);
      }),
    );
  });
});
