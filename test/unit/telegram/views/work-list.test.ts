import { describe, expect, test } from "bun:test";
import type { Delivery } from "../../../../src/domain/delivery.ts";
import type { WorkEntry } from "../../../../src/service/tracking/in-work.ts";
import { texts } from "../../../../src/telegram/locales/locales.ts";
import { MOST_SHOWN, workList } from "../../../../src/telegram/views/work-list.ts";

const delivery = (of: Partial<Delivery> = {}): Delivery => ({
  ...{ batchId: null, senderId: null, title: null },
  ...{ id: 17, linkId: 1, chatId: 1, threadId: null, messageId: null, sender: "ann", url: "https://x.org/watch?v=1" },
  ...{
    key: "x.org/watch?v=1",
    quality: "best",
    folder: null,
    downloader: "nas",
    state: "open",
    status: null,
    name: null,
  },
  ...{ keepsMessage: false, trouble: null, seenAt: null, acceptedAt: 1, closedAt: null, ...of },
});
const entry = ({
  delivery: of,
  ...rest
}: Partial<Omit<WorkEntry, "delivery">> & { delivery?: Partial<Delivery> } = {}): WorkEntry => ({
  ...{ reading: undefined, ahead: undefined, says: undefined, isSilent: false, isCancelled: false, ...rest },
  delivery: delivery(of),
});
const plainly = (text: unknown) => String(text).replace(/[\u2066-\u2069]/g, "");
const lines = (entries: readonly WorkEntry[], { language = "en" as "en" | "ru", total = entries.length } = {}) =>
  plainly(workList({ entries, total }, texts[language]).text).split("\n");
const labels = (entries: readonly WorkEntry[]) =>
  workList({ entries, total: entries.length }, texts.en)
    .keyboard?.toJSON()
    .inline_keyboard.flat()
    .map(({ text }) => text);

describe("the list of what is in work", () => {
  test.each<[string, Parameters<typeof entry>[0], string, string]>([
    ["waiting", {}, "waiting", "ждёт"],
    ["waits behind one", { ahead: 1 }, "waiting, 1 link ahead of it", "ждёт, перед ней 1 ссылка"],
    ["waits behind some", { ahead: 5 }, "waiting, 5 links ahead of it", "ждёт, перед ней 5 ссылок"],
    ["runs", { delivery: { status: "WORK" } }, "downloading", "скачивается"],
    [
      "runs, and says how far and how fast",
      { delivery: { status: "WORK" }, reading: { percentage: 42.9, speed: 3 } },
      "downloading, 42 %, 3.1 MB/s",
      "скачивается, 42 %, 3,1 МБ/с",
    ],
    [
      "crawls",
      { delivery: { status: "WORK" }, reading: { percentage: 99.99, speed: 0.01 } },
      "downloading, 99 %",
      "скачивается, 99 %",
    ],
    [
      "is downloaded",
      { delivery: { status: "TO_SEND" } },
      "downloaded, waiting to be moved to its folder",
      "скачано, ждёт переноса в папку",
    ],
    ["goes to its folder", { delivery: { status: "SENDING" } }, "being moved to its folder", "переносится в папку"],
    ["is somehow there", { delivery: { status: "UNKNOWN" } }, "on the server", "на сервере"],
    [
      "is with a silent server",
      { delivery: { status: "WORK" }, isSilent: true },
      "the server does not answer",
      "сервер не отвечает",
    ],
    ["is done, which is not told yet", { delivery: { state: "done" }, isCancelled: true }, "ready", "готово"],
    ["is lost, which is not told yet", { delivery: { state: "lost" } }, "no longer there", "больше не скачивается"],
    ["is to be cancelled", { isCancelled: true, isSilent: true }, "will be cancelled", "будет отменена"],
  ])("says in both languages that a link %s", (_, of, en, ru) => {
    expect(lines([entry(of)])).toEqual(["In progress: 1", "", `1. x.org/watch?v=1 — ${en} · nas`]);
    expect(lines([entry(of)], { language: "ru" })).toEqual(["В работе: 1", "", `1. x.org/watch?v=1 — ${ru} · nas`]);
  });

  test("names a link without a name by its address, decoded", () => {
    const key = "x.org/%D1%84%D0%B8%D0%BB%D1%8C%D0%BC%20%F0%9F%98%80.mp4?a=%zz";
    expect(lines([entry({ delivery: { key: key.replace("?a=%zz", "") } })])[2]).toBe(
      "1. x.org/фильм 😀.mp4 — waiting · nas",
    );
    expect(lines([entry({ delivery: { key } })])[2]).toBe(`1. ${key} — waiting · nas`);
  });

  test("says that a download has failed, and not that it waits, before that is told", () => {
    const failed = entry({ delivery: { status: "NEW", trouble: "HTTP Error 404" } });
    expect(lines([failed]).slice(2)).toEqual([
      "1. x.org/watch?v=1 — could not be downloaded · nas",
      "⚠️ HTTP Error 404",
    ]);
    expect(lines([failed], { language: "ru" })[2]).toBe("1. x.org/watch?v=1 — скачать не удалось · nas");
  });

  test("says why a link waits, in its server's words", () => {
    const waits = entry({ ahead: 1, says: `will try again: ${"error 429 ".repeat(50)}` });
    const [line, why = ""] = lines([waits]).slice(2);
    expect(line).toBe("1. x.org/watch?v=1 — waiting, 1 link ahead of it · nas");
    expect(why).toMatch(/^will try again: error 429 .{50,104}…$/);
  });

  test("shows the name from the server as a link, and the trouble", () => {
    const content = workList(
      {
        entries: [entry({ delivery: { name: " The\n<b>film</b> ", trouble: "no\nspace", status: "WORK" } })],
        total: 1,
      },
      texts.en,
    );
    expect(plainly(content.text)).toContain("1. The <b>film</b> — downloading · nas\n⚠️ no space");
    expect(typeof content.text === "string" ? [] : content.text.entities).toMatchObject([
      { type: "bold" },
      { type: "text_link", url: "https://x.org/watch?v=1" },
    ]);
  });

  test("has a button for each link, with a number if there are several", () => {
    expect(labels([entry()])).toEqual(["✖️ Cancel"]);
    expect(labels([entry(), entry({ isCancelled: true })])).toEqual(["✖️ Cancel 1", "↩️ Undo 2"]);
  });

  test("fits into a message, whatever servers write, and counts the rest", () => {
    const long = entry({
      ahead: 999,
      says: "ы".repeat(5_000),
      delivery: {
        id: Number.MAX_SAFE_INTEGER,
        name: "ы".repeat(5_000),
        downloader: "д".repeat(64),
        trouble: "x".repeat(5_000),
      },
    });
    const content = workList({ entries: Array.from({ length: MOST_SHOWN }, () => long), total: 3_000 }, texts.ru);
    expect(String(content.text).length).toBeLessThan(4_096);
    expect(typeof content.text === "string" ? 0 : content.text.entities.length).toBeLessThan(100);
    expect(String(content.text)).toEndWith("\nи ещё 2990");
    for (const button of content.keyboard?.toJSON().inline_keyboard.flat() ?? []) {
      expect(Buffer.byteLength("callback_data" in button ? (button.callback_data ?? "") : "")).toBeLessThanOrEqual(64);
    }
  });
});
