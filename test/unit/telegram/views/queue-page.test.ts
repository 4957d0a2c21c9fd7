import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { createCalendar } from "../../../../src/domain/calendar.ts";
import { type Link, partOf } from "../../../../src/domain/link.ts";
import type { Role } from "../../../../src/domain/role.ts";
import type { FleetDownload } from "../../../../src/service/fleet/fleet.ts";
import { texts } from "../../../../src/telegram/locales/locales.ts";
import { QUEUE_FILTERS, queueButton } from "../../../../src/telegram/views/callback-data.ts";
import { queuePage } from "../../../../src/telegram/views/queue-page.ts";
import type { QueueView } from "../../../../src/telegram/views/queue-view.ts";
import { aDelivery, aLink } from "../../../support/links.ts";

const NOW = Date.UTC(2026, 10, 23, 12);

const link = (id: number, more: Partial<Link> = {}) =>
  aLink({
    ...{ id, chatId: 1001, messageId: 1, promptId: 2, promptedAt: NOW },
    ...{ url: `https://a.com/${id}`, key: `a.com/${id}`, sendAt: NOW + 60_000, createdAt: NOW },
    ...more,
  });
const download = (id: string, status: FleetDownload["status"], more: Partial<FleetDownload> = {}): FleetDownload => ({
  url: `https://b.com/${id}`,
  key: `b.com/${id}`,
  downloader: "nas",
  status,
  quality: "10000",
  name: undefined,
  remark: undefined,
  owners: [1001],
  ahead: undefined,
  failed: undefined,
  ...more,
});

function page(
  of: {
    downloads?: FleetDownload[];
    links?: Link[];
    silent?: string[];
    role?: Role;
    isPrivate?: boolean;
  } & Partial<QueueView> = {},
) {
  const { downloads = [], links = [], silent = [], role = "user", isPrivate = true, ...view } = of;
  const asked: number[] = [];
  const content = queuePage(
    {
      page: 0,
      all: false,
      filter: "all",
      fleet: { downloads, silent },
      local: ({ part, offset, limit }) => {
        asked.push(limit);
        const listed = links.filter((one) => part === undefined || partOf(one) === part);
        return { links: listed.slice(offset, offset + limit), total: listed.length };
      },
      done: { entries: [], total: 0, page: 0, pages: 1, offset: 0 },
      ...view,
    },
    {
      context: { texts: texts.en, language: "en", actor: { chatId: 1001, role }, isPrivate },
      qualities: ["best", 720],
      folders: ["films", "music"],
      calendar: createCalendar({ zone: "UTC", night: "02:00", now: () => NOW }),
      downloaders: { standing: () => "taken" },
      percentageOf: ({ key }) => (key === "b.com/work" ? 42.7 : undefined),
      nameOf: (chatId) => (chatId === 1001 ? "Ann (@ann)" : undefined),
    },
  );
  const rows = content.keyboard?.toJSON().inline_keyboard ?? [];
  const labels = rows.map((row) => row.map(({ text }) => text)).filter((row) => row.length > 0);
  return {
    text: String(content.text).replace(/[\u2068\u2069]/g, ""),
    length: String(content.text).length,
    rows: labels.filter((row) => !row.every(isFilter)),
    filters: labels.flat().filter(isFilter),
    data: rows.flat().map((button) => ("callback_data" in button ? String(button.callback_data) : "")),
    asked,
  };
}
const isFilter = (label: string) => /^(✅ )?(Current|Waiting|In progress|Failed|Done): \d/.test(label);
const shown = (text: string) => [...text.matchAll(/https:\/\/(\S+)/g)].map(([, rest]) => rest);

describe("queuePage()", () => {
  test("sorts by state: in work, waiting here, failed, done", () => {
    const { text, rows } = page({
      downloads: [download("work", "WORK", { name: "Film" }), download("new", "NEW"), download("done", "DONE")],
      links: [link(1), link(2, { state: "failed", attempts: 12 })],
    });
    expect(shown(text)).toEqual(["b.com/work", "b.com/new", "a.com/1", "a.com/2", "b.com/done"]);
    expect(text.split("\n\n").slice(0, 2)).toEqual([
      "2 links in the queue · 3 on the servers",
      "1. Film\nhttps://b.com/work\n⬇️ Downloading · 42 % · on “nas” · best",
    ]);
    expect(rows).toEqual([
      ["1 🗑 Remove"],
      ["2 🗑 Remove"],
      ["3 ▶️ Now", "3 🎞 best", "3 🗑 Remove"],
      ["4 🔁 Retry", "4 🎞 best", "4 🗑 Remove"],
      ["🔄 Refresh"],
    ]);
  });

  test("shows each entry on exactly one page, and reads only the rows of that page", () => {
    fc.assert(
      fc.property(fc.nat(12), fc.nat(12), fc.nat(12), (atWork, queued, done) => {
        const downloads = [
          ...Array.from({ length: atWork }, (_, n) => download(`w${n}`, "WORK")),
          ...Array.from({ length: done }, (_, n) => download(`d${n}`, "DONE")),
        ];
        const links = Array.from({ length: queued }, (_, n) => link(n + 1));
        const pages = Math.max(1, Math.ceil((atWork + queued + done) / 5));
        const seen = Array.from({ length: pages }, (_, n) => page({ downloads, links, page: n }));
        expect(seen.flatMap(({ text }) => shown(text))).toEqual([
          ...Array.from({ length: atWork }, (_, n) => `b.com/w${n}`),
          ...Array.from({ length: queued }, (_, n) => `a.com/${n + 1}`),
          ...Array.from({ length: done }, (_, n) => `b.com/d${n}`),
        ]);
        for (const { asked } of seen) expect(Math.max(...asked)).toBeLessThanOrEqual(5);
      }),
    );
  });

  test("shows the last page instead of one that is empty now, and says when nothing is left", () => {
    const links = Array.from({ length: 6 }, (_, n) => link(n + 1));
    expect(shown(page({ links, page: 7 }).text)).toEqual(["a.com/6"]);
    expect(page({ page: 7 }).text).toBe("The queue is empty. Send me a link!");
  });

  test("shows the qualities of one entry instead of its buttons, the chosen one marked, with a way back", () => {
    const { rows, text } = page({ links: [link(1), link(2, { quality: 720 })], picking: 2 });
    expect(rows).toEqual([["best", "✅ 720p"], ["‹ Back"]]);
    expect(text).toEndWith("Quality of link 2:");
    // The link has left the queue since.
    expect(page({ links: [link(1)], picking: 2 }).rows).toEqual([
      ["1 ▶️ Now", "1 🎞 best", "1 🗑 Remove"],
      ["🔄 Refresh"],
    ]);
  });

  test("offers nothing for a link that is being handed over", () => {
    expect(page({ links: [link(1, { state: "sending" })] }).rows).toEqual([["🔄 Refresh"]]);
  });

  test("offers an admin everyone's links, and says whose they are", () => {
    expect(page({ links: [link(1)], role: "admin" }).rows.at(-1)).toEqual(["All chats"]);
    const all = page({ links: [link(1)], downloads: [download("x", "NEW", { owners: [] })], role: "admin", all: true });
    expect(all.rows.at(-1)).toEqual(["Only mine"]);
    expect(all.text).toContain("👤 not sent through the bot");
    expect(all.text).toContain("👤 Ann (@ann)");
  });

  test("has a button for each part with its count, and says in words which one is shown", () => {
    const links = [link(1), link(2), link(3, { state: "failed" }), link(4, { state: "sending" })];
    const of = { links, downloads: [download("1", "WORK"), download("2", "DONE")] };
    const done = { entries: [], total: 7, page: 0, pages: 1, offset: 0 };
    const numbers = ["Waiting: 3", "In progress: 1", "Failed: 1", "Done: 7"];
    expect(page({ ...of, done }).filters).toEqual(["✅ Current: 6 (shown)", ...numbers]);
    expect(page({ ...of, done, filter: "failed" }).filters).toEqual([
      ...["Current: 6", "Waiting: 3", "In progress: 1", "✅ Failed: 1 (shown)", "Done: 7"],
    ]);
    expect(page({ ...of, done, all: true, role: "admin" }).filters).not.toContain("Done: 7");
  });

  test("shows one part alone, and says when it is empty", () => {
    const links = [link(1), link(2, { state: "failed" }), link(3, { state: "sending" })];
    const downloads = [download("1", "WORK"), download("2", "DONE")];
    const of = (filter: QueueView["filter"]) => page({ links, downloads, filter });
    expect(shown(of("waiting").text)).toEqual(["a.com/1", "a.com/3"]);
    expect(of("waiting").text).toStartWith("Waiting: 2\n\n1. ");
    expect(shown(of("failed").text)).toEqual(["a.com/2"]);
    expect(shown(of("work").text)).toEqual(["b.com/1"]);
    const empty = (filter: QueueView["filter"]) => page({ links: [], filter }).text;
    expect((["waiting", "work", "failed", "done"] as const).map(empty)).toEqual([
      ...[
        "Nothing is waiting to be sent.",
        "Nothing is in progress.",
        "Nothing has failed.",
        "Nothing has been downloaded yet.",
      ],
    ]);
  });

  test("shows finished downloads like /done, each with a button to send it again", () => {
    const entries = [11, 12].map((id) => aDelivery({ id, name: `Film ${id}`, state: "done", closedAt: NOW }));
    const { text, rows } = page({ filter: "done", done: { entries, total: 12, page: 1, pages: 2, offset: 10 } });
    expect(text).toBe("Done: 12 · page 2 of 2\n\n11. Film 11\n12:00 · nas\n\n12. Film 12\n12:00 · nas");
    expect(rows).toEqual([
      ["🔁 Again 11", "🔁 Again 12"],
      ["‹ Previous page", "🔄 Refresh"],
    ]);
  });

  test("has buttons for a whole list, and shows a question instead of them", () => {
    const links = [link(1), link(2, { state: "failed" })];
    const list = "0123456789abcdef";
    const waiting = { links, filter: "waiting", whole: { part: "waiting", list, count: 1 } } as const;
    expect(page(waiting).rows.slice(1, -1)).toEqual([
      ["▶️ All now", "All tonight, 02:00"],
      ["Folder for all", "🗑 Remove all"],
    ]);
    const failed = { links, filter: "failed", whole: { part: "failed", list, count: 1 } } as const;
    const undo = { until: NOW, count: 3 };
    expect(page({ ...failed, undo }).rows.slice(1, -1)).toEqual([
      ["↩️ Undo: 3"],
      ["🔁 Retry all", "All tonight, 02:00"],
      ["Folder for all", "🗑 Remove all"],
    ]);
    const sure = page({ ...failed, asking: "removal" });
    expect(sure.rows).toEqual([["🗑 Yes, remove 1"], ["Back"]]);
    expect(sure.text).toEndWith("Remove the only link of this list?");
    const folder = page({ ...waiting, asking: "folder", isPrivate: false });
    expect(folder.rows).toEqual([["films", "music"], ["Back"]]);
    expect(folder.text).toEndWith(
      "Which folder is this link for (1)? Links that others sent stay as they are, unless you are an admin.",
    );
    const none = { filter: "failed", whole: { part: "failed", list, count: 0 } } as const;
    expect(page({ ...none, asking: "removal" }).rows).toEqual([["🔄 Refresh"]]);
    const there = { ...none.whole, there: { list, count: 1 } };
    expect(page({ ...none, whole: there }).rows).toEqual([["🔁 Retry all", "🗑 Remove all"], ["🔄 Refresh"]]);
    const both = page({ ...failed, whole: { ...failed.whole, there: { list, count: 2 } }, asking: "removal" });
    expect(both.rows).toEqual([["🗑 Yes, remove 3"], ["Back"]]);
    expect(both.text).toEndWith("Remove all 3 links of this list? The 2 on servers cannot be brought back.");
    expect(page({ ...none, whole: there, asking: "removal" }).text).toEndWith(
      "Remove the only link of this list? The one on a server cannot be brought back.",
    );
    expect(page({ ...none, whole: { ...there, there: { list, count: 0 } } }).rows).toEqual([["🔄 Refresh"]]);
  });

  test("shows a downloader's activity as it is, and trouble with a mark", () => {
    const converting = { kind: "activity", text: "converting [mp4]" } as const;
    const failed = { kind: "trouble", text: "ERROR: [site] 1: Video unavailable" } as const;
    const { text } = page({
      downloads: [download("1", "WORK", { remark: converting }), download("2", "WORK", { remark: failed })],
    });
    const lasts = text.split("\n\n").map((paragraph) => paragraph.split("\n").at(-1));
    expect(lasts.slice(1)).toEqual(["converting [mp4]", "⚠️ ERROR: [site] 1: Video unavailable"]);
  });

  test("says how many links are before one that waits on a server", () => {
    const { text } = page({ downloads: [download("1", "NEW", { ahead: 0 }), download("2", "NEW", { ahead: 2 })] });
    expect(text).toContain("b.com/1\n🕐 Waiting on the server · on “nas”");
    expect(text).toContain("b.com/2\n🕐 Waiting on the server, 2 links ahead of it · on “nas”");
    expect(texts.ru.lists.queue.status("NEW", 21)).toBe("🕐 Ждёт на сервере, перед ней 21 ссылка");
  });

  test("counts failed downloads among the failed links, and does not call them waiting", () => {
    const remark = { kind: "trouble", text: "HTTP Error 404" } as const;
    const view = {
      downloads: [download("failed", "NEW", { remark }), download("new", "NEW"), download("work", "WORK", { remark })],
      links: [link(1), link(2, { state: "failed", attempts: 12 })],
    };
    const { text, filters } = page(view);
    expect(shown(text)).toEqual(["b.com/new", "b.com/work", "a.com/1", "a.com/2", "b.com/failed"]);
    expect(text).toStartWith("2 links in the queue · 3 on the servers\n");
    expect(text).toContain("b.com/failed\n❌ Could not be downloaded · on “nas” · best\n⚠️ HTTP Error 404");
    expect(filters).toEqual(["✅ Current: 5 (shown)", "Waiting: 1", "In progress: 2", "Failed: 2", "Done: 0"]);
    expect(shown(page({ ...view, filter: "failed" }).text)).toEqual(["a.com/2", "b.com/failed"]);
    expect(shown(page({ ...view, filter: "work" }).text)).toEqual(["b.com/new", "b.com/work"]);
  });

  test("offers to send a failed download again, by its delivery", () => {
    const remark = { kind: "trouble", text: "HTTP Error 404" } as const;
    const downloads = [download("noted", "NEW", { remark, failed: 7 }), download("new", "NEW", { remark })];
    const { rows, data } = page({ downloads, filter: "failed" });
    expect(rows.slice(0, 2)).toEqual([["1 🔁 Send again", "1 🗑 Remove"], ["2 🗑 Remove"]]);
    expect(queueButton.unpack(data[0] ?? "")).toMatchObject({ action: "again", id: 7, filter: "failed", all: false });
  });

  test("names the downloaders that have not answered", () => {
    const { text } = page({ silent: ["a", "b", "c", "d", "e"] });
    expect(text).toEndWith("No answer from “a”, “b”, “c” and 2 more: shown as it was last known.");
  });

  test("fits into one message and its buttons into Telegram's 64 bytes, whatever is in it", () => {
    const anything = fc.string({ unit: "binary", maxLength: 3_000 });
    fc.assert(
      fc.property(anything, anything, anything, fc.integer({ min: 1, max: 2 ** 40 }), (name, text, tail, id) => {
        const remark = { kind: "trouble", text } as const;
        const url = `https://b.com/${encodeURIComponent(tail.toWellFormed())}`;
        const downloads = Array.from({ length: 5 }, () =>
          download("", "NEW", { url, key: url, name, remark, failed: id }),
        );
        const lastError = { reason: "incompatible", downloader: "n".repeat(64) } as const;
        const links = Array.from({ length: 9 }, () => link(id, { url, state: "failed", attempts: 99, lastError }));
        const silent = Array.from({ length: 9 }, () => "n".repeat(64));
        const note = "n".repeat(250);
        const entries = Array.from({ length: 10 }, () => aDelivery({ id, name, url, folder: text, state: "done" }));
        const done = { entries, total: 10, page: 9_999, pages: 9_999, offset: 99_990 };
        const undo = { until: NOW, count: 99_999 };
        for (const filter of QUEUE_FILTERS) {
          const part = filter === "failed" ? ("failed" as const) : ("waiting" as const);
          const code = "0".repeat(16);
          const whole = { part, list: code, count: 9, there: { list: code, count: 9 } };
          for (const asking of ["folder", "removal", undefined] as const) {
            const of = { downloads, links, silent, all: true, role: "admin", note, filter, done, whole, undo } as const;
            const { length, data } = page({ ...of, ...(asking && { asking }) });
            expect(length).toBeLessThanOrEqual(4096);
            for (const press of data) expect(Buffer.byteLength(press)).toBeLessThanOrEqual(64);
          }
        }
      }),
      { numRuns: 50 },
    );
  });
});
