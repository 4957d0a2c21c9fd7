import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { isShareText, titleOf } from "../../../src/domain/title.ts";

const LINK = "https://youtu.be/A";
const titled = (text: string, link = LINK) => titleOf([{ text }], link);

describe("titleOf()", () => {
  test.each([
    [`Смотрите «Как варят сталь» на YouTube\n${LINK}`, "Как варят сталь"],
    [`Смотри видео «Борщ» в VK Видео: ${LINK}`, "Борщ"],
    [`Check out How Steel Is Made ${LINK}`, "How Steel Is Made"],
    [`Check out this video: Soup ${LINK}`, "Soup"],
    [`Watch "How Steel Is Made" on YouTube ${LINK}`, "How Steel Is Made"],
    [`How Steel Is Made - YouTube\n${LINK}`, "How Steel Is Made"],
    [`Как варят сталь — RUTUBE ${LINK}`, "Как варят сталь"],
    [`Как варят сталь: ${LINK}`, "Как варят сталь"],
    [`${LINK}\n“A film”`, "A film"],
    [`${LINK} — A film, part 2`, "A film, part 2"],
    [`2001: A Space Odyssey 👉 ${LINK}`, "2001: A Space Odyssey"],
    [`鋼鉄の作り方 ${LINK}`, "鋼鉄の作り方"],
    [`#music A song ${LINK}`, "A song"],
    [`A song\n${LINK} #music`, "A song"],
  ])("of %j is %j", (text, title) => {
    expect(titled(text)).toBe(title);
  });

  test.each([
    LINK,
    `look at this ${LINK}`,
    `смотри ${LINK}`,
    `Watch this ${LINK}`,
    `Смотри: ${LINK}`,
    `1. ${LINK}`,
    `🔥 ${LINK}`,
    `#music ${LINK}`,
    `Two lines\nof words\n${LINK}`,
    `A title\n${LINK}\nvia an app`,
    `A title ${LINK}\nand words`,
    `One ${LINK} and https://youtu.be/B`,
    `${"X".repeat(201)} ${LINK}`,
  ])("is not found in %j", (text) => {
    expect(titled(text)).toBeNull();
  });

  test("in a list is from the link's own line, never from a neighbour's", () => {
    const text = `1. First film ${LINK}\n2. Second film: https://youtu.be/B\nhttps://youtu.be/C`;
    expect(["A", "B", "C"].map((id) => titled(text, `https://youtu.be/${id}`))).toEqual([
      "First film",
      "Second film",
      null,
    ]);
  });

  test("is the label of a text-link, unless that is an address", () => {
    const label = (text: string) =>
      titleOf([{ text, entities: [{ type: "text_link", offset: 0, length: text.length, url: LINK }] }], LINK);
    expect([label("A film"), label("here"), label("youtube.com/x"), label("https://a.example/1")]).toEqual([
      "A film",
      null,
      null,
      null,
    ]);
  });

  test("is found quickly before any number of blanks, and not before as many other characters", () => {
    const [blanks, signs] = [" ".repeat(100_000), "-".repeat(100_000)];
    expect([titled(`A film${blanks}${LINK}`), isShareText({ text: `A film${blanks}\n${LINK}` })]).toEqual([
      "A film",
      true,
    ]);
    expect([titled(`A film ${signs} ${LINK}`), isShareText({ text: `A film${signs}x\n${LINK}` })]).toEqual([
      null,
      false,
    ]);
  });

  test("is null for a link that is not in the text; never throws", () => {
    expect(titleOf([{ text: "A film https://youtu.be/B" }], LINK)).toBeNull();
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string(), (before, after) => {
        const title = titled(`${before} ${LINK} ${after}`);
        expect(title === null || (title.length <= 200 && !title.includes("\n"))).toBe(true);
      }),
    );
  });
});

test("isShareText() is true of one link with its title, and of nothing else", () => {
  const isShared = (text: string) => isShareText({ text });
  expect(isShared(`A film\n\n${LINK}`)).toBe(true);
  expect(isShared(`${LINK}\n“A film”`)).toBe(true);
  expect(isShared(`Check out A film ${LINK}`)).toBe(true);
  expect(isShared(`A film - YouTube ${LINK}`)).toBe(true);
  expect([`Buy milk ${LINK}`, `Have a look: ${LINK}`, `Купи молока ${LINK}`].map(isShared)).toEqual([
    false,
    false,
    false,
  ]);
  expect([LINK, `A film\n${LINK}\nYour words`, `A film ${LINK} https://youtu.be/B`, "A film"].map(isShared)).toEqual([
    false,
    false,
    false,
    false,
  ]);
});
