import { expect, test } from "bun:test";
import type { Delivery } from "../../../../src/domain/delivery.ts";
import { keyOf } from "../../../../src/domain/url.ts";
import type { FleetDownload } from "../../../../src/service/fleet/fleet.ts";
import type { Removal } from "../../../../src/service/fleet/removal.ts";
import { createFailedDownloads } from "../../../../src/service/queue/failed-downloads.ts";
import { ANN, BOB, createWorld } from "../world.ts";

const [FILM, OTHER] = ["https://x.org/1", "https://x.org/2"];
const FAILED = { status: "NEW", trouble: "HTTP Error 404" } as const;

const FLEET = {
  downloads: async () => ({ downloads: [], silent: [] }),
  remove: async () => "silent" as const,
};

test("failed downloads are known by chat, and an admin with the full list means those of all owners", () => {
  using world = createWorld();
  const { deliveries } = world.store;
  const failed = createFailedDownloads({ deliveries, fleet: FLEET, now: () => world.now });
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

test("each is counted by what its downloader says to its removal, and nothing is asked about the others", async () => {
  using world = createWorld();
  const { deliveries } = world.store;
  const has = (name: string, { downloader = "nas", ...change }: Partial<Delivery> = {}) => {
    const url = `https://x.org/${name}`;
    const of = { threadId: null, messageId: null, sender: "ann", quality: "best", folder: null } as const;
    const linkId = deliveries.since({ acceptedAt: 0 }).length + 1;
    deliveries.add({ ...of, linkId, chatId: ANN, url, key: keyOf(url), downloader, acceptedAt: world.now });
    const { id = 0 } = deliveries.byLinkId(linkId) ?? {};
    deliveries.update(id, { ...FAILED, ...change });
    return deliveries.byId(id) ?? [];
  };
  const says: Record<string, Removal> = { away: "removed", others: "released", running: "goes_on", stays: "kept" };
  const silent = has("silent", { downloader: "vps" });
  const mute = ["mute", "mute too"].map((name) => has(name, { downloader: "box" }));
  const ended = has("ended", { state: "lost" });
  const begun = has("begun");
  const asked = Object.keys(says).map((name) => has(name));
  const shown = (name: string, remark: FleetDownload["remark"]): FleetDownload => ({
    ...{
      url: `http://www.x.org/${name}`,
      key: keyOf(`https://x.org/${name}`),
      downloader: "nas",
      status: "NEW",
      remark,
    },
    ...{ quality: "best", name: undefined, owners: [ANN], ahead: undefined, failed: undefined },
  });
  const removed: string[] = [];
  const failed = createFailedDownloads({
    deliveries,
    fleet: {
      // By its list it is at one of them again, of which nothing is noted yet.
      downloads: async (_actor, { all }) => ({
        downloads: all ? [] : [shown("begun", undefined), shown("away", { kind: "trouble", text: "HTTP Error 404" })],
        silent: ["vps"],
      }),
      async remove({ chatId, role }, { url }) {
        removed.push(`${chatId} ${role} ${url}`);
        return says[url.split("/").at(-1) ?? ""] ?? "silent";
      },
    },
    now: () => world.now,
  });
  const all = [silent, ...mute, ended, begun, ...asked].flat();
  const { signal } = new AbortController();
  expect(await failed.drop({ chatId: ANN, role: "admin" }, all, signal)).toEqual({ removed: 3, gone: 2, kept: 4 });
  // In the downloader's own spelling, and for this chat only, whoever asks.
  const asUser = (url: string) => `${ANN} user ${url}`;
  expect(removed).toEqual([
    asUser("https://x.org/mute"),
    asUser("http://www.x.org/away"),
    ...["others", "running", "stays"].map((name) => asUser(`https://x.org/${name}`)),
  ]);
});
