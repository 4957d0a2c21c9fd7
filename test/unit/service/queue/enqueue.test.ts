import { describe, expect, test } from "bun:test";
import { StoreUnavailable } from "../../../../src/domain/storage.ts";
import { keyOf } from "../../../../src/domain/url.ts";
import type { Arrival } from "../../../../src/service/queue/enqueue.ts";
import { MINUTE } from "../bot.ts";
import { storeFails } from "../fuse.ts";
import { ANN, createWorld } from "../world.ts";

const URLS = ["https://x.org/1", "https://x.org/2", "https://x.org/3"] as const;

describe("enqueue()", () => {
  test("stores everything that rule 2 requires, due after the delay", async () => {
    using world = createWorld();
    const of = { chatId: -5, threadId: 3, messageId: 44, sender: "id7", quality: 720, folder: "films" } as const;
    const [enqueued] = await world.enqueue(URLS[0], of);
    expect(enqueued).toMatchObject({
      kind: "queued",
      link: { ...of, url: URLS[0], sendAt: world.now + MINUTE, attempts: 0, lastError: null, promptId: null },
    });
  });

  test("reports links that the chat already has, but not another chat's", async () => {
    using world = createWorld();
    const [first] = await world.enqueue(URLS[0]);
    const again = await world.enqueue(["https://www.x.org/1?utm_source=a", URLS[1]]);
    expect(again.map(({ kind }) => kind)).toEqual(["duplicate", "queued"]);
    if (first?.kind === "queued") expect(again[0]).toEqual({ kind: "duplicate", link: first.link });
    expect(await world.enqueue(URLS[0], { chatId: 2 })).toMatchObject([{ kind: "queued" }]);
    expect(world.store.links.count({})).toBe(3);
  });

  test("returns for a repeated message only its links without a prompt", async () => {
    using world = createWorld();
    const first = await world.enqueue(URLS, { messageId: 7 });
    const links = first.flatMap((one) => (one.kind === "queued" ? [one.link] : []));
    const [prompted, delivered] = links;
    if (prompted === undefined || delivered === undefined) throw new Error("Not added to the queue");
    world.store.links.update(prompted.id, { promptId: 70, promptedAt: 1 });
    world.store.links.remove(delivered.id);
    expect(await world.enqueue(URLS, { messageId: 7 })).toMatchObject([{ kind: "queued", link: { url: URLS[2] } }]);
    expect(world.store.links.count({})).toBe(2);
  });

  test("returns for a repeated message where its links are if none of them was queued", async () => {
    using world = createWorld();
    await world.enqueue(URLS[0], { messageId: 7 });
    const told = await world.enqueue(URLS[0], { messageId: 8 });
    expect(told).toMatchObject([{ kind: "duplicate" }]);
    // As if the bot was killed before it could say so.
    expect(await world.enqueue(URLS[0], { messageId: 8 })).toEqual(told);
    expect(await world.enqueue(URLS[0], { messageId: 8, isEdit: true })).toEqual([]);
    const of = { chatId: ANN, threadId: null, messageId: 6, sender: "ann", quality: "best", folder: null } as const;
    const key = keyOf(URLS[1]);
    world.store.deliveries.add({ ...of, linkId: 99, url: URLS[1], key, downloader: "nas", acceptedAt: world.now });
    const beingDownloaded = await world.enqueue(URLS[1], { messageId: 9 });
    expect(beingDownloaded).toMatchObject([{ kind: "in_delivery" }]);
    expect(await world.enqueue(URLS[1], { messageId: 9 })).toEqual(beingDownloaded);
    // The delivery's own message is kept for reactions, and needs no answer.
    expect(await world.enqueue(URLS[1], { messageId: 6 })).toEqual(beingDownloaded);
    expect(await world.enqueue(URLS[1], { messageId: 6 })).toEqual([]);
  });

  test("queues a link again that its owner has just removed, and deletes its messages", async () => {
    using world = createWorld();
    const link = await world.due(URLS[0], { messageId: 7 });
    const { id } = link;
    world.bot.prompts.adopt(link, 70);
    world.bot.queue.remove({ chatId: ANN, role: "user" }, id);
    expect(await world.enqueue(URLS[0], { messageId: 8 })).toMatchObject([{ kind: "queued", link: { messageId: 8 } }]);
    expect(world.store.links.byId(id)).toBeUndefined();
    const due = world.store.deletions.dueOfOneChat(world.now, 9);
    expect(due.map(({ messageId }) => messageId).sort((one, other) => one - other)).toEqual([7, 70]);
  });

  test.each([
    [true, "asking"],
    [false, "queued"],
  ])(
    "holds a link that was downloaded before until its owner answers, if he can be asked: %p",
    async (asksAgain, state) => {
      using world = createWorld();
      const of = { threadId: null, messageId: 6, sender: "ann", quality: "best", folder: null } as const;
      const came = { ...of, url: URLS[0], key: keyOf(URLS[0]), downloader: "nas", acceptedAt: world.now };
      for (const [linkId, chatId] of [
        [98, ANN],
        [99, 2],
      ] as const) {
        world.store.deliveries.add({ ...came, linkId, chatId });
        const id = world.store.deliveries.byLinkId(linkId)?.id ?? 0;
        if (chatId === ANN) world.store.deliveries.update(id, { state: "done", closedAt: world.now });
      }
      expect(await world.enqueue(URLS, { messageId: 9, asksAgain })).toMatchObject([
        { kind: "queued", link: { url: URLS[0], state } },
        { kind: "queued", link: { url: URLS[1], state: "queued" } },
        { kind: "queued", link: { url: URLS[2], state: "queued" } },
      ]);
      world.server("nas");
      world.now += MINUTE;
      await world.tick();
      expect(world.store.links.byKey(ANN, keyOf(URLS[0]))?.state).toBe(asksAgain ? "asking" : undefined);
    },
  );

  test("queues a link that waits for that answer if it is sent again without a question", async () => {
    using world = createWorld();
    const [asked] = await world.enqueue(URLS[0]);
    if (asked?.kind !== "queued") throw new Error("Not added to the queue");
    world.store.links.update(asked.link.id, { state: "asking" });
    world.now += MINUTE;
    expect(await world.enqueue(URLS[0], { asksAgain: true })).toMatchObject([{ kind: "duplicate" }]);
    const again = await world.enqueue(URLS[0], { messageId: null });
    const link = { id: asked.link.id, state: "queued", sendAt: world.now + MINUTE };
    expect(again).toMatchObject([{ kind: "queued", link }]);
  });

  test("returns the delivery of a link that is being downloaded for the chat", async () => {
    using world = createWorld();
    world.server("nas");
    await world.due(URLS[0]);
    await world.tick();
    const again = await world.enqueue(URLS[0]);
    expect(again).toMatchObject([{ kind: "in_delivery", delivery: { downloader: "nas" } }]);
  });

  test("queues a link again that its downloader failed with, and closes that delivery", async () => {
    using world = createWorld();
    world.server("nas");
    await world.due(URLS[0]);
    await world.tick();
    const delivery = world.store.deliveries.openOf(ANN, keyOf(URLS[0]));
    const id = delivery?.id ?? 0;
    world.store.deliveries.update(id, { status: "NEW", trouble: "no such film" });
    expect(await world.enqueue(URLS[0])).toMatchObject([{ kind: "queued", link: { state: "queued" } }]);
    expect(world.store.deliveries.byId(id)).toMatchObject({ state: "removed", closedAt: world.now });
    expect(await world.enqueue(URLS[0])).toMatchObject([{ kind: "duplicate" }]);
  });

  test("a link that is sent again after a failure is superseded at the first downloader if it goes elsewhere", async () => {
    using world = createWorld();
    const nas = world.server("nas");
    await world.due(URLS[0]);
    await world.tick();
    const id = world.store.deliveries.openOf(ANN, keyOf(URLS[0]))?.id ?? 0;
    world.store.deliveries.update(id, { status: "NEW", trouble: "the site is away" });
    nas.mode = "refuses";
    const vps = world.server("vps");
    world.advance(MINUTE);
    await world.due(URLS[0]);
    await world.tick();
    expect([nas.taken, vps.taken]).toEqual([[URLS[0]], [URLS[0]]]);
    expect(world.store.supersededSubmissions.of("nas")).toMatchObject([{ key: keyOf(URLS[0]) }]);
  });

  test("accepts every call over HTTP, which has no message", async () => {
    using world = createWorld();
    await world.enqueue(URLS[0], { messageId: null });
    expect(await world.enqueue(URLS[1], { messageId: null })).toMatchObject([{ kind: "queued" }]);
  });
});

describe("enqueue() while the database cannot be used (rule 4)", () => {
  test("hands over each link at once, with its quality and folder", async () => {
    using world = createWorld();
    const nas = world.server("nas");
    world.watcher = storeFails;
    expect(await world.enqueue(URLS, { quality: 480, folder: "films" })).toEqual(
      URLS.map((url) => ({ kind: "sent", url, downloader: "nas" })),
    );
    expect(nas.submissions[0]).toEqual({ url: URLS[0], userName: "[ann] films", maxQuality: 480 });
  });

  test("queues no link of a message if only some could be stored", async () => {
    using world = createWorld();
    const nas = world.server("nas");
    let adds = 0;
    world.watcher = (name) => {
      if (name === "links.add" && ++adds === 2) throw new StoreUnavailable("SQLITE_FULL");
    };
    const message: Partial<Arrival> = { messageId: 7 };
    expect((await world.enqueue(URLS, message)).map(({ kind }) => kind)).toEqual(["sent", "sent", "sent"]);
    expect(nas.taken).toEqual([...URLS]);
    expect(world.store.links.count({})).toBe(0);
    expect(world.store.processedMessages.take({ chatId: 1, messageId: 7 }, ["k"], 0)).toEqual(["k"]);
  });

  test.each([
    ["up", { kind: "sent", downloader: "nas" }],
    ["refuses", { kind: "kept", maybe: undefined }],
    ["down", { kind: "kept", maybe: undefined }],
    ["takes silently", { kind: "sent", downloader: "nas" }],
    ["forgets", { kind: "kept", maybe: undefined }],
    ["mute", { kind: "kept", maybe: "nas" }],
    ["takes then dies", { kind: "kept", maybe: "nas" }],
  ] as const)("returns what became of a link if the downloader's mode is: %s", async (mode, expected) => {
    using world = createWorld();
    world.server("nas", { mode });
    world.watcher = storeFails;
    expect(await world.enqueue(URLS[0])).toEqual([{ url: URLS[0], ...expected }]);
  });

  test("queues a link that nobody took once the database can be used again", async () => {
    using world = createWorld();
    world.server("nas", { roots: ["y.org"] });
    world.watcher = storeFails;
    expect(await world.enqueue(URLS[0], { messageId: 7 })).toEqual([{ kind: "kept", url: URLS[0], maybe: undefined }]);
    world.watcher = () => {};
    await world.tick();
    expect(world.store.links.page({ offset: 0, limit: 9 })).toMatchObject([{ url: URLS[0], messageId: 7 }]);
    expect(world.bot.events[0]).toMatchObject({ kind: "queued", link: { url: URLS[0] } });
  });

  test("reports a link as lost if nobody takes it and it cannot be kept", async () => {
    using world = createWorld({
      journal: { left: () => new Map(), add: () => false, write: () => false, forget: () => false, clear: () => false },
    });
    const nas = world.server("nas", { mode: "refuses" });
    world.watcher = storeFails;
    expect(await world.enqueue(URLS[0])).toEqual([{ kind: "lost", url: URLS[0], maybe: undefined }]);
    nas.mode = "mute";
    expect(await world.enqueue(URLS[1])).toEqual([{ kind: "lost", url: URLS[1], maybe: "nas" }]);
    world.watcher = () => {};
    await world.tick();
    // A link that a downloader may have is followed all the same.
    expect(world.store.links.page({ offset: 0, limit: 9 })).toMatchObject([{ url: URLS[1], state: "uncertain" }]);
  });

  test("records direct hand-overs once the database can be used again", async () => {
    using world = createWorld();
    world.server("nas");
    world.watcher = storeFails;
    await world.enqueue(URLS[0], { messageId: 7 });
    world.watcher = () => {};
    await world.tick();
    expect(world.store.links.count({})).toBe(0);
    expect(world.store.deliveries.open()).toMatchObject([{ chatId: 1, url: URLS[0], downloader: "nas" }]);
    expect(world.store.deletions.dueOfOneChat(world.now, 100)).toMatchObject([{ messageId: 7 }]);
    // Telegram delivers the message again: an answer before a kill may not have arrived.
    expect(await world.enqueue(URLS[0], { messageId: 7 })).toMatchObject([{ kind: "in_delivery" }]);
    expect(world.store.links.count({})).toBe(0);
    expect(await world.enqueue(URLS[0], { messageId: 8 })).toMatchObject([{ kind: "in_delivery" }]);
  });

  test("hands over nothing of an edited message, since it is unknown which links were sent", async () => {
    using world = createWorld();
    const nas = world.server("nas");
    world.watcher = storeFails;
    await expect(world.enqueue(URLS[0], { messageId: 7, isEdit: true })).rejects.toThrow(StoreUnavailable);
    expect(nas.calls).toEqual([]);
  });

  test("can hand over to a downloader that registered meanwhile", async () => {
    using world = createWorld();
    world.watcher = storeFails;
    const nas = world.server("nas");
    expect(await world.enqueue(URLS[0])).toMatchObject([{ kind: "sent" }]);
    expect(nas.taken).toEqual([URLS[0]]);
  });
});

describe("enqueueTogether()", () => {
  const arrival = (chatId: number): Arrival => {
    const of = { chatId, threadId: null, messageId: 7, sender: "ann", quality: "best", folder: null } as const;
    return { ...of, links: [{ url: URLS[0], key: keyOf(URLS[0]) }] };
  };

  test("stores simultaneous messages of several chats in one transaction", async () => {
    using world = createWorld();
    const calls: string[] = [];
    world.watcher = (name) => void calls.push(name);
    const taken = await Promise.all([1, 2, 3].map((chatId) => world.bot.enqueueTogether(arrival(chatId))));
    expect(taken.flat().map(({ kind }) => kind)).toEqual(["queued", "queued", "queued"]);
    expect(calls.filter((name) => name === "transaction")).toHaveLength(1);
  });

  test("hands over directly only the message that cannot be stored", async () => {
    using world = createWorld();
    let adds = 0;
    world.watcher = (name) => {
      // The second message fails in the shared transaction, and again on its own.
      if (name === "links.add" && [2, 4].includes(++adds)) storeFails(name);
    };
    const taken = await Promise.all([1, 2, 3].map((chatId) => world.bot.enqueueTogether(arrival(chatId))));
    expect(taken.map(([one]) => one?.kind)).toEqual(["queued", "direct", "queued"]);
    world.watcher = () => {};
    expect(world.store.links.count({})).toBe(2);
  });

  test("throws for an edit that cannot be stored", async () => {
    using world = createWorld();
    world.watcher = storeFails;
    await expect(world.bot.enqueueTogether({ ...arrival(1), isEdit: true })).rejects.toBeInstanceOf(StoreUnavailable);
  });
});
