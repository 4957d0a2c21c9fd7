import { describe, expect, test } from "bun:test";
import { createHeartbeat } from "../../../src/systemd/heartbeat.ts";

describe("createHeartbeat()", () => {
  function at(start = 0) {
    const clock = { ms: start };
    return { clock, liveness: createHeartbeat(() => clock.ms) };
  }

  test("misses nobody before the first step", () => {
    expect(at().liveness.late()).toEqual([]);
  });

  test("names what is overdue, and only that", () => {
    const { clock, liveness } = at();
    liveness.step("polling", 60);
    liveness.step("dispatching", 15);
    clock.ms = 15;
    expect(liveness.late()).toEqual([]);
    clock.ms = 16;
    expect(liveness.late()).toEqual(["dispatching"]);
    clock.ms = 61;
    expect(liveness.late()).toEqual(["polling", "dispatching"]);
  });

  test("forgives with the next step", () => {
    const { clock, liveness } = at();
    liveness.step("polling", 60);
    clock.ms = 100;
    liveness.step("polling", 10);
    expect(liveness.late()).toEqual([]);
    clock.ms = 111;
    expect(liveness.late()).toEqual(["polling"]);
  });
});
