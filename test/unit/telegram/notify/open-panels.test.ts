import { expect, test } from "bun:test";
import { createOpenPanels } from "../../../../src/telegram/notify/open-panels.ts";
import { CLOSED } from "../../../../src/telegram/views/prompt-panel.ts";

const FIRST = { id: 1, chatId: 10 };

test("a panel stays open for five minutes, and counts as closed unless somebody opened it", () => {
  let now = 0;
  const panels = createOpenPanels(() => now);
  const open = { open: "quality", linkId: 7, page: 0 } as const;
  panels.set(FIRST, open);
  now = 5 * 60_000 - 1;
  expect([panels.of(1), panels.of(2)]).toEqual([open, CLOSED]);
  now += 1;
  expect(panels.of(1)).toEqual(CLOSED);
  panels.set(FIRST, open);
  panels.set(FIRST, CLOSED);
  expect(panels.of(1)).toEqual(CLOSED);
});

test("a chat's last open panel is found as long as it is open", () => {
  let now = 0;
  const panels = createOpenPanels(() => now);
  const times = { open: "more", linkId: null, page: 0 } as const;
  panels.set(FIRST, { ...times, linkId: 7 });
  panels.set({ id: 2, chatId: 20 }, times);
  panels.set({ id: 3, chatId: 10 }, { ...times, open: "quality" });
  expect(panels.lastOf(10, "more")).toEqual({ batchId: 1, linkId: 7 });
  panels.set({ id: 4, chatId: 10 }, times);
  expect(panels.lastOf(10, "more")).toEqual({ batchId: 4, linkId: null });
  panels.set({ id: 4, chatId: 10 }, CLOSED);
  expect(panels.lastOf(10, "more")).toEqual({ batchId: 1, linkId: 7 });
  now = 5 * 60_000;
  expect(panels.lastOf(10, "more")).toBeUndefined();
});
