import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DownloaderClient } from "../../src/domain/downloader.ts";
import { createRouting } from "../../src/domain/route.ts";
import { wait } from "../../src/domain/wait.ts";
import { openStore, type SqliteStore } from "../../src/store/store.ts";
import { createBot, SETTINGS } from "../unit/service/bot.ts";
import { createMemoryJournal } from "../unit/service/world.ts";

/*
 * What links cost that nobody takes: a look at one with 300 downloaders of 64 roots each, compared with one downloader of one root; and how
 * much later a new link is sent when somebody registers while 100,000 of them wait, with the longest block of the event loop until the last
 * of them has been looked at. Run: bun test/bench/waiting.ts
 */

const say = (line: string) => process.stdout.write(`${line}\n`);
const NEW = "https://x.org/1";
const NOW = Date.UTC(2026, 10, 23);
const directory = mkdtempSync(join(tmpdir(), "dwld-bot-bench-"));

function aLook(): void {
  function fleet(names: number, roots: number) {
    const routing = createRouting([]);
    routing.update(
      Array.from({ length: names }, (_, name) => ({
        name: `${name}`,
        roots: Array.from({ length: roots }, (__, root) => `site${root}.of${name}.example`),
      })),
    );
    return routing;
  }
  const microseconds = (routing: ReturnType<typeof createRouting>) => {
    const startedAt = performance.now();
    for (let link = 0; link < 100_000; link += 1) routing.matchesOf(`https://m.youtube.com/watch?v=${link}`);
    return (performance.now() - startedAt) / 100;
  };
  const [small, large] = [fleet(1, 1), fleet(300, 64)];
  microseconds(small);
  const [few, many] = [microseconds(small), microseconds(large)];
  say(
    `a look: ${few.toFixed(2)} µs beside 1 root, ${many.toFixed(2)} µs beside 19,200; ratio ${(many / few).toFixed(2)}`,
  );
}

function fill(store: SqliteStore, unmatched: number): void {
  const of = { threadId: null, messageId: null, sender: "ann", quality: "best", folder: null } as const;
  store.transaction(() => {
    for (let index = 0; index < unmatched; index += 1) {
      const url = `https://youtube.com/watch?v=${index}`;
      const link = store.links.add({ ...of, chatId: 1, url, key: url.slice(8), sendAt: NOW, createdAt: NOW });
      if (link !== undefined) store.links.update(link.id, { state: "unmatched" });
    }
  });
}

/** Ms until a new link is sent after somebody has registered who takes it, and the longest block of the loop meanwhile. */
async function registration(unmatched: number, takesAll: boolean): Promise<{ newLink: number; longest: number }> {
  const path = join(directory, `${unmatched}-${takesAll}.db`);
  {
    using filled = openStore(path);
    fill(filled, unmatched);
  }
  const store = openStore(path);
  let [newLink, startedAt] = [Number.NaN, 0];
  const client = {
    async submit(_: unknown, { url }: { url: string }) {
      if (url === NEW) newLink = performance.now() - startedAt;
      await new Promise(setImmediate);
      return { kind: "accepted" };
    },
  } as unknown as DownloaderClient;
  const journal = createMemoryJournal();
  const clock = { now: () => NOW, wait, random: Math.random };
  const { registry, dispatcher } = createBot({ store, client, journal, ...clock, settings: SETTINGS, routes: [] });

  let [longest, last] = [0, performance.now()];
  const watch = setInterval(() => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  }, 1);
  startedAt = performance.now();
  registry.register({ name: "nas", host: "127.0.0.1", port: 1, roots: takesAll ? ["*"] : ["x.org"] });
  const of = { threadId: null, messageId: null, sender: "ann", quality: "best", folder: null } as const;
  store.links.add({ ...of, chatId: 2, url: NEW, key: "x.org/1", sendAt: NOW, createdAt: NOW });
  for (let ticks = 0; ticks < 20; ticks += 1) {
    await dispatcher.tick();
    await new Promise(setImmediate);
  }
  clearInterval(watch);
  await dispatcher.drain();
  store[Symbol.dispose]();
  return { newLink, longest };
}

try {
  aLook();
  for (const takesAll of [false, true]) {
    const without = await registration(0, takesAll);
    const beside = await registration(100_000, takesAll);
    say(
      `a registration that takes ${takesAll ? "all of them" : "none of them"}: a new link is out after ${without.newLink.toFixed(0)} ms, ` +
        `beside 100,000 unmatched after ${beside.newLink.toFixed(0)} ms; longest stop of the event loop ${beside.longest.toFixed(0)} ms`,
    );
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}
