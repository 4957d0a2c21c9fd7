import { describe, expect, test } from "bun:test";
import { setImmediate } from "node:timers";
import type { Link } from "../../../../src/domain/link.ts";
import { KEY_RULES } from "../../../../src/domain/same-video.ts";
import { createStoredKeysUpdate } from "../../../../src/service/queue/stored-keys.ts";
import { storeFails, watched } from "../fuse.ts";
import { ANN, BOB, createWorld, type World } from "../world.ts";

const VIDEO = "youtube.com/watch?v=A";
const OTHER = "https://video.example/1";

/** A link with the key of older rules: the address without its scheme. */
function stored(world: World, url: string, of: Partial<Link> = {}): Link {
  const key = url.replace(/^https:\/\/(www\.)?/, "");
  const { chatId = ANN, messageId = null, ...change } = of;
  const row = { chatId, messageId, threadId: null, sender: "ann", quality: "best", folder: null } as const;
  const link = world.store.links.add({ ...row, url, key, sendAt: world.now, createdAt: world.now });
  return world.store.links.update(link?.id ?? 0, { promptId: null, ...change }) as Link;
}
function delivered(world: World, url: string, linkId: number): void {
  const row = { chatId: ANN, messageId: null, threadId: null, sender: "ann", quality: "best", folder: null } as const;
  const key = url.replace(/^https:\/\/(www\.)?/, "");
  world.store.deliveries.add({ ...row, linkId, url, key, downloader: "nas", acceptedAt: world.now });
}
const update = (world: World) =>
  createStoredKeysUpdate({
    store: watched(world.store, (name) => world.watcher(name)),
    now: () => world.now,
    log: world.bot.log,
  });
const keysOf = (world: World, chatId = ANN) =>
  world.store.links.page({ chatId, offset: 0, limit: 99 }).map(({ key }) => key);
const planned = (world: World) => world.store.deletions.dueOfOneChat(world.now, 99).map(({ messageId }) => messageId);

describe("keys of older rules", () => {
  test("are updated in every table, once", async () => {
    using world = createWorld();
    const link = stored(world, "https://youtu.be/A?t=5");
    stored(world, OTHER);
    delivered(world, "https://m.youtube.com/watch?v=B", 71);
    world.store.supersededSubmissions.add({ key: "youtu.be/A?t=5", downloader: "nas", since: 1 });
    const message = { chatId: ANN, messageId: 9 };
    world.store.processedMessages.take(message, ["youtu.be/A", "youtube.com/shorts/A", "video.example/1"], world.now);
    const { look } = update(world);
    await look();
    expect(world.link(link.id)).toEqual({ ...link, key: VIDEO });
    expect(keysOf(world)).toEqual([VIDEO, "video.example/1"]);
    expect(world.store.deliveries.openOf(ANN, "youtube.com/watch?v=B")?.url).toBe("https://m.youtube.com/watch?v=B");
    expect(world.store.supersededSubmissions.of("nas")).toEqual([{ key: VIDEO, downloader: "nas", since: 1 }]);
    const again = [VIDEO, "video.example/1", "x.org/1"];
    expect(world.store.processedMessages.take(message, again, world.now)).toEqual(["x.org/1"]);
    expect(world.store.storedKeys.rules()).toBe(KEY_RULES);

    const late = stored(world, "https://youtu.be/C");
    await look();
    await update(world).look();
    expect(world.link(late.id).key).toBe("youtu.be/C");
  });

  test("merge two spellings in a chat: the first link stays, and the others' messages are deleted", async () => {
    using world = createWorld();
    const first = stored(world, "https://youtu.be/A", { messageId: 11, promptId: 12 });
    stored(world, "https://www.youtube.com/watch?v=A", { messageId: 21, promptId: 22 });
    stored(world, "https://www.youtube.com/shorts/A", { messageId: 31, promptId: 32 });
    stored(world, "https://youtu.be/A", { chatId: BOB });
    await update(world).look();
    expect(world.store.links.page({ chatId: ANN, offset: 0, limit: 9 })).toEqual([{ ...first, key: VIDEO }]);
    expect(keysOf(world, BOB)).toEqual([VIDEO]);
    expect(planned(world).sort()).toEqual([21, 22, 31, 32]);
  });

  test.each([
    ["queued", "uncertain"],
    ["failed", "queued"],
    ["removed", "failed"],
  ] as const)("keep the later of two merged links if the first is %s and the later %s", async (state, later) => {
    using world = createWorld();
    stored(world, "https://youtu.be/A", { state });
    const kept = stored(world, "https://www.youtube.com/watch?v=A", { state: later });
    await update(world).look();
    expect(world.store.links.byKey(ANN, VIDEO)?.id).toBe(kept.id);
    expect(world.store.links.ofKey("youtu.be/A")).toEqual([]);
  });

  test("leave a superseded submission for a dropped link that a downloader may have", async () => {
    using world = createWorld();
    const first = stored(world, "https://youtu.be/A", { state: "uncertain" });
    const second = stored(world, "https://www.youtube.com/watch?v=A", { state: "uncertain" });
    world.store.attempts.open({ linkId: first.id, downloader: "nas", startedAt: world.now });
    world.store.attempts.open({ linkId: second.id, downloader: "abroad", startedAt: world.now });
    await update(world).look();
    expect(world.store.links.byKey(ANN, VIDEO)?.id).toBe(first.id);
    expect(world.store.attempts.byLink(first.id)?.downloader).toBe("nas");
    const since = world.now;
    expect(world.store.supersededSubmissions.of("abroad")).toEqual([{ key: VIDEO, downloader: "abroad", since }]);
  });

  test("keep the later instant of two merged superseded submissions", async () => {
    using world = createWorld();
    const { add, of } = world.store.supersededSubmissions;
    add({ key: "youtu.be/A", downloader: "nas", since: 5 });
    add({ key: "youtube.com/shorts/A", downloader: "nas", since: 9 });
    add({ key: VIDEO, downloader: "nas", since: 7 });
    await update(world).look();
    expect(of("nas")).toEqual([{ key: VIDEO, downloader: "nas", since: 9 }]);
  });

  test("wait for the database, and go on after a crash", async () => {
    using world = createWorld();
    stored(world, "https://youtu.be/A");
    const { look } = update(world);
    world.watcher = storeFails;
    await look();
    expect(keysOf(world)).toEqual(["youtu.be/A"]);
    world.watcher = (name) => {
      if (name === "stored keys.setRules") storeFails(name);
    };
    await look();
    world.watcher = () => {};
    expect([keysOf(world), world.store.storedKeys.rules()]).toEqual([[VIDEO], 0]);
    await update(world).look();
    expect([keysOf(world), world.store.storedKeys.rules()]).toEqual([[VIDEO], KEY_RULES]);
  });

  test("of a thousand links are updated while the event loop turns", async () => {
    using world = createWorld();
    world.store.transaction(() => {
      for (let n = 0; n < 1_000; n++) stored(world, `https://youtu.be/${n}`);
    });
    let turns = 0;
    let isOver = false;
    const count = () => {
      turns += 1;
      if (!isOver) setImmediate(count);
    };
    setImmediate(count);
    await update(world).look();
    isOver = true;
    expect(turns).toBeGreaterThan(4);
    expect(world.store.links.ofKey("youtube.com/watch?v=999")).toHaveLength(1);
  });
});
