import { describe, expect, test } from "bun:test";
import type { FleetStatus } from "../../../../src/service/fleet/fleet.ts";
import { texts } from "../../../../src/telegram/locales/locales.ts";
import { type StatusView, statusPage } from "../../../../src/telegram/views/status-page.ts";

const NOW = Date.UTC(2026, 10, 23);
const MINUTE = 60_000;

function status(
  name: string,
  answer: FleetStatus["answer"],
  { problem, ...more }: Partial<FleetStatus["downloader"] & Pick<FleetStatus, "problem">> = {},
): FleetStatus {
  const downloader = { name, host: "127.0.0.1", port: 1, roots: ["*"], registeredAt: NOW, paused: false, failures: 0 };
  return { downloader: { ...downloader, lastSeenAt: NOW, ...more }, problem, answer };
}
const idle = { own: [], foreign: [], others: 0, sensors: "" };
const film = (n: number) => ({
  url: `https://a.com/${n}`,
  filename: `Film ${n} ${"x".repeat(100)}`,
  quality: 1,
  percentage: 50,
  status: "",
  currentSize: 1,
  totalSize: 2,
  remark: { kind: "trouble", text: "m".repeat(400) } as const,
});

function page(view: Partial<StatusView>, language: "en" | "ru" = "en") {
  const content = statusPage(
    { downloaders: [], waiting: new Map(), queued: 0, page: 0, showsAll: false, ...view },
    { texts: texts[language], now: NOW },
  );
  const buttons = content.keyboard?.toJSON().inline_keyboard.flat() ?? [];
  return { text: String(content.text).replace(/[\u2068\u2069]/g, ""), length: String(content.text).length, buttons };
}

describe("statusPage()", () => {
  test("shows for each downloader whether it answers or since when it does not, what runs and what waits", () => {
    const { text } = page({
      downloaders: [
        status("abroad", undefined, { lastSeenAt: NOW - 130 * MINUTE }),
        status("home", { ...idle, own: [film(1)], others: 1 }),
        status("nas", { ...idle, others: 2 }, { paused: true }),
        status("new", undefined, { lastSeenAt: null }),
      ],
      waiting: new Map([
        ["home", { links: 1, more: false }],
        ["nas", { links: 1000, more: true }],
      ]),
      queued: 3,
    });
    expect(text.split("\n")).toEqual([
      "Servers · 3 links in the queue",
      "",
      expect.stringMatching(/^▓▓▓▓▓░░░░░ 50 % · 1 of 2 MB · Film 1 x+… · home$/),
      expect.stringMatching(/^⚠️ m+…$/),
      "",
      "🔴 abroad · does not answer, last seen 2 hours ago",
      "🟢 home · online · 2 downloads · waiting to be sent here: 1",
      "🟢 nas · online · paused: gets no new links · 2 downloads for other chats · waiting to be sent here: 1000 or more",
      "🔴 new · has never answered",
    ]);
  });

  test("names idle servers in one line, at most ten, without those that are paused or waited for", () => {
    const free = Array.from({ length: 12 }, (_, n) => status(`box ${n}`, idle));
    const shown = [status("nas", idle), status("old", idle, { paused: true }), status("out", undefined)];
    const waiting = new Map([["nas", { links: 1, more: false }]]);
    const names = Array.from({ length: 10 }, (_, n) => `box ${n}`).join(", ");
    const { text } = page({ downloaders: [...free, ...shown], waiting });
    expect(text.split("\n").slice(2)).toEqual([
      "🟢 nas · online · waiting to be sent here: 1",
      "🟢 old · online · paused: gets no new links",
      "🔴 out · has just stopped answering",
      "",
      `🟢 Free: ${names} and 2 more`,
    ]);
    expect(page({ downloaders: free.slice(0, 1) }).text).toEndWith("\n🟢 box 0 · online");
    expect(page({ downloaders: free }, "ru").text).toEndWith(`🟢 Свободны: ${names} и ещё 2`);
  });

  test("shows an admin each server separately, with others' downloads and its sensors", () => {
    const home = { own: [film(1)], foreign: [film(2)], others: 1, sensors: "CPU: 40°C\n\n  fan: 900\n" };
    const downloaders = [status("home", home), status("a", idle), status("b", idle)];
    const lines = page({ downloaders, showsAll: true }).text.split("\n");
    expect(lines.findIndex((line) => line.includes("Film 1"))).toBe(2);
    expect(lines.slice(5)).toEqual([
      "🟢 home · online · 2 downloads",
      expect.stringContaining("Film 2"),
      expect.stringMatching(/^⚠️ m+…$/),
      "CPU: 40°C",
      "fan: 900",
      "",
      "🟢 a · online",
      "",
      "🟢 b · online",
    ]);
  });

  test("does not call a server online that answers but is useless, and shows what it still does", () => {
    const downloaders = [
      status("closed", undefined, { problem: "not_let_in" }),
      status("half", { ...idle, others: 2 }, { problem: "no_method" }),
      status("off", undefined, { problem: "no_method", failures: 1 }),
    ];
    expect(page({ downloaders }).text.split("\n").slice(2)).toEqual([
      "⛔ closed · answers, but does not accept this bot",
      "⛔ half · answers, but uses a different protocol than this bot · 2 downloads for other chats",
      "🔴 off · has just stopped answering",
    ]);
    expect(page({ downloaders }, "ru").text).toContain("⛔ half · отвечает, но этот бот не умеет с ним работать");
  });

  test("uses the right Russian plurals", () => {
    const { text } = page(
      { downloaders: [status("nas", undefined, { lastSeenAt: NOW - 3 * MINUTE })], queued: 22 },
      "ru",
    );
    expect(text).toContain("в очереди 22 ссылки");
    expect(text).toContain("был на связи 3 минуты назад");
  });

  test("explains itself where no downloader has registered", () => {
    expect(page({}).text).toContain("No server has registered yet");
  });

  test("has no more entities than a message may have", () => {
    const downloaders = Array.from({ length: 200 }, (_, n) => status(`n${n}`, undefined));
    for (const showsAll of [true, false]) {
      const view = { downloaders, waiting: new Map(), queued: 0, page: 0, showsAll };
      const { text } = statusPage(view, { texts: texts.en, now: NOW });
      expect(typeof text === "string" ? 0 : text.entities.length).toBeLessThanOrEqual(100);
    }
  });

  test("splits many downloaders into pages that fit into a message and lead from one to the next", () => {
    const foreign = Array.from({ length: 40 }, (_, n) => film(n));
    const busy = { own: [], foreign, others: 40, sensors: "°C 1\n".repeat(1000) };
    const downloaders = Array.from({ length: 7 }, (_, n) => status(`nas ${n}`, busy));
    const seen: string[] = [];
    for (let n = 0, more = true; more; n += 1) {
      const { text, length, buttons } = page({ downloaders, page: n, showsAll: true });
      expect(length).toBeLessThanOrEqual(4096);
      expect(text).toContain("and 32 more");
      seen.push(...[...text.matchAll(/nas \d/g)].map(([name]) => name));
      more = buttons.some((button) => button.text === "Next page ›");
      expect(buttons.some((button) => button.text === "‹ Previous page")).toBe(n > 0);
    }
    expect(seen).toEqual(downloaders.map(({ downloader }) => downloader.name));
    expect(page({ downloaders, page: 99, showsAll: true }).text).toContain("nas 6");
  });
});
