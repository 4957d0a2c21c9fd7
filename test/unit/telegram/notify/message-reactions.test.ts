import { describe, expect, test } from "bun:test";
import { openStore } from "../../../../src/store/store.ts";
import { createApi } from "../../../../src/telegram/api/bot-api.ts";
import { createMessageReactions, reactionTo } from "../../../../src/telegram/notify/message-reactions.ts";
import { createOutbox } from "../../../../src/telegram/outbox/outbox.ts";
import { refusal } from "../../../support/bot-api/faults.ts";
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

/** The reactions to a message whose link a server has, and how often one was set. */
function rig() {
  const held = new AsyncDisposableStack();
  const telegram = held.use(startBotApi({ token: TOKEN }));
  const store = held.use(openStore(":memory:"));
  const clock = createClock();
  const outbox = createOutbox({
    ...{ api: createApi({ token: TOKEN, root: telegram.root }), log: createRecordingLog() },
    ...{ now: clock.now, wait: clock.wait, random: () => 0.5, onBlocked: () => {}, onMigrated: () => {} },
  });
  const { message_id: messageId } = telegram.user({ id: 1, started: true }).sends("https://x.org/1");
  store.deliveries.add({ ...newLink({ chatId: 1, messageId }), linkId: 1, downloader: "nas", acceptedAt: 0 });
  const queue = {
    ofMessage: (of: { messageId: number }) => ({
      waiting: [],
      deliveries: store.deliveries.ofMessage(1, of.messageId),
    }),
  };
  return {
    ...{ telegram, store, messageId },
    reactions: createMessageReactions({ outbox, queue }),
    set: () => telegram.calls.filter(({ method }) => method === "setMessageReaction").length,
    shown: (id: number) => telegram.messages(1).find((message) => message.id === id)?.reactions,
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

test("a message whose links have all ended is forgotten, also where its reaction said so before", async () => {
  await using bot = rig();
  const { store, reactions, messageId, set } = bot;
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

describe("a message that is acknowledged", () => {
  test("shows that it was heard, or else how its links are", async () => {
    await using bot = rig();
    const { message_id: command } = bot.telegram.user({ id: 1 }).sends("/queue");
    bot.store.deliveries.update(1, { state: "done", closedAt: 1 });
    expect(await bot.reactions.acknowledge(1, command)).toBe(true);
    expect(await bot.reactions.acknowledge(1, bot.messageId)).toBe(true);
    expect([bot.shown(command), bot.shown(bot.messageId)]).toEqual([["👀"], ["👌"]]);
  });

  test("still shows its links' progress, and nobody waits for that in vain", async () => {
    await using bot = rig();
    const held = bot.telegram.fail("setMessageReaction", { kind: "hold" }, { times: 1 });
    const all = [
      bot.reactions.acknowledge(1, bot.telegram.user({ id: 1 }).sends("/queue").message_id),
      bot.reactions.refresh(1, bot.messageId),
      bot.reactions.acknowledge(1, bot.messageId),
    ];
    held.release();
    expect(await Promise.all(all)).toEqual([true, true, true]);
    expect(bot.shown(bot.messageId)).toEqual(["👀"]);
  });

  test("where no reactions are allowed says so", async () => {
    await using bot = rig();
    bot.telegram.fail("setMessageReaction", refusal(400, "Bad Request: REACTION_INVALID"), { times: 1 });
    expect(await bot.reactions.acknowledge(1, bot.messageId)).toBe(false);
  });
});
