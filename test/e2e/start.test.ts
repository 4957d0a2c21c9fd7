import { expect, test } from "bun:test";
import { startTestApp } from "../support/app.ts";

test("that downloaders can register is told before the event loop is held up by what begins then", async () => {
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
