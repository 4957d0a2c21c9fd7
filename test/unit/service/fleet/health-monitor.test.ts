import { describe, expect, test } from "bun:test";
import type { AdminAlert } from "../../../../src/domain/admin-alert.ts";
import { DownloaderUnreachable } from "../../../../src/domain/downloader.ts";
import { createHealthMonitor } from "../../../../src/service/fleet/health-monitor.ts";
import { createRegistry } from "../../../../src/service/fleet/registry.ts";
import { openStore, type SqliteStore } from "../../../../src/store/store.ts";
import { atOnce } from "../../../support/at-once.ts";
import { createRecordingLog } from "../../../support/recording-log.ts";

const MINUTE = 60_000;

/** A fleet that is probed once a minute; those in `down` do not answer, and links wait for all but `idle`. */
function createWorld(names: readonly string[], store: SqliteStore = openStore(":memory:")) {
  const down = new Set<string>();
  const asked: string[] = [];
  const alert: AdminAlert[] = [];
  const log = createRecordingLog();
  const world = { now: Date.UTC(2026, 10, 23), down, asked, alert, store, idle: "idle" };
  const now = () => world.now;
  const registry = createRegistry({
    table: store.downloaders,
    together: atOnce(store.transaction),
    routes: [],
    now,
    random: () => 0,
    log,
    onRegistered: () => {},
  });
  for (const name of names) registry.register({ name, host: "127.0.0.1", port: 1, roots: ["*"] });
  const health = createHealthMonitor({
    registry,
    client: {
      async health({ name }) {
        asked.push(name);
        registry.exchanged(name, down.has(name) ? "unconnected" : "answered");
        if (down.has(name)) throw new DownloaderUnreachable(name, "UNAVAILABLE");
        return "";
      },
    },
    look: (of) =>
      of
        .filter((name) => registry.byName(name) !== undefined)
        .map((name) => ({ name, running: 0, waiting: { links: name === world.idle ? 0 : 2, more: false } })),
    everyMs: MINUTE,
    now,
    log,
    tell: (one) => alert.push(one),
  });
  /** Sweeps as the interval would for this time. */
  async function pass(ms: number): Promise<void> {
    for (const end = world.now + ms; world.now < end; ) {
      world.now += health.tickMs;
      await health.sweep();
    }
  }
  return Object.assign(world, { registry, health, pass, [Symbol.dispose]: () => store[Symbol.dispose]() });
}

const told = ({ alert }: { alert: readonly AdminAlert[] }) =>
  alert.map((one) => `${one.kind} ${"downloader" in one ? one.downloader.name : ""}`.trim());

describe("the sweep", () => {
  test("probes a healthy downloader once a minute, unless it was heard of meanwhile", async () => {
    using world = createWorld(["a", "b"]);
    await world.pass(MINUTE - 15_000);
    expect(world.asked).toEqual([]);
    world.registry.exchanged("a", "answered");
    await world.pass(15_000);
    expect(world.asked).toEqual(["b"]);
    await world.pass(5 * MINUTE);
    expect(world.asked.filter((name) => name === "b")).toHaveLength(6);
  });

  test("reports a silent one within two minutes, then probes it every 15 s and later once a minute", async () => {
    using world = createWorld(["a", "b"]);
    world.down.add("a");
    await world.pass(2 * MINUTE);
    expect(told(world)).toEqual(["silent a"]);
    const timesIn = async (ms: number) => {
      world.asked.length = 0;
      await world.pass(ms);
      return world.asked.filter((name) => name === "a").length;
    };
    expect(await timesIn(5 * MINUTE)).toBe(20);
    await world.pass(24 * 60 * MINUTE);
    expect(await timesIn(60 * MINUTE)).toBe(60);
  });

  test("goes on if the clock jumps back", async () => {
    using world = createWorld(["a"]);
    world.now -= 24 * 60 * MINUTE;
    await world.pass(15_000);
    expect(world.asked).toEqual(["a"]);
  });
});

describe("admins are told", () => {
  test("once that a downloader is silent, and once that it is back", async () => {
    using world = createWorld(["a", "b"]);
    world.down.add("a");
    await world.pass(30 * MINUTE);
    world.down.delete("a");
    await world.pass(30 * MINUTE);
    expect(told(world)).toEqual(["silent a", "back a"]);
  });

  test("nothing about an unneeded downloader until a link waits for it", async () => {
    using world = createWorld(["idle", "b"]);
    world.down.add("idle");
    await world.pass(10 * MINUTE);
    expect(world.alert).toEqual([]);
    world.idle = "b";
    await world.pass(MINUTE);
    expect(told(world)).toEqual(["silent idle"]);
  });

  test("once that nearly all are silent, instead of about each", async () => {
    using world = createWorld(["a", "b", "c", "d", "e", "f", "g"]);
    for (const name of ["a", "b", "c", "d", "e", "f"]) world.down.add(name);
    await world.pass(10 * MINUTE);
    expect(world.alert).toEqual([{ kind: "all_silent", downloaders: ["a", "b", "c", "d", "e", "f"] }]);
    world.down.clear();
    await world.pass(10 * MINUTE);
    expect(told(world).slice(1)).toEqual(["back a", "back b", "back c", "back d", "back e", "back f"]);
  });

  test("after a restart only that a formerly silent one is back", async () => {
    using world = createWorld(["a", "b"]);
    world.down.add("a");
    await world.pass(5 * MINUTE);
    world.registry.save();
    const later = createWorld([], world.store);
    later.now = world.now;
    later.down.add("a");
    expect(later.health.silent()).toEqual(["a"]);
    await later.pass(10 * MINUTE);
    expect(later.alert).toEqual([]);
    later.down.delete("a");
    await later.pass(10 * MINUTE);
    expect(told(later)).toEqual(["back a"]);
  });

  test("nothing more about one that was removed while it was silent", async () => {
    using world = createWorld(["a", "b"]);
    world.down.add("a");
    await world.pass(5 * MINUTE);
    world.registry.remove("a");
    await world.pass(MINUTE);
    expect(told(world)).toEqual(["silent a"]);
  });
});
