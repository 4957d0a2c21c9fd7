import { describe, expect, test } from "bun:test";
import type { Direct } from "../../../../src/service/dispatch/direct-hand-over.ts";
import { createTellDirect } from "../../../../src/telegram/commands/direct-links.ts";
import type { Content } from "../../../../src/telegram/context/content.ts";
import { aChatContext } from "../../../support/chat-context.ts";

const context = aChatContext();

const lost = (url: string, isKept = false): Direct => ({
  isKept,
  result: Promise.resolve({ kind: "lost", url, maybe: undefined }),
});

/** Whether the update may be confirmed, where Telegram takes, refuses or keeps waiting the texts with these words. */
function confirmable(directs: readonly Direct[], fates: Readonly<Record<string, boolean | "waits">>): Promise<unknown> {
  const tellDirect = createTellDirect({
    replies: {
      tell(_, { text }: Content) {
        const [, fate] = Object.entries(fates).find(([words]) => String(text).includes(words)) ?? [];
        return fate === "waits" || fate === undefined ? new Promise(() => {}) : Promise.resolve(fate);
      },
    },
    background: { run: (_, work) => void work(new AbortController().signal), stop: async () => {} },
  });
  const asked = tellDirect(context, directs, 7);
  return Promise.race([asked, new Promise((resolve) => setImmediate(() => setImmediate(resolve, "not yet")))]);
}

describe("an update whose links go past the queue", () => {
  const two = [lost("https://x.org/1"), lost("https://x.org/2")];
  const warning = "send your links on at once";

  test.each<[string, boolean | string, readonly Direct[], Record<string, boolean | "waits">]>([
    ["its links are noted", true, [lost("https://x.org/1", true)], {}],
    ["its sender was warned", true, two, { [warning]: true, "x.org": false }],
    ["its sender was told what came of all", true, two, { [warning]: false, "x.org": true }],
    ["the words still wait for Telegram", "not yet", two, { [warning]: "waits", "x.org/1": true, "x.org/2": "waits" }],
    ["the warning was given up and the outcome waits", "not yet", two, { [warning]: false, "x.org": "waits" }],
    ["one of its links was told of alone", false, two, { [warning]: false, "x.org/1": true, "x.org/2": false }],
    ["nothing could be said", false, two, { [warning]: false, "x.org": false }],
  ])("may be confirmed where %s: %p", async (_, may, directs, fates) => {
    expect(await confirmable(directs, fates)).toBe(may);
  });
});
