import { describe, expect, test } from "bun:test";
import { StoreUnavailable } from "../../../../src/domain/storage.ts";
import { MINUTE, SECOND } from "../bot.ts";
import { storeFails } from "../fuse.ts";
import { createWorld, turn } from "../world.ts";

const urls = (count: number, host = "x.org") => Array.from({ length: count }, (_, at) => `https://${host}/${at}`);

describe("tick()", () => {
  test("sends only due links (rule 3)", async () => {
    using world = createWorld();
    const nas = world.server("nas");
    await world.enqueue("https://x.org/later");
    await world.due("https://x.org/now");
    await world.tick();
    expect(nas.taken).toEqual(["https://x.org/now"]);
    world.advance(MINUTE);
    await world.tick();
    expect(nas.taken).toEqual(["https://x.org/now", "https://x.org/later"]);
  });

  test("begins no transaction while nothing is due, and sends at once what becomes due", async () => {
    using world = createWorld();
    const nas = world.server("nas");
    await world.enqueue("https://x.org/later");
    // The first tick looks once whether waiting links can be sent.
    await world.tick();
    let transactions = 0;
    world.watcher = (name) => {
      if (name === "transaction") transactions += 1;
    };
    for (let nth = 0; nth < 5; nth += 1) await world.tick();
    expect(transactions).toBe(0);
    world.advance(MINUTE);
    await world.tick();
    expect(nas.taken).toEqual(["https://x.org/later"]);
    await world.due("https://x.org/now");
    await world.tick();
    expect(nas.taken).toEqual(["https://x.org/later", "https://x.org/now"]);
  });

  test("reports once that everything was handed over, after the last outcome; reports nothing if nothing was", async () => {
    using world = createWorld({ settings: { concurrency: 2 } });
    const nas = world.server("nas", { mode: "hangs" });
    await world.tick();
    expect(world.bot.rests).toEqual([]);
    for (const url of urls(5)) await world.due(url);
    await world.tick();
    expect([nas.open, world.bot.rests]).toEqual([2, []]);
    nas.mode = "up";
    nas.release();
    await world.tick();
    expect([world.bot.events.length, world.bot.rests]).toEqual([5, [5]]);
    await world.tick();
    await world.due("https://x.org/later");
    await world.tick();
    expect(world.bot.rests).toEqual([5, 6]);
  });

  test("reports that everything was handed over only after it is stored, if the database was full", async () => {
    using world = createWorld();
    world.server("nas");
    await world.due("https://x.org/1");
    world.watcher = (name) => {
      if (name === "deliveries.add") throw new StoreUnavailable("SQLITE_FULL");
    };
    await world.tick();
    expect([world.bot.events, world.bot.rests]).toEqual([[], []]);
    world.watcher = () => {};
    await world.tick();
    expect([world.bot.events.map(({ kind }) => kind), world.bot.rests]).toEqual([["delivered"], [1]]);
  });

  test("passes the quality, the sender and the folder to the downloader", async () => {
    using world = createWorld();
    const nas = world.server("nas");
    await world.due("https://x.org/1", { quality: 1080, folder: "films", sender: "id7" });
    await world.due("https://x.org/2");
    await world.tick();
    expect(nas.submissions).toEqual([
      { url: "https://x.org/1", userName: "[id7] films", maxQuality: 1080 },
      { url: "https://x.org/2", userName: "[ann]", maxQuality: 10000 },
    ]);
  });

  test("removes an accepted link, and records its delivery and both deletions (rules 13 and 15)", async () => {
    using world = createWorld();
    world.server("nas");
    const link = await world.due("https://x.org/1", { messageId: 50 });
    world.bot.prompts.adopt(link, 51);
    await world.tick();
    expect(world.store.links.byId(link.id)).toBeUndefined();
    expect(world.store.attempts.byLink(link.id)).toBeUndefined();
    expect(world.store.deliveries.byLinkId(link.id)).toMatchObject({ downloader: "nas", state: "open", chatId: 1 });
    const gone = world.store.deletions.dueOfOneChat(world.now, 10).map(({ messageId }) => messageId);
    expect(gone.sort()).toEqual([50, 51]);
    expect(world.bot.events.map(({ kind }) => kind)).toEqual(["delivered"]);
  });

  test("keeps a message with several links until its last link is sent (rule 15)", async () => {
    using world = createWorld();
    world.server("nas");
    await world.enqueue(["https://x.org/1", "https://x.org/2"], { messageId: 50 });
    const [first, last] = world.store.links.ofMessage(1, 50);
    world.store.links.update(first?.id ?? 0, { sendAt: world.now });
    await world.tick();
    expect(world.store.deletions.count()).toBe(0);
    world.store.links.update(last?.id ?? 0, { sendAt: world.now });
    await world.tick();
    expect(world.store.deletions.dueOfOneChat(world.now, 10)).toMatchObject([{ messageId: 50 }]);
    // A prompt that is about to be deleted need not be redrawn.
    expect(world.bot.events.flatMap((event) => (event.kind === "delivered" ? event.sharesPrompt : []))).toEqual([
      true,
      false,
    ]);
  });

  test("records the downloader before it calls it", async () => {
    using world = createWorld();
    const seen: unknown[] = [];
    world.server("one", { mode: "refuses" });
    world.server("two", { mode: "refuses" });
    const { id } = await world.due("https://x.org/1");
    world.onCall = (server) => seen.push([server, world.store.attempts.byLink(id)?.downloader, world.link(id).state]);
    await world.tick();
    expect(seen).toHaveLength(2);
    for (const [called, recorded, state] of seen as string[][]) expect([recorded, state]).toEqual([called, "sending"]);
  });

  test("tries the matching downloaders one after another until one accepts (rule 16)", async () => {
    using world = createWorld({ random: () => 0.99 });
    const calls: string[] = [];
    world.server("stranger", { roots: ["y.org"] });
    for (const name of ["a", "b"]) world.server(name, { mode: "refuses" });
    for (const name of ["c", "d"]) world.server(name);
    await world.due("https://x.org/1");
    world.onCall = (server, method) => void (method === "submit" && calls.push(server));
    await world.tick();
    expect(calls).toEqual(["a", "b", "c"]);
  });

  test("draws the order of the downloaders anew for each link (rule 16)", async () => {
    using world = createWorld();
    const servers = ["a", "b", "c"].map((name) => world.server(name));
    for (const url of urls(60)) await world.due(url);
    await world.tick();
    expect(servers.filter(({ taken }) => taken.length < 10)).toEqual([]);
  });

  test("sends only to the downloaders that a route names (rule 14)", async () => {
    using world = createWorld({ routes: [{ match: "x.org/video", downloaders: ["abroad"] }] });
    const home = world.server("home");
    const abroad = world.server("abroad", { roots: ["elsewhere.org"] });
    await world.due("https://x.org/video/1");
    await world.due("https://x.org/other");
    await world.tick();
    expect(abroad.taken).toEqual(["https://x.org/video/1"]);
    expect(home.taken).toEqual(["https://x.org/other"]);
  });

  test("uses a new address from the very next attempt on (rule 12)", async () => {
    using world = createWorld();
    world.server("nas");
    world.server("duplicate", { mode: "down" });
    const link = await world.due("https://x.org/1");
    world.store.links.update(link.id, { downloader: "nas" });
    world.register("nas", { host: "10.0.0.9", port: 7 });
    expect(world.bot.registry.byName("nas")).toMatchObject({ host: "10.0.0.9", port: 7 });
    expect(world.store.downloaders.all().find(({ name }) => name === "nas")).toMatchObject({
      host: "10.0.0.9",
      port: 7,
    });
    await world.tick();
    expect(world.fleet.get("nas")?.taken).toEqual(["https://x.org/1"]);
  });

  test("never exceeds the concurrency, and hands over the next link as soon as a call ends", async () => {
    using world = createWorld({ settings: { concurrency: 3 } });
    const nas = world.server("nas", { mode: "hangs" });
    for (const url of urls(10)) await world.due(url);
    await world.tick();
    await world.tick();
    expect(nas.open).toBe(3);
    nas.mode = "up";
    nas.release();
    await turn();
    await turn();
    expect(nas.mostOpen).toBe(3);
    expect(nas.taken).toHaveLength(10);
  });

  test("hands links to one downloader in the order of their times", async () => {
    using world = createWorld({ settings: { concurrency: 4 } });
    const nas = world.server("nas");
    for (const [at, url] of urls(20).entries()) {
      const { id } = await world.due(url);
      world.store.links.update(id, { sendAt: world.now - ((at * 7) % 20) * SECOND });
    }
    const bySendAt = world.store.links.page({ offset: 0, limit: 20 }).map(({ url }) => url);
    await world.tick();
    expect(nas.taken).toEqual(bySendAt);
  });

  test("goes on with other downloaders while one hangs", async () => {
    using world = createWorld();
    const hanging = world.server("hanging", { mode: "hangs", roots: ["slow.org"] });
    const nas = world.server("nas", { roots: ["x.org"] });
    await world.due("https://slow.org/1");
    await world.due("https://x.org/1");
    await world.tick();
    await world.due("https://x.org/2");
    await world.tick();
    expect([hanging.open, nas.taken.length]).toEqual([1, 2]);
  });

  test("lets other events run while hundreds of links are due", async () => {
    using world = createWorld();
    const nas = world.server("nas");
    world.store.transaction(() => {
      for (const url of urls(200)) {
        const of = { threadId: null, messageId: null, sender: "a", quality: "best", folder: null } as const;
        world.store.links.add({ ...of, chatId: 1, url, key: url, sendAt: 0, createdAt: 0 });
      }
    });
    let takenWhenItCame = -1;
    setImmediate(() => {
      takenWhenItCame = nas.taken.length;
    });
    await world.tick();
    expect(takenWhenItCame).toBeLessThan(100);
    expect(nas.taken).toHaveLength(200);
  });
});

describe("unmatched links", () => {
  test("wait without using an attempt, and become due only by a matching registration", async () => {
    using world = createWorld();
    world.server("films", { roots: ["films.org"] });
    const { id } = await world.due("https://x.org/1");
    await world.tick();
    expect(world.link(id)).toMatchObject({ state: "unmatched", attempts: 0 });
    world.server("music", { roots: ["music.org"] });
    await world.tick();
    expect(world.link(id).state).toBe("unmatched");
    const nas = world.server("nas", { roots: ["x.org"] });
    await world.tick();
    expect(nas.taken).toEqual(["https://x.org/1"]);
    expect(world.bot.events.map(({ kind }) => kind)).toEqual(["unmatched", "requeued", "delivered"]);
  });

  test("are requeued by a later tick if the database cannot be used at the registration", async () => {
    using world = createWorld();
    const { id } = await world.due("https://x.org/1");
    await world.tick();
    expect(world.link(id).state).toBe("unmatched");
    world.watcher = storeFails;
    const nas = world.server("nas");
    await world.tick();
    world.watcher = () => {};
    await world.tick();
    expect(nas.taken).toEqual(["https://x.org/1"]);
    expect(world.store.downloaders.all()).toMatchObject([{ name: "nas" }]);
  });
});

describe("many links that match no downloader", () => {
  const settings = { mostPassed: { inAStep: 20, inATick: 200 } };
  const many = (world: ReturnType<typeof createWorld>, count: number) => {
    const put = (url: string) => {
      const of = { chatId: 1, threadId: null, messageId: null, sender: "ann", quality: "best", folder: null } as const;
      return world.store.links.add({ ...of, url, key: url, sendAt: world.now, createdAt: world.now });
    };
    return world.store.transaction(() => urls(count).flatMap((url) => put(url) ?? []));
  };
  const count = (world: ReturnType<typeof createWorld>, state: string) =>
    world.store.stats.links().get(state as "queued") ?? 0;

  test("do not make a tick endless, and are all marked within a few ticks", async () => {
    using world = createWorld({ settings });
    many(world, 500);
    await world.tick();
    expect(count(world, "queued")).toBeGreaterThan(0);
    for (let ticks = 0; ticks < 3; ticks++) await world.tick();
    expect(count(world, "unmatched")).toBe(500);
  });

  test("are checked in steps, and only those that now match are written", async () => {
    using world = createWorld();
    for (const { id } of many(world, 450)) world.store.links.update(id, { state: "unmatched" });
    world.server("other", { roots: ["y.org"] });
    const steps: string[] = [];
    world.watcher = (name) => void steps.push(name);
    await world.tick();
    expect(steps.filter((name) => name === "links.unmatched")).toHaveLength(5);
    expect(steps.filter((name) => name === "links.update")).toEqual([]);
    world.server("nas", { roots: ["x.org"] });
    while (count(world, "queued") + count(world, "unmatched") > 0) await world.tick();
    expect(world.fleet.get("nas")?.taken).toHaveLength(450);
  });

  test("are checked once for many registrations, and again for those that come meanwhile", async () => {
    using world = createWorld();
    for (const { id } of many(world, 250)) world.store.links.update(id, { state: "unmatched" });
    for (let at = 0; at < 50; at++) world.server(`nas ${at}`, { roots: [`site${at}.org`] });
    let looks = 0;
    world.watcher = (name) => {
      if (name !== "links.unmatched") return;
      looks += 1;
      if (looks === 1) world.server("late", { roots: ["late.org"] });
    };
    await world.tick();
    expect(looks).toBe(6);
  });

  test("do not delay a new link", async () => {
    using world = createWorld();
    for (const { id } of many(world, 3_000)) world.store.links.update(id, { state: "unmatched" });
    const nas = world.server("nas", { mode: "hangs" });
    await world.due("https://x.org/new", { chatId: 2 });
    await world.tick();
    expect(nas.calls.map(({ url }) => url)).toContain("https://x.org/new");
  });
});

describe("chats", () => {
  test("take turns, so that hundreds of links of one chat hold up no other", async () => {
    using world = createWorld({ settings: { concurrency: 1 } });
    const nas = world.server("nas");
    for (const url of urls(50)) await world.due(url);
    world.advance(SECOND);
    for (const chatId of [2, 3]) for (const url of urls(2, `of${chatId}.org`)) await world.due(url, { chatId });
    await world.tick();
    const chats = nas.taken.slice(0, 7).map((url) => URL.parse(url)?.hostname ?? "");
    expect(chats).toEqual(["x.org", "of2.org", "of3.org", "x.org", "of2.org", "of3.org", "x.org"]);
    expect(nas.taken).toHaveLength(54);
  });

  test("take turns across ticks too, even with one call at a time", async () => {
    using world = createWorld({ settings: { concurrency: 1 } });
    const nas = world.server("nas", { mode: "hangs" });
    for (const url of urls(5)) await world.due(url);
    await world.tick();
    await world.due("https://y.org/1", { chatId: 2 });
    await world.tick();
    nas.mode = "up";
    nas.release();
    await turn();
    await world.tick();
    expect(nas.taken.slice(0, 3)).toEqual(["https://x.org/0", "https://y.org/1", "https://x.org/1"]);
  });
});

describe("a downloader that cannot be reached", () => {
  async function awaited(world: ReturnType<typeof createWorld>, count = 3) {
    const nas = world.server("nas", { mode: "down" });
    const links = await Promise.all(urls(count).map((url) => world.due(url)));
    await world.tick();
    world.advance(SECOND);
    await world.tick();
    return { nas, ids: links.map(({ id }) => id) };
  }

  test("costs no attempt, and its links wait as unreachable (rule 5)", async () => {
    using world = createWorld();
    const { ids } = await awaited(world);
    for (const id of ids) {
      const lastError = { reason: "unreachable", downloader: "nas" };
      expect(world.link(id)).toMatchObject({ state: "unreachable", attempts: 0, lastError });
    }
    expect(world.bot.events.map(({ kind }) => kind)).toEqual(["unreachable", "unreachable", "unreachable"]);
  });

  test("is not tried, and nothing is written about it, however long that lasts", async () => {
    using world = createWorld();
    const { nas } = await awaited(world, 40);
    const calls = nas.calls.length;
    const written: string[] = [];
    world.watcher = (name) => {
      if (/update|save|add|open|remove|asked/.test(name)) written.push(name);
    };
    for (let ticks = 0; ticks < 50; ticks++) {
      world.advance(10 * MINUTE);
      await world.probe("nas");
      await world.tick();
    }
    expect(nas.calls.slice(calls).every(({ method }) => method === "health")).toBe(true);
    expect(written).toEqual([]);
  });

  test.each(["answers", "registers"])("gets all its waiting links when it %s", async (how) => {
    using world = createWorld();
    const { nas } = await awaited(world, 300);
    world.advance(3 * 24 * 60 * MINUTE);
    nas.mode = "up";
    if (how === "registers") world.register("nas");
    else await world.probe("nas");
    await world.tick();
    await world.tick();
    expect(nas.taken).toHaveLength(300);
  });

  test("also gets links that wait for their next attempt, but none before a chosen time", async () => {
    using world = createWorld({ random: () => 0.99 });
    const nas = world.server("nas", { mode: "down" });
    const other = world.server("other", { mode: "refuses" });
    const links = await Promise.all(urls(2).map((url) => world.due(url)));
    const [id = 0, chosen = 0] = links.map((link) => link.id);
    for (let rounds = 0; rounds < 5; rounds++) {
      await world.tick();
      world.now = Math.max(world.link(id).sendAt, world.link(chosen).sendAt);
    }
    await world.tick();
    expect(world.link(id)).toMatchObject({ state: "queued", attempts: 6, lastError: { downloader: "other" } });
    const tomorrow = world.now + 20 * 60 * MINUTE;
    world.bot.queue.change({ chatId: 1, role: "user" }, chosen, { sendAt: tomorrow });
    nas.mode = "up";
    await world.probe("nas");
    await world.tick();
    expect([nas.taken, other.taken]).toEqual([["https://x.org/0"], []]);
    expect(world.link(chosen)).toMatchObject({ state: "queued", sendAt: tomorrow });
  });

  test("does not use up attempts by coming and going", async () => {
    using world = createWorld();
    const nas = world.server("nas", { mode: "down" });
    world.server("other", { mode: "refuses" });
    const { id } = await world.due("https://x.org/0");
    await world.tick();
    for (let flaps = 0; flaps < 20; flaps++) {
      nas.mode = "up";
      await world.probe("nas");
      nas.mode = "down";
      await world.tick();
      world.advance(SECOND);
    }
    expect(world.link(id).attempts).toBeLessThanOrEqual(1);
  });

  test("is left out while another one matches", async () => {
    using world = createWorld({ settings: { concurrency: 1 } });
    const broken = world.server("broken", { mode: "down" });
    const nas = world.server("nas");
    for (const url of urls(40)) await world.due(url);
    await world.tick();
    world.advance(SECOND);
    await world.tick();
    expect([broken.calls.length, nas.taken.length]).toEqual([1, 40]);
  });

  test("does not keep a link that no longer matches its roots", async () => {
    using world = createWorld();
    const { ids } = await awaited(world, 1);
    world.register("nas", { roots: ["elsewhere.org"] });
    await world.tick();
    expect(world.link(ids[0] ?? 0).state).toBe("unmatched");
  });

  test("loses its waiting links to another one that registers and matches", async () => {
    using world = createWorld();
    await awaited(world, 3);
    const other = world.server("other", { roots: ["x.org"] });
    await world.tick();
    expect(other.taken).toHaveLength(3);
  });

  test("is asked for uncertain links as soon as it answers again", async () => {
    using world = createWorld();
    const nas = world.server("nas", { mode: "takes then dies" });
    const { id } = await world.due("https://x.org/1");
    await world.tick();
    nas.mode = "down";
    await world.probe("nas");
    expect(world.link(id).state).toBe("uncertain");
    nas.mode = "up";
    await world.probe("nas");
    await world.tick();
    expect(world.store.deliveries.byLinkId(id)?.downloader).toBe("nas");
  });
});

describe("a downloader that answers with errors", () => {
  test("is left out after three errors while another one matches", async () => {
    using world = createWorld({ settings: { concurrency: 1 } });
    const broken = world.server("broken", { mode: "incompatible" });
    world.server("nas");
    for (const url of urls(40)) await world.due(url);
    await world.tick();
    expect(broken.calls).toHaveLength(3);
    world.advance(31 * SECOND);
    for (const url of urls(40, "y.org")) await world.due(url);
    await world.tick();
    expect(broken.calls).toHaveLength(4);
  });

  test("is still tried if it is the only match", async () => {
    using world = createWorld();
    const broken = world.server("broken", { mode: "incompatible" });
    for (const url of urls(3, "first.org")) await world.due(url);
    await world.tick();
    expect(world.bot.registry.stateOf("broken")).toBe("failing");
    broken.mode = "up";
    for (const url of urls(5)) await world.due(url);
    await world.tick();
    expect(urls(5).map(world.downloads)).toEqual([1, 1, 1, 1, 1]);
  });
});

describe("drain()", () => {
  test("claims nothing more, and waits for the calls under way", async () => {
    using world = createWorld({ settings: { concurrency: 1 } });
    const nas = world.server("nas", { mode: "hangs" });
    await world.due("https://x.org/1");
    await world.due("https://x.org/2");
    await world.tick();
    let isDrained = false;
    const drained = world.bot.dispatcher.drain().then(() => {
      isDrained = true;
    });
    await turn();
    expect(isDrained).toBe(false);
    nas.mode = "up";
    nas.release();
    await drained;
    await world.tick();
    expect(nas.taken).toEqual(["https://x.org/1"]);
    expect(world.store.links.count({})).toBe(1);
  });
});
