import { createApi } from "../../src/telegram/api/bot-api.ts";
import { createPoll, type Poll, type PollOptions } from "../../src/telegram/client/long-poll.ts";
import type { createClock } from "./clock.ts";
import { createRecordingLog } from "./recording-log.ts";

/** A poll of the fake Bot API at `root` that ignores updates unless `options` say otherwise. */
export function createTestPoll(
  of: { root: string; token: string; clock: ReturnType<typeof createClock>; pollTimeoutMs?: number | undefined },
  options: Partial<PollOptions> = {},
): Poll {
  const { root, token, clock, pollTimeoutMs = 40_000 } = of;
  return createPoll({
    api: createApi({ token, root, pollTimeoutMs }),
    kinds: ["message", "callback_query"],
    updatesInProgress: { begin: () => new Map(), end: () => undefined, clear: () => undefined },
    writable: async () => {},
    storeEarlier: () => {},
    log: createRecordingLog(),
    now: clock.now,
    wait: clock.wait,
    random: () => 0.5,
    handle: async () => undefined,
    ...options,
  });
}
