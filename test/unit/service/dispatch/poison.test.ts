import { describe, expect, test } from "bun:test";
import { MINUTE } from "../bot.ts";
import { createWorld } from "../world.ts";

const POISON = "https://x.org/poison";
const others = Array.from({ length: 40 }, (_, n) => `https://x.org/${n}`);

describe("a link that triggers a bug", () => {
  test("in the call to a downloader holds up no other link, and is sent once the bug is gone", async () => {
    using world = createWorld({ settings: { concurrency: 2 } });
    const nas = world.server("nas");
    const { submit } = nas;
    let isBroken = true;
    nas.submit = (submission) => {
      if (isBroken && submission.url === POISON) throw new TypeError("a bug");
      return submit(submission);
    };
    await world.due(POISON);
    for (const url of others) await world.due(url);
    for (let ticks = 0; ticks < 5; ticks += 1) await world.tick();
    expect(nas.taken).toEqual(others);
    isBroken = false;
    world.advance(MINUTE);
    await world.tick();
    expect(nas.taken).toEqual([...others, POISON]);
  });

  test("when its outcome is recorded holds up no other link, and is recognised later", async () => {
    using world = createWorld({ settings: { concurrency: 2 } });
    const nas = world.server("nas");
    let stumbles = 0;
    world.watcher = (name) => {
      if (name === "deliveries.add" && stumbles++ === 0) throw new TypeError("a bug");
    };
    const { id } = await world.due(POISON);
    for (const url of others) await world.due(url);
    for (let ticks = 0; ticks < 5; ticks += 1) await world.tick();
    expect(nas.taken).toEqual([POISON, ...others]);
    world.advance(MINUTE);
    await world.tick();
    expect(world.store.deliveries.byLinkId(id)).toMatchObject({ downloader: "nas", state: "open" });
    expect(world.downloads(POISON)).toBe(1);
  });

  test("when its outcome is reported holds up no link that was claimed with it", async () => {
    using world = createWorld();
    const nas = world.server("nas", { roots: ["x.org"] });
    world.bot.events.push = () => {
      throw new TypeError("a bug");
    };
    await world.due("https://nobody.org/takes-it");
    await world.due(POISON);
    await world.tick();
    expect(nas.taken).toEqual([POISON]);
  });

  test("when its outcome is reported does not stop the reports on others", async () => {
    using world = createWorld();
    const heard: string[] = [];
    world.bot.events.push = (event) => {
      heard.push(event.link.url);
      if (heard.length === 1) throw new TypeError("a bug");
      return heard.length;
    };
    const urls = [1, 2].map((nth) => `https://nobody.org/${nth}`);
    for (const url of urls) await world.due(url);
    await world.tick();
    expect(heard).toEqual(urls);
  });

  test.each(["", "no address", "https://", "https://[::1"])(
    "because its address is %j holds up no other link",
    async (url) => {
      using world = createWorld();
      const nas = world.server("nas", { roots: ["x.org"] });
      const { id } = await world.due(POISON);
      // As after a manual change of the database.
      world.store.links.update(id, { url } as object);
      for (const other of others) await world.due(other);
      await world.tick();
      await world.tick();
      expect(nas.taken).toEqual(others);
      expect(world.link(id).state).toBe("unmatched");
    },
  );
});
