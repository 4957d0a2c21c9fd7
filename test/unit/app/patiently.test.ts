import { expect, test } from "bun:test";
import { patiently } from "../../../src/app/patiently.ts";

test("what a locked database does not take at a stop is tried again until it does", async () => {
  let tries = 0;
  await patiently(5_000, () => ++tries === 3);
  expect(tries).toBe(3);
});
