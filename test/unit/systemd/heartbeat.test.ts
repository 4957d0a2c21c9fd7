import { describe, expect, test } from "bun:test";
import { createHeartbeat } from "../../../src/systemd/heartbeat.ts";

describe("createHeartbeat()", () => {
  function at(start = 0) {
    const clock = { ms: start };
    return { clock, heartbeat: createHeartbeat(() => clock.ms) };
  }

  test("reports nothing late before the first step", () => {
    expect(at().heartbeat.late()).toEqual([]);
  });

  test("names exactly the parts that are overdue", () => {
    const { clock, heartbeat } = at();
    heartbeat.step("polling", 60);
    heartbeat.step("dispatching", 15);
    clock.ms = 15;
    expect(heartbeat.late()).toEqual([]);
    clock.ms = 16;
    expect(heartbeat.late()).toEqual(["dispatching"]);
    clock.ms = 61;
    expect(heartbeat.late()).toEqual(["polling", "dispatching"]);
  });

  test("no longer reports a part as late once it takes its next step", () => {
    const { clock, heartbeat } = at();
    heartbeat.step("polling", 60);
    clock.ms = 100;
    heartbeat.step("polling", 10);
    expect(heartbeat.late()).toEqual([]);
    clock.ms = 111;
    expect(heartbeat.late()).toEqual(["polling"]);
  });
});
