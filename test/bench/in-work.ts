import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInWork } from "../../src/service/tracking/in-work.ts";
import { openStore, type SqliteStore } from "../../src/store/store.ts";
import { texts } from "../../src/telegram/locales/locales.ts";
import { createWorkDisplay } from "../../src/telegram/notify/in-work.ts";
import { workList } from "../../src/telegram/views/work-list.ts";
import { createRecordingLog } from "../support/recording-log.ts";

/*
 * What it costs to check whether the messages about what is in work are up to date, with 10 and with 1,000 chats that have one: for all of
 * them, and for one chat. Run: bun test/bench/in-work.ts
 */

const say = (line: string) => process.stdout.write(`${line}\n`);
const directory = mkdtempSync(join(tmpdir(), "dwld-bot-bench-"));

function fill(store: SqliteStore, chats: number): void {
  store.transaction(() => {
    for (let index = 0; index < chats * 3; index += 1) {
      const url = `https://youtube.com/watch?v=${index}`;
      const of = { threadId: null, messageId: null, keepsMessage: false, batchId: null, sender: "ann", senderId: null };
      const what = { title: null, url, key: url.slice(8), quality: "best", folder: null, downloader: "nas" } as const;
      store.deliveries.add({ ...of, ...what, linkId: index, chatId: 1 + (index % chats), acceptedAt: index });
    }
  });
}

/** Milliseconds of the longest look at all, in which each message is drawn and none has changed, and of a look at one chat. */
async function looks(chats: number): Promise<{ all: number; one: number }> {
  using store = openStore(join(directory, `${chats}.db`));
  fill(store, chats);
  let now = 1_000_000;
  const inWork = createInWork({
    store,
    registry: { byName: () => undefined, stateOf: () => "reachable" },
    progress: { of: () => undefined },
  });
  const display = createWorkDisplay({
    inWork,
    keeper: { all: () => [] },
    sender: {
      render: (open) => ({ content: workList(inWork.list(open, 10), texts.en), newest: open.newest }),
      edit: async () => {},
      async send(one) {
        const { chatId, threadId } = one.place;
        const open = inWork.at(one.place);
        const drawn = open && this.render(open);
        Object.assign(one, { message: { chatId, threadId, messageId: 1, sentAt: now }, ...drawn });
      },
      retire() {},
    },
    outbox: { tail: { below: () => 0 } } as never,
    replies: { answer() {}, discard() {} },
    isBlocked: () => false,
    isShutOut: () => false,
    languageOf: () => "en",
    now: () => now,
    wait: () => new Promise(() => {}),
    gatherWait: () => new Promise(() => {}),
    log: createRecordingLog(),
  });
  let [all, one] = [0, 0];
  for (let round = 0; round < 40; round += 1) {
    now += 15_000;
    const startedAt = performance.now();
    display.tick();
    if (round > 15) all = Math.max(all, performance.now() - startedAt);
    await new Promise(setImmediate);
  }
  for (let chatId = 1; chatId <= 10; chatId += 1) {
    const startedAt = performance.now();
    await display.caughtUp(chatId);
    one = Math.max(one, performance.now() - startedAt);
  }
  return { all, one };
}

try {
  await looks(10);
  const [few, many] = [await looks(10), await looks(1_000)];
  say(`10 chats: a look at all ${few.all.toFixed(1)} ms, at one ${few.one.toFixed(1)} ms`);
  say(`1,000 chats: a look at all ${many.all.toFixed(1)} ms, at one ${many.one.toFixed(1)} ms`);
} finally {
  rmSync(directory, { recursive: true, force: true });
}
