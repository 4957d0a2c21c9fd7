import { expect, test } from "bun:test";
import type { Downloader } from "../../../../src/domain/downloader.ts";
import { createRegistrationLog } from "../../../../src/service/fleet/registration-log.ts";
import { createRecordingLog } from "../../../support/recording-log.ts";

const MINUTE = 60_000;
const of = { host: "10.0.0.1", port: 1, roots: ["x.org", "y.org"] };
const record = { registeredAt: 0, lastSeenAt: 0, failures: 0, paused: false };
const nas: Downloader = { name: "nas", ...of, ...record };
const SAME = { takesTheSame: true, moved: false };

function createWorld() {
  const log = createRecordingLog();
  const world = { now: 0 };
  const lines = createRegistrationLog({ now: () => world.now, log });
  return Object.assign(world, { lines, log });
}

test("a registration that changes something is logged each time", () => {
  const { lines, log } = createWorld();
  lines.registered(nas, { takesTheSame: false, moved: false });
  lines.registered(nas, { takesTheSame: true, moved: true });
  lines.registered(nas, { takesTheSame: false, moved: false });
  expect(log.lines.map(({ fields }) => fields)).toEqual([
    { host: "10.0.0.1", port: 1, roots: "x.org y.org", moved: false },
    { host: "10.0.0.1", port: 1, roots: undefined, moved: true },
    { host: "10.0.0.1", port: 1, roots: "x.org y.org", moved: false },
  ]);
});

test("a repeated registration is logged once a minute, and again if the clock is set back", () => {
  const world = createWorld();
  const written = () => world.log.lines.length;
  world.now = 10 * MINUTE;
  world.lines.registered(nas, { takesTheSame: false, moved: false });
  for (let second = 1; second < 120; second += 1) {
    world.now += 1_000;
    world.lines.registered(nas, SAME);
  }
  expect(written()).toBe(2);
  world.lines.registered({ ...nas, name: "attic" }, SAME);
  expect(written()).toBe(3);
  world.now = 0;
  world.lines.registered(nas, SAME);
  expect(written()).toBe(4);
  world.lines.forget("nas");
  world.lines.registered(nas, SAME);
  expect(written()).toBe(5);
});
