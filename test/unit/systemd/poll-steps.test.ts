import { describe, expect, test } from "bun:test";
import type { PollStep } from "../../../src/telegram/client/long-poll.ts";
import { tooManyRequests } from "../../support/bot-api/faults.ts";
import { startBotApi } from "../../support/bot-api.ts";
import { createClock } from "../../support/clock.ts";
import { createTestPoll } from "../../support/poll.ts";
import { createWatch } from "../../support/watch.ts";

const TOKEN = "123456789:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr";

/** A poll whose steps are recorded. */
function startPoll() {
  const telegram = startBotApi({ token: TOKEN });
  const clock = createClock();
  const stop = new AbortController();
  const watch = createWatch();
  const steps: PollStep[] = [];
  const poll = createTestPoll(
    { root: telegram.root, token: TOKEN, clock },
    {
      onStep(step) {
        steps.push(step);
        watch.changed();
      },
    },
  );
  const start = () => {
    const ended = poll.run(stop.signal);
    return async () => {
      stop.abort();
      await ended;
      await telegram[Symbol.asyncDispose]();
    };
  };
  const until = (found: (step: PollStep) => boolean) =>
    watch.until(() => steps.find(found), { what: "a step", seen: () => JSON.stringify(steps) });
  return { telegram, start, steps, until };
}

describe("the poll announces its next step", () => {
  test("before each call and before it handles a batch", async () => {
    const { telegram, start, steps, until } = startPoll();
    telegram.user({ id: 7 }).sends("hello");
    const end = start();
    await until(({ doing }) => doing === "handle");
    await until((step) => step.doing === "poll" && steps.indexOf(step) > 3);
    await end();
    expect(steps.slice(0, 5).map(({ doing }) => doing)).toEqual(["greet", "poll", "handle", "greet", "poll"]);
  });

  test("with enough time for the wait that Telegram asks for", async () => {
    const { telegram, start, until } = startPoll();
    telegram.fail("getUpdates", tooManyRequests(3600));
    const end = start();
    const { withinMs } = await until(({ doing }) => doing === "recover");
    await end();
    expect(withinMs).toBeGreaterThan(3_600_000);
  });
});
