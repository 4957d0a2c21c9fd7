import { expect, test } from "bun:test";
import { status } from "@grpc/grpc-js";
import { startTestApp, type TestApp, USER } from "../support/app.ts";
import { HANG, refusal } from "../support/bot-api/faults.ts";
import { isAbout } from "../support/bot-api/message.ts";

const VIDEO = "https://youtube.com/watch?v=1";
const OTHER = "https://vimeo.com/1";
/** Nothing happens to a link by itself after the restart. */
const ONCE = { DWLD_BOT_DISPATCH_BACKOFF_FIRST: "1h", DWLD_BOT_DISPATCH_BACKOFF_CAP: "1h" };

const shows = (app: TestApp, ...words: string[]) =>
  app.api.message(USER, (message) => message.byBot && words.every((part) => isAbout(message, part)), {
    what: words.join(" and "),
  });

test("a change of a link just before the bot ends is in its prompt after the start; no other prompt is edited", async () => {
  await using app = await startTestApp({ ...ONCE, DWLD_BOT_DISPATCH_DELAY: "1h" });
  await app.downloader({ name: "nas", mode: { code: status.UNKNOWN, details: "the disk is full" } });
  const ann = app.api.user({ id: USER, languageCode: "en" });
  ann.sends(OTHER);
  const untouched = await shows(app, OTHER, "Sends at");
  ann.sends(VIDEO);
  const prompt = await shows(app, VIDEO, "Sends at");
  await app.api.settled();

  const held = app.api.fail("editMessageText", HANG);
  const pressed = ann.presses(prompt.id, "Now");
  await app.api.waitFor(() => held.hits > 0);
  await pressed;
  await app.logs("the disk is full");
  const asked = app.api.calls.length;
  await app.restart();
  held.release();

  expect((await shows(app, VIDEO, "the disk is full")).id).toBe(prompt.id);
  await app.api.settled();
  const edited = app.api.calls.slice(asked).filter(({ method }) => method === "editMessageText");
  expect(edited.map(({ params }) => Number(params.message_id))).not.toContain(untouched.id);
  // From now on it is known to be up to date: Telegram's answer was received before the next one of this chat.
  ann.sends("/help");
  await shows(app, "/settings");
  const seen = app.api.calls.length;
  await app.restart();
  // Outdated prompts are edited before updates are asked for.
  ann.sends("/help");
  await app.api.waitFor(({ method, params }) => method === "sendMessage" && params.chat_id === USER, { after: seen });
  expect(app.api.calls.slice(seen).filter(({ method }) => method === "editMessageText")).toEqual([]);
});

test("a prompt shows after the start which of its links were handed over just before the bot ended", async () => {
  await using app = await startTestApp(ONCE);
  // Only that is new in the prompt: the other link waits, and the prompt says so already.
  await app.downloader({ name: "attic", roots: ["vimeo.com"], mode: { code: status.UNKNOWN, details: "it is full" } });
  const ann = app.api.user({ id: USER, languageCode: "en" });
  ann.sends(`${VIDEO}\n${OTHER}`);
  const prompt = await shows(app, VIDEO, OTHER, "it is full");
  await app.api.settled();

  const held = app.api.fail("editMessageText", HANG);
  const nas = await app.downloader({ name: "nas", roots: ["youtube.com"] });
  await nas.accepts(VIDEO);
  await app.api.waitFor(() => held.hits > 0);
  await app.restart();
  held.release();
  const after = await shows(app, OTHER, "nas");
  expect(after.id).toBe(prompt.id);
});

test("a prompt that Telegram refuses to edit is left as it is until its link changes again", async () => {
  await using app = await startTestApp(
    { ...ONCE, DWLD_BOT_DISPATCH_DELAY: "1h" },
    { mayRefuse: /BUTTON_DATA_INVALID/ },
  );
  await app.downloader({ name: "nas", mode: { code: status.UNKNOWN, details: "the disk is full" } });
  const ann = app.api.user({ id: USER, languageCode: "en" });
  ann.sends(VIDEO);
  const prompt = await shows(app, VIDEO, "Sends at");
  await app.api.settled();

  const refused = app.api.fail("editMessageText", refusal(400, "Bad Request: BUTTON_DATA_INVALID"));
  await ann.presses(prompt.id, "Now");
  await app.logs("the disk is full");
  await app.api.waitFor(
    ({ method, params }) => method === "editMessageText" && String(params.text).includes("the disk is full"),
  );
  ann.sends("/help");
  await shows(app, "/settings");
  refused.release();
  const seen = app.api.calls.length;
  await app.restart();
  ann.sends("/help");
  await app.api.waitFor(({ method, params }) => method === "sendMessage" && params.chat_id === USER, { after: seen });
  expect(app.api.calls.slice(seen).filter(({ method }) => method === "editMessageText")).toEqual([]);
  await ann.presses(prompt.id, "More");
  await shows(app, VIDEO, "the disk is full");
});
