import { describe, expect, test } from "bun:test";
import type { Delivery } from "../../../../src/domain/delivery.ts";
import { StoreUnavailable } from "../../../../src/domain/storage.ts";
import { keyOf } from "../../../../src/domain/url.ts";
import { createFetchAgain, createResend } from "../../../../src/service/queue/resend.ts";
import { storeFails } from "../fuse.ts";
import { ANN, BOB, createWorld, type World } from "../world.ts";

const URL = "https://x.org/1";
const OWNER = { chatId: ANN, role: "guest" } as const;

const createResendButton = (world: World) =>
  createResend({
    deliveries: world.store.deliveries,
    links: world.store.links,
    enqueue: (arrival) => world.bot.enqueue(arrival),
  });

/** Adds a delivery of Ann's; returns its id. */
function delivery(world: World, state: Delivery["state"]): number {
  const of = { chatId: ANN, threadId: 3, messageId: 50, sender: "ann", quality: 720, folder: "films" } as const;
  const { deliveries } = world.store;
  deliveries.add({ ...of, linkId: 77, url: URL, key: keyOf(URL), downloader: "nas", acceptedAt: world.now });
  const { id = 0 } = deliveries.byLinkId(77) ?? {};
  deliveries.update(id, { state });
  return id;
}

describe("resend()", () => {
  test.each(["lost", "unknown"] as const)(
    "queues a link that is %s as it was, for its owner and for admins",
    async (state) => {
      using world = createWorld();
      const id = delivery(world, state);
      const link = {
        url: URL,
        chatId: ANN,
        threadId: 3,
        messageId: null,
        sender: "ann",
        quality: 720,
        folder: "films",
      };
      expect(await createResendButton(world)(OWNER, id)).toMatchObject({ kind: "queued", link });
      expect(await createResendButton(world)({ chatId: 9, role: "admin" }, id)).toMatchObject({
        kind: "duplicate",
        link,
      });
      expect(world.store.links.count({})).toBe(1);
    },
  );

  test("queues a link that its downloader failed with, unless it is running again", async () => {
    using world = createWorld();
    const id = delivery(world, "open");
    world.store.deliveries.update(id, { status: "WORK", trouble: "HTTP 429" });
    expect(await createResendButton(world)(OWNER, id)).toEqual({ kind: "outdated" });
    world.store.deliveries.update(id, { status: "NEW" });
    expect(await createResendButton(world)(OWNER, id)).toMatchObject({ kind: "queued", link: { url: URL } });
  });

  test("returns the present place of a link that was already sent again", async () => {
    using world = createWorld();
    world.server("vps");
    const resend = createResendButton(world);
    const id = delivery(world, "open");
    world.store.deliveries.update(id, { status: "NEW", trouble: "HTTP 404" });
    await world.due(URL);
    expect(resend(OWNER, id)).toMatchObject({ kind: "duplicate", link: { url: URL } });
    expect(resend({ chatId: BOB, role: "user" }, id)).toEqual({ kind: "not_yours" });
    await world.tick();
    expect(resend(OWNER, id)).toMatchObject({ kind: "in_delivery", delivery: { downloader: "vps" } });
    const again = world.store.deliveries.openOf(ANN, keyOf(URL))?.id ?? 0;
    world.store.deliveries.update(again, { state: "done" });
    expect(resend(OWNER, id)).toEqual({ kind: "outdated" });
    expect([world.store.links.count({}), again === id]).toEqual([0, false]);
  });

  test("does nothing for anybody else, or for an unknown delivery (rule 8)", async () => {
    using world = createWorld();
    const id = delivery(world, "lost");
    const resend = createResendButton(world);
    expect(await resend({ chatId: BOB, role: "user" }, id)).toEqual({ kind: "not_yours" });
    expect(await resend({ chatId: ANN, role: "nobody" }, id)).toEqual({ kind: "not_yours" });
    for (const forged of [0, -1, id + 1, 2 ** 53]) expect(await resend(OWNER, forged)).toEqual({ kind: "not_yours" });
    expect(world.store.links.count({})).toBe(0);
  });

  test.each(["open", "removed"] as const)("does nothing for a delivery that is %s", async (state) => {
    using world = createWorld();
    expect(await createResendButton(world)(OWNER, delivery(world, state))).toEqual({ kind: "outdated" });
    expect(world.store.links.count({})).toBe(0);
  });

  test("hands the link over directly while the queue cannot be written", async () => {
    using world = createWorld();
    world.server("nas");
    const id = delivery(world, "lost");
    world.watcher = storeFails;
    const resent = createResendButton(world)(OWNER, id);
    const result = resent.kind === "direct" ? await resent.direct.result : undefined;
    expect(result).toEqual({ kind: "sent", url: URL, downloader: "nas" });
  });

  test("throws if the owner cannot be read", () => {
    using world = createWorld();
    const byId = () => {
      throw new StoreUnavailable("SQLITE_BUSY");
    };
    const { deliveries, links } = world.store;
    const resend = createResend({ deliveries: { ...deliveries, byId }, links, enqueue: world.bot.enqueue });
    expect(() => resend(OWNER, 1)).toThrow(StoreUnavailable);
  });
});

describe("fetchAgain()", () => {
  const by = { sender: "kim", senderId: 8, threadId: 4 };
  const fetchAgain = (world: World, excess?: { open: number; most: number }) =>
    createFetchAgain({
      deliveries: world.store.deliveries,
      checkQuota: () => excess,
      enqueue: (arrival) => world.bot.enqueue(arrival),
    });

  test("queues a finished link as it was, once, for the person and the topic of the request", () => {
    using world = createWorld();
    const id = delivery(world, "done");
    const link = { url: URL, chatId: ANN, messageId: null, quality: 720, folder: "films", ...by } as const;
    expect(fetchAgain(world)(OWNER, id, by)).toMatchObject({ kind: "queued", link });
    expect(fetchAgain(world)(OWNER, id, by)).toMatchObject({ kind: "duplicate", link });
    expect(world.store.links.count({})).toBe(1);
  });

  test("does nothing for another chat, not even an admin's (rule 8)", () => {
    using world = createWorld();
    const id = delivery(world, "done");
    expect(fetchAgain(world)({ chatId: BOB, role: "user" }, id, by)).toEqual({ kind: "not_yours" });
    expect(fetchAgain(world)({ chatId: 9, role: "admin" }, id, by)).toEqual({ kind: "not_yours" });
    expect(fetchAgain(world)({ chatId: ANN, role: "nobody" }, id, by)).toEqual({ kind: "not_yours" });
    for (const forged of [0, -1, id + 1]) expect(fetchAgain(world)(OWNER, forged, by)).toEqual({ kind: "not_yours" });
    expect(world.store.links.count({})).toBe(0);
  });

  test.each(["open", "lost", "unknown", "removed"] as const)("does nothing for a delivery that is %s", (state) => {
    using world = createWorld();
    expect(fetchAgain(world)(OWNER, delivery(world, state), by)).toEqual({ kind: "outdated" });
    expect(world.store.links.count({})).toBe(0);
  });

  test("adds nothing to a full queue", () => {
    using world = createWorld();
    const excess = { open: 5, most: 5 };
    expect(fetchAgain(world, excess)(OWNER, delivery(world, "done"), by)).toEqual({ kind: "too_many", excess });
    expect(world.store.links.count({})).toBe(0);
  });
});
