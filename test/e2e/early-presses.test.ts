import { describe, expect, test } from "bun:test";
import { status } from "@grpc/grpc-js";
import { wait as realWait, type Wait } from "../../src/domain/wait.ts";
import { promptButton } from "../../src/telegram/views/callback-data.ts";
import { OTHER, startTestApp, type TestApp, USER } from "../support/app.ts";
import { HANG } from "../support/bot-api/faults.ts";
import { holdWaits } from "../support/held-wait.ts";
import { newsIsKnown, stored } from "../support/stored.ts";

const FAMILY = -1_001_234_567_890;
const [VIDEO, SECOND] = ["https://youtube.com/watch?v=1", "https://youtube.com/watch?v=2"];
const REFUSES = { code: status.UNKNOWN, details: "disk is full" };
/** The first refusal makes the queue give up. */
const ONE_TRY = { DWLD_BOT_TELEGRAM_USERS: `${USER},${FAMILY}`, DWLD_BOT_DISPATCH_MAX_ATTEMPTS: "1" };
/** People see the message and can press its buttons, but the bot does not hear that it was sent. */
const UNANSWERED = { ...HANG, applied: true };
/** How long a press waits for that. */
const PRESS_MS = 5_000;
const PACE = { quietMs: 30_000, mostMs: 30_000 };

const told = (app: TestApp, words: string, chat: number) =>
  app.api.message(chat, ({ byBot, text }) => byBot && text.includes(words), { what: words });

/** The wait of a press: `begun` resolves when there is one, and it lasts until the press need not wait, or no time if it `isOver`. */
function earlyPress({ isOver }: { isOver: boolean }): { readonly begun: Promise<void>; readonly wait: Wait } {
  const begun = Promise.withResolvers<void>();
  return {
    begun: begun.promise,
    wait(ms, signal) {
      if (ms !== PRESS_MS) return realWait(ms, signal);
      begun.resolve();
      if (isOver) return Promise.resolve();
      return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
    },
  };
}

/** Ann and Bob have each sent a link to their group; one message tells that nobody takes them, and the bot does not know its id yet. */
async function unansweredNews(app: TestApp, collecting: { end(): void }) {
  const where = { in: app.api.group({ id: FAMILY, title: "Family" }) };
  const [ann, bob] = [
    app.api.user({ id: USER, username: "ann", languageCode: "en" }),
    app.api.user({ id: OTHER, username: "bob", languageCode: "en" }),
  ];
  await app.downloader({ name: "nas", mode: REFUSES });
  ann.sends(VIDEO, where);
  bob.sends(SECOND, where);
  await stored(app, "select id from news", (news) => news.length === 2);
  await stored(app, "select id from links where prompt_id is null", (unprompted) => unprompted.length === 0);
  const held = app.api.fail("sendMessage", UNANSWERED, { chat: FAMILY, times: 1 });
  collecting.end();
  const notice = await told(app, "Could not send youtube", FAMILY);
  return { where, bob, held, notice };
}

describe("a press under news that Telegram has shown, but not confirmed yet,", () => {
  test("waits until the bot knows what the message tells, and *OK* leaves what others have not read", async () => {
    const collecting = holdWaits(PACE.quietMs);
    const early = earlyPress({ isOver: false });
    const wait: Wait = (ms, signal) => (ms === PRESS_MS ? early : collecting).wait(ms, signal);
    await using app = await startTestApp(ONE_TRY, { newsPace: PACE, wait });
    const { where, bob, held, notice } = await unansweredNews(app, collecting);
    const pressed = bob.presses(notice.id, "OK", where);
    await early.begun;
    held.release();
    expect((await pressed).text).toBe("");
    const left = await app.api.message(FAMILY, ({ id, text }) => id === notice.id && !text.includes("v=2"));
    expect(left.text).toContain("v=1");
  });

  test("is answered after a while even if there is no answer, and changes nothing", async () => {
    const collecting = holdWaits(PACE.quietMs);
    const early = earlyPress({ isOver: true });
    const wait: Wait = (ms, signal) => (ms === PRESS_MS ? early : collecting).wait(ms, signal);
    await using app = await startTestApp(ONE_TRY, { newsPace: PACE, wait });
    const { where, bob, held, notice } = await unansweredNews(app, collecting);
    expect((await bob.presses(notice.id, "OK", where)).text).toStartWith("I am still sending this message");
    held.release();
    await newsIsKnown(app);
    expect(app.api.messages(FAMILY)).toContainEqual(notice);
    await bob.presses(notice.id, "OK", where);
    await app.api.message(FAMILY, ({ id, text }) => id === notice.id && !text.includes("v=2"));
  });
});

test("a link that is retried on its prompt while the news about it is on its way leaves no news with buttons", async () => {
  await using app = await startTestApp({ ...ONE_TRY, DWLD_BOT_DISPATCH_DELAY: "1h" });
  const nas = await app.downloader({ name: "nas", mode: REFUSES });
  const ann = app.api.user({ id: USER, username: "ann", languageCode: "en" });
  ann.sends(VIDEO);
  const prompt = await told(app, "youtube.com/watch?v=1", USER);
  await stored(app, "select id from links where prompt_id is null", (unprompted) => unprompted.length === 0);
  const held = app.api.fail("sendMessage", UNANSWERED, { chat: USER, times: 1 });
  // Its label depends on whether the prompt could be edited before the news went.
  const now = promptButton.pack({ batch: 1, link: 0, last: 1, action: "now", choice: "-" });
  await ann.presses(prompt.id, now, { forged: true });
  const notice = await told(app, "Could not send youtube", USER);
  nas.mode = "ok";
  await ann.presses(prompt.id, now, { forged: true });
  await nas.accepts(VIDEO);
  held.release();
  await app.api.gone(USER, notice.id);
});
