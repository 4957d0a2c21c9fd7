import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { type Batch, batchOf, toBatch } from "../../../../src/domain/batch.ts";
import { createCalendar } from "../../../../src/domain/calendar.ts";
import type { Language } from "../../../../src/domain/chat.ts";
import { LINK_STATES, type Link } from "../../../../src/domain/link.ts";
import type { Standing } from "../../../../src/domain/window.ts";
import { codeOf, nameOfCode, PROMPT_ACTIONS, promptButton } from "../../../../src/telegram/views/callback-data.ts";
import { linkName } from "../../../../src/telegram/views/link-name.ts";
import { linkText } from "../../../../src/telegram/views/link-text.ts";
import { endedPrompt, prompt } from "../../../../src/telegram/views/prompt.ts";
import type { PromptSettings } from "../../../../src/telegram/views/prompt-buttons.ts";
import { CLOSED, PANELS, type Panel } from "../../../../src/telegram/views/prompt-panel.ts";
import { readKeyboard } from "../../../support/bot-api/keyboard.ts";
import { readText } from "../../../support/bot-api/text.ts";
import { aDelivery, aLink } from "../../../support/links.ts";

const NOW = Date.UTC(2026, 10, 23, 12, 0, 30);
const LINK = aLink({
  ...{ id: 17, messageId: 1, sendAt: NOW + 60_000, createdAt: NOW },
  ...{ url: "https://youtube.com/watch?v=1", key: "youtube.com/watch?v=1" },
});
const settingsFor = (names: readonly string[], folders: readonly string[] = []): PromptSettings => ({
  qualities: ["best", 2160, 1440, 1080, 720, 480],
  folders,
  calendar: createCalendar({ zone: "Europe/Moscow", night: "02:00", now: () => NOW }),
  downloaders: { matching: () => names, standing: () => "taken", all: () => names },
});

const batch = (...links: readonly Link[]): Batch => {
  const of = toBatch(batchOf(links[0] ?? LINK), links, []);
  if (of === undefined) throw new Error("A batch has a link");
  return of;
};
const shown = (
  link: Partial<Link>,
  { panel = {}, language = "en" as Language, settings = settingsFor([]) } = {} as {
    panel?: Partial<Panel>;
    language?: Language;
    settings?: PromptSettings;
  },
) => accepted(prompt(batch({ ...LINK, ...link }), { ...CLOSED, ...panel }, { language, settings }));

/** The message as Telegram would read it; throws where Telegram would refuse. */
function accepted(content: ReturnType<typeof prompt>) {
  const sent = JSON.parse(JSON.stringify({ text: content.text, reply_markup: content.keyboard }));
  const { text, entities } = typeof sent.text === "string" ? { text: sent.text, entities: undefined } : sent.text;
  return { ...readText({ text, entities }), keyboard: readKeyboard(sent.reply_markup) };
}
const labelsOf = ({ keyboard }: ReturnType<typeof accepted>) =>
  keyboard?.inline_keyboard.map((row) => row.map(({ text }) => text)) ?? [];

const name = fc.string({ unit: "grapheme", minLength: 1, maxLength: 64 }).filter((text) => text.trim() !== "");
const url = fc.webUrl({ withQueryParameters: true, withFragments: true, size: "large" });
const anyLink = fc.record({
  url: fc.oneof(
    url,
    url.map((text) => `${text}/${"a".repeat(1500)}`),
    fc.constant(`http://nas/${"b".repeat(900)}`),
  ),
  title: fc.option(name),
  quality: fc.constantFrom("best" as const, 480, 4320),
  folder: fc.option(name),
  downloader: fc.option(name),
  sendAt: fc.integer({ min: 0, max: 4_102_444_800_000 }),
  state: fc.constantFrom(...LINK_STATES),
  attempts: fc.nat(1000),
  lastError: fc.option(
    fc.record({
      reason: fc.constantFrom("unreachable" as const, "refused" as const, "incompatible" as const, "silent" as const),
      downloader: name,
    }),
  ),
});

describe("prompt()", () => {
  test("is a message that Telegram takes, whatever the links, the names, the instants and the panel are", () => {
    const names = fc.uniqueArray(name, { maxLength: 12 });
    const ids = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER - 200 });
    const panel = fc.record({
      open: fc.constantFrom(...PANELS),
      nth: fc.option(fc.nat(130)),
      page: fc.nat(20),
    });
    fc.assert(
      fc.property(
        fc.tuple(ids, fc.array(anyLink, { minLength: 1, maxLength: 120 }), fc.array(name, { maxLength: 5 })),
        names,
        names,
        panel,
        fc.constantFrom("en" as const, "ru" as const),
        ([id, links, handedOver], downloaders, folders, { nth, ...wanted }, language) => {
          const waiting = links.map((link, index) => ({
            ...LINK,
            ...link,
            id: id + index,
            batchId: index === 0 ? null : id,
          }));
          const sent = handedOver.map((downloader, index) =>
            aDelivery({ linkId: id + waiting.length + index, downloader }),
          );
          const all = { ...batch(...waiting), sent };
          const linkId = nth === null ? null : id + nth;
          const content = prompt(all, { ...wanted, linkId }, { language, settings: settingsFor(downloaders, folders) });
          const { text, entities, keyboard } = accepted(content);
          expect(text.length).toBeLessThanOrEqual(4096);
          expect(entities?.length ?? 0).toBeLessThanOrEqual(100);
          for (const row of keyboard?.inline_keyboard ?? []) expect(row.length).toBeLessThanOrEqual(3);
          if (wanted.open === "closed") expect(keyboard?.inline_keyboard.flat().length).toBeLessThanOrEqual(8);
        },
      ),
      { numRuns: 60 },
    );
  });

  test("has at most eight buttons: two times, the most frequent choices, the rest, and removal", () => {
    expect(labelsOf(shown({}))).toEqual([["▶️ Now", "Tonight, 02:00"], ["Quality: best"], ["More", "🗑 Remove"]]);
    const folders = { settings: settingsFor(["nas", "abroad"], ["films", "music"]) };
    expect(labelsOf(shown({ folder: "music" }, folders))).toEqual([
      ["▶️ Now", "Tonight, 02:00"],
      ["Quality: best", "Folder: music"],
      ["More", "🗑 Remove"],
    ]);
    const [first, second] = [LINK, { ...LINK, id: 18, batchId: 17, quality: 480 as const }];
    const both = prompt(batch(first, second), CLOSED, { language: "ru", settings: settingsFor([], ["films"]) });
    expect(labelsOf(accepted(both))).toEqual([
      ["▶️ Сейчас", "Ночью, 02:00"],
      ["Качество", "Папка"],
      ["Ещё", "🗑 Убрать"],
      ["Одна из них"],
    ]);
  });

  test("shows choices instead of its buttons, each with a way back", () => {
    const settings = settingsFor(["nas", "abroad"], ["films", "music"]);
    const opened = (open: Panel["open"], link: Partial<Link> = {}) =>
      labelsOf(shown(link, { panel: { open }, settings }));
    expect(opened("quality", { quality: 720 })).toEqual([
      ["best", "2160p", "1440p"],
      ["1080p", "✅ 720p", "480p"],
      ["Back"],
    ]);
    expect(opened("folder", { folder: "music" })).toEqual([["films", "✅ music"], ["Back"]]);
    expect(opened("more")).toEqual([
      ["In 1 h", "Tomorrow, 09:00"],
      ["✅ Any server", "abroad", "nas"],
      ["Copy the address"],
      ["Back"],
    ]);
  });

  test("copies an address of up to 256 characters, and sends a longer one", () => {
    const copying = (length: number) => {
      const long = "https://a.example/".padEnd(length, "x");
      const buttons = shown({ url: long }, { panel: { open: "more" } }).keyboard?.inline_keyboard.flat() ?? [];
      return { ...buttons.find(({ text }) => text === "Copy the address") };
    };
    expect(copying(256)).toMatchObject({ copy_text: { text: expect.stringContaining("https://a.example/xxx") } });
    expect(copying(257)).toMatchObject({ callback_data: expect.any(String) });
  });

  test("offers servers only where there is a choice: at most seven, including the chosen one", () => {
    const rowsWith = (names: readonly string[], downloader: string | null) =>
      labelsOf(shown({ downloader }, { panel: { open: "more" }, settings: settingsFor(names) }))
        .slice(1, -2)
        .flat();
    const many = "jihgfedcba".split("");
    expect(rowsWith(["nas"], null)).toEqual([]);
    expect(rowsWith(["nas"], "nas")).toEqual(["Any server", "✅ nas"]);
    expect(rowsWith(["nas", "abroad"], null)).toEqual(["✅ Any server", "abroad", "nas"]);
    expect(rowsWith(many, null)).toEqual(["✅ Any server", ..."abcdefg"]);
    expect(rowsWith(many, "j")).toEqual(["Any server", "✅ j", ..."bcdefg"]);
    expect(rowsWith(["nas"], "paused one")).toEqual(["Any server", "✅ paused one", "nas"]);
  });

  test("offers for several links only the servers that take all of them", () => {
    const second = { ...LINK, id: 18, batchId: 17, url: "https://vimeo.com/1" };
    const settings = settingsFor([]);
    const downloaders = {
      ...settings.downloaders,
      matching: (url: string) => (url === second.url ? ["a", "b"] : ["a", "b", "c"]),
    };
    const content = prompt(
      batch(LINK, second),
      { ...CLOSED, open: "more" },
      { language: "en", settings: { ...settings, downloaders } },
    );
    expect(labelsOf(accepted(content))).toEqual([["In 1 h", "Tomorrow, 09:00"], ["✅ Any server", "a", "b"], ["Back"]]);
  });

  test("keeps its buttons during a hand-over, has only Undo after removal, and Retry after failure", () => {
    const usual = [["▶️ Now", "Tonight, 02:00"], ["Quality: best"], ["More", "🗑 Remove"]];
    expect(labelsOf(shown({ state: "sending" }))).toEqual(usual);
    expect(labelsOf(shown({ state: "uncertain" }))).toEqual(usual);
    expect(labelsOf(shown({ state: "unmatched" }))).toEqual(usual);
    const panels: readonly Panel["open"][] = ["closed", "quality", "folder", "more"];
    for (const open of panels) {
      const removed = shown({ state: "removed" }, { panel: { open } });
      expect([removed.text.split("\n").length, labelsOf(removed)]).toEqual([2, [["↩️ Undo"]]]);
    }
    expect(labelsOf(shown({ state: "failed" }))[0]).toEqual(["🔁 Retry", "Tonight, 02:00"]);
  });

  test("shows the state of a link", () => {
    const line = (link: Partial<Link>, language: "en" | "ru" = "en") => shown(link, { language }).text.split("\n")[1];
    const lastError = { reason: "refused", downloader: "nas" } as const;
    expect(line({})).toBe("⏳ Sends at 15:01");
    expect(line({ sendAt: NOW + 12 * 3_600_000 }, "ru")).toBe("⏳ Уйдёт 24 нояб. в 03:00");
    expect(line({ sendAt: NOW })).toBe("⏳ Sending");
    expect(line({ attempts: 1, lastError })).toBe(
      "⚠️ Could not send it (1 try). “nas” did not take the link. Next try: 15:01",
    );
    expect(line({ attempts: 3, lastError }, "ru")).toBe(
      "⚠️ Не получилось за 3 попытки. «nas» не принял ссылку. Следующая попытка: 15:01",
    );
    expect(line({ attempts: 0, lastError })).toBe("⏳ Sends at 15:01");
    expect(line({ state: "failed", attempts: 12, lastError })).toBe(
      "❌ Could not send it (12 tries). “nas” did not take the link",
    );
    expect(line({ state: "failed", attempts: 12, lastError: { ...lastError, says: "disk\u202e is full" } })).toBe(
      "❌ Could not send it (12 tries). “nas” answered: disk is full",
    );
    expect(line({ state: "failed", attempts: 21, lastError: null }, "ru")).toBe("❌ Не получилось за 21 попытку");
    const away = { state: "unreachable", lastError: { reason: "unreachable", downloader: "nas" } } as const;
    expect(line(away)).toBe("🔌 “nas” cannot be reached. The link will be sent as soon as the server is back.");
    expect(line(away, "ru")).toBe("🔌 «nas» недоступен. Ссылка уйдёт, как только сервер вернётся.");
  });

  test("says that a link is sent only where a server takes it, and explains a paused or closed server", () => {
    const settings = settingsFor([]);
    const line = (link: Partial<Link>, standing: Standing, language: Language = "en") => {
      const downloaders = { ...settings.downloaders, standing: () => standing };
      return shown(link, { language, settings: { ...settings, downloaders } }).text.split("\n")[1];
    };
    expect(line({ sendAt: NOW }, "taken", "ru")).toBe("⏳ Отправляется");
    for (const link of [{ sendAt: NOW }, { state: "unmatched" }] as const) {
      expect(line(link, "nobody")).toBe("🕳 No server for this site yet. The link waits.");
      expect(line(link, "nobody", "ru")).toBe("🕳 Для этого сайта пока нет сервера. Ссылка подождёт.");
      expect(line(link, "paused")).toBe("⏸ The server is paused. The link waits.");
      expect(line(link, "paused", "ru")).toBe("⏸ Сервер на паузе. Ссылка подождёт.");
    }
    expect(line({}, "nobody")).toBe("⏳ Sends at 15:01");
    // Both times in Moscow.
    const opening = { downloader: "abroad", from: Date.UTC(2026, 10, 23, 23), to: Date.UTC(2026, 10, 24, 4) };
    for (const link of [{}, { sendAt: NOW }, { state: "unmatched" }] as const) {
      expect(line(link, opening)).toBe("⏳ Sends at 02:00: “abroad” takes such links 02:00–07:00");
      expect(line(link, opening, "ru")).toBe("⏳ Уйдёт в 02:00: «abroad» берёт такие ссылки с 02:00 до 07:00");
    }
    const failed = { state: "unmatched", attempts: 1, lastError: { reason: "silent", downloader: "nas" } } as const;
    expect(line(failed, opening)).toContain("“nas” does not answer. Next try: 02:00");
    expect(line({ ...failed, attempts: 0 }, opening)).toStartWith("⏳ Sends at 02:00: “abroad”");
  });

  test("numbers several links, ten on a page, with the state of each, and leads to one of them", () => {
    const links = Array.from({ length: 12 }, (_, index) => ({
      ...LINK,
      ...{ id: 17 + index, batchId: index === 0 ? null : 17, title: `Part ${index + 1}` },
    }));
    const all = { ...batch(...links.slice(1)), id: 17, sent: [aDelivery({ linkId: 17, title: "Part 1" })] };
    const view = (panel: Partial<Panel>) =>
      accepted(prompt(all, { ...CLOSED, ...panel }, { language: "en", settings: settingsFor([]) }));
    const lines = view({}).text.split("\n");
    expect(lines.slice(0, 6)).toEqual(["12 links", "Quality: best", "", "1. Part 1", "📤 Sent to “nas”", "2. Part 2"]);
    expect(lines).toHaveLength(3 + 20);
    expect(labelsOf(view({})).at(-1)).toEqual(["One of them", "Page 1 of 2, next"]);
    expect(labelsOf(view({ open: "pick", page: 1 }))).toEqual([
      ["11. Part 11"],
      ["12. Part 12"],
      ["Page 2 of 2, next", "Back"],
    ]);
    expect(view({ linkId: 28 }).text.split("\n").slice(0, 2)).toEqual(["Link 12 of 12", "Part 12"]);
    expect(labelsOf(view({ linkId: 28 })).at(-1)).toEqual(["Back"]);
    // It has been handed over since.
    expect(view({ linkId: 17 }).text.split("\n")[0]).toBe("12 links");
  });

  test("brings back the removed ones of several links", () => {
    const removed = { ...LINK, id: 18, batchId: 17, state: "removed" as const };
    const view = prompt(batch(LINK, removed), CLOSED, { language: "en", settings: settingsFor([]) });
    expect(labelsOf(accepted(view))).toEqual([
      ["▶️ Now", "Tonight, 02:00"],
      ["Quality: best"],
      ["↩️ Undo", "🗑 Remove"],
      ["One of them"],
    ]);
  });
});

describe("endedPrompt()", () => {
  test("shows how the links ended, without buttons", () => {
    const sent = [aDelivery({ linkId: 17, title: "Film" })];
    const said = (waits: boolean, of = sent) => accepted(endedPrompt({ sent: of, waits }, "en"));
    expect([said(false).text, said(false).keyboard]).toEqual(["Film\n📤 Sent to “nas”", undefined]);
    expect(said(true).text).toBe(
      "Film\n📤 Sent to “nas”\nThe links that are still waiting are in a newer message now.",
    );
    expect(said(false, []).text).toBe("This message is no longer needed.");
  });
});

describe("linkName()", () => {
  test("is the title, or else host and path, shortened; right-to-left text is isolated", () => {
    const of = (link: string, title: string | null = null) => linkName({ url: link, title });
    expect(of("https://www.youtube.com/watch?v=1")).toBe("youtube.com/watch?v=1");
    expect(of("https://ru.wikipedia.org/wiki/%D0%9A%D0%BE%D1%82")).toBe("ru.wikipedia.org/wiki/Кот");
    expect(of("https://a.example/%FF/", " ")).toBe("a.example/%FF");
    expect(of("https://a.example/", "Кот\nи пёс")).toBe("Кот и пёс");
    expect(of("https://a.example/", "סרט")).toBe("\u2068סרט\u2069");
    expect(of(`https://a.example/${"x".repeat(99)}`)).toHaveLength(80);
  });
});

describe("linkText()", () => {
  test("shows a short link as it is, and shortens a long one but links it where Telegram can", () => {
    const long = `https://a.example/${"x".repeat(2000)}`;
    expect(linkText("https://a.example/1")).toBe("https://a.example/1");
    const shown = linkText(long);
    expect(typeof shown !== "string" && shown.entities[0]).toMatchObject({ type: "text_link", url: long });
    expect(linkText(`http://nas/${"x".repeat(2000)}`)).toBe(`http://nas/${"x".repeat(288)}…`);
  });
});

describe("promptButton", () => {
  test("always fits into 64 bytes", () => {
    const most = Number.MAX_SAFE_INTEGER;
    for (const action of PROMPT_ACTIONS) {
      const data = promptButton.pack({ batch: most, link: most, last: most, action, choice: "quality.1000" });
      expect(Buffer.byteLength(data)).toBeLessThanOrEqual(64);
    }
  });

  test("names folders by a code of their name, and none where two share a code", () => {
    expect(nameOfCode(["films", "music"], codeOf("music"))).toBe("music");
    expect(nameOfCode(["films"], codeOf("music"))).toBeUndefined();
    expect(nameOfCode(["films", "films"], codeOf("films"))).toBeUndefined();
  });
});
