import { expect, test } from "bun:test";
import { once } from "../../../src/domain/once.ts";

test("once() makes its value at the first call and keeps it, even if it is undefined", () => {
  const made: string[] = [];
  const one = once(() => void made.push("one"));
  expect(made).toEqual([]);
  expect([one(), one()]).toEqual([undefined, undefined]);
  expect(made).toEqual(["one"]);
});
