import { describe, expect, test } from "bun:test";
import { type AnswerRef, editKey } from "../../../../src/telegram/context/answer-ref.ts";
import { createBackground } from "../../../../src/telegram/context/background.ts";
import type { Content } from "../../../../src/telegram/context/content.ts";
import { createLiveMessage } from "../../../../src/telegram/context/live-message.ts";
import type { Replies } from "../../../../src/telegram/context/replies.ts";
import type { Outbox } from "../../../../src/telegram/outbox/outbox.ts";
import type { SendResult } from "../../../../src/telegram/outbox/send-result.ts";
import { aChatContext } from "../../../support/chat-context.ts";
import { createClock } from "../../../support/clock.ts";
import { createRecordingLog } from "../../../support/recording-log.ts";
import { createWatch } from "../../../support/watch.ts";

const EVERY_MS = 5_000;
const FOR_MS = 20_000;
const NEWEST = 100;

const context = aChatContext({ chatId: 7 });

/** A live message over a chat that the test plays. */
function createScene() {
  const clock = createClock();
  const watch = createWatch();
  const said: string[] = [];
  const note = (line: string) => {
    said.push(line);
    watch.changed();
  };
  let refusal: SendResult<never> | undefined;
  const replies = {
    post: async (_: unknown, { text }: Content) => {
      note(`post ${text}`);
      return { chatId: context.chatId, messageId: NEWEST };
    },
    edit: (answer: AnswerRef, { text }: Content) => note(`${editKey(answer)} ${text}`),
    answer: (_: unknown, { text }: Content) => note(`answer ${text}`),
  } as unknown as Replies;
  const outbox = {
    async send(_: number, { priority }: { priority: string }) {
      note(`refresh as ${priority}`);
      return refusal ?? { ok: true, value: undefined };
    },
  } as unknown as Outbox;
  const log = createRecordingLog();
  const background = createBackground({ replies, log });
  const pace = { everyMs: EVERY_MS, forMs: FOR_MS };
  const live = createLiveMessage({ background, replies, outbox, pace, now: clock.now, wait: clock.wait });
  return {
    clock,
    live,
    background,
    said,
    log,
    refuses() {
      refusal = { ok: false, kind: "gone" };
    },
    says: (count: number) =>
      watch.until(() => (said.length >= count ? said : undefined), {
        what: `${count} lines`,
        seen: () => said.join("\n"),
      }),
    /** Passes one interval. */
    async beat() {
      await clock.sleeping(EVERY_MS);
      clock.advance(EVERY_MS);
    },
  };
}

describe("a live message", () => {
  test("is sent once, edited as a notice only when it has changed, and left alone after its time", async () => {
    const { live, background, beat, said, says } = createScene();
    const words = ["one", "one", "two", "two"];
    let rendered = 0;
    live.show(context, async () => ({ text: words[rendered++] ?? "late" }));
    for (let n = 0; n < FOR_MS / EVERY_MS; n += 1) await beat();
    await says(3);
    expect(said).toEqual(["post one", "refresh as notice", "refresh as notice"]);
    expect(rendered).toBe(5);
    // Nothing is running any more.
    await background.stop();
    expect(rendered).toBe(5);
  });

  test("takes the place of the message whose button was pressed", async () => {
    const { live, background, says, said } = createScene();
    live.show(context, async () => ({ text: "now" }), { chatId: context.chatId, messageId: 17 });
    await says(1);
    await background.stop();
    expect(said).toEqual(["edit 17 now"]);
  });

  test("ends when the message is gone", async () => {
    const { live, background, beat, refuses, says, said } = createScene();
    let n = 0;
    refuses();
    live.show(context, async () => ({ text: String(n++) }));
    await beat();
    await says(2);
    await background.stop();
    expect(said).toEqual(["post 0", "refresh as notice"]);
    expect(n).toBe(2);
  });

  test("ends when its chat gets a newer one", async () => {
    const { live, background, beat, clock, says, said } = createScene();
    let older = 0;
    live.show(context, async () => ({ text: `older ${older++}` }));
    await clock.sleeping(EVERY_MS);
    live.show(context, async () => ({ text: "newer" }), { chatId: context.chatId, messageId: 17 });
    await says(2);
    await beat();
    await background.stop();
    expect(older).toBe(1);
    expect(said).toEqual(["post older 0", "edit 17 newer"]);
  });

  test("goes on when somebody in the group gets one that only they see", async () => {
    const { live, background, beat, clock, says, said } = createScene();
    let shown = 0;
    live.show(context, async () => ({ text: `for all ${shown++}` }));
    await clock.sleeping(EVERY_MS);
    const aside = { userId: 8, asked: { pressId: "1" } };
    const answer = { chatId: context.chatId, threadId: null, aside, ephemeralId: 17 };
    live.show({ ...context, aside }, async () => ({ text: "for one" }), answer);
    await says(2);
    await beat();
    await says(3);
    await background.stop();
    expect(said).toEqual(["post for all 0", "edit 8 17 for one", "refresh as notice"]);
  });

  test("ends at once with the bot", async () => {
    const { live, background, clock, said } = createScene();
    live.show(context, async () => ({ text: "one" }));
    await clock.sleeping(EVERY_MS);
    await background.stop();
    live.show(context, async () => ({ text: "two" }));
    await background.stop();
    expect(said).toEqual(["post one"]);
  });

  test("that cannot be rendered is logged, and holds up no stop", async () => {
    const { live, background, log } = createScene();
    live.show(context, () => Promise.reject(new Error("odd")));
    await background.stop();
    expect(log.at("error")).toEqual(["Cannot handle what a chat asked for"]);
  });
});
