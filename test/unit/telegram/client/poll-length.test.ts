import { expect, test } from "bun:test";
import { ApiNetworkError } from "../../../../src/telegram/api/api-error.ts";
import { createPollLength } from "../../../../src/telegram/client/poll-length.ts";
import { createClock } from "../../../support/clock.ts";
import { createRecordingLog } from "../../../support/recording-log.ts";

test.each([
  ["ECONNRESET", 8],
  // A dead line: resolving a name gives up after ten seconds.
  ["ENOTFOUND", 30],
  ["EAI_AGAIN", 30],
  ["EHOSTUNREACH", 30],
])("after two polls that end with %s after ten seconds the next one waits for %d", (code, seconds) => {
  const length = createPollLength({ now: createClock().now, log: createRecordingLog() });
  const error = new ApiNetworkError("getUpdates", code, "");
  for (const _ of ["once", "twice"]) length.failed(error, { waits: 30, afterMs: 10_000 });
  expect(length.seconds).toBe(seconds);
});
