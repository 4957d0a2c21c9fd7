import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Delivery } from "../../../../src/domain/delivery.ts";
import type { Link } from "../../../../src/domain/link.ts";
import type { News } from "../../../../src/domain/news.ts";
import { texts } from "../../../../src/telegram/locales/locales.ts";
import { newsChooser, newsItem, newsMessage, newsServers } from "../../../../src/telegram/views/news-page.ts";
import { newLink } from "../../../support/links.ts";

const DELIVERY: Delivery = {
  ...{
    id: 1,
    linkId: 1,
    chatId: 1,
    threadId: null,
    messageId: null,
    sender: "ann",
    keepsMessage: false,
    batchId: null,
    senderId: null,
    title: null,
  },
  ...{ url: "https://www.x.org/film", key: "x.org/film", quality: "best", folder: null, downloader: "nas" },
  ...{ state: "open", status: "WORK", name: "The film", trouble: "no space", seenAt: 0, acceptedAt: 0, closedAt: null },
};
const LINK: Link = {
  ...{
    ...newLink(),
    keepsMessage: false,
    id: 1,
    promptId: null,
    promptedAt: null,
    unshownChanges: 0,
    downloader: null,
    state: "failed",
    attempts: 3,
  },
  ...{ lastError: { reason: "refused", downloader: "nas", says: "disk is full" }, undo: null },
  ...{ chatId: 1, url: "https://x.org/film", batchId: null, senderId: null, title: null },
};
const PLACE = { chatId: 1, threadId: null, messageId: 7 };
let id = 0;
const news = (kind: Exclude<News["kind"], "failed">, of: Partial<Delivery> = {}): News => ({
  ...{ ...PLACE, id: ++id, kind },
  delivery: {
    ...DELIVERY,
    ...(kind === "trouble" ? { state: "open" } : { state: kind, trouble: kind === "done" ? null : DELIVERY.trouble }),
    ...of,
  },
});
const failed = (of: Partial<Link> = {}): News => ({ ...PLACE, id: ++id, kind: "failed", link: { ...LINK, ...of } });
const words = (all: News[], language: "en" | "ru" = "en") =>
  newsMessage(all, { texts: texts[language] }).text.toString();
const labels = (content: { keyboard?: { toJSON(): { inline_keyboard: { text: string }[][] } } }) =>
  (content.keyboard?.toJSON().inline_keyboard ?? []).map((row) => row.map(({ text }) => text).join(" | "));

describe("a message of news", () => {
  test("begins with what needs attention", () => {
    expect(words([news("done"), news("trouble"), news("lost"), failed()])).toBe(
      "❌ Could not send x.org/film (3 tries). “nas” answered: disk is full\n" +
        "❓ “nas” no longer has The film; how it ended is not known.\n" +
        "⚠️ “nas” cannot download The film: no space\n" +
        "✅ The film is ready (nas)",
    );
  });

  test("says what is missing from a file that is ready", () => {
    const missing = news("done", { trouble: "2:\nVideo unavailable" });
    expect(words([missing])).toBe("✅ The film is ready (nas)\n⚠️ 2: Video unavailable");
    expect(words([missing, news("done")], "ru")).toBe(
      "✅ Готово: The film (nas)\n⚠️ 2: Video unavailable\n✅ Готово: The film (nas)",
    );
  });

  test("says the same in Russian", () => {
    expect(words([failed({ attempts: 2 })], "ru")).toBe(
      "❌ Не получилось отправить x.org/film за 2 попытки. Ответ «nas»: disk is full",
    );
    expect(words([news("lost")], "ru")).toBe("❓ На сервере «nas» больше нет The film; чем закончилось, неизвестно.");
  });

  test("names a download without a name by its host and path, or by its address where that cannot be a link", () => {
    expect(words([news("done", { name: null })])).toBe("✅ x.org/film is ready (nas)");
    expect(words([news("done", { name: null, url: "http://box/film" })])).toBe("✅ http://box/film is ready (nas)");
    const [cyrillic, unlinked] = ["https://x.org/%D1%84%D0%B8%D0%BB%D1%8C%D0%BC", "http://box/%D1%84"];
    expect(words([news("done", { name: null, url: cyrillic })])).toBe("✅ x.org/фильм is ready (nas)");
    expect(words([news("done", { name: null, url: unlinked })])).toBe("✅ http://box/%D1%84 is ready (nas)");
  });

  test("contains the full address where no button can copy it", () => {
    const url = `https://x.org/${"a".repeat(400)}`;
    const { text } = newsMessage([failed({ url })], { texts: texts.en });
    expect(text.toString()).toEndWith(`\n${url}`);
    const unlinked = newsMessage([news("done", { url: `http://box/${"a".repeat(90)}` })], { texts: texts.en });
    expect(unlinked.text.toString()).toEndWith("a".repeat(90));
  });

  test("has only an OK button for files that are ready", () => {
    expect(labels(newsMessage([news("done"), news("trouble")], { texts: texts.en }))).toEqual(["OK"]);
  });

  test("can send a failed download again as long as its server does not try again", () => {
    const buttons = (status: Delivery["status"]) =>
      labels(newsMessage([news("trouble", { status })], { texts: texts.en }));
    expect(buttons("NEW")).toEqual(["🔁 Send again | 📋 Copy the address", "OK"]);
    expect(buttons("WORK")).toEqual(["OK"]);
  });

  test("says that a link is ready if that became known since, and does not offer to send it again", () => {
    const arrived = newsMessage([news("unknown", { state: "done", trouble: null })], { texts: texts.en });
    expect([arrived.text.toString(), ...labels(arrived)]).toEqual(["✅ The film is ready (nas)", "OK"]);
  });

  test("shows the present state of a link that was retried or removed since", () => {
    expect(words([failed({ state: "queued" })])).toBe("🔁 Back in the queue: x.org/film");
    const removed = newsMessage([failed({ state: "removed" })], { texts: texts.en });
    expect([removed.text.toString(), ...labels(removed)]).toEqual(["🗑 Link removed: x.org/film", "↩️ Undo", "OK"]);
  });

  test("in a group names the sender on each line if there are several, and nobody for links of programs", () => {
    const group = { chatId: -5 };
    expect(words([news("done", { ...group, sender: "ann" }), news("done", { ...group, sender: "id7" })])).toBe(
      "@ann ✅ The film is ready (nas)\nsender ✅ The film is ready (nas)",
    );
    expect(words([news("done", { ...group, sender: "id5" })])).toBe("✅ The film is ready (nas)");
    expect(words([news("done", { sender: "ann" })])).toBe("✅ The film is ready (nas)");
  });

  test("is one that Telegram takes, whatever downloaders and people say", () => {
    const anyText = fc.string({ unit: "binary", maxLength: 600 });
    const anyNews = fc
      .record({
        kind: fc.constantFrom(
          "done" as const,
          "trouble" as const,
          "lost" as const,
          "unknown" as const,
          "failed" as const,
        ),
        name: fc.option(anyText),
        said: anyText,
        downloader: anyText,
        path: fc.webPath({ size: "large" }),
        host: fc.constantFrom("x.org", "box"),
        sender: fc.constantFrom("a".repeat(32), "id99"),
      })
      .map(({ kind, name, said, downloader, path, host, sender }): News => {
        const of = { chatId: -5, sender, url: `https://${host}${path}` };
        if (kind !== "failed") return news(kind, { ...of, name, trouble: said, downloader });
        return failed({ ...of, lastError: { reason: "refused", downloader, says: said } });
      });
    fc.assert(
      fc.property(
        fc.array(anyNews, { minLength: 1, maxLength: 30 }),
        fc.constantFrom("en" as const, "ru" as const),
        fc.nat(3),
        (all, language, page) => {
          const of = { texts: texts[language], page };
          const [first] = all;
          if (first === undefined) return;
          for (const { text, keyboard } of [
            newsMessage(all, of),
            newsChooser(all, of),
            newsItem(first, { ...of, isAlone: false }),
            newsServers(first, { ...of, names: ["nas", "x".repeat(300)] }),
          ]) {
            const entities = typeof text === "string" ? [] : text.entities;
            expect(text.toString().length).toBeWithin(1, 4097);
            expect(text.toString().isWellFormed()).toBe(true);
            expect(entities.length).toBeLessThanOrEqual(100);
            for (const { offset, length } of entities) {
              expect(length).toBeGreaterThan(0);
              expect(offset + length).toBeLessThanOrEqual(text.toString().length);
            }
            for (const button of keyboard?.toJSON().inline_keyboard.flat() ?? []) {
              expect(button.text.trim()).not.toBe("");
              if ("callback_data" in button) expect(Buffer.byteLength(button.callback_data)).toBeWithin(1, 65);
              if ("copy_text" in button) expect(button.copy_text?.text.length).toBeWithin(1, 257);
            }
          }
        },
      ),
      { numRuns: 40 },
    );
  });
});
