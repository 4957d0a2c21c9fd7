import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { ApiNetworkError } from "../../../../src/telegram/api/api-error.ts";
import type { ApiRoute } from "../../../../src/telegram/api/bot-api.ts";
import type { Endpoint } from "../../../../src/telegram/api/endpoints.ts";
import { createFailover } from "../../../../src/telegram/client/failover.ts";
import type { Probe } from "../../../../src/telegram/client/probe.ts";
import { createClock } from "../../../support/clock.ts";
import { createRecordingLog } from "../../../support/recording-log.ts";

type HealthMonitor = "up" | "refusing connections" | "swallowing packets" | "not knowing the token";

const MINUTE = 60_000;
const LIMIT_MS = 3_500;
const ROUND_MS = 3 * MINUTE;

/** Ways whose health the test decides, and a clock that only the test moves. */
function startReach(...roots: [string, ...string[]]) {
  const clock = createClock();
  const log = createRecordingLog();
  const asWay = (name: string): Endpoint => ({ name, root: name.split("/")[0] ?? "", route: { root: name } });
  const [first, ...others] = roots;
  const endpoints: [Endpoint, ...Endpoint[]] = [asWay(first), ...others.map(asWay)];
  const health = new Map<string, HealthMonitor>();
  const taken: ApiRoute[] = [];
  const probes: string[] = [];
  const stopping = new AbortController();
  const probe: Probe = async ({ root }, signal) => {
    probes.push(root);
    const now = health.get(root) ?? "up";
    if (now === "swallowing packets") await clock.wait(LIMIT_MS, signal);
    if (now === "up") return { state: "ok" };
    return { state: now === "not knowing the token" ? "refused" : "failing", problem: now };
  };
  let leapt = 0;
  const { wait } = clock;
  const now = () => clock.now() + leapt;
  const failover = createFailover({ endpoints, probe, go: (route) => taken.push(route), now, wait, log });
  let watched: Promise<void> | undefined;

  const settled = async () => {
    for (let turn = 0; turn < 60; turn += 1) await Promise.resolve();
  };
  return {
    failover,
    log,
    taken,
    probes,
    now: clock.now,
    health,
    current: () => failover.states.find(({ isCurrent }) => isCurrent)?.name,
    /** Makes a call on the current way fail. */
    callFails: () =>
      failover.noted(taken.at(-1) ?? { root: "" }, new ApiNetworkError("getUpdates", "ECONNRESET", "closed")),
    async watch() {
      watched = failover.watch(stopping.signal);
      await settled();
    },
    async pass(ms: number, each = () => {}) {
      for (let passed = 0; passed < ms; passed += 250) {
        clock.advance(250);
        await settled();
        each();
      }
    },
    /** Sets the clock without its timers. */
    leap(ms: number) {
      leapt += ms;
    },
    /** Passes time until the condition holds; resolves with how long that took, in ms. */
    async until(isSo: () => boolean, atMost: number) {
      const startedAt = clock.now();
      while (!isSo() && clock.now() - startedAt < atMost) await this.pass(250);
      return isSo() ? clock.now() - startedAt : Number.POSITIVE_INFINITY;
    },
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await watched;
    },
  };
}

describe("createFailover()", () => {
  test("starts with the first way, and stays there while it works", async () => {
    await using bot = startReach("a", "b");
    await bot.watch();
    await bot.pass(30 * MINUTE);
    expect(bot.taken).toEqual([{ root: "a" }]);
    expect(bot.failover.states).toMatchObject([
      { name: "a", isCurrent: true, state: "ok", problem: undefined },
      { name: "b", isCurrent: false, state: "ok" },
    ]);
    expect(bot.log.lines).toEqual([]);
  });

  test.each(["refusing connections", "swallowing packets"] as const)(
    "leaves a way that is %s within 15 s, without any call, and logs it once",
    async (problem) => {
      await using bot = startReach("a", "b", "c");
      await bot.watch();
      await bot.pass(MINUTE);
      bot.health.set("a", problem).set("b", problem);
      expect(await bot.until(() => bot.current() === "c", 15_000)).toBeLessThan(15_000);
      await bot.pass(2 * MINUTE);
      expect(bot.taken).toEqual([{ root: "a" }, { root: "c" }]);
      expect(bot.log.at("warn")).toHaveLength(1);
      expect(bot.failover.states[0]).toMatchObject({ state: "failing", problem: problem });
    },
  );

  test("checks at once when a call fails, and checks again before it leaves the way", async () => {
    await using bot = startReach("a", "b");
    await bot.watch();
    await bot.pass(30_000);
    bot.health.set("a", "refusing connections");
    bot.callFails();
    expect(await bot.until(() => bot.current() === "b", 15_000)).toBeLessThan(3_000);
  });

  test("does not leave a way because of a brief failure", async () => {
    await using bot = startReach("a", "b");
    await bot.watch();
    await bot.pass(30_000);
    bot.health.set("a", "refusing connections");
    bot.callFails();
    await bot.pass(250);
    bot.health.set("a", "up");
    await bot.pass(MINUTE);
    expect(bot.current()).toBe("a");
    expect(bot.log.lines).toEqual([]);
  });

  test("sends no probes while calls succeed", async () => {
    await using bot = startReach("a", "b");
    await bot.watch();
    await bot.pass(1_000);
    bot.probes.length = 0;
    await bot.pass(MINUTE, () => bot.failover.noted(bot.taken.at(-1) ?? { root: "" }, undefined));
    expect(bot.probes).toEqual([]);
  });

  test("does not call a way failing after one failed call before it has checked", async () => {
    await using bot = startReach("a", "b");
    await bot.watch();
    bot.callFails();
    expect(bot.failover.states[0]).toMatchObject({ state: "ok" });
    bot.health.set("a", "refusing connections");
    await bot.pass(1_000);
    expect(bot.failover.states[0]).toMatchObject({ state: "failing" });
  });

  test("ignores late results from a way that it left", async () => {
    await using bot = startReach("a", "b");
    const old = bot.taken.at(-1) ?? { root: "" };
    await bot.watch();
    bot.health.set("a", "refusing connections");
    await bot.until(() => bot.current() === "b", 15_000);
    bot.failover.noted(old, undefined);
    expect(bot.failover.states[0]).toMatchObject({ state: "failing" });
  });

  test("renews the waits for Telegram when it takes another way", async () => {
    await using bot = startReach("a", "b");
    await bot.watch();
    const { renewed } = bot.failover;
    await bot.pass(MINUTE);
    expect(renewed.aborted).toBe(false);
    bot.health.set("a", "refusing connections");
    await bot.until(() => bot.current() === "b", 15_000);
    expect(renewed.aborted).toBe(true);
    expect(bot.failover.renewed.aborted).toBe(false);
  });

  test("goes back to a better way when that has worked for a while", async () => {
    await using bot = startReach("a", "b");
    await bot.watch();
    bot.health.set("a", "refusing connections");
    await bot.until(() => bot.current() === "b", 15_000);
    await bot.pass(10 * MINUTE);
    bot.health.set("a", "up");
    const took = await bot.until(() => bot.current() === "a", 15 * MINUTE);
    expect(took).toBeGreaterThanOrEqual(ROUND_MS);
    expect(took).toBeLessThanOrEqual(2 * ROUND_MS + 10_000);
    expect(bot.log.at("info")).toHaveLength(1);
  });

  test("returns more and more slowly to a way that fails again after each return", async () => {
    await using bot = startReach("a", "b");
    await bot.watch();
    const returns: number[] = [];
    for (let fall = 0; fall < 6; fall += 1) {
      bot.health.set("a", "refusing connections");
      await bot.until(() => bot.current() === "b", 15_000);
      bot.health.set("a", "up");
      returns.push(await bot.until(() => bot.current() === "a", 120 * MINUTE));
    }
    const [first = 0, ...later] = returns;
    expect(first).toBeLessThanOrEqual(3 * ROUND_MS);
    expect(Math.max(...later)).toBeGreaterThan(40 * MINUTE);
    expect(Math.max(...later)).toBeLessThanOrEqual(60 * MINUTE + 2 * ROUND_MS);
  });

  test("stays on its way while nothing answers, logs that once, and takes the first way that works again", async () => {
    await using bot = startReach("a", "b");
    await bot.watch();
    bot.health.set("a", "swallowing packets").set("b", "refusing connections");
    await bot.pass(10 * MINUTE);
    expect(bot.current()).toBe("a");
    expect(bot.log.at("warn")).toHaveLength(1);
    bot.health.set("b", "up");
    expect(await bot.until(() => bot.current() === "b", 15_000)).toBeLessThan(15_000);
  });

  test("renews the waits when the way it stayed on works again", async () => {
    await using bot = startReach("a", "b");
    await bot.watch();
    bot.health.set("a", "refusing connections").set("b", "refusing connections");
    await bot.pass(MINUTE);
    const { renewed } = bot.failover;
    bot.health.set("a", "up");
    expect(await bot.until(() => renewed.aborted, 15_000)).toBeLessThan(15_000);
    expect(bot.taken).toEqual([{ root: "a" }]);
  });

  test("leaves a root that no longer knows the token for one that does", async () => {
    await using bot = startReach("a", "b");
    await bot.watch();
    await bot.pass(MINUTE);
    bot.health.set("a", "not knowing the token");
    expect(await bot.until(() => bot.current() === "b", 15_000)).toBeLessThan(15_000);
    expect(bot.failover.states[0]?.state).toBe("refused");
  });

  test("leaves a failing way, and returns to it, although the clock leaps back by a day each time", async () => {
    await using bot = startReach("a", "b");
    await bot.watch();
    await bot.pass(MINUTE);
    bot.leap(-24 * 60 * MINUTE);
    bot.health.set("a", "swallowing packets");
    expect(await bot.until(() => bot.current() === "b", 15_000)).toBeLessThan(15_000);
    bot.leap(-24 * 60 * MINUTE);
    bot.health.set("a", "up");
    expect(await bot.until(() => bot.current() === "a", 20 * MINUTE)).toBeLessThan(20 * MINUTE);
  });

  test("with a single way sends no probes, and reports what the calls show", async () => {
    await using bot = startReach("a");
    await bot.watch();
    await bot.pass(10 * MINUTE);
    expect(bot.probes).toEqual([]);
    bot.callFails();
    expect(bot.failover.states).toMatchObject([{ state: "failing", problem: "getUpdates: ECONNRESET closed" }]);
    bot.failover.noted({ root: "another" }, undefined);
    expect(bot.failover.states[0]?.state).toBe("failing");
  });

  test("is never 15 s on a way that is down beside one that is up, whatever fails and recovers", async () => {
    const weather = fc.array(
      fc.record({
        endpoint: fc.constantFrom("a", "b", "c"),
        health: fc.constantFrom<HealthMonitor>("up", "refusing connections", "swallowing packets"),
        forMs: fc.integer({ min: 1, max: 100 }).map((quarter) => quarter * 1_000),
      }),
      { minLength: 1, maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(weather, async (changes) => {
        await using bot = startReach("a", "b", "c");
        const since = new Map(["a", "b", "c"].map((endpoint) => [endpoint, bot.now()]));
        const steady = (endpoint: string) => bot.now() - (since.get(endpoint) ?? 0) > 15_000;
        const isUp = (endpoint: string) => (bot.health.get(endpoint) ?? "up") === "up";
        await bot.watch();
        for (const { endpoint, health, forMs } of changes) {
          if (isUp(endpoint) !== (health === "up")) since.set(endpoint, bot.now());
          bot.health.set(endpoint, health);
          await bot.pass(forMs, () => {
            const current = bot.current() ?? "";
            if (isUp(current) || !steady(current)) return;
            expect(["a", "b", "c"].filter((other) => isUp(other) && steady(other))).toEqual([]);
          });
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe("isRefusedEverywhere()", () => {
  const stop = new AbortController().signal;

  test("believes the only root", async () => {
    await using bot = startReach("a");
    expect(await bot.failover.isRefusedEverywhere(stop)).toBe(true);
  });

  test("takes another root that accepts the token", async () => {
    await using bot = startReach("a", "b");
    bot.health.set("a", "not knowing the token");
    expect(await bot.failover.isRefusedEverywhere(stop)).toBe(false);
    expect(bot.current()).toBe("b");
  });

  test("is not sure while a root has not answered", async () => {
    await using bot = startReach("a", "b");
    bot.health.set("a", "not knowing the token").set("b", "refusing connections");
    expect(await bot.failover.isRefusedEverywhere(stop)).toBe(false);
  });

  test("is sure when every root has refused the token, even if only through a proxy", async () => {
    await using bot = startReach("a", "a/proxy", "b", "b/proxy");
    bot.health.set("a", "not knowing the token").set("a/proxy", "refusing connections");
    bot.health.set("b", "refusing connections").set("b/proxy", "not knowing the token");
    expect(await bot.failover.isRefusedEverywhere(stop)).toBe(true);
  });
});
