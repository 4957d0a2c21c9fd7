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
const idle = { running: [], others: 0, sensors: "" };
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
    { downloaders: [], waiting: new Map(), queued: 0, page: 0, ...view },
    { texts: texts[language], now: NOW },
  );
  const buttons = content.keyboard?.toJSON().inline_keyboard.flat() ?? [];
  return { text: String(content.text).replace(/[\u2068\u2069]/g, ""), length: String(content.text).length, buttons };
}

describe("statusPage()", () => {
  test("says of each downloader whether it answers and since when it does not, what runs and what waits", () => {
    const { text } = page({
      downloaders: [
        status("abroad", undefined, { lastSeenAt: NOW - 130 * MINUTE }),
        status("home", { ...idle, sensors: "CPU: 40°C\n\n  fan: 900\n" }),
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
      "Downloaders · 3 links in the queue",
      "",
      "🔴 abroad · does not answer, last seen 2 hours ago",
      "",
      "🟢 home · online",
      "Nothing is running",
      "1 link waits for it",
      "CPU: 40°C",
      "fan: 900",
      "",
      "🟢 nas · online",
      "⏸ paused: gets no new links",
      "2 downloads of other chats",
      "1000 links or more wait for it",
      "",
      "🔴 new · does not answer, never seen",
    ]);
  });

  test("shows one that answers and is of no use as that, and not as online, with what it still does", () => {
    const downloaders = [
      status("closed", undefined, { problem: "not_let_in" }),
      status("half", { ...idle, others: 2 }, { problem: "no_method" }),
      status("off", undefined, { problem: "no_method", failures: 1 }),
    ];
    expect(page({ downloaders }).text.split("\n").slice(2)).toEqual([
      "⛔ closed · answers, but does not let this bot in",
      "",
      "⛔ half · answers, but is no downloader that this bot can use",
      "2 downloads of other chats",
      "",
      "🔴 off · does not answer, last seen just now",
    ]);
    expect(page({ downloaders }, "ru").text).toContain("⛔ half · отвечает, но этот бот с ним работать не умеет");
  });

  test("counts in Russian as Russian does", () => {
    const { text } = page(
      { downloaders: [status("nas", undefined, { lastSeenAt: NOW - 3 * MINUTE })], queued: 22 },
      "ru",
    );
    expect(text).toContain("в очереди 22 ссылки");
    expect(text).toContain("был на связи 3 минуты назад");
  });

  test("explains itself where no downloader has registered", () => {
    expect(page({}).text).toContain("No downloader has registered yet");
  });

  test("makes pages of many downloaders, each short enough for a message, and leads from one to the next", () => {
    const busy = { running: Array.from({ length: 40 }, (_, n) => film(n)), others: 5, sensors: "°C 1\n".repeat(1000) };
    const downloaders = Array.from({ length: 7 }, (_, n) => status(`nas ${n}`, busy));
    const seen: string[] = [];
    for (let n = 0, more = true; more; n += 1) {
      const { text, length, buttons } = page({ downloaders, page: n });
      expect(length).toBeLessThanOrEqual(4096);
      expect(text).toContain("and 32 more");
      seen.push(...[...text.matchAll(/nas \d/g)].map(([name]) => name));
      more = buttons.some((button) => button.text === "›");
      expect(buttons.some((button) => button.text === "‹")).toBe(n > 0);
    }
    expect(seen).toEqual(downloaders.map(({ downloader }) => downloader.name));
    expect(page({ downloaders, page: 99 }).text).toContain("nas 6");
  });
});
