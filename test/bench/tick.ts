import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DownloaderClient } from "../../src/domain/downloader.ts";
import { wait } from "../../src/domain/wait.ts";
import { openStore, type SqliteStore } from "../../src/store/store.ts";
import { createBot, SETTINGS } from "../unit/service/bot.ts";
import { createMemoryJournal } from "../unit/service/world.ts";

/*
 * What a tick of the dispatcher costs with 100 and with 100,000 queued links, none of them due, as a ratio; and how long 5,000 due links
 * take, with the longest block of the event loop. Run: bun test/bench/tick.ts
 */

const say = (line: string) => process.stdout.write(`${line}\n`);
const NOW = Date.UTC(2026, 10, 23);
const HOUR = 3_600_000;
const directory = mkdtempSync(join(tmpdir(), "dwld-bot-bench-"));

function fill(store: SqliteStore, links: number, sendAt: (index: number) => number): void {
  store.transaction(() => {
    for (let index = 0; index < links; index += 1) {
      const url = `https://youtube.com/watch?v=${index}`;
      const chatId = 1 + (index % 50);
      const of = { chatId, threadId: null, messageId: index, sender: "ann", quality: "best", folder: null } as const;
      store.links.add({ ...of, url, key: url.slice(8), sendAt: sendAt(index), createdAt: NOW });
    }
  });
}

function build(store: SqliteStore, client: DownloaderClient) {
  const journal = createMemoryJournal();
  const clock = { now: () => NOW, wait, random: Math.random };
  const { registry, dispatcher } = createBot({ store, client, journal, ...clock, settings: SETTINGS, routes: [] });
  registry.register({ name: "nas", host: "127.0.0.1", port: 1, roots: ["*"] });
  return dispatcher;
}

const accepted: string[] = [];
const client = {
  async submit(_: unknown, { url }: { url: string }) {
    accepted.push(url);
    return { kind: "accepted" };
  },
} as unknown as DownloaderClient;

/** Microseconds of `run`, the median of many. */
async function median(run: () => Promise<void>, times = 2_000): Promise<number> {
  const taken: number[] = [];
  for (let index = 0; index < times; index += 1) {
    const startedAt = performance.now();
    await run();
    taken.push((performance.now() - startedAt) * 1000);
  }
  return taken.sort((a, b) => a - b)[times >> 1] ?? 0;
}

async function noneDue(): Promise<void> {
  const small = openStore(join(directory, "small.db"));
  const large = openStore(join(directory, "large.db"));
  fill(small, 100, () => NOW + HOUR);
  fill(large, 100_000, () => NOW + HOUR);
  const [smallTick, largeTick] = [build(small, client), build(large, client)];
  const ratios: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    const a = await median(() => smallTick.tick());
    const b = await median(() => largeTick.tick());
    ratios.push(b / a);
    say(`none due: ${a.toFixed(1)} µs with 100 links, ${b.toFixed(1)} µs with 100,000; ratio ${(b / a).toFixed(2)}`);
  }
  say(`median ratio ${ratios.sort((a, b) => a - b)[2]?.toFixed(2)}`);
}

async function manyDue(): Promise<void> {
  const store = openStore(join(directory, "due.db"));
  fill(store, 100_000, (index) => (index < 5_000 ? NOW - 5_000 + index : NOW + HOUR));
  const dispatcher = build(store, client);
  let longest = 0;
  let last = performance.now();
  const watch = setInterval(() => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  }, 1);
  const startedAt = performance.now();
  while (accepted.length < 5_000) {
    await dispatcher.tick();
    await new Promise(setImmediate);
  }
  await dispatcher.drain();
  clearInterval(watch);
  const inOrder = accepted.every((url, index) => url.endsWith(`=${index}`));
  say(
    `5,000 due of 100,000: all out in ${(performance.now() - startedAt).toFixed(0)} ms, in order of send_at: ${inOrder}, longest stop of the event loop ${longest.toFixed(1)} ms`,
  );
}

try {
  await noneDue();
  await manyDue();
} finally {
  rmSync(directory, { recursive: true, force: true });
}
