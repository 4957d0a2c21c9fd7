import { expect, test } from "bun:test";
import { createCoalescing } from "../../../src/app/coalescing.ts";
import { createClock } from "../../support/clock.ts";

const MS = 50;

function createWorld() {
  const handedOn: string[][] = [];
  const clock = createClock();
  const gathering = createCoalescing<string>((values) => handedOn.push([...values]), { ms: MS, wait: clock.wait });
  const endWait = async () => {
    clock.advance(MS);
    await Promise.resolve();
  };
  return { handedOn, gathering, endWait };
}

test("the first value is handed on at once, and those that follow soon are handed on together", async () => {
  const { handedOn, gathering, endWait } = createWorld();
  for (const value of ["a", "b", "c"]) gathering.add(value);
  expect(handedOn).toEqual([["a"]]);
  await endWait();
  expect(handedOn).toEqual([["a"], ["b", "c"]]);
  gathering.add("d");
  expect(handedOn).toHaveLength(2);
  await endWait();
  expect(handedOn.at(-1)).toEqual(["d"]);
  await endWait();
  gathering.add("e");
  expect(handedOn.at(-1)).toEqual(["e"]);
});

test("disposing drops the values that wait and all later ones", async () => {
  const { handedOn, gathering, endWait } = createWorld();
  for (const value of ["a", "b"]) gathering.add(value);
  gathering[Symbol.dispose]();
  await endWait();
  gathering.add("c");
  expect(handedOn).toEqual([["a"]]);
});
