import { expect, test } from "bun:test";

test("why a test has failed is told even if its end fails as well", async () => {
  const failing = async () => {
    await using _world = { [Symbol.asyncDispose]: () => Promise.reject(new Error("Telegram refused a call")) };
    throw new Error("there are two prompts");
  };
  const error: unknown = await failing().catch((reason: unknown) => reason);
  expect(String(error)).toContain("there are two prompts");
  expect(String(error)).toContain("Telegram refused a call");
});
