import { describe, expect, test } from "bun:test";
import { setImmediate } from "node:timers/promises";
import { type AdminAlert, registrationAlerts, type UntoldAlarm } from "../../../../src/domain/admin-alert.ts";
import type { Downloader } from "../../../../src/domain/downloader.ts";
import type { Content } from "../../../../src/telegram/context/content.ts";
import { texts } from "../../../../src/telegram/locales/locales.ts";
import { createAdminAlerts } from "../../../../src/telegram/notify/admin-alerts.ts";
import { createClock } from "../../../support/clock.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOME = { host: "10.0.0.1", port: 1 };
const ELSEWHERE = { host: "10.0.0.2", port: 2 };
const DAMAGE: AdminAlert = { kind: "repaired", hasBackup: false };

function createWatched() {
  const clock = createClock();
  const told: { how: string; text: string; buttons: number }[] = [];
  const settled: string[] = [];
  const scene = { admins: [1], left: [] as UntoldAlarm[], isStopped: false };
  const say =
    (how: string) =>
    async (_: unknown, { text, keyboard }: Content) => {
      told.push({ how, text: String(text), buttons: keyboard?.toJSON().inline_keyboard.flat().length ?? 0 });
      return !scene.isStopped;
    };
  const alerts = createAdminAlerts({
    desk: {
      keep: (alert) => ({ key: alert.kind, alert }),
      told: ({ key }) => void settled.push(key),
      left: () => scene.left,
    },
    access: scene,
    preferences: { language: () => "en" },
    replies: { notify: say("notify"), alarm: say("alarm") },
    now: clock.now,
    wait: clock.wait,
  });
  return {
    ...alerts,
    ...{ told, settled, scene },
    async later(ms: number) {
      clock.advance(ms);
      await setImmediate();
    },
    texts: () => told.splice(0).map(({ text }) => text),
  };
}

test("alerts about a whole fleet become one message within Telegram's limits, which counts the rest", () => {
  const admins = createWatched();
  const roots = Array.from({ length: 12 }, (_, n) => `${"long-root-name-".repeat(3)}${n}.example`);
  for (let n = 0; n < 12; n += 1) admins.tell({ kind: "joined", name: `box ${n}`, at: HOME, roots });
  admins.close();
  const [text, ...others] = admins.texts();
  expect(others).toEqual([]);
  expect(text).toStartWith("➕ New server “box 0”");
  expect(text).toMatch(/\nand \d+ more$/);
  expect(text?.length).toBeLessThanOrEqual(4096);
});

describe("an alarm", () => {
  test("counts as told once every admin has it, and not when the bot stops before that", async () => {
    const admins = createWatched();
    admins.scene.admins = [1, 2];
    admins.tell(DAMAGE);
    await admins.later(SECOND);
    expect([admins.told.length, admins.settled]).toEqual([2, ["repaired"]]);
    admins.scene.isStopped = true;
    admins.tell({ kind: "poison" });
    admins.close();
    await admins.later(0);
    expect(admins.settled).toEqual(["repaired"]);
  });

  test("that was left untold before a restart is told", async () => {
    const admins = createWatched();
    admins.scene.left = [{ key: "left", alert: DAMAGE }];
    admins.tellLeft();
    await admins.later(SECOND);
    expect(admins.told).toMatchObject([{ how: "alarm", text: expect.stringContaining("🧯") }]);
    expect(admins.settled).toEqual(["left"]);
  });

  test("is a message of its own with a button, separate from ordinary notices", async () => {
    const admins = createWatched();
    admins.tell({ kind: "joined", name: "nas", at: HOME, roots: ["*"] });
    admins.tell(DAMAGE);
    await admins.later(SECOND);
    expect(admins.told).toMatchObject([
      { how: "notify", buttons: 0, text: expect.stringContaining("➕") },
      { how: "alarm", buttons: 1, text: expect.stringContaining("🧯") },
    ]);
  });

  test("is told by a stop that comes while it is gathered", () => {
    const admins = createWatched();
    admins.tell(DAMAGE);
    admins.close();
    expect(admins.told.map(({ how }) => how)).toEqual(["alarm"]);
  });

  test("is told for each change, also for changes back and forth within a minute", async () => {
    const admins = createWatched();
    const moves = [
      { from: HOME, to: ELSEWHERE },
      { from: ELSEWHERE, to: HOME },
      { from: HOME, to: ELSEWHERE },
    ];
    for (const move of moves) {
      admins.tell({ kind: "moved", name: "nas", ...move });
      await admins.later(SECOND);
    }
    expect(admins.texts()).toEqual([
      expect.stringContaining("10.0.0.1:1 → 10.0.0.2:2"),
      expect.stringContaining("10.0.0.2:2 → 10.0.0.1:1"),
      expect.stringContaining("10.0.0.1:1 → 10.0.0.2:2"),
    ]);
  });

  test.each(["en", "ru"] as const)("names an address of IPv6 as people write it, in %s", (language) => {
    const { alert } = texts[language].admin;
    const to = { host: "fd00::7", port: 50_051 };
    expect(alert({ kind: "moved", name: "nas", from: HOME, to })).toContain("10.0.0.1:1 → [fd00::7]:50051");
  });

  test("is not repeated for ten minutes while it says the same as before", async () => {
    const admins = createWatched();
    const tell = async () => {
      admins.tell({ kind: "conflict" });
      admins.tell({ kind: "lookalike", name: "оne", like: "one", at: HOME });
      await admins.later(SECOND);
      return admins.texts().length;
    };
    expect(await tell()).toBe(1);
    expect(await tell()).toBe(0);
    await admins.later(10 * MINUTE);
    expect(await tell()).toBe(1);
  });

  test("that was held back, after many others, is sent when the bot stops", async () => {
    const admins = createWatched();
    for (let n = 0; n < 7; n += 1) {
      admins.tell({ kind: "full", name: `nas ${n}`, at: HOME, most: 300 });
      await admins.later(SECOND);
    }
    expect(admins.texts()).toHaveLength(5);
    admins.close();
    const [text, ...others] = admins.texts();
    expect([text?.split("\n").length, others]).toEqual([2, []]);
    admins.tell(DAMAGE);
    await admins.later(MINUTE);
    expect(admins.texts()).toEqual([]);
  });

  test("does not flood anybody when two machines keep taking a name from each other, and loses no change", async () => {
    const admins = createWatched();
    const texts: string[] = [];
    for (let second = 0; second < 180; second += 1) {
      const [from, to] = second % 2 === 0 ? [HOME, ELSEWHERE] : [ELSEWHERE, HOME];
      admins.tell({ kind: "moved", name: "nas", from, to });
      await admins.later(SECOND);
      texts.push(...admins.texts());
    }
    admins.close();
    texts.push(...admins.texts());
    expect(texts.length).toBeLessThan(25);
    const lines = texts.join("\n").split("\n");
    const more = lines.map((line) => Number(/^and (\d+) more$/.exec(line)?.[1] ?? 0)).reduce((a, b) => a + b);
    expect(lines.filter((line) => line.startsWith("📍")).length + more).toBe(180);
  });
});

describe("a registration", () => {
  const nas: Downloader = {
    ...{ name: "nas", ...HOME, roots: ["a.com", "b.com"] },
    ...{ registeredAt: 0, lastSeenAt: 0, failures: 0, paused: false },
  };

  const others = [{ ...nas, ...ELSEWHERE, name: "abroad" }];
  const alertsOf = (one: Downloader, before?: Downloader) =>
    registrationAlerts(one, before, () => [...others, nas, one]);

  test("of a new name at a known address raises an alarm once, with the other name", () => {
    const films = { ...nas, name: "films" };
    const at = { host: nas.host, port: nas.port };
    expect(alertsOf(films)).toEqual([
      { kind: "joined", name: "films", at, roots: nas.roots },
      { kind: "same_address", name: "films", at, others: ["nas"] },
    ]);
    expect(alertsOf(films, films)).toEqual([]);
    expect(alertsOf({ ...films, port: nas.port + 1 }).map(({ kind }) => kind)).toEqual(["joined"]);
  });

  test("names the others at its address, and nobody at its host or port alone, in the order in which people look for names", () => {
    const fleet = [
      ...["srv10", "srv2"].map((name) => ({ ...nas, name })),
      { ...nas, name: "another port", port: nas.port + 1 },
      { ...nas, name: "another host", host: "10.99.0.1" },
    ];
    const [, alarm] = registrationAlerts(nas, undefined, () => [...fleet, nas]);
    expect(alarm).toMatchObject({ kind: "same_address", others: ["srv2", "srv10"] });
  });

  test("raises no further alarm where many names share one address on purpose", () => {
    const fleet = Array.from({ length: 300 }, (_, nth) => ({ ...nas, name: `server ${nth}` }));
    const rung = fleet.flatMap((one, nth) => registrationAlerts(one, undefined, () => fleet.slice(0, nth + 1)));
    expect(rung.filter(({ kind }) => kind === "same_address")).toHaveLength(3);
  });

  test("that repeats what is known raises nothing, in whatever order its roots are", () => {
    expect(alertsOf(nas, nas)).toEqual([]);
    expect(alertsOf({ ...nas, roots: ["b.com", "a.com"], failures: 2 }, nas)).toEqual([]);
  });

  test.each([[["a.com"]], [["a.com", "b.com", "c.com"]], [["nowhere.example"]], [["*"]]])(
    "raises an alarm when the same address takes %j instead of what it took before",
    (roots) => {
      expect(alertsOf({ ...nas, roots }, nas)).toEqual([{ kind: "rerooted", name: "nas", from: nas.roots, to: roots }]);
    },
  );

  test("raises two alarms when both address and roots have changed", () => {
    const alerts = alertsOf({ ...nas, ...ELSEWHERE, roots: ["*"] }, nas);
    expect(alerts.map(({ kind }) => kind)).toEqual(["moved", "rerooted"]);
  });
});
