import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCalendar } from "../../src/domain/calendar.ts";
import type { Download, DownloaderClient } from "../../src/domain/downloader.ts";
import { silentLog } from "../../src/domain/log.ts";
import type { Actor } from "../../src/domain/role.ts";
import { createFleet } from "../../src/service/fleet/fleet.ts";
import { createRegistry } from "../../src/service/fleet/registry.ts";
import { createQueue } from "../../src/service/queue/queue.ts";
import { createTogether } from "../../src/service/together.ts";
import { openStore, type SqliteStore } from "../../src/store/store.ts";
import { texts } from "../../src/telegram/locales/locales.ts";
import { queuePage } from "../../src/telegram/views/queue-page.ts";

/*
 * What our own share of answering /queue costs, with 100 and with 100,000 queued links of 50 chats in turn. Each chat has 200 deliveries,
 * 20 of them open, and each of two downloaders reports 500 downloads. Run: bun test/bench/queue-page.ts
 */

const say = (line: string) => process.stdout.write(`${line}\n`);
const NOW = Date.UTC(2026, 10, 23);
const CHATS = 50;
const DELIVERIES = 200 * CHATS;
const OPEN = 20 * CHATS;
const directory = mkdtempSync(join(tmpdir(), "dwld-bot-bench-"));
const video = (index: number) => `https://youtube.com/watch?v=${index}`;
const never = new AbortController().signal;

function fill(store: SqliteStore, links: number): void {
  const of = { threadId: null, messageId: null, sender: "ann", quality: "best", folder: null } as const;
  store.transaction(() => {
    for (let index = 0; index < links; index += 1) {
      const url = video(index);
      store.links.add({
        ...of,
        chatId: 1 + (index % CHATS),
        url,
        key: url.slice(8),
        sendAt: NOW + index,
        createdAt: NOW,
      });
    }
    for (let index = 0; index < DELIVERIES; index += 1) {
      const url = `https://vimeo.com/${index}`;
      const [downloader, acceptedAt] = [index % 2 === 0 ? "nas" : "box", NOW - index];
      const delivery = { ...of, linkId: links + index + 1, chatId: 1 + (index % CHATS), url, key: url.slice(8) };
      store.deliveries.add({ ...delivery, downloader, acceptedAt });
      if (index >= OPEN) store.deliveries.update(index + 1, { state: "done", closedAt: NOW });
    }
  });
}

function reported(first: number): Download[] {
  return Array.from({ length: 500 }, (_, index) => ({
    url: `https://vimeo.com/${first + 2 * index}`,
    status: index % 3 === 0 ? "DONE" : "NEW",
    quality: "720",
    name: "Some film",
    remark: undefined,
  }));
}

const lists = new Map([
  ["nas", reported(0)],
  ["box", reported(1)],
]);
const client = { queue: async ({ name }: { name: string }) => lists.get(name) } as unknown as DownloaderClient;

function build(store: SqliteStore) {
  const together = createTogether(store.transaction);
  const common = { store, together, now: () => NOW, log: silentLog };
  const registry = createRegistry({
    ...common,
    table: store.downloaders,
    routes: [],
    random: Math.random,
    onRegistered: () => {},
  });
  for (const name of lists.keys()) registry.register({ name, host: "127.0.0.1", port: 1, roots: ["*"] });
  const usability = { problemOf: () => undefined };
  const wait = () => new Promise<void>(() => {});
  const fleet = createFleet({ ...common, client, registry, usability, patienceMs: 1_500, wait });
  const queue = createQueue({ ...common, onChanged: () => {}, report: () => {} });
  return async (actor: Actor, page: number, all: boolean): Promise<void> => {
    const list = await fleet.downloads(actor, { all, stop: never });
    queuePage(
      {
        ...{ page, all, filter: "all", fleet: list, local: (of) => queue.page(actor, { ...of, all }) },
        done: { entries: [], total: 0, page: 0, pages: 1, offset: 0 },
      },
      {
        context: { texts: texts.en, language: "en", actor, isPrivate: true },
        qualities: ["best", 720],
        folders: [],
        calendar: createCalendar({ zone: "UTC", night: "02:00", now: () => NOW }),
        percentageOf: () => undefined,
        downloaders: { standing: () => "taken" },
        nameOf: () => undefined,
      },
    );
  };
}

/** Milliseconds of `run`: the median, and the slowest of a hundred. */
async function measure(run: () => Promise<void>): Promise<{ median: number; slowest: number }> {
  const taken: number[] = [];
  for (let index = 0; index < 100; index += 1) {
    const startedAt = performance.now();
    await run();
    taken.push(performance.now() - startedAt);
  }
  taken.sort((a, b) => a - b);
  return { median: taken[50] ?? 0, slowest: taken[99] ?? 0 };
}

try {
  const small = openStore(join(directory, "small.db"));
  const large = openStore(join(directory, "large.db"));
  fill(small, 100);
  fill(large, 100_000);
  const [fromSmall, fromLarge] = [build(small), build(large)];
  const member: Actor = { chatId: 7, role: "user" };
  const admin: Actor = { chatId: 1, role: "admin" };
  // A chat owns 20 of the 1,000 downloads that are reported.
  const lastPage = (links: number, all: boolean) => (all ? links + 1_000 : links / CHATS + 20) / 5 - 1;
  for (const [name, actor, all, isLast] of [
    ["a chat's first page", member, false, false],
    ["a chat's last page", member, false, true],
    ["everyone's first page", admin, true, false],
    ["everyone's last page", admin, true, true],
  ] as const) {
    const few = await measure(() => fromSmall(actor, isLast ? Math.floor(lastPage(100, all)) : 0, all));
    const many = await measure(() => fromLarge(actor, isLast ? lastPage(100_000, all) : 0, all));
    const ratio = (many.median / few.median).toFixed(1);
    say(
      `${name}: ${few.median.toFixed(2)} ms with 100 links, ${many.median.toFixed(2)} ms (slowest ${many.slowest.toFixed(1)}) with 100,000; ratio ${ratio}`,
    );
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}
