import { describe, expect, test } from "bun:test";
import type { TextPart } from "../../../src/domain/incoming.ts";
import { holdsOnlyLinks } from "../../../src/domain/own-words.ts";

const A = "https://a.example/1";
const B = "https://b.example/2";
const TO_THE_BOT = ["@dwld_bot", "#music"];
const inGroup = (part: string | TextPart) =>
  holdsOnlyLinks(typeof part === "string" ? { text: part } : part, { isPrivate: false, toTheBot: TO_THE_BOT });
const alone = (text: string) => holdsOnlyLinks({ text }, { isPrivate: true, toTheBot: TO_THE_BOT });

describe("holdsOnlyLinks()", () => {
  test.each([
    A,
    `${A}\n${B}`,
    `  ${A}, ${B}; `,
    `1. ${A}\n2) ${B}`,
    `№1 ${A}\n2: ${B}`,
    `- ${A}\n• ${B}\n— ${A}x`,
    `(${A}) + «${B}»!`,
    `${A},${B}`,
    `@dwld_bot ${A}`,
    `#Music ${A}`,
    "@dwld_bot",
    `magnet:?xt=urn:btih:1 ${A}`,
    `\u200B${A}\u2060`,
  ])("is true of %j, in a private chat and in a group", (text) => {
    expect(inGroup(text)).toBe(true);
    expect(alone(text)).toBe(true);
  });

  test.each([
    `look ${A}`,
    `look: ${A}\n${B}`,
    `😂 ${A}`,
    `${A} 2024`,
    `#films ${A}`,
    `#musical ${A}`,
    `@dwld_bot2 ${A}`,
    `@ann ${A}`,
    `${A}\nwords`,
    `mail@a.example ${A}`,
  ])("is false of %j, in a private chat and in a group", (text) => {
    expect(inGroup(text)).toBe(false);
    expect(alone(text)).toBe(false);
  });

  test("is true of a link that was shared with its title, in a private chat only", () => {
    expect([alone(`Смотрите «Сталь» на YouTube\n${A}`), inGroup(`Смотрите «Сталь» на YouTube\n${A}`)]).toEqual([
      true,
      false,
    ]);
    expect([alone(`A film\n${A} #music`), alone(`@dwld_bot A film\n${A}`), alone(`A film\n${A} #films`)]).toEqual([
      true,
      true,
      true,
    ]);
    expect([alone(`A film\n${A}`), alone(`A film ${A}`), alone(`A film\n${A} ${B}`)]).toEqual([true, false, false]);
  });

  test("counts a text-link's label as words, and an address that Telegram marks as a link", () => {
    const label = { type: "text_link", offset: 0, length: 8, url: A };
    expect(inGroup({ text: "our film", entities: [label] })).toBe(false);
    expect(inGroup({ text: "a.com/x1", entities: [label] })).toBe(false);
    const marked = (text: string) => ({ text, entities: [{ type: "url", offset: 0, length: text.length }] });
    expect([inGroup(marked("a.com/x1")), inGroup(marked("README.md"))]).toEqual([true, false]);
  });
});
