import { describe, expect, test } from "bun:test";
import { openStore } from "../../../../src/store/store.ts";
import { createApi } from "../../../../src/telegram/api/bot-api.ts";
import { createMessageReactions, reactionTo } from "../../../../src/telegram/notify/message-reactions.ts";
import { createOutbox } from "../../../../src/telegram/outbox/outbox.ts";
import { startBotApi } from "../../../support/bot-api.ts";
import { createClock } from "../../../support/clock.ts";
import { newLink } from "../../../support/links.ts";
import { createRecordingLog } from "../../../support/recording-log.ts";

const TOKEN = "123456789:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr";

describe("reactionTo()", () => {
  const open = { state: "open", trouble: null } as const;
  const troubled = { state: "open", trouble: "no space" } as const;
  const done = { state: "done", trouble: "no space" } as const;
  const lost = { state: "lost", trouble: null } as const;
  const removed = { state: "removed", trouble: null } as const;
  const queued = { state: "queued" } as const;

  test.each([
    ["nothing was handed over", [], [queued], undefined],
    ["its only link was taken out", [removed], [], undefined],
    ["it was taken", [open], [], "👀"],
    ["some are done", [done, open], [], "👀"],
    ["the rest still waits", [done], [queued], "👀"],
    ["all are done", [done, done], [], "👌"],
    ["the rest was taken out", [done, removed], [{ state: "removed" } as const], "👌"],
    ["one has trouble", [open, troubled], [queued], "💔"],
    ["of one nobody knows", [done, { state: "unknown", trouble: null } as const], [], "🤷"],
    ["one was lost", [done, lost], [], "💔"],
    ["nobody took one of them", [done], [{ state: "failed" } as const], "💔"],
  ])("is right when %s", (_, deliveries, waiting, emoji) => {
    expect(reactionTo(deliveries, waiting)).toBe(emoji as ReturnType<typeof reactionTo>);
  });
});

test("a message whose links have all ended is forgotten, also where its reaction said so before", async () => {
  await using telegram = startBotApi({ token: TOKEN });
  using store = openStore(":memory:");
  const clock = createClock();
  const outbox = createOutbox({
    ...{ api: createApi({ token: TOKEN, root: telegram.root }), log: createRecordingLog() },
    ...{ now: clock.now, wait: clock.wait, random: () => 0.5, onBlocked: () => {}, onMigrated: () => {} },
  });
  const { message_id: messageId } = telegram.user({ id: 1, started: true }).sends("https://x.org/1");
  store.deliveries.add({ ...newLink({ chatId: 1, messageId }), linkId: 1, downloader: "nas", acceptedAt: 0 });
  const queue = {
    ofMessage: () => ({ waiting: [], deliveries: store.deliveries.ofMessage(1, messageId) }),
  };
  const reactions = createMessageReactions({ outbox, queue });
  const set = () => telegram.calls.filter(({ method }) => method === "setMessageReaction").length;
  store.deliveries.update(1, { trouble: "no space" });
  await reactions.refresh(1, messageId);
  await reactions.refresh(1, messageId);
  expect(set()).toBe(1);
  store.deliveries.update(1, { state: "lost", closedAt: 1 });
  await reactions.refresh(1, messageId);
  expect(set()).toBe(1);
  await reactions.refresh(1, messageId);
  expect(set()).toBe(2);
});
