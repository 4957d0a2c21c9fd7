import { expect, test } from "bun:test";
import { once } from "../../../src/domain/once.ts";

test("is made when it is first asked for, and kept, also where it is undefined", () => {
  const made: string[] = [];
  const one = once(() => void made.push("one"));
  expect(made).toEqual([]);
  expect([one(), one()]).toEqual([undefined, undefined]);
  expect(made).toEqual(["one"]);
});
