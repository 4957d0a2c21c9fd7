import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { createStopBudget, STOP_MS, STOP_STEPS, type StopStep } from "../../../src/app/stop-budget.ts";
import { createClock } from "../../support/clock.ts";
import { createRecordingLog } from "../../support/recording-log.ts";

const steps = Object.entries(STOP_STEPS) as [StopStep, { most: number; least: number }][];

function begin() {
  const clock = createClock();
  return { clock, budget: createStopBudget({ monotonic: clock.now, log: createRecordingLog() }) };
}

describe("the stop budget", () => {
  test("is at least five seconds below the service manager's timeout", async () => {
    const unit = await Bun.file("dwld-bot.service").text();
    const [, seconds] = /^TimeoutStopSec=(\d+)s$/m.exec(unit) ?? [];
    expect(STOP_MS).toBeLessThanOrEqual(Number(seconds) * 1_000 - 5_000);
  });

  test("leaves each step its minimum, however long the earlier steps take, and is never exceeded", () => {
    const lengths = { minLength: steps.length, maxLength: steps.length };
    // Most steps use all the time that they are allowed.
    const uses = fc.array(fc.constantFrom(0, 0.3, 1, 1, 1, 1), lengths);
    fc.assert(
      fc.property(uses, (used) => {
        const { clock, budget } = begin();
        const begunAt = clock.now();
        for (const [index, [step, { most, least }]] of steps.entries()) {
          const ms = budget.allow(step);
          expect(ms).toBeWithin(least, most + 1);
          clock.advance(ms * (used[index] ?? 0));
        }
        expect(clock.now() - begunAt).toBeLessThanOrEqual(STOP_MS);
      }),
    );
  });

  test("allows a step its maximum when the earlier steps needed no time", () => {
    for (const [step, { most }] of steps) expect(begin().budget.allow(step)).toBe(most);
  });

  test("starts counting at the first step of the stop, not when the bot starts", () => {
    const { clock, budget } = begin();
    clock.advance(24 * 3_600_000);
    expect(budget.allow("calls")).toBe(STOP_STEPS.calls.most);
  });
});

describe("a step of a stop", () => {
  test("is awaited until it ends, and its rejection is passed on", async () => {
    const { budget } = begin();
    await budget.bound("calls", Promise.resolve());
    await expect(budget.bound("schedules", Promise.reject(new Error("no")))).rejects.toThrow("no");
  });

  test("is no longer awaited once its time is over", async () => {
    const { clock, budget } = begin();
    budget.allow("updates");
    clock.advance(STOP_MS);
    await budget.bound("lateWrites", new Promise(() => {}));
  });
});
