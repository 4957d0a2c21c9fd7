import { describe, expect, test } from "bun:test";
import { setImmediate } from "node:timers/promises";
import type { Download } from "../../../../src/domain/downloader.ts";
import { storeFails } from "../fuse.ts";
import { ANN, BOB, createTracked, FILM } from "../tracked.ts";

const OTHER = `${FILM}/2`;
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

describe("following a delivery", () => {
  test("asks no downloader while no delivery is open", async () => {
    using world = createTracked();
    await world.ticks(10);
    world.delivers();
    world.has("nas", { status: "DONE" });
    await world.ticks(3);
    expect(world.asked).toEqual(["nas"]);
  });

  test("reports once that it is done, and stores what the downloader reported", async () => {
    using world = createTracked();
    const { id } = world.delivers();
    world.has("nas", { status: "WORK", name: "The film" });
    await world.ticks(3);
    expect(world.delivery(id)).toMatchObject({ state: "open", status: "WORK", name: "The film", seenAt: world.now });
    world.has("nas", { status: "DONE", name: "The film" });
    await world.ticks(30);
    world.restarts();
    await world.ticks(30);
    expect(world.kinds).toEqual([`done ${ANN}`]);
    expect(world.delivery(id)).toMatchObject({ state: "done", status: "DONE", closedAt: world.now });
    const untold = world.store.news.untold({ chatId: ANN, threadId: null }, 9);
    expect(untold).toMatchObject([{ kind: "done", delivery: { id, state: "done" } }]);
  });

  test("finds it under another spelling of the link", async () => {
    using world = createTracked();
    world.delivers();
    world.has("nas", { url: "http://www.x.org/film?si=abc", status: "DONE" });
    await world.ticks();
    expect(world.kinds).toEqual([`done ${ANN}`]);
  });

  test.each([[["NEW", "DONE"] as const], [["DONE", "WORK"] as const], [["DONE", "DONE", "SENDING"] as const]])(
    "is not done while another entry of the link says otherwise: %p",
    async (statuses) => {
      using world = createTracked();
      world.delivers();
      world.delivers({ chatId: BOB });
      world.has("nas", ...statuses.map((status) => ({ status })));
      await world.ticks(10);
      expect(world.kinds).toEqual([]);
      world.has("nas", { status: "DONE" });
      await world.ticks(20);
      expect(world.kinds).toEqual([`done ${ANN}`, `done ${BOB}`]);
    },
  );

  test("reports to every owner, all events of one look together", async () => {
    using world = createTracked();
    world.delivers();
    world.delivers({ chatId: BOB });
    world.delivers({ url: "https://x.org/2" });
    world.has("nas", { status: "DONE" }, { url: "https://x.org/2", status: "DONE" });
    await world.ticks();
    expect(world.told).toHaveLength(1);
    expect(world.kinds).toEqual([`done ${ANN}`, `done ${BOB}`, `done ${ANN}`]);
  });

  test("reports trouble once, and later that the download is done", async () => {
    using world = createTracked();
    const { id } = world.delivers();
    for (const text of ["HTTP 429", "HTTP 403", undefined, "HTTP 429"]) {
      world.has("nas", { status: "WORK", remark: text === undefined ? text : { kind: "trouble", text } });
      await world.ticks(2);
    }
    world.restarts();
    await world.ticks(2);
    expect(world.kinds).toEqual([`trouble ${ANN}`]);
    expect(world.told[0]?.[0]?.delivery.trouble).toBe("HTTP 429");
    expect(world.delivery(id).state).toBe("open");
    world.has("nas", { status: "DONE" });
    await world.ticks(2);
    expect(world.kinds).toEqual([`trouble ${ANN}`, `done ${ANN}`]);
  });

  test.each<["NEW" | "WORK", string[]]>([
    ["NEW", ["trouble"]],
    ["WORK", ["trouble", "unknown"]],
  ])("reports a failure once if the link is listed as %s and then vanishes", async (status, told) => {
    using world = createTracked();
    const { id } = world.delivers();
    world.has("nas", { status: "NEW", remark: { kind: "trouble", text: "no such film" } });
    await world.ticks();
    world.has("nas", { status });
    await world.ticks();
    world.has("nas");
    for (let minute = 0; minute < 12; minute += 1) {
      await world.ticks(3);
      world.now += 60_000;
    }
    const news = world.store.news.untold({ chatId: ANN, threadId: null }, 9);
    expect(news.map(({ kind }) => kind)).toEqual(told as (typeof news)[number]["kind"][]);
    expect(world.delivery(id).state).toBe(status === "NEW" ? "lost" : "unknown");
  });

  test("does not take a remark about the progress for trouble", async () => {
    using world = createTracked();
    const { id } = world.delivers();
    for (const text of ["downloading [mp4 - unknown]", "converting", "download complete on stage #1"]) {
      world.has("nas", { status: "WORK", remark: { kind: "activity", text } });
      await world.ticks(2);
    }
    expect(world.delivery(id).trouble).toBeNull();
    world.has("nas", { status: "DONE", remark: { kind: "activity", text: "download complete on stage #1" } });
    await world.ticks(2);
    expect(world.kinds).toEqual([`done ${ANN}`]);
  });

  test("keeps the trouble of a done download, but not earlier trouble", async () => {
    using world = createTracked();
    const [first, second] = [world.delivers(), world.delivers({ url: OTHER })];
    const failed = { kind: "trouble", text: "HTTP 429" } as const;
    world.has("nas", { status: "WORK", remark: failed }, { url: OTHER, status: "WORK", remark: failed });
    await world.ticks(2);
    const missing = { kind: "trouble", text: "3: private" } as const;
    world.has("nas", { status: "DONE", remark: missing }, { url: OTHER, status: "DONE" });
    await world.ticks(2);
    expect([first, second].map(({ id }) => world.delivery(id).trouble)).toEqual(["3: private", null]);
  });

  test("is not done because of a list that is older than the delivery", async () => {
    using world = createTracked();
    world.delivers({ chatId: BOB, url: "https://x.org/2" });
    const answer = Promise.withResolvers<Download[]>();
    world.lists.set("nas", answer.promise);
    await world.ticks();
    world.now += 1;
    world.delivers();
    answer.resolve([{ url: FILM, status: "DONE", quality: "", name: undefined, remark: undefined }]);
    await world.ticks();
    expect(world.kinds).toEqual([]);
    world.has("nas", { status: "DONE" });
    await world.ticks(10);
    expect(world.kinds).toEqual([`done ${ANN}`]);
  });

  test("writes nothing while nothing changes", async () => {
    using world = createTracked();
    world.delivers();
    world.has("nas", { status: "WORK", name: "The film" });
    await world.ticks();
    const written: string[] = [];
    world.watcher = (name) => void (/update|transaction/.test(name) && written.push(name));
    await world.ticks(20);
    expect(world.asked.length).toBeGreaterThan(15);
    expect(written).toEqual([]);
  });

  test("ignores a delivery that its owner has removed", async () => {
    using world = createTracked();
    const { id } = world.delivers();
    world.store.deliveries.update(id, { state: "removed", closedAt: world.now });
    world.has("nas", { status: "DONE" });
    await world.ticks(3);
    expect(world.told).toEqual([]);
    expect(world.asked).toEqual([]);
  });
});

describe("vanishing on the way to the folder", () => {
  const OTHER = "https://x.org/2";
  /** Ann's film was listed by the sender. */
  async function sent(status: "TO_SEND" | "SENDING" = "SENDING") {
    const world = createTracked();
    const { id } = world.delivers();
    world.has("nas", { status }, { url: OTHER, status: "SENDING" });
    await world.ticks();
    return { world, id };
  }
  const withoutSender = [
    ["empty", []],
    ["the downloader's part alone", [{ url: OTHER, status: "WORK" }]],
    ["a link that waits for the sender", [{ url: OTHER, status: "TO_SEND" }]],
  ] as const;

  test.each(withoutSender)("is not done if the sender's part of the list is missing: %s", async (_, list) => {
    for (const status of ["TO_SEND", "SENDING"] as const) {
      const { world, id } = await sent(status);
      world.has("nas", ...list);
      await world.ticks(20);
      world.now += 10 * MINUTE - 1;
      await world.ticks(20);
      expect(world.delivery(id)).toMatchObject({ state: "open", status });
      world.has("nas", { status });
      await world.ticks(2);
      world.has("nas", { status: "DONE" });
      await world.ticks(2);
      expect(world.kinds).toEqual([`done ${ANN}`]);
      world[Symbol.dispose]();
    }
  });

  test.each(withoutSender)("is unknown after ten minutes without the sender's part: %s", async (_, list) => {
    const { world, id } = await sent();
    using _world = world;
    world.has("nas", ...list);
    await world.ticks(3);
    world.now += 10 * MINUTE;
    await world.ticks(3);
    expect(world.kinds).toEqual([`unknown ${ANN}`]);
    expect(world.delivery(id)).toMatchObject({ state: "unknown", closedAt: world.now });
  });

  test.each(["SENDING", "DONE"] as const)(
    "is done after enough looks at a sender without it, which lists another link as %s",
    async (status) => {
      const { world, id } = await sent();
      using _world = world;
      world.has("nas", { url: OTHER, status });
      await world.ticks(20);
      world.now += 2 * MINUTE - 1;
      await world.ticks(20);
      expect(world.kinds).toEqual([]);
      world.now += 1;
      await world.ticks();
      expect(world.kinds).toEqual([`done ${ANN}`]);
      expect(world.delivery(id).state).toBe("done");
    },
  );

  test("is done without earlier trouble if its end was not seen", async () => {
    using world = createTracked();
    const { id } = world.delivers();
    world.has("nas", { status: "WORK", remark: { kind: "trouble", text: "HTTP 429" } });
    await world.ticks(2);
    world.has("nas", { status: "SENDING" });
    await world.ticks(2);
    world.has("nas", { url: OTHER, status: "DONE" });
    await world.ticks(20);
    world.now += 2 * MINUTE;
    await world.ticks();
    expect(world.delivery(id)).toMatchObject({ state: "done", trouble: null });
  });

  test("is done by looks at the sender, not by looks while the sender was away", async () => {
    const { world } = await sent();
    using _world = world;
    world.has("nas");
    await world.ticks(20);
    world.now += 9 * MINUTE;
    world.has("nas", { url: OTHER, status: "DONE" });
    await world.ticks(2);
    world.now += MINUTE;
    await world.ticks(10);
    expect(world.kinds).toEqual([]);
    world.now += MINUTE;
    await world.ticks();
    expect(world.kinds).toEqual([`done ${ANN}`]);
  });

  test("counts looks from zero after a restart, even if the download ended meanwhile", async () => {
    const { world } = await sent();
    using _world = world;
    world.has("nas", { url: OTHER, status: "DONE" });
    await world.ticks(20);
    world.restarts();
    world.now += 8 * MINUTE;
    await world.ticks(20);
    expect(world.kinds).toEqual([]);
    world.now += 2 * MINUTE;
    await world.ticks();
    expect(world.kinds).toEqual([`done ${ANN}`]);
  });

  test("does not wait longer if the clock is set back meanwhile", async () => {
    const { world } = await sent();
    using _world = world;
    world.has("nas");
    await world.ticks(3);
    world.now -= DAY;
    await world.ticks(3);
    world.now += 10 * MINUTE;
    await world.ticks(3);
    expect(world.kinds).toEqual([`unknown ${ANN}`]);
  });
});

describe("vanishing while it was being downloaded", () => {
  const OTHER = "https://x.org/2";
  async function atWork() {
    const world = createTracked();
    const { id } = world.delivers();
    world.has("nas", { status: "WORK" });
    await world.ticks();
    return { world, id };
  }

  test("is unknown, not lost, after ten minutes if it may be with a sender that cannot be asked", async () => {
    const { world, id } = await atWork();
    using _world = world;
    world.has("nas", { url: OTHER, status: "WORK" });
    await world.ticks(20);
    world.now += 10 * MINUTE - 1;
    await world.ticks(20);
    expect(world.kinds).toEqual([]);
    world.now += 1;
    await world.ticks(2);
    expect(world.kinds).toEqual([`unknown ${ANN}`]);
    expect(world.delivery(id).state).toBe("unknown");
  });

  test("is done if the sender has it after all", async () => {
    const { world } = await atWork();
    using _world = world;
    world.has("nas");
    await world.ticks(20);
    world.now += 9 * MINUTE;
    world.has("nas", { status: "SENDING" });
    await world.ticks(2);
    world.has("nas", { status: "DONE" });
    await world.ticks(2);
    expect(world.kinds).toEqual([`done ${ANN}`]);
  });

  test("is unknown if the sender was away for a while, since a done entry may have come and gone", async () => {
    const { world } = await atWork();
    using _world = world;
    world.has("nas");
    await world.ticks(5);
    world.now += 8 * MINUTE;
    world.has("nas", { url: OTHER, status: "DONE" });
    await world.ticks(5);
    world.now += 2 * MINUTE;
    await world.ticks(5);
    expect(world.kinds).toEqual([`unknown ${ANN}`]);
  });

  test.each(["the bot", "its downloader"])("is unknown if %s was away meanwhile", async (who) => {
    const { world } = await atWork();
    using _world = world;
    if (who === "the bot") world.restarts();
    else world.lists.set("nas", "down");
    await world.ticks();
    world.now += 2 * MINUTE;
    world.has("nas", { url: OTHER, status: "DONE" });
    world.tracker.pollSoon("nas");
    await world.ticks(5);
    world.now += 2 * MINUTE;
    await world.ticks(5);
    expect(world.kinds).toEqual([]);
    world.now += 8 * MINUTE;
    await world.ticks(5);
    expect(world.kinds).toEqual([`unknown ${ANN}`]);
  });
});

describe("an end that was reported as unknown", () => {
  const OTHER = "https://x.org/2";
  const SENDER = { url: OTHER, status: "SENDING" } as const;
  async function unknown() {
    const world = createTracked();
    const { id } = world.delivers();
    world.has("nas", { status: "SENDING" });
    await world.ticks();
    world.has("nas");
    await world.ticks(3);
    world.now += 10 * MINUTE;
    await world.ticks(3);
    expect(world.kinds).toEqual([`unknown ${ANN}`]);
    return { world, id };
  }

  test.each(["at once", "after a restart"])(
    "is reported again if the downloader lists it as done, %s",
    async (when) => {
      const { world, id } = await unknown();
      using _world = world;
      if (when === "after a restart") world.restarts();
      await world.ticks(60);
      world.now += 5 * 60 * MINUTE;
      world.has("nas", { status: "DONE", name: "The film" });
      await world.ticks(60);
      expect(world.kinds).toEqual([`unknown ${ANN}`, `done ${ANN}`]);
      expect(world.delivery(id)).toMatchObject({ state: "done", name: "The film", closedAt: world.now });
    },
  );

  test.each(["at once", "after a restart"])(
    "is reported as done if the sender had it again and no longer has it, %s",
    async (when) => {
      const { world, id } = await unknown();
      using _world = world;
      world.has("nas", { status: "SENDING" }, SENDER);
      await world.ticks(20);
      expect(world.delivery(id)).toMatchObject({ state: "unknown", seenAt: world.now });
      if (when === "after a restart") world.restarts();
      world.has("nas", SENDER);
      await world.ticks(20);
      world.now += 2 * MINUTE - 1;
      await world.ticks(20);
      expect(world.kinds).toEqual([`unknown ${ANN}`]);
      world.now += 1;
      await world.ticks(2);
      expect(world.kinds).toEqual([`unknown ${ANN}`, `done ${ANN}`]);
    },
  );

  test.each([
    ["comes back without it", [SENDER]],
    ["is away again", []],
  ] as const)("stays unknown if the sender %s", async (_, list) => {
    const { world, id } = await unknown();
    using _world = world;
    if (list.length === 0) world.has("nas", { status: "SENDING" });
    await world.ticks(20);
    world.has("nas", ...list);
    await world.ticks(20);
    world.now += 60 * MINUTE;
    await world.ticks(60);
    expect(world.kinds).toEqual([`unknown ${ANN}`]);
    expect(world.delivery(id).state).toBe("unknown");
  });

  test("writes nothing while the sender goes on with it", async () => {
    const { world } = await unknown();
    using _world = world;
    world.has("nas", { status: "SENDING" });
    await world.ticks(20);
    const written: string[] = [];
    world.watcher = (name) => void (/update|transaction/.test(name) && written.push(name));
    world.now += MINUTE;
    await world.ticks(20);
    expect(written).toEqual([]);
  });

  test("stays unknown if the link is sent again, and only the new one is reported", async () => {
    const { world, id } = await unknown();
    using _world = world;
    world.delivers();
    world.has("nas", { status: "WORK" });
    await world.ticks(20);
    world.has("nas", { status: "DONE" });
    await world.ticks(60);
    expect(world.kinds).toEqual([`unknown ${ANN}`, `done ${ANN}`]);
    expect(world.delivery(id).state).toBe("unknown");
  });

  test("is looked for rarely, and not after three days", async () => {
    const { world } = await unknown();
    using _world = world;
    await world.ticks(60);
    const before = world.asked.length;
    await world.ticks(120);
    expect(world.asked.length - before).toBeWithin(5, 20);
    world.now += 3 * DAY + 1;
    await world.ticks(60);
    const after = world.asked.length;
    world.has("nas", { status: "DONE" });
    await world.ticks(60);
    expect(world.asked).toHaveLength(after);
    expect(world.kinds).toEqual([`unknown ${ANN}`]);
  });
});

describe("losing a delivery", () => {
  /** This entry shows that the sender was asked. */
  const SENDER = { url: "https://x.org/2", status: "DONE" } as const;

  test("is reported only after two looks and two minutes", async () => {
    using world = createTracked();
    const { id } = world.delivers();
    world.has("nas", { status: "WORK" });
    await world.ticks();
    world.has("nas", SENDER);
    await world.ticks(5);
    world.now += 2 * MINUTE - 1;
    await world.ticks(2);
    expect(world.told).toEqual([]);
    world.now += 1;
    await world.ticks(2);
    expect(world.kinds).toEqual([`lost ${ANN}`]);
    expect(world.delivery(id).state).toBe("lost");
  });

  test("is not reported at the first look, however long ago it was handed over", async () => {
    using world = createTracked();
    world.delivers();
    world.lists.set("nas", "down");
    await world.ticks(3);
    world.now += DAY;
    world.has("nas");
    world.tracker.pollSoon("nas");
    await world.ticks();
    expect(world.told).toEqual([]);
    world.now += 2 * MINUTE;
    await world.ticks();
    expect(world.kinds).toEqual([`lost ${ANN}`]);
  });

  test("counts from zero if it was seen in between", async () => {
    using world = createTracked();
    world.delivers();
    await world.ticks();
    world.now += 2 * MINUTE;
    world.has("nas", { status: "WORK" });
    await world.ticks(2);
    world.has("nas");
    await world.ticks(3);
    expect(world.told).toEqual([]);
  });

  test("is not reported for a link that the downloader had finished before, which is done", async () => {
    using world = createTracked();
    world.delivers();
    world.has("nas", { status: "DONE" });
    await world.ticks();
    world.has("nas");
    world.delivers({ chatId: BOB });
    world.tracker.pollSoon("nas");
    await world.ticks();
    // A single look may be older than the delivery.
    expect(world.kinds).toEqual([`done ${ANN}`]);
    await world.ticks(3);
    expect(world.kinds).toEqual([`done ${ANN}`, `done ${BOB}`]);
  });

  test("is reported for a link that was finished before, but was seen running again", async () => {
    using world = createTracked();
    world.delivers();
    world.has("nas", { status: "DONE" });
    await world.ticks();
    world.delivers({ chatId: BOB });
    world.has("nas", { status: "WORK" });
    await world.ticks(4);
    world.has("nas", SENDER);
    await world.ticks(2);
    world.now += 2 * MINUTE;
    await world.ticks(2);
    expect(world.kinds).toEqual([`done ${ANN}`, `lost ${BOB}`]);
  });

  test("is reported a day after its downloader was removed from the registry", async () => {
    using world = createTracked();
    world.delivers();
    world.unregisters("nas");
    await world.ticks();
    world.now += DAY - 1;
    await world.ticks(60);
    expect(world.told).toEqual([]);
    world.now += 1;
    await world.ticks(60);
    expect(world.kinds).toEqual([`lost ${ANN}`]);
    expect(world.asked).toEqual([]);
  });
});

describe("pace", () => {
  test("asks at every tick while a link is running, and less and less often while nothing changes", async () => {
    using world = createTracked();
    world.delivers();
    world.has("nas", { status: "WORK" });
    await world.ticks(60);
    const atWork = world.asked.length;
    world.has("nas", { status: "NEW" });
    await world.ticks(120);
    expect(atWork).toBeGreaterThan(55);
    expect(world.asked.length - atWork).toBeLessThan(20);
  });

  test("backs off from an unreachable downloader, and looks at once when it is back", async () => {
    using world = createTracked();
    world.delivers();
    world.lists.set("nas", "down");
    await world.ticks(600);
    expect(world.asked.length).toBeLessThan(20);
    const before = world.asked.length;
    world.tracker.pollSoon("nas");
    world.has("nas", { status: "DONE" });
    await world.ticks();
    expect(world.asked).toHaveLength(before + 1);
    expect(world.kinds).toEqual([`done ${ANN}`]);
  });

  test("has one call under way per downloader, and a hanging one holds up no other", async () => {
    using world = createTracked();
    world.registers("slow");
    world.delivers({ downloader: "slow", url: "https://x.org/2" });
    world.delivers();
    world.lists.set("slow", new Promise(() => {}));
    world.has("nas", { status: "DONE" });
    await world.ticks(10);
    expect(world.asked.filter((name) => name === "slow")).toHaveLength(1);
    expect(world.kinds).toEqual([`done ${ANN}`]);
  });

  test("reports nothing that arrives after the stop", async () => {
    using world = createTracked();
    world.delivers();
    const answer = Promise.withResolvers<Download[]>();
    world.lists.set("nas", answer.promise);
    await world.tracker.tick();
    world.tracker.stop();
    answer.resolve([{ url: FILM, status: "DONE", quality: "", name: undefined, remark: undefined }]);
    await setImmediate();
    expect(world.told).toEqual([]);
    expect(world.store.deliveries.open()).toHaveLength(1);
  });

  test("reports an event later if it cannot be stored now", async () => {
    using world = createTracked();
    world.delivers();
    world.has("nas", { status: "DONE" });
    world.watcher = (name) => name === "transaction" && storeFails(name);
    await world.ticks(2);
    expect(world.told).toEqual([]);
    expect(world.log.at("warn")).toEqual(['Cannot record what "nas" has']);
    world.watcher = () => {};
    await world.ticks(4);
    expect(world.kinds).toEqual([`done ${ANN}`]);
  });
});

describe("a message that is kept for reactions", () => {
  const due = (world: ReturnType<typeof createTracked>) => world.store.deletions.dueOfOneChat(world.now + DAY, 10);

  test("is deleted some time after its last link has ended", async () => {
    using world = createTracked();
    world.delivers({ messageId: 7 });
    world.delivers({ messageId: 7, url: "https://x.org/2" });
    world.has("nas", { status: "DONE" }, { url: "https://x.org/2", status: "WORK" });
    await world.ticks();
    expect(due(world)).toEqual([]);
    world.has("nas", { url: "https://x.org/2", status: "DONE" });
    await world.ticks();
    expect(due(world)).toMatchObject([{ chatId: ANN, messageId: 7, deleteAt: world.now + 10 * MINUTE }]);
  });

  test("stays while another of its links waits in the queue", async () => {
    using world = createTracked();
    const url = "https://x.org/2";
    const now = world.now;
    const { key, chatId, threadId, sender, quality, folder } = world.delivers({ messageId: 7, url });
    world.store.links.add({
      ...{ chatId, threadId, sender, quality, folder, url: FILM, key: `${key}?3` },
      ...{ messageId: 7, sendAt: now, createdAt: now },
    });
    world.has("nas", { url, status: "DONE" });
    await world.ticks();
    expect(world.kinds).toEqual([`done ${ANN}`]);
    expect(due(world)).toEqual([]);
  });
});

describe("superseded submissions", () => {
  const superseded = (world: ReturnType<typeof createTracked>) => {
    world.store.supersededSubmissions.add({ key: "x.org/film", downloader: "nas", since: world.now });
    return () => world.store.supersededSubmissions.of("nas").length;
  };

  test("are removed at a downloader that comes back with a link that another one has", async () => {
    using world = createTracked();
    world.registers("abroad");
    const supersededSubmissions = superseded(world);
    world.delivers({ downloader: "abroad" });
    world.has("abroad", { status: "WORK" });
    world.lists.set("nas", "down");
    await world.ticks(5);
    expect([world.removed, supersededSubmissions()]).toEqual([[], 1]);
    world.has("nas", { url: "https://www.x.org/film?si=1", status: "WORK" });
    await world.ticks(60);
    expect(world.removed).toEqual(["https://www.x.org/film?si=1 from nas"]);
    expect(supersededSubmissions()).toBe(0);
    expect(world.log.at("info")).toContain('Asked "nas" to drop a link: another downloader has it');
  });

  test("end without a removal if the downloader was given the link after all", async () => {
    using world = createTracked();
    const supersededSubmissions = superseded(world);
    world.registers("abroad");
    world.delivers();
    world.delivers({ downloader: "abroad", chatId: BOB });
    world.has("nas", { status: "WORK" });
    await world.ticks(2);
    expect([world.removed, supersededSubmissions()]).toEqual([[], 0]);
  });

  test.each([
    ["end once the downloader has finished a later delivery", 1, 0],
    ["stay if the finished delivery is an earlier one", -1, 1],
    ["stay if the delivery only seems later since the clock was ahead", 60 * MINUTE, 1],
  ])("%s", async (_, acceptedAfter, left) => {
    using world = createTracked();
    const supersededSubmissions = superseded(world);
    world.delivers({ acceptedAt: world.now + acceptedAfter });
    world.now += 2;
    world.has("nas", { status: "DONE" });
    await world.ticks(2);
    expect([world.kinds, world.removed, supersededSubmissions()]).toEqual([[`done ${ANN}`], [], left]);
  });

  test("stay while the downloader lists the link as done, which may be an earlier entry", async () => {
    using world = createTracked();
    world.registers("abroad");
    const supersededSubmissions = superseded(world);
    world.delivers({ downloader: "abroad" });
    world.has("abroad", { status: "WORK" });
    world.has("nas", { status: "DONE" });
    await world.ticks(20);
    expect([world.removed, supersededSubmissions()]).toEqual([[], 1]);
    world.has("nas", { status: "DONE" }, { status: "NEW" });
    await world.ticks(60);
    expect(world.removed).toEqual([`${FILM} from nas`]);
  });

  test("stay while no other downloader has the link, or this one does not have it", async () => {
    using world = createTracked();
    const supersededSubmissions = superseded(world);
    world.has("nas", { status: "WORK" });
    await world.ticks(100);
    world.has("nas");
    await world.ticks(100);
    expect([world.removed, supersededSubmissions()]).toEqual([[], 1]);
    expect(world.asked.length).toBeLessThan(15);
  });
});
