import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { TelegramUpdate } from "gramio";
import { createConfirmation } from "../../../../src/telegram/client/confirmation.ts";
import { type BotApi, startBotApi } from "../../../support/bot-api.ts";
import { createClock } from "../../../support/clock.ts";
import { createTestPoll } from "../../../support/poll.ts";
import { createWatch } from "../../../support/watch.ts";

const TOKEN = "123456789:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr";
const textOf = ({ message }: TelegramUpdate): string => message?.text ?? "";

let telegram: BotApi;
let clock: ReturnType<typeof createClock>;
let stop: AbortController;
let ended: Promise<unknown>;

beforeEach(() => {
  telegram = startBotApi({ token: TOKEN });
  clock = createClock();
  stop = new AbortController();
});
afterEach(async () => {
  stop.abort();
  await ended;
  await telegram[Symbol.asyncDispose]();
});

/** A poll in which updates with the text "unsafe" stay unsafe until the test decides. */
function start() {
  const watch = createWatch();
  const begun: string[] = [];
  const held: ((isSafe: boolean) => void)[] = [];
  const poll = createTestPoll(
    { root: telegram.root, token: TOKEN, clock },
    {
      async handle(update) {
        begun.push(textOf(update));
        watch.changed();
        if (textOf(update) === "unsafe") poll.confirmAfter(update.update_id, new Promise((say) => held.push(say)));
      },
    },
  );
  ended = poll.run(stop.signal);
  const until = (times: number, text: string) =>
    watch.until(() => begun.filter((one) => one === text).length >= times || undefined, {
      what: `"${text}" to begin ${times} times`,
      seen: () => begun.join(),
    });
  const say = (isSafe: boolean) => held.shift()?.(isSafe);
  return { begun, began: (text: string) => until(1, text), beganAgain: (text: string) => until(2, text), say };
}

/** Passes the pause before Telegram is asked although an update is held. */
const pause = async () => clock.advance(await clock.sleeping(1_000));
const pending = () => telegram.pending.map((update) => Reflect.get(Object(update.message), "text"));

describe("an update that is not yet safe", () => {
  test("is not confirmed, and holds up neither other chats nor its own", async () => {
    const [ann, bob] = [telegram.user({ id: 1 }), telegram.user({ id: 2 })];
    const { begun, began, say } = start();
    ann.sends("unsafe");
    await began("unsafe");
    bob.sends("bob's");
    await pause();
    await began("bob's");
    ann.sends("ann's next");
    await pause();
    await began("ann's next");
    expect(pending()).toEqual(["unsafe", "bob's", "ann's next"]);
    say(true);
    await telegram.settled();
    expect(begun).toEqual(["unsafe", "bob's", "ann's next"]);
  });

  test("is handled once more when it could not be made safe; later updates are not", async () => {
    const ann = telegram.user({ id: 1 });
    const { begun, began, beganAgain, say } = start();
    ann.sends("unsafe");
    ann.sends("next");
    await began("next");
    say(false);
    await pause();
    await beganAgain("unsafe");
    expect(pending()).toEqual(["unsafe", "next"]);
    say(true);
    await telegram.settled();
    expect(begun).toEqual(["unsafe", "next", "unsafe"]);
  });

  test("is left unconfirmed by a stop", async () => {
    const { began } = start();
    telegram.user({ id: 1 }).sends("unsafe");
    telegram.user({ id: 2 }).sends("safe");
    await began("safe");
    await clock.sleeping(1_000);
    stop.abort();
    await pause();
    await ended;
    expect(pending()).toEqual(["unsafe", "safe"]);
  });

  test("is confirmed by a stop if it becomes safe in time", async () => {
    const { began, say } = start();
    telegram.user({ id: 1 }).sends("unsafe");
    await began("unsafe");
    await clock.sleeping(1_000);
    stop.abort();
    say(true);
    await ended;
    expect(pending()).toEqual([]);
  });

  test("is remembered only until Telegram no longer sends it", () => {
    const confirmation = createConfirmation();
    const update = (update_id: number) => ({ update_id }) as TelegramUpdate;
    const handle = (ids: number[], { unsafe }: { unsafe?: number } = {}) => {
      const wanted = confirmation.toHandle(ids.map(update)).map(({ update_id }) => update_id);
      if (unsafe !== undefined) confirmation.confirmAfter(unsafe, new Promise(() => {}));
      confirmation.handled(ids.map(update), []);
      return wanted;
    };
    expect([handle([7, 8], { unsafe: 7 }), confirmation.offset]).toEqual([[7, 8], 7]);
    expect([handle([7, 8, 9]), confirmation.offset, confirmation.isHeld]).toEqual([[9], 7, true]);
    expect([handle([9, 10]), confirmation.offset, confirmation.isHeld]).toEqual([[10], 11, false]);
  });
});
