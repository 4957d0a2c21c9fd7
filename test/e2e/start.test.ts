import { expect, test } from "bun:test";
import { startTestApp } from "../support/app.ts";

test("logs that downloaders can register before the rest of the start holds up the event loop", async () => {
  const seen: string[] = [];
  await using _app = await startTestApp(
    {},
    {
      onLog(line) {
        if (line.includes("Downloaders can register")) setImmediate(() => seen.push("a turn of the loop"));
        if (line.includes("Links, health and metrics are served")) seen.push("what begins then");
      },
    },
  );
  expect(seen).toEqual(["a turn of the loop", "what begins then"]);
});
