import { expect, test } from "bun:test";
import { startTestApp, USER } from "../support/app.ts";
import { BAD_GATEWAY } from "../support/bot-api/faults.ts";

test("what systemctl status says of Telegram is told when it changes, not at the next look", async () => {
  await using app = await startTestApp();
  const { onChange, status } = app.watchdogReport;
  const told = Promise.withResolvers<string>();
  onChange?.(() => status().includes("Telegram unreachable") && told.resolve(status()));
  app.api.fail("getUpdates", BAD_GATEWAY);
  // A poll that waits ends with what it has waited for; the next one fails.
  app.api.user({ id: USER, username: "ann" }).sends("/help");
  expect(await told.promise).toStartWith("0 in the queue, no downloaders yet, Telegram unreachable");
});
