import { describe, expect, test } from "bun:test";
import type { EndpointStatus } from "../../../../src/domain/endpoint.ts";
import { texts } from "../../../../src/telegram/locales/locales.ts";
import { endpointsSection } from "../../../../src/telegram/views/endpoints-section.ts";
import { statusPage } from "../../../../src/telegram/views/status-page.ts";

const NOW = Date.UTC(2026, 10, 23);
const HOUR = 3_600_000;

const endpoint = (name: string, more: Partial<EndpointStatus> = {}): EndpointStatus => ({
  name,
  isCurrent: false,
  state: "ok",
  since: NOW,
  lastOkAt: NOW,
  problem: undefined,
  ...more,
});
const CURRENT = endpoint("b.example", { isCurrent: true });

function linesOf(endpoints: readonly EndpointStatus[], language: "en" | "ru" = "en"): string[] {
  const section = endpointsSection(endpoints, { texts: texts[language], now: NOW });
  return (section?.text ?? "").replace(/[\u2068\u2069]/g, "").split("\n");
}

describe("endpointsSection()", () => {
  test("shows for each way whether it works or since when it does not, and which one is in use", () => {
    const endpoints = [
      endpoint("a.example", { state: "failing", lastOkAt: NOW - 3 * HOUR, problem: "getMe: ECONNRESET" }),
      CURRENT,
      endpoint("c.example", { state: "refused", lastOkAt: undefined }),
      endpoint("d.example", { state: "failing", lastOkAt: undefined }),
      endpoint("e.example", { state: "untried", lastOkAt: undefined }),
    ];
    expect(linesOf(endpoints)).toEqual([
      "Reaching Telegram:",
      "🔴 a.example · does not answer, last seen 3 hours ago",
      "🟢 b.example · works",
      "🔴 c.example · does not accept the bot’s token",
      "🔴 d.example · has never answered",
      "⚪ e.example · not needed yet",
    ]);
    expect(linesOf(endpoints, "ru")[3]).toBe("🔴 c.example · не знает токен бота");
    const inBold = endpointsSection(endpoints, { texts: texts.en, now: NOW })?.entities.filter(
      ({ type }) => type === "bold",
    );
    expect(inBold).toHaveLength(1);
  });

  test("is absent where there is only one way", () => {
    expect(endpointsSection([CURRENT], { texts: texts.en, now: NOW })).toBeUndefined();
  });

  test("always contains the way in use, and stays short", () => {
    const many = Array.from({ length: 40 }, (_, n) => endpoint(`${n}.example`, { isCurrent: n === 30 }));
    const lines = linesOf(many);
    expect(lines).toContain("🟢 30.example · works");
    expect(lines.at(-1)).toBe("and 29 more");
  });

  test("leaves /status within the limit of a message", () => {
    const downloader = { host: "127.0.0.1", port: 1, roots: ["*"], registeredAt: NOW, paused: false, failures: 0 };
    const downloaders = Array.from({ length: 60 }, (_, n) => ({
      downloader: { ...downloader, name: `nas ${n} ${"x".repeat(50)}`, lastSeenAt: NOW },
      problem: undefined,
      answer: { own: [], foreign: [], others: 0, sensors: "" },
    }));
    const endpoints = Array.from({ length: 10 }, (_, n) => endpoint(`${n}.${"x".repeat(90)}`, { isCurrent: n === 0 }));
    const view = { downloaders, waiting: new Map(), queued: 0, page: 0, endpoints, showsAll: true };
    const { text } = statusPage(view, { texts: texts.en, now: NOW });
    expect(String(text).length).toBeLessThanOrEqual(4096);
    expect(String(text)).toContain("Reaching Telegram:");
  });
});
