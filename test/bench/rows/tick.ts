import { Database } from "bun:sqlite";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DownloaderClient } from "../../../src/domain/downloader.ts";
import { wait } from "../../../src/domain/wait.ts";
import { openStore } from "../../../src/store/store.ts";
import { createBot, SETTINGS } from "../../unit/service/bot.ts";
import { createMemoryJournal } from "../../unit/service/world.ts";
import { type Effort, median, type Result } from "../figures.ts";

/*
 * B3: a tick of the dispatcher with nothing due, depending on the number of waiting links. Runs in this process, because the binary does
 * not tell how long a tick took.
 */

const NOW = Date.UTC(2026, 10, 23);
const HOUR_MS = 3_600_000;
const TICKS = 500;

/** B3. */
export async function tick({ isShort, rounds }: Effort): Promise<Result> {
  const sizes = isShort ? [1_000, 100_000] : [1_000, 100_000, 1_000_000];
  const folder = mkdtempSync(join(tmpdir(), "dwld-bot-bench-"));
  const worlds = sizes.map((links) => {
    const path = join(folder, `${links}.db`);
    openStore(path)[Symbol.dispose]();
    fill(path, links);
    const store = openStore(path);
    const clock = { now: () => NOW, wait, random: Math.random };
    const client = {} as DownloaderClient;
    const bot = createBot({ store, client, journal: createMemoryJournal(), ...clock, settings: SETTINGS, routes: [] });
    bot.registry.register({ name: "nas", host: "127.0.0.1", port: 1, roots: ["*"] });
    return { links, dispatcher: bot.dispatcher, taken: [] as number[] };
  });
  for (let round = 0; round < 2 * rounds; round += 1) {
    for (const { dispatcher, taken } of worlds) taken.push(await medianOf(() => dispatcher.tick()));
  }
  rmSync(folder, { recursive: true, force: true });
  const figures = worlds.map(({ taken }) => median(taken));
  return {
    row: "B3",
    title: "a tick with nothing due",
    head: ["links that wait", "ms"],
    lines: worlds.map(({ links }, index) => [links.toLocaleString("en"), figures[index] ?? Number.NaN]),
    verdicts: [
      { what: "ms", measured: Math.max(...figures), bound: { most: 1 } },
      {
        what: "the largest beside the smallest",
        measured: (figures.at(-1) ?? 0) / (figures[0] ?? 0),
        bound: { most: 1.5 },
      },
    ],
    details: worlds.map(({ links, taken }) => ({ links, taken })),
  };
}

/** Fifty chats' links, all due in an hour. */
export function fill(path: string, links: number): void {
  using database = new Database(path, { readwrite: true });
  database.run("PRAGMA synchronous = OFF");
  database.run(`with recursive n(i) as (select 0 union all select i + 1 from n where i + 1 < ${links})
    insert into links (chat_id, message_id, sender, url, key, quality, send_at, created_at)
    select 1 + i % 50, i, 'ann', 'https://youtube.com/watch?v=' || i, 'youtube.com/watch?v=' || i, 'best',
      ${NOW + HOUR_MS} + i, ${NOW} from n`);
}

async function medianOf(run: () => Promise<void>): Promise<number> {
  const taken: number[] = [];
  for (let index = 0; index < TICKS; index += 1) {
    const startedAt = performance.now();
    await run();
    taken.push(performance.now() - startedAt);
  }
  return median(taken);
}
