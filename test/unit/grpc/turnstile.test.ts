import { expect, test } from "bun:test";
import { createTurnstile } from "../../../src/grpc/turnstile.ts";
import { WAIT_LIMIT_MS } from "../../support/patience.ts";

/** A turnstile, and who has come in, in order. */
function createScene(most: number) {
  const room = { most };
  const turnstile = createTurnstile(() => room.most);
  const inside: string[] = [];
  const enter = async (name: string, withinMs = WAIT_LIMIT_MS) => {
    const isIn = await turnstile.enter(withinMs);
    if (isIn) inside.push(name);
    return isIn;
  };
  const leave = async () => {
    turnstile.leave();
    await Promise.resolve();
    await Promise.resolve();
  };
  return { room, turnstile, inside, enter, leave };
}

test("as many are inside as there is room for, and the others come in one by one, in the order in which they came", async () => {
  const { turnstile, inside, enter, leave } = createScene(2);
  const all = ["a", "b", "c", "d"].map((name) => enter(name));
  await Promise.all(all.slice(0, 2));
  expect([inside.join(""), turnstile.inside]).toEqual(["ab", 2]);
  for (const seen of ["abc", "abcd"]) {
    await leave();
    expect([inside.join(""), turnstile.inside]).toEqual([seen, 2]);
  }
  await leave();
  await leave();
  expect([await Promise.all(all), turnstile.inside]).toEqual([[true, true, true, true], 0]);
});

test("who was not let in in time goes away, and those behind move up", async () => {
  const { turnstile, inside, enter, leave } = createScene(1);
  await enter("a");
  const late = enter("b", 1);
  const patient = enter("c");
  expect(await late).toBe(false);
  expect(turnstile.inside).toBe(1);
  await leave();
  expect([inside.join(""), turnstile.inside, await patient]).toEqual(["ac", 1, true]);
});

test("nobody comes in while more are inside than there is room for", async () => {
  const { room, turnstile, inside, enter, leave } = createScene(3);
  for (const name of ["a", "b", "c"]) await enter(name);
  const waiting = enter("d");
  room.most = 1;
  for (const left of [2, 1]) {
    await leave();
    expect([inside.join(""), turnstile.inside]).toEqual(["abc", left]);
  }
  await leave();
  expect([inside.join(""), turnstile.inside, await waiting]).toEqual(["abcd", 1, true]);
});

test("when there is more room, all who fit come in as soon as somebody leaves", async () => {
  const { room, turnstile, inside, enter, leave } = createScene(1);
  await enter("a");
  for (const name of ["b", "c", "d", "e"]) void enter(name);
  room.most = 3;
  await leave();
  expect([inside.join(""), turnstile.inside]).toEqual(["abcd", 3]);
  room.most = Number.POSITIVE_INFINITY;
  await leave();
  expect([inside.join(""), turnstile.inside]).toEqual(["abcde", 3]);
});
