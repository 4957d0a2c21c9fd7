import { describe, expect, test } from "bun:test";
import { createGroupBudget } from "../../../../src/telegram/outbox/group-budget.ts";
import { PRIORITIES, type Priority } from "../../../../src/telegram/outbox/send-result.ts";

const GROUP = -5;
const MINUTE = 60_000;

function budgetAfter(calls: number, priority: Priority) {
  const clock = { now: 1_000_000 };
  const budget = createGroupBudget(() => clock.now);
  for (let call = 0; call < calls; call += 1) budget.spend(GROUP, priority);
  const free = (chatId = GROUP) => PRIORITIES.filter((one) => budget.freeIn(chatId, one) === 0);
  return { clock, budget, free };
}

describe("a group's budget", () => {
  test.each<[number, readonly Priority[]]>([
    [1, ["answer", "prompt", "notice", "cleanup"]],
    [12, ["answer", "prompt", "notice", "cleanup"]],
    [13, ["answer", "prompt", "cleanup"]],
    [16, ["answer", "prompt", "cleanup"]],
    [17, ["answer", "cleanup"]],
    [18, ["answer", "cleanup"]],
    [19, ["cleanup"]],
  ])("after %d calls within a minute, one of them a notice, has room for %p", (calls, free) => {
    const after = budgetAfter(calls - 1, "answer");
    after.budget.spend(GROUP, "notice");
    expect(after.free()).toEqual([...free]);
  });

  test("has room for one notice a minute, however busy the group is", () => {
    const { clock, budget, free } = budgetAfter(17, "prompt");
    expect(free()).toEqual(["answer", "notice", "cleanup"]);
    clock.now += 10_000;
    budget.spend(GROUP, "notice");
    expect(free()).toEqual(["answer", "cleanup"]);
    clock.now += MINUTE - 10_000;
    for (let call = 0; call < 16; call += 1) budget.spend(GROUP, "prompt");
    expect(budget.freeIn(GROUP, "notice")).toBe(10_000);
    clock.now += 10_000;
    budget.spend(GROUP, "answer");
    expect(free()).toEqual(["answer", "notice", "cleanup"]);
  });

  test("says when there is room again: a minute after the call that takes the last place", () => {
    const { clock, budget, free } = budgetAfter(17, "prompt");
    clock.now += 20_000;
    budget.spend(GROUP, "answer");
    expect(budget.freeIn(GROUP, "prompt")).toBe(MINUTE - 20_000);
    clock.now += MINUTE - 20_000;
    expect(free()).toEqual(["answer", "prompt", "notice", "cleanup"]);
  });

  test("does not count deletions, nor calls to private chats and other groups", () => {
    const { budget, free } = budgetAfter(30, "cleanup");
    expect(free()).toHaveLength(4);
    for (let call = 0; call < 30; call += 1) budget.spend(5, "prompt");
    expect([free(5), free(-6)].map(({ length }) => length)).toEqual([4, 4]);
  });

  test("remembers the calls of thousands of groups, and not of more", () => {
    const { budget, free } = budgetAfter(19, "answer");
    for (let other = 1; other < 3_000; other += 1) budget.spend(GROUP - other, "answer");
    expect(free()).toEqual(["cleanup"]);
    budget.spend(GROUP - 3_000, "answer");
    expect(free()).toHaveLength(4);
  });

  test("forgets the group that has heard nothing for longest, and not one that has just heard something", () => {
    const { budget, free } = budgetAfter(18, "answer");
    for (let other = 1; other < 3_000; other += 1) budget.spend(GROUP - other, "answer");
    budget.spend(GROUP, "answer");
    budget.spend(GROUP - 3_000, "answer");
    expect(free()).toEqual(["cleanup"]);
  });

  test("holds nobody up when the clock was set back", () => {
    const { clock, free } = budgetAfter(19, "answer");
    clock.now -= 3_600_000;
    expect(free()).toHaveLength(4);
  });
});
