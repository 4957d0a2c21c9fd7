import { test } from "bun:test";
import { status } from "@grpc/grpc-js";
import { promptButton } from "../../src/telegram/views/callback-data.ts";
import { startTestApp, type TestApp, USER } from "../support/app.ts";
import { HANG } from "../support/bot-api/faults.ts";
import { stored } from "../support/stored.ts";

const VIDEO = "https://youtube.com/watch?v=1";
const REFUSES = { code: status.UNKNOWN, details: "disk is full" };
/** The first refusal makes the queue give up. */
const ONE_TRY = { DWLD_BOT_DISPATCH_MAX_ATTEMPTS: "1" };
/** People see the message and can press its buttons, but the bot does not hear that it was sent. */
const UNANSWERED = { ...HANG, applied: true };

const told = (app: TestApp, words: string, chat: number) =>
  app.api.message(chat, ({ byBot, text }) => byBot && text.includes(words), { what: words });

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
