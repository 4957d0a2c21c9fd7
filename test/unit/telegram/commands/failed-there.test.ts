import { expect, test } from "bun:test";
import { StoreUnavailable } from "../../../../src/domain/storage.ts";
import type { FailedDownloads } from "../../../../src/service/queue/failed-downloads.ts";
import { createFailedThere } from "../../../../src/telegram/commands/failed-there.ts";
import { texts } from "../../../../src/telegram/locales/locales.ts";
import { aChatContext } from "../../../support/chat-context.ts";
import { aDelivery } from "../../../support/links.ts";

const context = aChatContext();

const NONE: FailedDownloads = {
  idsOf: () => [],
  meant: () => [],
  drop: async () => ({ removed: 0, gone: 0, kept: 0 }),
};

test("many links are sent again in small groups, since each waits for the disk", async () => {
  let turn = 0;
  const nextTurn = () => {
    turn += 1;
  };
  const inTurns = new Map<number, number>();
  const failedThere = createFailedThere({
    failed: NONE,
    sendAgain() {
      const before = inTurns.get(turn) ?? 0;
      if (before === 0) setImmediate(nextTurn);
      inTurns.set(turn, before + 1);
      return { reply: { text: "Back in the queue" }, isSettled: true };
    },
    settleResent: () => {},
  });
  const deliveries = Array.from({ length: 103 }, (_, id) => aDelivery({ id }));
  const { sent, reply } = await failedThere.sendAgain(context, deliveries);
  expect([sent, reply.text]).toEqual([103, texts.en.news.allQueued(103)]);
  expect(Math.max(...inTurns.values())).toBeLessThanOrEqual(5);
});

test("a link that goes past the queue is waited for until it is safe, though its news cannot be settled", async () => {
  const isSafe = Promise.resolve(true);
  const failedThere = createFailedThere({
    failed: NONE,
    sendAgain: () => ({ reply: { text: texts.en.prompt.sending, isSafe }, isSettled: true }),
    settleResent() {
      throw new StoreUnavailable("SQLITE_BUSY");
    },
  });
  const { sent, reply } = await failedThere.sendAgain(context, [aDelivery()]);
  expect([sent, reply]).toEqual([1, { text: texts.en.prompt.sending, isSafe }]);
});
