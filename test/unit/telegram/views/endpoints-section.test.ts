import { describe, expect, test } from "bun:test";
import type { WayState } from "../../../../src/domain/endpoint.ts";
import { texts } from "../../../../src/telegram/locales/locales.ts";
import { waysSection } from "../../../../src/telegram/views/endpoints-section.ts";
import { statusPage } from "../../../../src/telegram/views/status-page.ts";

const NOW = Date.UTC(2026, 10, 23);
const HOUR = 3_600_000;

const way = (name: string, more: Partial<WayState> = {}): WayState => ({
  name,
  isCurrent: false,
  state: "ok",
  since: NOW,
  lastOkAt: NOW,
  problem: undefined,
  ...more,
});
const CURRENT = way("b.example", { isCurrent: true });

function linesOf(ways: readonly WayState[], language: "en" | "ru" = "en"): string[] {
  const section = waysSection(ways, { texts: texts[language], now: NOW });
  return (section?.text ?? "").replace(/[\u2068\u2069]/g, "").split("\n");
}

describe("waysSection()", () => {
  test("says of each way whether it works and since when it does not, and which is in use", () => {
    const ways = [
      way("a.example", { state: "failing", lastOkAt: NOW - 3 * HOUR, problem: "getMe: ECONNRESET" }),
      CURRENT,
      way("c.example", { state: "refused", lastOkAt: undefined }),
      way("d.example", { state: "failing", lastOkAt: undefined }),
      way("e.example", { state: "untried", lastOkAt: undefined }),
    ];
    expect(linesOf(ways)).toEqual([
      "Reaching Telegram:",
      "🔴 a.example · does not answer, last seen 3 hours ago",
      "🟢 b.example",
      "🔴 c.example · does not know the bot’s token",
      "🔴 d.example · does not answer, never seen",
      "⚪ e.example",
    ]);
    expect(linesOf(ways, "ru")[3]).toBe("🔴 c.example · не знает токен бота");
    const inBold = waysSection(ways, { texts: texts.en, now: NOW })?.entities.filter(({ type }) => type === "bold");
    expect(inBold).toHaveLength(1);
  });

  test("says nothing where there is only one way", () => {
    expect(waysSection([CURRENT], { texts: texts.en, now: NOW })).toBeUndefined();
  });

  test("shows the way in use, however many there are, and stays short", () => {
    const many = Array.from({ length: 40 }, (_, n) => way(`${n}.example`, { isCurrent: n === 30 }));
    const lines = linesOf(many);
    expect(lines).toContain("🟢 30.example");
    expect(lines.at(-1)).toBe("and 29 more");
  });

  test("leaves room for itself on a page of /status", () => {
    const downloader = { host: "127.0.0.1", port: 1, roots: ["*"], registeredAt: NOW, paused: false, failures: 0 };
    const downloaders = Array.from({ length: 60 }, (_, n) => ({
      downloader: { ...downloader, name: `nas ${n} ${"x".repeat(50)}`, lastSeenAt: NOW },
      answer: { running: [], others: 0, sensors: "" },
    }));
    const ways = Array.from({ length: 10 }, (_, n) => way(`${n}.${"x".repeat(90)}`, { isCurrent: n === 0 }));
    const view = { downloaders, waiting: new Map(), queued: 0, page: 0, ways };
    const { text } = statusPage(view, { texts: texts.en, now: NOW });
    expect(String(text).length).toBeLessThanOrEqual(4096);
    expect(String(text)).toContain("Reaching Telegram:");
  });
});
