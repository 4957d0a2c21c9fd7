import { expect, test } from "bun:test";
import { createEvents } from "../../../src/app/events.ts";
import { connectReactions } from "../../../src/app/reactions.ts";
import type { Downloader } from "../../../src/domain/downloader.ts";
import { createClock } from "../../support/clock.ts";

type Parts = Parameters<typeof connectReactions>[1];

const downloader = (name: string): Downloader => ({
  ...{ name, host: "127.0.0.1", port: 1, roots: ["*"], registeredAt: 0, lastSeenAt: 0, failures: 0, paused: false },
});

test("when everything due has been handed over, the message about links in work is refreshed at once", () => {
  const events = createEvents();
  const told: string[] = [];
  const telegram = { inWork: { allHandedOver: () => void told.push("shown") } };
  using _reactions = connectReactions(events, { telegram } as unknown as Parts);
  events.emit("allHandedOver");
  expect(told).toEqual(["shown"]);
});

test("of a fleet that registers at once the first one counts at once, and the others within 200 ms of it together", async () => {
  const events = createEvents();
  const clock = createClock();
  const told: string[] = [];
  const requeue = {
    back: (name: string) => void told.push(name),
    routingChanged: () => void told.push("routing"),
  };
  const parts = {
    registry: { unordered: () => [] },
    dispatcher: { requeue },
    tracker: { pollSoon: () => {} },
    health: { back: () => {} },
    telegram: { alerts: { tell: () => {} }, prompts: { refreshUntaken: () => {} } },
    schedules: { dispatch: { trigger: () => void told.push("tick") } },
    wait: clock.wait,
  };
  using _reactions = connectReactions(events, parts as unknown as Parts);
  const registers = async (name: string, previous?: Downloader) => {
    events.emit("registered", downloader(name), previous);
    await Promise.resolve();
    clock.advance(60);
    await Promise.resolve();
  };
  await registers("a");
  expect(told.splice(0)).toEqual(["routing", "tick", "a", "tick"]);
  const known = downloader("b");
  events.emit("registered", known, known);
  for (const name of ["c", "d"]) await registers(name);
  expect(told).toEqual([]);
  clock.advance(20);
  await Promise.resolve();
  expect(told.splice(0)).toEqual(["routing", "tick", "b", "c", "d", "tick"]);
  // One that takes what it took before changes nothing for others.
  clock.advance(200);
  await Promise.resolve();
  events.emit("registered", known, known);
  expect(told).toEqual(["b", "tick"]);
});
