import { expect, test } from "bun:test";
import { STOP_STEPS } from "../../src/app/stop-budget.ts";
import { startTestApp } from "../support/app.ts";

test("a stop carries out its steps in the order in which their time is planned", async () => {
  const app = await startTestApp();
  await app.stop();
  await app[Symbol.asyncDispose]();
  const steps = [...app.logged().matchAll(/Waiting for the end of: (\w+)/g)].map(([, step]) => step);
  expect(steps).toEqual(Object.keys(STOP_STEPS));
});
