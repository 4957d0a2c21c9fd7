import { expect, test } from "bun:test";
import { keepLatest } from "../../../src/domain/keep-latest.ts";

test("keepLatest() forgets what came first, and nothing while there is not too much", () => {
  const known = new Map([3, 1, 2].map((key) => [key, `of ${key}`]));
  keepLatest(known, 3);
  expect([...known.keys()]).toEqual([3, 1, 2]);
  keepLatest(known, 1);
  expect([...known]).toEqual([[2, "of 2"]]);
});

test("keepLatest() goes by when a value was last put into a set, if it was taken out before", () => {
  const known = new Set([1, 2, 3]);
  known.delete(1);
  keepLatest(known.add(1), 2);
  expect([...known]).toEqual([3, 1]);
});
