import { expect, test } from "bun:test";
import { patiently } from "../../../src/app/patiently.ts";

test("patiently() repeats the work until it reports that nothing is left", async () => {
  let tries = 0;
  await patiently(5_000, () => ++tries === 3);
  expect(tries).toBe(3);
});
