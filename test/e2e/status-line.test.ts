import { expect, test } from "bun:test";
import { startTestApp, USER } from "../support/app.ts";
import { BAD_GATEWAY } from "../support/bot-api/faults.ts";

test("the line for systemctl status is updated as soon as Telegram cannot be reached, not at the next watchdog beat", async () => {
  await using app = await startTestApp();
  const { onChange, status } = app.watchdogReport;
  const told = Promise.withResolvers<string>();
  onChange?.(() => status().includes("Telegram unreachable") && told.resolve(status()));
  app.api.fail("getUpdates", BAD_GATEWAY);
  // A waiting poll returns what it has waited for; the next one fails.
  app.api.user({ id: USER, username: "ann" }).sends("/help");
  expect(await told.promise).toStartWith("0 in the queue, no downloaders yet, Telegram unreachable");
});
