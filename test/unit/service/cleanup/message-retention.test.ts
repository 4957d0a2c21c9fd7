import { describe, expect, test } from "bun:test";
import { DELETABLE_MS } from "../../../../src/domain/message.ts";
import {
  createMessageRetention,
  forgetMessages,
  releaseMessage,
} from "../../../../src/service/cleanup/message-retention.ts";
import { createLateWrites } from "../../../../src/service/late-writes.ts";
import { createRecordingLog } from "../../../support/recording-log.ts";
import { MINUTE } from "../bot.ts";
import { storeFails, watched } from "../fuse.ts";
import { ANN, createWorld, type World } from "../world.ts";

const HOUR = 60 * MINUTE;
const MESSAGE = 7;
const PROMPT = 8;

/** The planned deletions in Ann's chat: each message's id and the ms from now. */
const planned = ({ store, now }: World) =>
  Object.fromEntries(
    store.deletions.dueOfOneChat(now + 1_000 * HOUR, 99).map(({ messageId, deleteAt }) => [messageId, deleteAt - now]),
  );
/** A link of `MESSAGE` that is being downloaded; returns its delivery's id. */
function downloading({ store, now }: World, url: string): number {
  const of = { chatId: ANN, threadId: null, messageId: MESSAGE, sender: "ann", quality: "best", folder: null } as const;
  store.deliveries.add({ ...of, linkId: url.length, url, key: url, downloader: "nas", acceptedAt: now });
  return store.deliveries.byLinkId(url.length)?.id ?? 0;
}
const forget = (world: World, of: { keepsMessage?: boolean } = {}) =>
  forgetMessages(
    world.store,
    {
      id: 99,
      batchId: null,
      chatId: ANN,
      messageId: MESSAGE,
      keepsMessage: false,
      promptId: PROMPT,
      createdAt: world.now - HOUR,
      ...of,
    },
    world.now,
  );
const release = (world: World) =>
  releaseMessage(world.store, { chatId: ANN, messageId: MESSAGE, keepsMessage: false }, world.now + HOUR);

describe("forgetMessages()", () => {
  test("deletes the prompt, and the message with its last link (rule 15)", async () => {
    using world = createWorld();
    const link = await world.due("https://x.org/1", { messageId: MESSAGE });
    forget(world);
    expect(planned(world)).toEqual({ [PROMPT]: 0 });
    world.store.links.remove(link.id);
    forget(world);
    expect(planned(world)).toEqual({ [PROMPT]: 0, [MESSAGE]: 0 });
  });

  test("keeps a message while a link of it is being downloaded, as long as it can be deleted", () => {
    using world = createWorld();
    const id = downloading(world, "https://x.org/1");
    forget(world);
    expect(planned(world)).toEqual({ [PROMPT]: 0, [MESSAGE]: 46 * HOUR });
    world.store.deliveries.update(id, { state: "removed" });
    forget(world);
    expect(planned(world)).toEqual({ [PROMPT]: 0, [MESSAGE]: 0 });
  });

  test("plans nothing for a link without message and prompt", () => {
    using world = createWorld();
    const of = {
      id: 99,
      batchId: null,
      chatId: ANN,
      messageId: null,
      keepsMessage: false,
      promptId: null,
      createdAt: world.now,
    };
    forgetMessages(world.store, of, world.now);
    expect(planned(world)).toEqual({});
  });
});

describe("a person's message with other text than links, or in a chat that keeps messages", () => {
  test("stays after its links and downloads have ended; the prompt is deleted (rule 15)", () => {
    using world = createWorld();
    const id = downloading(world, "https://x.org/1");
    forget(world, { keepsMessage: true });
    world.store.deliveries.update(id, { state: "done" });
    releaseMessage(world.store, { chatId: ANN, messageId: MESSAGE, keepsMessage: true }, world.now);
    expect(planned(world)).toEqual({ [PROMPT]: 0 });
    world.store.chats.update(ANN, { lifetimeMs: 0 });
    forget(world);
    release(world);
    expect(planned(world)).toEqual({ [PROMPT]: 0 });
    world.store.chats.update(ANN, { lifetimeMs: HOUR });
    release(world);
    expect(planned(world)).toEqual({ [PROMPT]: 0, [MESSAGE]: HOUR });
  });

  test("is marked on the link and on its delivery", async () => {
    using world = createWorld();
    world.server("nas");
    const kept = await world.due("https://x.org/1", { messageId: MESSAGE, keepsMessage: true });
    const other = await world.due("https://x.org/2", { messageId: 9 });
    await world.tick();
    const delivery = (id: number) => world.store.deliveries.byLinkId(id);
    expect(delivery(kept.id)).toMatchObject({ messageId: MESSAGE, keepsMessage: true });
    expect(delivery(other.id)).toMatchObject({ messageId: null, keepsMessage: false });
    expect(planned(world)).toEqual({ 9: 0 });
  });

  test("is marked even if the database cannot be used when it comes", async () => {
    using world = createWorld();
    world.server("nas");
    world.watcher = storeFails;
    await world.enqueue("https://x.org/1", { messageId: MESSAGE, keepsMessage: true });
    world.watcher = () => {};
    world.restart();
    await world.tick();
    expect(world.store.deliveries.open()).toMatchObject([{ messageId: MESSAGE, keepsMessage: true }]);
    expect(planned(world)).toEqual({});
  });
});

test("forgetMessages() deletes a shared prompt with the last of its links", async () => {
  using world = createWorld();
  const queued = await world.enqueue(["https://x.org/1", "https://x.org/2"], { messageId: MESSAGE });
  const [first, second] = queued.flatMap((one) => (one.kind === "queued" ? [one.link] : []));
  if (first === undefined || second === undefined) throw new Error("Not added to the queue");
  world.bot.prompts.adopt(first, PROMPT);
  for (const [{ id }, wanted] of [
    [first, {}],
    [second, { [PROMPT]: 0, [MESSAGE]: 0 }],
  ] as const) {
    const link = world.link(id);
    world.store.links.remove(id);
    forgetMessages(world.store, link, world.now);
    expect(planned(world)).toEqual(wanted);
  }
  expect(world.store.deletions.dueOfOneChat(world.now, 9)).toContainEqual(
    expect.objectContaining({ messageId: PROMPT, batchId: first.id }),
  );
});

describe("releaseMessage()", () => {
  test("deletes a message when all its links and downloads have ended", async () => {
    using world = createWorld();
    const first = downloading(world, "https://x.org/1");
    const second = downloading(world, "https://x.org/22");
    const link = await world.due("https://x.org/333", { messageId: MESSAGE });
    world.store.deliveries.update(first, { state: "done" });
    release(world);
    world.store.deliveries.update(second, { state: "lost" });
    release(world);
    expect(planned(world)).toEqual({});
    world.store.links.remove(link.id);
    release(world);
    expect(planned(world)).toEqual({ [MESSAGE]: HOUR });
  });

  test("plans nothing if no message was kept", () => {
    using world = createWorld();
    releaseMessage(world.store, { chatId: ANN, messageId: null, keepsMessage: false }, world.now);
    expect(planned(world)).toEqual({});
  });
});

describe("a message's lifetime", () => {
  const LIFETIMES = { commands: MINUTE, answers: 5 * MINUTE, notices: 100 * HOUR };
  const message = { chatId: ANN, messageId: MESSAGE };

  function createRetention(world: World, { own }: { own?: number | "for ever" } = {}) {
    const lateWrites = createLateWrites({ transaction: world.store.transaction, log: createRecordingLog() });
    const triggered: number[] = [];
    const retention = createMessageRetention({
      store: watched(world.store, (name) => world.watcher(name)),
      lifetimes: LIFETIMES,
      lifetimeMs: (_, usualMs) => (own === "for ever" ? undefined : (own ?? usualMs)),
      now: () => world.now,
      lateWrites,
      onDeletion: () => void triggered.push(world.now),
    });
    return { ...retention, lateWrites, triggered };
  }

  /** The planned deletions after the late writes are flushed. */
  function plannedBy({ lateWrites }: ReturnType<typeof createRetention>, world: World) {
    lateWrites.flush();
    return planned(world);
  }

  test.each([
    ["commands", MINUTE],
    ["answers", 5 * MINUTE],
    ["notices", DELETABLE_MS],
    ["lasting", DELETABLE_MS],
  ] as const)("depends on its kind, and ends while it can still be deleted: %s", (kind, ms) => {
    using world = createWorld();
    const retention = createRetention(world);
    retention.planDeletion(message, kind);
    expect(plannedBy(retention, world)).toEqual({ [MESSAGE]: ms });
  });

  test.each(["commands", "answers", "notices", "lasting"] as const)("is the chat's own if it has one: %s", (kind) => {
    using world = createWorld();
    const short = createRetention(world, { own: HOUR });
    short.planDeletion(message, kind);
    expect(plannedBy(short, world)).toEqual({ [MESSAGE]: HOUR });
    const endless = createRetention(world, { own: "for ever" });
    endless.planDeletion({ chatId: ANN, messageId: 9 }, kind);
    endless.prolong(message, kind);
    expect(plannedBy(endless, world)).toEqual({ [MESSAGE]: HOUR });
  });

  test("does not end while the message has other text, also after an edit that is stored later", async () => {
    using world = createWorld();
    const { keep, lateWrites } = createRetention(world);
    const link = await world.due("https://x.org/1", { messageId: MESSAGE });
    downloading(world, "https://x.org/22");
    world.store.deletions.add({ ...message, deleteAt: world.now + HOUR });
    world.watcher = storeFails;
    keep(message, true);
    world.watcher = () => {};
    expect(world.link(link.id).keepsMessage).toBe(false);
    lateWrites.flush();
    expect(world.link(link.id).keepsMessage).toBe(true);
    expect(world.store.deliveries.open()).toMatchObject([{ keepsMessage: true }]);
    expect(planned(world)).toEqual({});
    keep(message, false);
    expect(world.link(link.id).keepsMessage).toBe(false);
    world.store.deletions.add({ chatId: ANN, messageId: 9, deleteAt: world.now });
    keep({ chatId: ANN, messageId: 9 }, true);
    expect(planned(world)).toEqual({ 9: 0 });
  });

  test("ends at the earliest planned instant, and is prolonged only if the message is used again", () => {
    using world = createWorld();
    const retention = createRetention(world);
    retention.planDeletion(message, "commands");
    retention.planDeletion(message, "answers");
    expect(plannedBy(retention, world)).toEqual({ [MESSAGE]: MINUTE });
    retention.prolong(message, "answers");
    retention.prolong(message, "commands");
    expect(plannedBy(retention, world)).toEqual({ [MESSAGE]: 5 * MINUTE });
  });

  test("is not started by prolong()", () => {
    using world = createWorld();
    const retention = createRetention(world);
    retention.prolong(message, "answers");
    expect(plannedBy(retention, world)).toEqual({});
  });

  test("ends at once for a discarded message, and the sweeper is triggered", () => {
    using world = createWorld();
    const retention = createRetention(world);
    retention.discard(message);
    // The sweeper would find nothing before the deletion is stored.
    expect(retention.triggered).toEqual([]);
    expect(plannedBy(retention, world)).toEqual({ [MESSAGE]: 0 });
    expect(retention.triggered).toHaveLength(1);
  });

  test("is stored later if the database cannot be used, counted from the request", () => {
    using world = createWorld();
    const { planDeletion, prolong, discard, lateWrites, triggered } = createRetention(world);
    world.watcher = storeFails;
    planDeletion(message, "answers");
    prolong(message, "answers");
    discard({ chatId: ANN, messageId: 9 });
    expect(lateWrites.flush()).toBe(false);
    expect([planned(world), triggered]).toEqual([{}, []]);
    world.watcher = () => {};
    world.advance(MINUTE);
    expect(lateWrites.flush()).toBe(true);
    expect(planned(world)).toEqual({ [MESSAGE]: 4 * MINUTE, 9: -MINUTE });
    expect(triggered).toHaveLength(1);
  });
});
