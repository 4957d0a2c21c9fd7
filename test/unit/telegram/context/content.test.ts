import { describe, expect, test } from "bun:test";
import { bold, type FormattableString, format, join, link } from "gramio";
import { contentParams } from "../../../../src/telegram/context/content.ts";
import { readText } from "../../../support/bot-api/text.ts";

const address = (n: number, length: number) => `https://a.example/${n}?${"x".repeat(length)}`;
const list = (lengths: readonly number[]) =>
  format`${bold("links")}\n${join(
    lengths.map((length, n) => link(`${n}`, address(n, length))),
    (one) => one,
    "\n",
  )}`;

/** The text as Telegram receives it. */
function taken(text: FormattableString) {
  const shown = contentParams({ text }).text as FormattableString;
  return readText({ text: shown.toString(), entities: shown.entities });
}
const linked = (text: FormattableString) =>
  (taken(text).entities ?? []).flatMap(({ type, offset }) => (type === "text_link" ? taken(text).text[offset] : []));

describe("contentParams()", () => {
  test("leaves a text unchanged if Telegram accepts its links", () => {
    const text = list([10, 20, 30]);
    expect(contentParams({ text }).text).toBe(text);
    expect(contentParams({ text: "plain" }).text).toBe("plain");
  });

  test("unlinks the longest addresses where all together are too long for Telegram", () => {
    const text = list([2_000, 100, 2_000, 1_900, 1_900, 1_900, 100]);
    expect(linked(text)).toEqual(["1", "3", "4", "5", "6"]);
    expect(taken(text).text).toBe(text.toString());
    expect(taken(text).entities?.[0]).toEqual({ type: "bold", offset: 0, length: 5 });
  });
});
