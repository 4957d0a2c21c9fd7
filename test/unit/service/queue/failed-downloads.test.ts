import { expect, test } from "bun:test";
import type { Delivery } from "../../../../src/domain/delivery.ts";
import { keyOf } from "../../../../src/domain/url.ts";
import { createFailedDownloads } from "../../../../src/service/queue/failed-downloads.ts";
import { ANN, BOB, createWorld } from "../world.ts";

const [FILM, OTHER] = ["https://x.org/1", "https://x.org/2"];
const FAILED = { status: "NEW", trouble: "HTTP Error 404" } as const;

test("failed downloads are known by chat, and an admin with the full list means those of all owners", () => {
  using world = createWorld();
  const { deliveries } = world.store;
  const failed = createFailedDownloads({ deliveries, now: () => world.now });
  let linkId = 0;
  const has = (chatId: number, change: Partial<Delivery> = FAILED, { url = FILM, downloader = "nas" } = {}) => {
    const of = { threadId: null, messageId: null, sender: "ann", quality: "best", folder: null } as const;
    linkId += 1;
    deliveries.add({ ...of, linkId, chatId, url, key: keyOf(url), downloader, acceptedAt: world.now });
    const { id = 0 } = deliveries.byLinkId(linkId) ?? {};
    deliveries.update(id, change);
    return id;
  };
  const anns = has(ANN);
  const bobs = has(BOB);
  has(ANN, { status: "WORK", trouble: "HTTP 429" }, { url: OTHER });
  has(ANN, { ...FAILED, state: "lost" }, { url: OTHER });
  has(3, { status: "WORK" });
  has(4, FAILED, { downloader: "vps" });
  const idsOf = (chatId: number) => failed.idsOf({ chatId, role: "admin" });
  expect([ANN, BOB, 3, 5].map(idsOf)).toEqual([[anns], [bobs], [], []]);
  const meant = (actor: { chatId: number; role: "user" | "admin" }, all: boolean) =>
    failed.meant(actor, anns, { all }).map(({ id }) => id);
  expect(meant({ chatId: ANN, role: "user" }, true)).toEqual([anns]);
  expect(meant({ chatId: BOB, role: "user" }, true)).toEqual([]);
  expect(meant({ chatId: 9, role: "admin" }, false)).toEqual([anns]);
  expect(meant({ chatId: 9, role: "admin" }, true)).toEqual([anns, bobs]);
  expect(failed.meant({ chatId: ANN, role: "user" }, 99, { all: false })).toEqual([]);
});
