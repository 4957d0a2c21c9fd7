import { expect, test } from "bun:test";
import type { AdminAlert } from "../../../../src/domain/admin-alert.ts";
import { createUsability } from "../../../../src/service/fleet/usability.ts";
import { MINUTE, SECOND } from "../bot.ts";

function createWatched() {
  const clock = { now: 1_000_000 };
  const told: AdminAlert[] = [];
  const usability = createUsability({ now: () => clock.now, tell: (alert) => told.push(alert) });
  return { ...usability, clock, told: () => told.splice(0) };
}

test("admins are told once that a downloader is unusable, and once that it is usable again", () => {
  const { note, problemOf, told } = createWatched();
  for (let links = 0; links < 3; links += 1) note("nas", "SetToQueue", "not_let_in");
  note("nas", "Queue", "not_let_in");
  expect(told()).toEqual([{ kind: "unusable", name: "nas", problem: "not_let_in" }]);
  expect([problemOf("nas"), problemOf("box")]).toEqual(["not_let_in", undefined]);
  note("nas", "Healtheck", undefined);
  note("nas", "SetToQueue", undefined);
  expect(told()).toEqual([]);
  note("nas", "Queue", undefined);
  expect(told()).toEqual([{ kind: "usable", name: "nas" }]);
  expect(problemOf("nas")).toBeUndefined();
});

test("it is avoided for ten minutes after the latest try, and unusable until a call succeeds", () => {
  const { note, problemOf, isAvoided, clock } = createWatched();
  note("nas", "SetToQueue", "no_method");
  clock.now += 9 * MINUTE;
  expect(isAvoided("nas")).toBe(true);
  note("nas", "SetToQueue", "no_method");
  clock.now += 9 * MINUTE;
  expect(isAvoided("nas")).toBe(true);
  clock.now += MINUTE;
  expect([isAvoided("nas"), problemOf("nas")]).toEqual([false, "no_method"]);
  expect(isAvoided("box")).toBe(false);
});

test("a clock that jumps back does not make it avoided for ever", () => {
  const { note, isAvoided, clock } = createWatched();
  note("nas", "SetToQueue", "no_method");
  clock.now -= SECOND;
  expect(isAvoided("nas")).toBe(false);
});

test("forget() drops the problem without telling anybody", () => {
  const { note, problemOf, forget, told } = createWatched();
  note("nas", "SetToQueue", "no_method");
  told();
  forget("nas");
  expect([problemOf("nas"), told()]).toEqual([undefined, []]);
});
