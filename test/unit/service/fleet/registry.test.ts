import { describe, expect, test } from "bun:test";
import type { Downloader } from "../../../../src/domain/downloader.ts";
import { RegistrationRefused } from "../../../../src/domain/registration.ts";
import { type Store, StoreUnavailable } from "../../../../src/domain/storage.ts";
import { createRegistry } from "../../../../src/service/fleet/registry.ts";
import { createUsability } from "../../../../src/service/fleet/usability.ts";
import { createTogether } from "../../../../src/service/together.ts";
import { atOnce } from "../../../support/at-once.ts";
import { seeded } from "../../../support/seeded.ts";
import { MINUTE, SECOND } from "../bot.ts";
import { storeFails } from "../fuse.ts";
import { createWorld, type World } from "../world.ts";

const X = { url: "https://x.org/1", downloader: null };
const NAS = { host: "10.0.0.1", port: 1, roots: ["*"] };

/** A registry whose commits are counted; `onCommit` is called within each, at its end. */
function createCounted(world: World) {
  const { store } = world;
  const counted = { commits: 0, onCommit: () => {}, onSave: (_name: string) => {} };
  const commit: Store["transaction"] = (work) =>
    store.transaction(() => {
      const result = work();
      counted.onCommit();
      counted.commits += 1;
      return result;
    });
  const registry = createRegistry({
    table: {
      ...store.downloaders,
      save(downloader) {
        counted.onSave(downloader.name);
        store.downloaders.save(downloader);
      },
    },
    together: createTogether(commit),
    ...{ routes: [], now: () => world.now, random: () => 0, log: world.bot.log, onRegistered: () => {} },
  });
  return Object.assign(counted, { registry });
}

test("all() is sorted by name, with numbers in their natural order", () => {
  using world = createWorld();
  for (const name of ["srv10", "b", "srv2", "Б", "A", "srv1"]) world.register(name);
  expect(world.bot.registry.all().map(({ name }) => name)).toEqual(["A", "b", "srv1", "srv2", "srv10", "Б"]);
});

describe("register()", () => {
  test("replaces everything about a known name, except whether it is paused (rule 11)", () => {
    using world = createWorld();
    const { registry } = world.bot;
    world.register("nas", { roots: ["x.org"] });
    registry.exchanged("nas", "unanswered");
    registry.setPaused("nas", true);
    world.advance(SECOND);
    world.register("nas", { host: "10.0.0.2", port: 2, roots: ["y.org"] });
    const expected = {
      ...{ name: "nas", host: "10.0.0.2", port: 2, roots: ["y.org"], failures: 0, paused: true },
      ...{ registeredAt: world.now, lastSeenAt: world.now },
    };
    expect(registry.all()).toEqual([expected]);
    expect(world.store.downloaders.all()).toEqual([expected]);
  });

  test("never expires (rule 11)", () => {
    using world = createWorld();
    world.register("nas");
    world.advance(10 * 365 * 24 * 60 * MINUTE);
    world.restart();
    expect(world.bot.registry.matching(X)).toEqual(["nas"]);
  });

  test("works without the database, and is stored by a later save (rule 4)", () => {
    using world = createWorld();
    world.register("old");
    world.watcher = storeFails;
    world.register("nas");
    world.bot.registry.remove("old");
    world.bot.registry.save();
    expect(world.bot.registry.matching(X)).toEqual(["nas"]);
    expect(world.store.downloaders.all().map(({ name }) => name)).toEqual(["old"]);
    world.watcher = () => {};
    world.bot.registry.save();
    expect(world.store.downloaders.all().map(({ name }) => name)).toEqual(["nas"]);
  });

  test("stores simultaneous registrations in one commit, and resolves after it", async () => {
    using world = createWorld();
    const counted = createCounted(world);
    const { registry } = counted;
    const names = Array.from({ length: 30 }, (_, at) => `nas ${at}`);
    const registered = names.map((name) => registry.register({ ...NAS, name }));
    expect(counted.commits).toBe(0);
    await Promise.all(registered);
    expect(counted.commits).toBe(1);
    expect(world.store.downloaders.all().map(({ name }) => name)).toEqual(names);
    await registry.register({ ...NAS, name: "nas 7", port: 7 });
    expect(counted.commits).toBe(2);
    await registry.saveTogether();
    expect(counted.commits).toBe(2);
  });

  test("writes nothing for an unchanged registration until the record changes or the bot stops", async () => {
    using world = createWorld();
    const counted = createCounted(world);
    const { registry } = counted;
    const nas = { ...NAS, name: "nas" };
    const again = { ...nas, roots: [...nas.roots] };
    await registry.register(nas);
    const registeredAt = world.now;
    world.advance(MINUTE);
    await registry.register(again);
    await registry.saveTogether();
    expect(counted.commits).toBe(1);
    expect(registry.byName("nas")).toMatchObject({ registeredAt: world.now, lastSeenAt: world.now });
    expect(world.store.downloaders.all()).toMatchObject([{ registeredAt }]);
    registry.exchanged("nas", "unanswered");
    await registry.saveTogether();
    await registry.register(again);
    expect(counted.commits).toBe(3);
    expect(world.store.downloaders.all()).toMatchObject([{ registeredAt: world.now, failures: 0 }]);
    const written: string[] = [];
    counted.onSave = (name) => written.push(name);
    registry.saveAll();
    expect(written).toEqual([]);
    world.advance(MINUTE);
    await registry.register(again);
    registry.saveAll();
    expect(written).toEqual(["nas"]);
    expect(world.store.downloaders.all()).toMatchObject([{ registeredAt: world.now, lastSeenAt: world.now }]);
  });

  test("resolves for a repeated registration after the first one is stored", async () => {
    using world = createWorld();
    const counted = createCounted(world);
    const nas = { ...NAS, name: "nas" };
    await counted.registry.register(nas);
    void counted.registry.register({ ...nas, port: 7 });
    await counted.registry.register({ ...nas, port: 7 });
    expect(world.store.downloaders.all()).toMatchObject([{ port: 7 }]);
    expect(counted.commits).toBe(2);
  });

  test("stores a repeated registration if it is not in the table", async () => {
    using world = createWorld();
    const nas = { ...NAS, name: "nas" };
    world.watcher = storeFails;
    await world.bot.registry.register(nas);
    world.watcher = () => {};
    await world.bot.registry.register(nas);
    expect(world.store.downloaders.all().map(({ name }) => name)).toEqual(["nas"]);
    world.bot.registry.remove("nas");
    await world.bot.registry.register(nas);
    expect(world.store.downloaders.all().map(({ name }) => name)).toEqual(["nas"]);
    world.restart();
    world.advance(MINUTE);
    await world.bot.registry.register(nas);
    expect(world.store.downloaders.all()).toMatchObject([{ registeredAt: world.now }]);
  });

  test("keeps the same roots object for a downloader that only restarted", () => {
    using world = createWorld();
    const { registry } = world.bot;
    world.register("nas", { roots: ["x.org", "y.org"] });
    const before = registry.byName("nas")?.roots;
    expect(registry.matching(X)).toEqual(["nas"]);
    world.register("nas", { port: 2, roots: ["x.org", "y.org"] });
    expect(registry.byName("nas")?.roots).toBe(before);
    world.register("nas", { roots: ["y.org"] });
    expect(registry.byName("nas")?.roots).toEqual(["y.org"]);
    expect(registry.matching(X)).toEqual([]);
  });

  test("stores a record again that changed while it was being stored", async () => {
    using world = createWorld();
    const counted = createCounted(world);
    const { registry } = counted;
    counted.onCommit = () => registry.exchanged("nas", "unanswered");
    await registry.register({ ...NAS, name: "nas" });
    expect(world.store.downloaders.all()).toMatchObject([{ failures: 0 }]);
    counted.onCommit = () => {};
    await registry.saveTogether();
    expect(world.store.downloaders.all()).toMatchObject([{ failures: 1 }]);
  });

  test("is stored by a later save if the shared commit failed", async () => {
    using world = createWorld();
    const counted = createCounted(world);
    const { registry } = counted;
    const tried: string[] = [];
    counted.onCommit = () => {
      counted.onSave = (name) => {
        tried.push(name);
        throw new StoreUnavailable("SQLITE_FULL");
      };
      throw new StoreUnavailable("SQLITE_FULL");
    };
    await Promise.all(["a", "b"].map((name) => registry.register({ ...NAS, name })));
    // By these calls the known copy learns of each.
    expect(tried).toEqual(["a", "b"]);
    expect(registry.matching(X)).toEqual(["a", "b"]);
    expect(world.store.downloaders.all()).toEqual([]);
    counted.onCommit = counted.onSave = () => {};
    await registry.saveTogether();
    expect(world.store.downloaders.all().map(({ name }) => name)).toEqual(["a", "b"]);
  });

  test("refuses new names above the limit, but no known ones", () => {
    using world = createWorld();
    for (let at = 0; at < 300; at++) world.register(`nas ${at}`);
    expect(() => world.register("one more")).toThrow(RegistrationRefused);
    world.register("nas 7", { port: 7 });
    expect(world.bot.registry.byName("nas 7")?.port).toBe(7);
    world.register("NAS 8", { port: 8 });
    expect(world.bot.registry.byName("nas 8")?.port).toBe(8);
  });
});

describe("order() and unusable downloaders", () => {
  test("tries them last, until they register again", () => {
    using world = createWorld();
    const usability = createUsability({ now: () => world.now, tell: () => {} });
    const registry = createRegistry({
      table: world.store.downloaders,
      together: atOnce(world.store.transaction),
      routes: [],
      usability,
      now: () => world.now,
      random: seeded(7),
      log: world.bot.log,
      onRegistered: () => {},
    });
    const at = { host: "10.0.0.1", port: 1, roots: ["*"] };
    for (const name of ["a", "b", "c"]) registry.register({ ...at, name });
    const lastOf = (draws: number) => new Set(Array.from({ length: draws }, () => registry.order(X).names.at(-1)));
    usability.note("b", "SetToQueue", "no_method");
    expect([...lastOf(50)]).toEqual(["b"]);
    registry.register({ ...at, name: "b" });
    expect(lastOf(50).size).toBe(3);
    usability.note("b", "SetToQueue", "no_method");
    registry.remove("a");
    registry.remove("c");
    expect(registry.order(X)).toEqual({ names: ["b"], unreachable: [] });
  });
});

describe("a similar name", () => {
  test.each([
    ["one", "ONE"],
    ["one", "ｏｎｅ"],
    ["1", "１"],
    ["дом", "Дом"],
    ["big  box", "Big box"],
    ["straße", "STRASSE"],
    ["❤ nas", "❤\ufe0f nas"],
  ])("means the known %s if it is spelt %s, which keeps its spelling", (known, spelt) => {
    using world = createWorld();
    world.register(known, { port: 1 });
    world.bot.registry.setPaused(known, true);
    world.register(spelt, { port: 2 });
    expect(world.bot.registry.all()).toMatchObject([{ name: known, port: 2, paused: true }]);
    expect(world.store.downloaders.all()).toMatchObject([{ name: known, port: 2 }]);
  });

  test.each([
    ["one", "оne"],
    ["one", "ᴏne"],
    ["one", "𝗈ոe"],
    ["ONE", "оne"],
    ["home", "НОМЕ"],
    ["дача", "дaчa"],
    ["nas 1", "nas l"],
    ["(home) #2", "（hоme） #2"],
  ])("that looks like %s is refused: %s", (known, alike) => {
    using world = createWorld();
    world.register(known, { port: 1 });
    expect(() => world.register(alike, { port: 2 })).toThrow(RegistrationRefused);
    expect(world.bot.registry.all()).toMatchObject([{ name: known, port: 1 }]);
    world.bot.registry.remove(known);
    world.register(alike, { port: 2 });
    expect(world.bot.registry.all()).toMatchObject([{ name: alike, port: 2 }]);
  });

  test.each([
    ["one", "one 2"],
    ["дом", "том"],
    ["nas 1", "nas 2"],
    ["😀", "😁"],
    ["home", "phone"],
  ])("is independent: %s and %s", (known, other) => {
    using world = createWorld();
    world.register(known);
    world.register(other);
    expect(world.bot.registry.all()).toHaveLength(2);
  });

  test("is refused in another spelling if names are bound to certificates", () => {
    using world = createWorld();
    const refused: object[] = [];
    const registry = createRegistry({
      table: world.store.downloaders,
      together: atOnce(world.store.transaction),
      routes: [],
      bindsNames: true,
      now: () => world.now,
      random: () => 0,
      log: world.bot.log,
      onRegistered: () => {},
      onRefused: ({ name }, because) => void refused.push({ name, ...because }),
    });
    const at = { host: "10.0.0.1", port: 1, roots: ["*"] };
    registry.register({ ...at, name: "one" });
    expect(() => registry.register({ ...at, name: "ONE" })).toThrow('"ONE" looks like "one"');
    registry.register({ ...at, name: "one", port: 2 });
    expect(registry.all()).toMatchObject([{ name: "one", port: 2 }]);
    expect(refused).toEqual([{ name: "ONE", like: "one" }]);
  });

  test("is accepted if both lookalikes are already in the table", () => {
    using world = createWorld();
    const of = { host: "10.0.0.1", port: 1, roots: ["*"], registeredAt: 0, lastSeenAt: 0, failures: 0, paused: false };
    world.store.downloaders.save({ ...of, name: "one" });
    world.store.downloaders.save({ ...of, name: "ONE" });
    world.store.downloaders.save({ ...of, name: "оne" });
    world.restart();
    world.register("ONE", { port: 7 });
    world.register("оne", { port: 8 });
    const ports = new Map(world.bot.registry.all().map(({ name, port }) => [name, port]));
    expect([ports.get("one"), ports.get("ONE"), ports.get("оne")]).toEqual([1, 7, 8]);
  });
});

describe("exchanged()", () => {
  test("updates lastSeenAt after an answer, and counts failures (rule 12)", () => {
    using world = createWorld();
    const { registry } = world.bot;
    world.register("nas");
    const registeredAt = world.now;
    world.advance(MINUTE);
    registry.exchanged("nas", "unanswered");
    registry.exchanged("nas", "unanswered");
    expect(registry.byName("nas")).toMatchObject({ failures: 2, lastSeenAt: registeredAt });
    registry.exchanged("nas", "answered");
    expect(registry.byName("nas")).toMatchObject({ failures: 0, lastSeenAt: world.now });
    registry.save();
    expect(world.store.downloaders.all()).toMatchObject([{ failures: 0, lastSeenAt: world.now }]);
    registry.exchanged("a stranger", "answered");
    expect(registry.all()).toHaveLength(1);
  });

  test("stores lastSeenAt with the next change of the record or at the stop, so that an idle bot writes nothing", () => {
    using world = createWorld();
    world.register("nas");
    const registeredAt = world.now;
    world.bot.registry.save();
    const written: string[] = [];
    world.watcher = (name) => void written.push(name);
    world.advance(MINUTE);
    world.bot.registry.exchanged("nas", "answered");
    world.bot.registry.save();
    expect(written).toEqual([]);
    world.bot.registry.saveAll();
    expect(world.store.downloaders.all()).toMatchObject([{ lastSeenAt: registeredAt + MINUTE }]);
    world.advance(MINUTE);
    world.bot.registry.exchanged("nas", "answered");
    world.bot.registry.exchanged("nas", "unanswered");
    world.bot.registry.save();
    expect(world.store.downloaders.all()).toMatchObject([{ failures: 1, lastSeenAt: registeredAt + 2 * MINUTE }]);
  });

  test("writes nothing about a removed downloader", () => {
    using world = createWorld();
    world.register("nas");
    world.bot.registry.exchanged("nas", "answered");
    world.bot.registry.remove("nas");
    world.bot.registry.saveAll();
    expect(world.store.downloaders.all()).toEqual([]);
  });

  test("writes nothing more about an unreachable downloader until it answers", () => {
    using world = createWorld();
    world.register("nas");
    for (let failures = 0; failures < 3; failures++) world.bot.registry.exchanged("nas", "unconnected");
    world.bot.registry.save();
    const written: string[] = [];
    world.watcher = (name) => void written.push(name);
    for (let probes = 0; probes < 5; probes++) world.bot.registry.exchanged("nas", "unconnected");
    world.bot.registry.save();
    expect(written).toEqual([]);
    world.bot.registry.exchanged("nas", "answered");
    world.bot.registry.save();
    expect(written).toEqual(["downloaders.save"]);
  });
});

describe("stateOf()", () => {
  test.each([
    ["one failed connection", ["unconnected"], "unreachable"],
    ["two calls without an answer", ["unanswered", "unanswered"], "reachable"],
    ["three calls without an answer", ["unanswered", "unanswered", "unanswered"], "unreachable"],
    ["an answer after that", ["unconnected", "unanswered", "unanswered", "answered"], "reachable"],
  ] as const)("after %s", (_what, exchanges, state) => {
    using world = createWorld();
    world.register("nas");
    for (const exchange of exchanges) world.bot.registry.exchanged("nas", exchange);
    expect(world.bot.registry.stateOf("nas")).toBe(state);
    world.register("nas");
    expect(world.bot.registry.stateOf("nas")).toBe("reachable");
  });

  test("is known after a restart", () => {
    using world = createWorld();
    world.register("nas");
    world.bot.registry.exchanged("nas", "unconnected");
    world.bot.registry.save();
    world.restart();
    expect(world.bot.registry.stateOf("nas")).toBe("unreachable");
  });

  test("is failing after three errors in a row, longer each time, until it accepts a link or registers", () => {
    using world = createWorld();
    const { registry } = world.bot;
    world.register("nas");
    const failingS = () => {
      const begin = world.now;
      while (registry.stateOf("nas") === "failing") world.advance(SECOND);
      return (world.now - begin) / SECOND;
    };
    registry.submitted("nas", "refused");
    registry.submitted("nas", "incompatible");
    registry.submitted("nas", "never_sent");
    expect(failingS()).toBe(0);
    const series = Array.from({ length: 22 }, () => {
      registry.submitted("nas", "refused");
      return failingS();
    });
    expect(series.slice(0, 3)).toEqual([30, 60, 90]);
    expect(series.slice(-2)).toEqual([600, 600]);
    registry.submitted("nas", "refused");
    registry.submitted("nas", "accepted");
    expect(failingS()).toBe(0);
    for (let errors = 0; errors < 3; errors++) registry.submitted("nas", "refused");
    expect(registry.stateOf("nas")).toBe("failing");
    world.register("nas");
    expect(registry.stateOf("nas")).toBe("reachable");
  });

  test("is not failing for years if the clock jumps back", () => {
    using world = createWorld();
    const { registry } = world.bot;
    world.register("nas");
    for (let errors = 0; errors < 3; errors++) registry.submitted("nas", "refused");
    world.advance(-365 * 24 * 60 * MINUTE);
    expect(registry.stateOf("nas")).toBe("reachable");
  });
});

describe("order()", () => {
  test("draws every order (rule 16)", () => {
    using world = createWorld();
    for (const name of ["a", "b", "c"]) world.register(name);
    const drawn = new Set(Array.from({ length: 200 }, () => world.bot.registry.order(X).names.join("")));
    expect([...drawn].sort()).toEqual(["abc", "acb", "bac", "bca", "cab", "cba"]);
  });

  test("leaves out failing downloaders unless all are, and returns unreachable ones separately", () => {
    using world = createWorld();
    const { registry } = world.bot;
    world.register("a");
    world.register("b");
    world.register("c");
    const fail = (name: string) => {
      for (let errors = 0; errors < 3; errors++) registry.submitted(name, "refused");
    };
    registry.exchanged("c", "unconnected");
    fail("a");
    expect(registry.order(X)).toEqual({ names: ["b"], unreachable: ["c"] });
    fail("b");
    expect([...registry.order(X).names].sort()).toEqual(["a", "b"]);
  });

  test("has no paused, removed or unmatched downloaders (rule 14)", () => {
    using world = createWorld({ routes: [{ match: "routed.org", downloaders: ["a", "absent"] }] });
    const { registry } = world.bot;
    world.register("a", { roots: ["a.org"] });
    world.register("b", { roots: ["x.org", "routed.org"] });
    expect(registry.matching(X)).toEqual(["b"]);
    expect(registry.matching({ url: "https://sub.routed.org/1", downloader: null })).toEqual(["a"]);
    registry.setPaused("b", true);
    expect(registry.matching(X)).toEqual([]);
    registry.setPaused("b", false);
    registry.remove("b");
    expect(registry.matching(X)).toEqual([]);
  });
});

describe("a registration before the table can be read", () => {
  const of = { host: "10.0.0.1", port: 1, roots: ["*"], registeredAt: 0, lastSeenAt: 0, failures: 0 };

  /** A life whose table contains `stored` but can only be read later; until then it knows `copy`. */
  function createLateLife(
    stored: readonly Downloader[],
    { copy = [], bindsNames = false }: { copy?: readonly Downloader[]; bindsNames?: boolean } = {},
  ) {
    const world = createWorld();
    for (const one of stored) world.store.downloaders.save(one);
    const told: object[] = [];
    let isReadable = false;
    const locked = () => {
      if (!isReadable) throw new StoreUnavailable("SQLITE_BUSY");
    };
    const { downloaders } = world.store;
    const registry = createRegistry({
      table: {
        all: () => (isReadable ? downloaders.all() : [...copy]),
        save(downloader) {
          locked();
          downloaders.save(downloader);
        },
        remove(name) {
          locked();
          downloaders.remove(name);
        },
      },
      together: async (work) => work(),
      ...{ routes: [], bindsNames, now: () => world.now, random: () => 0, log: world.bot.log },
      onRegistered: ({ name }, previous) => void told.push({ name, was: previous?.port }),
      onRefused: ({ name }, because) => void told.push({ refused: name, ...because }),
    });
    const register = (name: string) => registry.register({ name, host: "10.0.0.1", port: 2, roots: ["*"] });
    return {
      registry,
      register,
      told,
      takeUp() {
        isReadable = true;
        registry.takeUp();
        registry.save();
        return downloaders.all();
      },
      [Symbol.dispose]: () => world[Symbol.dispose](),
    };
  }

  test("is merged with the table's entry in another spelling, which is kept", () => {
    using life = createLateLife([{ ...of, name: "NAS", paused: true }]);
    life.register("nas");
    expect(life.takeUp()).toMatchObject([{ name: "NAS", port: 2, paused: true }]);
    expect(life.registry.all()).toMatchObject([{ name: "NAS", port: 2, paused: true }]);
    expect(life.registry.byName("nas")?.name).toBe("NAS");
    expect(life.told).toEqual([
      { name: "nas", was: undefined },
      { name: "NAS", was: 1 },
    ]);
  });

  test.each([
    ["looks like one in the table", "nаs", false],
    ["is spelt unlike a certificate's name", "NAS", true],
  ])("whose name %s is refused later, and reported", (_, name, bindsNames) => {
    using life = createLateLife([{ ...of, name: "nas", paused: false }], { bindsNames });
    life.register(name);
    expect(life.takeUp()).toMatchObject([{ name: "nas", port: 1 }]);
    expect(life.registry.all()).toMatchObject([{ name: "nas", port: 1 }]);
    expect(life.told.at(-1)).toEqual({ refused: name, like: "nas" });
  });

  test("is compared with all names in the table, so that no lookalikes are left", () => {
    // The Cyrillic В looks like B. In lower case it looks like ʙ, which is not B.
    using life = createLateLife(["B1", "В1"].map((name) => ({ ...of, name, paused: false })));
    for (const name of ["b1", "ʙ1"]) life.register(name);
    expect(life.takeUp()).toMatchObject([
      { name: "B1", port: 2 },
      { name: "В1", port: 1 },
    ]);
    expect(life.told.at(-1)).toEqual({ refused: "ʙ1", like: "В1" });
  });

  test("under a name in the table is not taken for a lookalike in the table", () => {
    using life = createLateLife(["B1", "В1"].map((name) => ({ ...of, name, paused: false })));
    life.register("B1");
    expect(life.takeUp()).toMatchObject([
      { name: "B1", port: 2 },
      { name: "В1", port: 1 },
    ]);
    expect(life.told).toHaveLength(1);
  });

  test("is refused later if the table is full, unless it is in the table", async () => {
    const name = (at: number) => `nas ${at}`;
    using life = createLateLife(Array.from({ length: 299 }, (_, at) => ({ ...of, name: name(at), paused: false })));
    for (const one of [name(5), "first", "second", "third"]) await life.register(one);
    const names = life.takeUp().map((one) => one.name);
    expect([names.length, life.registry.all().length]).toEqual([300, 300]);
    expect(names.at(-1)).toBe("first");
    expect(life.registry.byName(name(5))?.port).toBe(2);
    expect(life.told.slice(-2)).toEqual([
      { refused: "second", most: 300 },
      { refused: "third", most: 300 },
    ]);
    life.register(name(7));
    expect(life.registry.byName(name(7))?.port).toBe(2);
  });

  test("keeps the pause of the table, unless an admin has changed it meanwhile", () => {
    const stored = ["a", "b"].map((name) => ({ ...of, name, paused: true }));
    using life = createLateLife(stored);
    for (const name of ["a", "b"]) life.register(name);
    life.registry.setPaused("b", false);
    expect(life.takeUp()).toMatchObject([
      { name: "a", port: 2, paused: true },
      { name: "b", port: 2, paused: false },
    ]);
  });

  test("does not bring back a downloader that only an old copy has, unless it registered itself", () => {
    const stored = (name: string) => ({ ...of, name, paused: false });
    using life = createLateLife([stored("here")], { copy: ["gone", "again", "here"].map(stored) });
    life.registry.exchanged("gone", "answered");
    life.register("again");
    expect(life.takeUp().map(({ name }) => name)).toEqual(["here", "again"]);
    expect(life.registry.all().map(({ name }) => name)).toEqual(["again", "here"]);
  });

  test("takes other downloaders from the table, not from an old copy", () => {
    const moved = { ...of, name: "moved", port: 9, roots: ["x.org"], registeredAt: 5, lastSeenAt: 5, paused: true };
    using life = createLateLife([moved], { copy: [{ ...of, name: "moved", lastSeenAt: null, paused: false }] });
    expect(life.takeUp()).toEqual([moved]);
    expect(life.registry.all()).toEqual([moved]);
    expect(life.registry.matching({ url: "https://y.org", downloader: null })).toEqual([]);
  });

  test("or a removal that could not be stored is applied at the next start", () => {
    using world = createWorld();
    const { downloaders } = world.store;
    downloaders.save({ ...of, name: "NAS", paused: false });
    downloaders.save({ ...of, name: "removed", paused: false });
    const left = new Map([
      ["nas", { ...of, name: "nas", port: 2, paused: false }],
      ["removed", undefined],
    ]);
    const registry = createRegistry({
      table: { ...downloaders, unsaved: () => left },
      together: atOnce(world.store.transaction),
      ...{ routes: [], now: () => world.now, random: () => 0, log: world.bot.log, onRegistered: () => {} },
    });
    expect(registry.all()).toMatchObject([{ name: "NAS", port: 2 }]);
    registry.save();
    expect(downloaders.all()).toMatchObject([{ name: "NAS", port: 2 }]);
  });
});
