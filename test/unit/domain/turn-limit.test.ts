import { expect, test } from "bun:test";
import { createTurnLimit } from "../../../src/domain/turn-limit.ts";

/** `nextTurn` ends a turn of the event loop. */
function createScene() {
  const works: (() => void)[] = [];
  const mayAsk = createTurnLimit({ inAll: 4, ofOne: 2 }, (work) => works.push(work));
  const ask = (callers: string) => [...callers].map(mayAsk);
  const nextTurn = () => works.splice(0).map((work) => work());
  return { works, ask, nextTurn };
}

test("a caller that asked too often in one turn may ask again in the next", () => {
  const { works, ask, nextTurn } = createScene();
  expect(ask("aaab")).toEqual([true, true, false, true]);
  expect(works).toHaveLength(1);
  nextTurn();
  expect(ask("aa")).toEqual([true, true]);
  expect(works).toHaveLength(1);
});

test("all callers together have a limit too", () => {
  expect(createScene().ask("abcdef")).toEqual([true, true, true, true, false, false]);
});

test("refused calls of one caller do not count against the others", () => {
  const { ask } = createScene();
  expect(ask("aaaaaabc")).toEqual([true, true, false, false, false, false, true, true]);
});
