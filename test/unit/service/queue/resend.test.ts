import { describe, expect, test } from "bun:test";
import { StoreUnavailable } from "../../../../src/domain/storage.ts";
import { keyOf } from "../../../../src/domain/url.ts";
import { createResend } from "../../../../src/service/queue/resend.ts";
import { storeFails } from "../fuse.ts";
import { ANN, BOB, createWorld, type World } from "../world.ts";

const URL = "https://x.org/1";
const OWNER = { chatId: ANN, role: "guest" } as const;

const createResendButton = (world: World) =>
  createResend({ deliveries: world.store.deliveries, enqueue: (arrival) => world.bot.enqueue(arrival) });

/** Ann's link at a downloader; returns its delivery's id. */
function delivery(world: World, state: "open" | "lost" | "unknown" | "removed"): number {
  const of = { chatId: ANN, threadId: 3, messageId: 50, sender: "ann", quality: 720, folder: "films" } as const;
  const { deliveries } = world.store;
  deliveries.add({ ...of, linkId: 77, url: URL, key: keyOf(URL), downloader: "nas", acceptedAt: world.now });
  const { id = 0 } = deliveries.byLinkId(77) ?? {};
  deliveries.update(id, { state });
  return id;
}

describe("resend()", () => {
  test.each(["lost", "unknown"] as const)(
    "puts a link that is %s into the queue as it was, for its owner and for admins",
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

  test("does nothing for anybody else, or for a delivery that never was (rule 8)", async () => {
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
    expect(await createResendButton(world)(OWNER, delivery(world, state))).toEqual({ kind: "not_lost" });
    expect(world.store.links.count({})).toBe(0);
  });

  test("hands it over directly while the queue cannot be written", async () => {
    using world = createWorld();
    world.server("nas");
    const id = delivery(world, "lost");
    world.watcher = storeFails;
    const resent = createResendButton(world)(OWNER, id);
    const result = resent.kind === "direct" ? await resent.direct.result : undefined;
    expect(result).toEqual({ kind: "sent", url: URL, downloader: "nas" });
  });

  test("throws when nobody can tell whose it is", () => {
    using world = createWorld();
    const byId = () => {
      throw new StoreUnavailable("SQLITE_BUSY");
    };
    const resend = createResend({ deliveries: { byId }, enqueue: (arrival) => world.bot.enqueue(arrival) });
    expect(() => resend(OWNER, 1)).toThrow(StoreUnavailable);
  });
});
