import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { OTHER, startTestApp, type TestApp, USER } from "../support/app.ts";
import { SERVER_ERROR } from "../support/bot-api/faults.ts";

const HOUR = 3_600_000;
const VIDEO = "https://youtube.com/watch?v=1";
const LINKS = Array.from({ length: 20 }, (_, n) => `https://vimeo.com/${n + 1}`);

const ann = (app: TestApp) => app.api.user({ id: USER, username: "ann", languageCode: "en" });
const bob = (app: TestApp) => app.api.user({ id: OTHER, username: "bob", languageCode: "en" });
const helped = (app: TestApp, chat: number, times: number) =>
  app.api.waitFor(() => app.api.messages(chat).filter(({ text }) => text.includes("/settings")).length >= times);

// Timers stand still while the machine sleeps and the clock goes on: due links are found by looking, not by a timer for each.
test("a machine that wakes after eight hours sends what became due at once, each link once, and no notice of yesterday", async () => {
  const startedAt = Date.now();
  let asleep = 0;
  await using app = await startTestApp({ DWLD_BOT_DISPATCH_DELAY: "1h" }, { now: () => Date.now() + asleep });
  const nas = await app.downloader({ name: "nas" });
  const [person, other] = [ann(app), bob(app)];
  other.sends(VIDEO);
  const prompt = await app.api.message(OTHER, ({ buttons }) => buttons.length > 0);
  await other.presses(prompt.id, "Now");
  await nas.accepts(VIDEO);
  // Otherwise it would come before the notice, and be tried again instead of it.
  await app.api.message(OTHER, ({ byBot, text }) => byBot && text.startsWith("In progress"));
  const messages = LINKS.map((link) => person.sends(link));
  await app.api.message(
    USER,
    ({ byBot, text, buttons }) => byBot && text.includes("vimeo.com/20") && buttons.length > 0,
  );
  // Bob's notice cannot be sent before the machine falls asleep.
  const trouble = app.api.fail("sendMessage", SERVER_ERROR, { chat: OTHER });
  nas.finish(VIDEO);
  // The message of what is in work is one of that chat's, too.
  const isNotice = ({ params }: { params: Record<string, unknown> }) => String(params.text).includes("is ready");
  await app.api.waitFor(() => trouble.hits > 0 && app.api.calls.some(isNotice));
  expect(nas.accepted).toEqual([VIDEO]);

  asleep = 8 * HOUR;
  trouble.release();
  for (const link of LINKS) await nas.accepts(link);
  for (const { message_id } of messages) await app.api.gone(person, message_id);
  const submitted = nas.calls.filter(({ method }) => method === "SetToQueue").map(({ request }) => request.link);
  expect(submitted.sort()).toEqual([VIDEO, ...LINKS].sort());
  // An answer goes before a notice; by the second answer the notice has had its turn.
  for (const times of [1, 2]) {
    other.sends("/help");
    await helped(app, OTHER, times);
  }
  const said = app.api.messages(OTHER).filter(({ byBot, text }) => byBot && text.includes("is ready"));
  expect(said).toEqual([]);
  // One prompt for each link, sent before the machine slept, and none after.
  const shown = app.api.calls.filter(
    ({ method, params }) =>
      method === "sendMessage" && params.chat_id === USER && !String(params.text).startsWith("In progress"),
  );
  expect(shown).toHaveLength(LINKS.length);
  await app.stop();
  using database = new Database(app.config.store.path, { readonly: true });
  expect(database.query("SELECT count(*) AS n FROM links").get()).toEqual({ n: 0 });
  const delivered = "SELECT count(*) AS n FROM deliveries WHERE accepted_at >= ?";
  expect(database.query(delivered).get(startedAt + 8 * HOUR)).toEqual({ n: LINKS.length });
});
