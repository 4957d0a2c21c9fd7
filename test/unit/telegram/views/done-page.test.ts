import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { createCalendar } from "../../../../src/domain/calendar.ts";
import type { Delivery } from "../../../../src/domain/delivery.ts";
import { texts } from "../../../../src/telegram/locales/locales.ts";
import { doneButton, readButton } from "../../../../src/telegram/views/callback-data.ts";
import { type DoneView, donePage, searchWord } from "../../../../src/telegram/views/done-page.ts";
import { aDelivery } from "../../../support/links.ts";

const NOW = Date.UTC(2026, 10, 29, 12);
const calendar = createCalendar({ zone: "Europe/Moscow", night: "02:00", now: () => NOW });

const came = (of: Partial<Delivery>) => aDelivery({ state: "done", closedAt: Date.UTC(2026, 10, 24, 20), ...of });

function page(of: Partial<DoneView>, language: "en" | "ru" = "en") {
  const place = { total: of.entries?.length ?? 0, page: 0, pages: 1, offset: 0, word: "", isPicking: false };
  const { text, keyboard } = donePage({ entries: [], ...place, ...of }, { texts: texts[language], language, calendar });
  const rows = keyboard?.toJSON().inline_keyboard ?? [];
  return { text: text.toString(), entities: typeof text === "string" ? [] : text.entities, rows };
}

const labels = (rows: ReturnType<typeof page>["rows"]) => rows.map((row) => row.map(({ text }) => text));

describe("a page of finished downloads", () => {
  test("shows each one's name, time in the chat's calendar, server and folder", () => {
    const entries = [
      came({ id: 1, title: "A title", name: "The film.mkv", folder: "films" }),
      came({ id: 2, title: "A title", name: " " }),
      came({ id: 3, url: "https://www.x.org/%D1%8F", downloader: "дом" }),
    ];
    const { text, entities } = page({ entries, offset: 10, total: 13, page: 1, pages: 2 });
    expect(text).toBe(
      [
        "Downloaded: 13 · page 2 of 2",
        "11. The film.mkv\n24 Nov 23:00 · nas · films",
        "12. A title\n24 Nov 23:00 · nas",
        "13. x.org/я\n24 Nov 23:00 · дом",
      ].join("\n\n"),
    );
    expect(entities.filter(({ type }) => type === "text_link")).toHaveLength(3);
  });

  test("leads to its neighbours and to both ends, with labels in words", () => {
    const entries = [came({})];
    const at = (n: number) => labels(page({ entries, page: n, pages: 5 }).rows);
    expect(at(0)).toEqual([["Next page ›", "Last page »"], ["🔁 Again"]]);
    expect(at(1)).toEqual([["‹ Previous page", "Next page ›"], ["Last page »"], ["🔁 Again"]]);
    expect(at(2)).toEqual([["« First page", "‹ Previous page"], ["Next page ›", "Last page »"], ["🔁 Again"]]);
    expect(at(4)).toEqual([["« First page", "‹ Previous page"], ["🔁 Again"]]);
    expect(labels(page({ entries }, "ru").rows)).toEqual([["🔁 Ещё раз"]]);
  });

  test("asks for a number, and each number's button carries its download", () => {
    const entries = [came({ id: 7 }), came({ id: 5 })];
    const { text, rows } = page({ entries, isPicking: true, word: "кино", page: 2, offset: 20 });
    expect(text).toEndWith("Which one shall I download again?");
    expect(labels(rows)).toEqual([["🔁 Again 21", "🔁 Again 22"], ["‹ Back"]]);
    const carried = rows
      .flat()
      .map((button) => readButton(doneButton, { data: "callback_data" in button ? button.callback_data : "" }));
    expect(carried).toEqual([
      { action: "again", page: 2, id: 7, word: "кино" },
      { action: "again", page: 2, id: 5, word: "кино" },
      { action: "page", page: 2, id: 0, word: "кино" },
    ]);
  });

  test("says that nothing was downloaded, or nothing that contains the word", () => {
    expect(page({}).text).toBe("Nothing has been downloaded yet.");
    expect(page({ word: "кино" }, "ru").text).toBe("Среди скачанного нет ничего с «кино».");
    expect(page({ word: "кино", entries: [came({})] }, "ru").text).toStartWith("Скачанное по слову «кино»: 1");
  });

  test("fits into a message, and its buttons into callback data, whatever people and servers call things", () => {
    const foreign = fc.string({ unit: "binary", maxLength: 300 });
    fc.assert(
      fc.property(foreign, foreign, fc.nat(1_000_000), fc.boolean(), (name, search, at, isPicking) => {
        const entries = Array.from({ length: 10 }, (_, index) =>
          came({ id: 2 ** 40 + index, name, title: name, folder: name, downloader: name }),
        );
        const word = searchWord(search);
        const view = { entries, word, isPicking, page: at, pages: at + 9, offset: at * 10, total: at * 10 + 90 };
        const { text, entities, rows } = page(view, "ru");
        expect(text.length).toBeLessThanOrEqual(4096);
        expect(entities.length).toBeLessThanOrEqual(100);
        for (const button of rows.flat()) {
          const data = "callback_data" in button ? button.callback_data : "";
          expect(Buffer.byteLength(data)).toBeLessThanOrEqual(64);
          expect(readButton(doneButton, { data })).toMatchObject({ word });
        }
      }),
    );
  });
});

describe("searchWord()", () => {
  test.each([
    ["  Мой\n фильм ", "Мой фильм"],
    ["https://www.youtube.com/watch?v=1", "youtube.com/watch?v=1"],
    ["а".repeat(50), "а".repeat(18)],
    [";".repeat(50), ";".repeat(18)],
    ["👩‍👩‍👧‍👦".repeat(9), "👩‍👩‍👧‍👦"],
    ["", ""],
  ])("of %j is %j: one line that fits into a button", (args, word) => {
    expect(searchWord(args)).toBe(word);
  });
});
