import { expect, test } from "bun:test";
import type { Content } from "../../../../src/telegram/context/content.ts";
import { createAdminAlerts } from "../../../../src/telegram/notify/admin-alerts.ts";

test("what a whole fleet gives to tell at once is one message of Telegram's limits, and says how much more there is", () => {
  const told: Content[] = [];
  const say = (_: unknown, content: Content) => void told.push(content);
  const admins = createAdminAlerts({
    access: { admins: [1] },
    preferences: { language: () => "en" },
    replies: { answer: say, notify: say },
    now: () => 0,
  });
  const roots = Array.from({ length: 12 }, (_, n) => `${"long-root-name-".repeat(3)}${n}.example`);
  for (let n = 0; n < 12; n += 1) admins.tell({ kind: "joined", name: `box ${n}`, at: { host: "h", port: 1 }, roots });
  admins.close();
  const [text, ...others] = told.map((content) => String(content.text));
  expect(others).toEqual([]);
  expect(text).toStartWith("➕ New downloader “box 0”");
  expect(text).toMatch(/\n… and \d+ more$/);
  expect(text?.length).toBeLessThanOrEqual(4096);
});
