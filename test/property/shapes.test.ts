import { expect, test } from "bun:test";
import fc from "fast-check";
import { startTestApp, USER } from "../support/app.ts";
import { detectEntities } from "../support/bot-api/entities.ts";

/** Puts into messages what is not in the words: previews, and addresses that do not exist. */
const ENV = {
  DWLD_BOT_DISPATCH_DELAY: "1h",
  DWLD_BOT_TELEGRAM_LINK_PREVIEWS: "true",
  DWLD_BOT_LINKS_ALLOW_PRIVATE: "true",
};

/** Any text that a Telegram client could send: Telegram trims it, and accepts no lone surrogates. */
const words = fc
  .oneof(
    fc.string({ unit: "binary", maxLength: 60 }),
    fc.string({ unit: "grapheme", maxLength: 60 }),
    fc.constantFrom(
      "👨‍👩‍👧й",
      "\u202Eabc\u202C",
      "<b>&lt;",
      "_*[`",
      "\u200F\u2068",
      "\0",
      "/where",
      "/remove ",
      "/start@x",
    ),
  )
  .map((text) => text.toWellFormed());
const link = fc.oneof(
  fc.webUrl({ withQueryParameters: true, withFragments: true }),
  fc.domain(),
  words.map((text) => `https://a.example/${text}`),
  words.map((text) => `http://${text}`),
  fc.ipV4().map((ip) => `http://${ip}/`),
  fc.constantFrom("http://nas/film.mkv", "http://localhost:8080/", "https://port.example:0/", "http://[::1]/"),
  fc.constant(`https://long.example/${"ж".repeat(1500)}`),
);
const message = fc
  .array(fc.oneof(words, link), { minLength: 1, maxLength: 12 })
  .map((parts) => parts.join(" ").trim().slice(0, 4096).toWellFormed())
  .filter((text) => text !== "");

test("whatever people write, every call of the bot is one that Telegram takes", async () => {
  await using app = await startTestApp({ ...ENV, DWLD_BOT_TELEGRAM_ADMINS: String(USER) });
  const person = app.api.user({ id: USER, username: "ann", languageCode: "en" });
  const refused = (from: number) =>
    app.api.calls
      .slice(from)
      // Nobody else has a chat with the bot yet.
      .filter(({ method, response }) => method !== "setMyCommands" && response?.status === 400)
      .map(({ method, params, response }) => ({ method, params, body: response?.body }));
  const check = async (text: string, caption: boolean) => {
    const before = app.api.calls.length;
    person.sends(text, { caption, entities: detectEntities(text) });
    const { message_id: last } = person.sends("https://last.example/");
    await app.api.message(person, ({ byBot, id }) => byBot && id > last);
    expect(refused(before)).toEqual([]);
  };
  await fc.assert(fc.asyncProperty(message, fc.boolean(), check), { numRuns: 150 });
  await app.api.settled();
  expect(refused(0)).toEqual([]);
  expect(app.logged()).not.toContain("Cannot handle");
});
