import { expect, test } from "bun:test";
import { createOpenPanels } from "../../../../src/telegram/notify/open-panels.ts";
import { CLOSED } from "../../../../src/telegram/views/prompt-panel.ts";

test("a panel stays open for some minutes, and is closed where nobody has opened it", () => {
  let now = 0;
  const panels = createOpenPanels(() => now);
  const open = { open: "quality", linkId: 7, page: 0 } as const;
  panels.set(1, open);
  now = 5 * 60_000 - 1;
  expect([panels.of(1), panels.of(2)]).toEqual([open, CLOSED]);
  now += 1;
  expect(panels.of(1)).toEqual(CLOSED);
  panels.set(1, open);
  panels.set(1, CLOSED);
  expect(panels.of(1)).toEqual(CLOSED);
});
