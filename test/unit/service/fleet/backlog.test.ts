import { describe, expect, test } from "bun:test";
import { createCountBacklog } from "../../../../src/service/fleet/backlog.ts";
import { createWorld, type World } from "../world.ts";

const counting = (world: World) => createCountBacklog({ links: world.store.links, registry: world.bot.registry });

describe("createCountBacklog()", () => {
  test("counts the links that match a downloader, paused or not, for each that they match", async () => {
    using world = createWorld();
    world.server("tube", { roots: ["youtube.com"] });
    world.server("all");
    world.bot.registry.setPaused("tube", true);
    await world.enqueue(["https://youtube.com/1", "https://youtube.com/2", "https://vk.com/1"]);
    expect(counting(world)(["tube", "all", "gone"])).toEqual(
      new Map([
        ["tube", { links: 2, more: false }],
        ["all", { links: 3, more: false }],
        ["gone", { links: 0, more: false }],
      ]),
    );
  });

  test("follows routes and the owner's choice, and leaves out failed links", async () => {
    using world = createWorld({ routes: [{ match: "vimeo.com", downloaders: ["b"] }] });
    world.server("a");
    world.server("b");
    const routed = await world.due("https://vimeo.com/1");
    const chosen = await world.due("https://youtube.com/1");
    const failed = await world.due("https://youtube.com/2");
    world.store.links.update(chosen.id, { downloader: "a" });
    world.store.links.update(failed.id, { state: "failed" });
    const counts = counting(world)(["a", "b"]);
    expect([routed.state, counts.get("a")?.links, counts.get("b")?.links]).toEqual(["queued", 1, 1]);
  });

  test("reports that there are more links than it counts", async () => {
    using world = createWorld();
    world.server("a");
    await world.enqueue(Array.from({ length: 1_001 }, (_, n) => `https://youtube.com/${n}`));
    expect(counting(world)(["a"]).get("a")).toEqual({ links: 1_000, more: true });
  });
});
