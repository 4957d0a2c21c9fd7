import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import type { Download, DownloaderClient } from "../../../src/domain/downloader.ts";
import { silentLog } from "../../../src/domain/log.ts";
import { createSweeper } from "../../../src/service/cleanup/message-sweeper.ts";
import { createRegistry } from "../../../src/service/fleet/registry.ts";
import { createTogether } from "../../../src/service/together.ts";
import { createTracker } from "../../../src/service/tracking/tracker.ts";
import { openStore, type SqliteStore } from "../../../src/store/store.ts";
import { type Effort, median, type Result } from "../figures.ts";

/*
 * B4: a round of the tracker over a downloader's list, and of the cleanup, depending on how much there is. Runs in this process, so that it
 * can tell how long the event loop is held up; a page of /queue has a separate bench (queue-page.ts).
 */

const NOW = Date.UTC(2026, 10, 23);
const CHATS = 500;
const of = { threadId: null, messageId: null, sender: "ann", quality: "best", folder: null } as const;

interface Round {
  readonly what: string;
  readonly size: number;
  /** From the first statement to the last one. */
  readonly ms: number;
  /** The longest time for which the loop was held up. */
  readonly heldMs: number;
}

/** B4. */
export async function rounds({ isShort, rounds: times }: Effort): Promise<Result> {
  const taken: Round[] = [];
  for (let nth = 0; nth < times; nth += 1) {
    for (const size of [100, 1_000, 10_000]) taken.push(await look(size));
    for (const size of isShort ? [100, 10_000] : [100, 10_000, 100_000]) taken.push(await sweep(size));
  }
  const keys = [...new Map(taken.map(({ what, size }) => [`${what} ${size}`, { what, size }])).values()];
  const figure = (what: string, size: number, value: (round: Round) => number) =>
    median(taken.filter((round) => round.what === what && round.size === size).map(value));
  return {
    row: "B4",
    title: "rounds of the tracker and of the cleanup",
    head: ["round", "size", "ms", "loop held, ms"],
    lines: keys.map(({ what, size }) => [
      what,
      size.toLocaleString("en"),
      figure(what, size, ({ ms }) => ms),
      figure(what, size, ({ heldMs }) => heldMs),
    ]),
    verdicts: keys
      .filter(({ size }) => size >= 10_000)
      .map(({ what, size }) => ({
        what: `${what}, ${size}: loop held, ms`,
        measured: figure(what, size, ({ heldMs }) => heldMs),
        bound: { most: 50 },
      })),
    details: taken,
  };
}

/** Runs `work` and measures how long it holds up the loop. */
async function watched(what: string, size: number, work: () => Promise<void>): Promise<Round> {
  let last = performance.now();
  let heldMs = 0;
  const look = () => {
    heldMs = Math.max(heldMs, performance.now() - last);
    last = performance.now();
  };
  const timer = setInterval(look, 0);
  const startedAt = performance.now();
  await work();
  const ms = performance.now() - startedAt;
  await setImmediate();
  look();
  clearInterval(timer);
  return { what, size, ms, heldMs };
}

async function withStore<T>(use: (store: SqliteStore) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "dwld-bot-bench-"));
  const store = openStore(join(folder, "bench.db"));
  try {
    return await use(store);
  } finally {
    store[Symbol.dispose]();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Everything that one downloader lists has made progress since the previous look. */
function look(size: number): Promise<Round> {
  return withStore(async (store) => {
    const url = (index: number) => `https://x.org/${index}`;
    store.transaction(() => {
      for (let index = 0; index < size; index += 1) {
        const link = { linkId: index + 1, chatId: 1 + (index % CHATS), url: url(index), key: url(index).slice(8) };
        store.deliveries.add({ ...of, ...link, downloader: "nas", acceptedAt: NOW - 1 });
      }
    });
    const list: Download[] = Array.from({ length: size }, (_, index) => {
      return { url: url(index), status: "WORK", quality: "720", name: "Some film", remark: undefined };
    });
    const client = { queue: async () => list } as unknown as DownloaderClient;
    const clock = { now: () => NOW, log: silentLog };
    const registry = createRegistry({
      ...{ ...clock, table: store.downloaders, routes: [], random: Math.random },
      together: createTogether(store.transaction),
      onRegistered: () => {},
    });
    registry.register({ name: "nas", host: "127.0.0.1", port: 1, roots: ["*"] });
    const looked = Promise.withResolvers<void>();
    const tracker = createTracker({
      ...{ ...clock, store, client, registry, messageKeptMs: () => undefined, onEvents: () => {} },
      onLook: () => looked.resolve(),
    });
    return watched("the tracker's, over a list", size, async () => {
      await tracker.tick();
      await looked.promise;
    });
  });
}

/** The messages of five hundred chats are deleted; Telegram answers each call in the next turn of the loop. */
function sweep(size: number): Promise<Round> {
  return withStore(async (store) => {
    store.transaction(() => {
      for (let index = 0; index < size; index += 1) {
        store.deletions.add({ chatId: 1 + (index % CHATS), messageId: index + 1, deleteAt: NOW - 1 });
      }
    });
    let calls = 0;
    const over = Promise.withResolvers<void>();
    const sweeper = createSweeper({
      ...{ deletions: store.deletions, together: createTogether(store.transaction), now: () => NOW, log: silentLog },
      whenReady: () => undefined,
      async deleteMessages() {
        await setImmediate();
        calls += 1;
        if (calls === Math.min(CHATS, size)) over.resolve();
        return "done";
      },
    });
    return watched("the cleanup's, by messages", size, async () => {
      sweeper.sweep();
      await over.promise;
    });
  });
}
