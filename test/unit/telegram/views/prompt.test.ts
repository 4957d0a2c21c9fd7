import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { createCalendar } from "../../../../src/domain/calendar.ts";
import type { Link, LinkState } from "../../../../src/domain/link.ts";
import { linkButton } from "../../../../src/telegram/views/callback-data.ts";
import { linkText } from "../../../../src/telegram/views/link-text.ts";
import { prompt } from "../../../../src/telegram/views/prompt.ts";
import type { PromptSettings } from "../../../../src/telegram/views/prompt-buttons.ts";
import { readKeyboard } from "../../../support/bot-api/keyboard.ts";
import { readText } from "../../../support/bot-api/text.ts";
import { aLink } from "../../../support/links.ts";

const NOW = Date.UTC(2026, 10, 23, 12, 0, 30);
const STATES: readonly LinkState[] = [
  "queued",
  "sending",
  "uncertain",
  "unmatched",
  "unreachable",
  "failed",
  "removed",
];
const LINK = aLink({
  ...{ id: 17, messageId: 1, sendAt: NOW + 60_000, createdAt: NOW },
  ...{ url: "https://youtube.com/watch?v=1", key: "youtube.com/watch?v=1" },
});
const settingsFor = (names: readonly string[], folders: readonly string[] = []): PromptSettings => ({
  qualities: ["best", 2160, 1440, 1080, 720, 480],
  folders,
  calendar: createCalendar({ zone: "Europe/Moscow", night: "02:00", now: () => NOW }),
  downloaders: { matching: () => names, all: () => names },
});

/** What Telegram would make of it; throws what it would refuse. */
function accepted(content: ReturnType<typeof prompt>) {
  const sent = JSON.parse(JSON.stringify({ text: content.text, reply_markup: content.keyboard }));
  const { text, entities } = typeof sent.text === "string" ? { text: sent.text, entities: undefined } : sent.text;
  return { ...readText({ text, entities }), keyboard: readKeyboard(sent.reply_markup) };
}
const labels = (content: ReturnType<typeof prompt>) =>
  accepted(content).keyboard?.inline_keyboard.map((row) => row.map(({ text }) => text)) ?? [];

describe("prompt()", () => {
  test("is a message that Telegram takes, whatever the link, the names and the instants are", () => {
    const name = fc.string({ unit: "grapheme", minLength: 1, maxLength: 64 }).filter((text) => text.trim() !== "");
    const url = fc.webUrl({ withQueryParameters: true, withFragments: true, size: "large" });
    const link = fc.record({
      id: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
      url: fc.oneof(
        url,
        url.map((text) => `${text}/${"a".repeat(1500)}`),
        fc.constant(`http://nas/${"b".repeat(900)}`),
      ),
      quality: fc.constantFrom("best" as const, 480, 4320),
      folder: fc.option(name),
      downloader: fc.option(name),
      sendAt: fc.integer({ min: 0, max: 4_102_444_800_000 }),
      state: fc.constantFrom(...STATES),
      attempts: fc.nat(1000),
      lastError: fc.option(
        fc.record({
          reason: fc.constantFrom(
            "unreachable" as const,
            "refused" as const,
            "incompatible" as const,
            "silent" as const,
          ),
          downloader: name,
        }),
      ),
    });
    const names = fc.uniqueArray(name, { maxLength: 12 });
    fc.assert(
      fc.property(
        link,
        names,
        names,
        fc.constantFrom("en" as const, "ru" as const),
        (of, downloaders, folders, language) => {
          const content = prompt({ ...LINK, ...of }, language, settingsFor(downloaders, folders));
          const { text, keyboard } = accepted(content);
          expect(text.length).toBeLessThanOrEqual(4096);
          for (const row of keyboard?.inline_keyboard ?? []) expect(row.length).toBeLessThanOrEqual(4);
        },
      ),
    );
  });

  test("offers a server only where there is a choice, at most seven of them, the chosen one among them", () => {
    const rowsWith = (names: readonly string[], downloader: string | null) =>
      labels(prompt({ ...LINK, downloader }, "en", settingsFor(names)))
        .slice(2, -2)
        .flat();
    const many = "jihgfedcba".split("");
    expect(rowsWith(["nas"], null)).toEqual([]);
    expect(rowsWith(["nas"], "nas")).toEqual(["🎲 Auto", "✅ nas"]);
    expect(rowsWith(["nas", "abroad"], null)).toEqual(["✅ 🎲 Auto", "abroad", "nas"]);
    expect(rowsWith(many, null)).toEqual(["✅ 🎲 Auto", ..."abcdefg"]);
    expect(rowsWith(many, "j")).toEqual(["🎲 Auto", "✅ j", ..."bcdefg"]);
    expect(rowsWith(["nas"], "paused one")).toEqual(["🎲 Auto", "✅ paused one", "nas"]);
  });

  test("keeps its buttons while the link is handed over, has only undo when it is removed, retry when it has failed", () => {
    const last = (state: LinkState) => labels(prompt({ ...LINK, state }, "en", settingsFor([]))).at(-1);
    expect(last("sending")).toEqual(["🗑 Remove"]);
    expect(last("uncertain")).toEqual(["🗑 Remove"]);
    expect(last("removed")).toEqual(["↩️ Undo"]);
    expect(last("failed")).toEqual(["🔁 Retry", "🗑 Remove"]);
    expect(last("unmatched")).toEqual(["🗑 Remove"]);
  });

  test("says how the link stands", () => {
    const line = (link: Partial<Link>, language: "en" | "ru" = "en") =>
      accepted(prompt({ ...LINK, ...link }, language, settingsFor([]))).text.split("\n")[1];
    const lastError = { reason: "refused", downloader: "nas" } as const;
    expect(line({})).toBe("⏳ Waits till 15:01");
    expect(line({ sendAt: NOW + 12 * 3_600_000 }, "ru")).toBe("⏳ Ждёт до 24 нояб. 03:00");
    expect(line({ sendAt: NOW })).toBe("⏳ Goes out now");
    expect(line({ attempts: 1, lastError })).toBe("⚠️ Tried 1 time: “nas” did not take it. Next try: 15:01");
    expect(line({ attempts: 3, lastError }, "ru")).toBe(
      "⚠️ Пробовал 3 раза: «nas» её не принял. Следующая попытка: 15:01",
    );
    expect(line({ state: "failed", attempts: 12, lastError })).toBe("❌ Gave up after 12 tries: “nas” did not take it");
    expect(line({ state: "failed", attempts: 12, lastError: { ...lastError, says: "disk\u202e is full" } })).toBe(
      "❌ Gave up after 12 tries: “nas” answered: disk is full",
    );
    expect(line({ state: "failed", attempts: 21, lastError: null }, "ru")).toBe("❌ Не вышло за 21 попытку");
    expect(line({ state: "unmatched", downloader: "nas" })).toBe("🕳 Waits for “nas”, which takes nothing now");
    const away = { state: "unreachable", lastError: { reason: "unreachable", downloader: "nas" } } as const;
    expect(line(away)).toBe("🔌 “nas” cannot be reached. It goes as soon as a downloader for it is back.");
    expect(line(away, "ru")).toBe("🔌 «nas» недоступен. Уйдёт, как только подходящий загрузчик вернётся.");
  });
});

describe("linkText()", () => {
  test("shows a short link as it is, and a long one short but whole to press, where Telegram can link it", () => {
    const long = `https://a.example/${"x".repeat(2000)}`;
    expect(linkText("https://a.example/1")).toBe("https://a.example/1");
    const shown = linkText(long);
    expect(typeof shown !== "string" && shown.entities[0]).toMatchObject({ type: "text_link", url: long });
    expect(linkText(`http://nas/${"x".repeat(2000)}`)).toBe(`http://nas/${"x".repeat(288)}…`);
  });
});

describe("linkButton", () => {
  test("always fits into 64 bytes", () => {
    for (const action of ["quality", "server", "time"] as const) {
      const data = linkButton.pack({ id: Number.MAX_SAFE_INTEGER, action, choice: "inOneHour" });
      expect(Buffer.byteLength(data)).toBeLessThanOrEqual(64);
    }
  });
});
