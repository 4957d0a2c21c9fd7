import { describe, expect, test } from "bun:test";
import { ADMIN, startTestApp, type TestApp, USER } from "../support/app.ts";
import { refusal } from "../support/bot-api/faults.ts";

const FAMILY = -500;
const CARL = 2001;
const SETTINGS = { DWLD_BOT_DISPATCH_DELAY: "1h", DWLD_BOT_TELEGRAM_USERS: `${USER},${FAMILY}` };
const DAY_MS = 24 * 3_600_000;

function mutedFamily(app: TestApp) {
  const family = app.api.group({ id: FAMILY, title: "Family" });
  family.demotesBot();
  family.silences();
  return family;
}

const carlIn = (app: TestApp) => app.api.user({ id: CARL, username: "carl", languageCode: "en", started: true });
const reactionTo = (app: TestApp, messageId: number) =>
  app.api.message({ id: FAMILY }, ({ id, reactions }) => id === messageId && reactions.includes("👀"));
const toldAbout = (app: TestApp, userId: number) =>
  app.api.messages({ id: userId }).filter(({ byBot, text }) => byBot && text.includes("may not write in the group"));

describe("a group in which the bot may not write", () => {
  test("sees by a reaction that a link was taken, and its sender hears in private why nothing else is there", async () => {
    let now = Date.now();
    await using app = await startTestApp(SETTINGS, { mayRefuse: /not enough rights to send/, now: () => now });
    const family = mutedFamily(app);
    const carl = carlIn(app);
    const sends = async (link: string) => reactionTo(app, carl.sends(link, { in: family }).message_id);
    await sends("https://a.example/1");
    await app.api.waitFor(() => toldAbout(app, CARL).length > 0);
    expect(toldAbout(app, CARL)[0]?.text).toStartWith("I may not write in the group Family, so ");
    await sends("https://a.example/2");
    await sends("/queue");
    await app.api.settled();
    expect(toldAbout(app, CARL)).toHaveLength(1);
    now += DAY_MS;
    await sends("https://a.example/3");
    await app.api.waitFor(() => toldAbout(app, CARL).length === 2);
  });

  test("tells only in private if it allows no reactions, and only by a reaction somebody who never started the bot", async () => {
    const mayRefuse = /not enough rights to send|REACTION_INVALID/;
    await using app = await startTestApp(SETTINGS, { mayRefuse });
    const family = mutedFamily(app);
    const carl = carlIn(app);
    const reactions = app.api.fail("setMessageReaction", refusal(400, "Bad Request: REACTION_INVALID"), {
      chat: FAMILY,
    });
    carl.sends("https://a.example/1", { in: family });
    await app.api.waitFor(() => toldAbout(app, CARL).length > 0);
    reactions.release();
    const dora = app.api.user({ id: 2002, username: "dora", languageCode: "en" });
    await reactionTo(app, dora.sends("https://a.example/2", { in: family }).message_id);
  });

  test("that allows no reactions either is told to the bot's admins if nobody knows who wrote", async () => {
    const mayRefuse = /not enough rights to send|REACTION_INVALID/;
    await using app = await startTestApp(SETTINGS, { mayRefuse });
    const family = mutedFamily(app);
    app.api.user({ id: ADMIN, languageCode: "en", started: true });
    app.api.fail("setMessageReaction", refusal(400, "Bad Request: REACTION_INVALID"), { chat: FAMILY });
    carlIn(app).sends("https://a.example/1", { in: family, anonymous: true });
    await app.api.message({ id: ADMIN }, ({ text }) =>
      text.startsWith("I may neither write nor react in the group Family"),
    );
    expect(toldAbout(app, CARL)).toEqual([]);
  });

  test("explains itself in the language of whoever asked, even if only the group has access", async () => {
    await using app = await startTestApp(SETTINGS, { mayRefuse: /not enough rights to send/ });
    const family = mutedFamily(app);
    const boris = app.api.user({ id: 2003, username: "boris", languageCode: "ru", started: true });
    boris.sends("https://a.example/1", { in: family });
    await app.api.message(boris, ({ text }) => text.startsWith("Мне нельзя писать в группе Family"));
  });

  test("does not keep somebody whom it could not tell in private from hearing later that they were let in", async () => {
    await using app = await startTestApp(SETTINGS, { mayRefuse: /not enough rights to send|can't initiate/ });
    const family = mutedFamily(app);
    const dora = app.api.user({ id: 2002, username: "dora", languageCode: "en" });
    await reactionTo(app, dora.sends("https://a.example/1", { in: family }).message_id);
    await app.api.settled();
    dora.sends("/start");
    const admin = app.api.user({ id: ADMIN, started: true });
    const card = await app.api.message(admin, ({ text }) => text.includes("asks for access"));
    await admin.presses(card.id, "Let in");
    await app.api.message(dora, ({ text }) => text.includes("You have access now"));
  });

  test("does not show that it took what it refused", async () => {
    await using app = await startTestApp(SETTINGS, { mayRefuse: /not enough rights to send/ });
    const family = mutedFamily(app);
    const carl = carlIn(app);
    const refused = carl.sends("http://192.168.1.1/1", { in: family });
    await app.api.waitFor(() => app.api.calls.some(({ params }) => params.chat_id === FAMILY));
    await reactionTo(app, carl.sends("https://a.example/1", { in: family }).message_id);
    await app.api.settled();
    expect(app.api.messages(family).find(({ id }) => id === refused.message_id)?.reactions).toEqual([]);
  });

  test("gives no sign when people there talk to each other", async () => {
    await using app = await startTestApp(SETTINGS, { mayRefuse: /not enough rights to send/ });
    const family = mutedFamily(app);
    const carl = carlIn(app);
    const link = carl.sends("https://a.example/1", { in: family });
    await reactionTo(app, link.message_id);
    const before = app.api.calls.filter(({ method }) => method === "sendMessage").length;
    const talk = app.api.user({ id: 2002, username: "dora", languageCode: "en" }).sends("hello", { in: family });
    // The talk is a reason to try once more, which is refused.
    await app.api.waitFor(() => app.api.calls.filter(({ method }) => method === "sendMessage").length > before);
    await app.api.settled();
    expect(app.api.messages(family).find(({ id }) => id === talk.message_id)?.reactions).toEqual([]);
    expect(toldAbout(app, 2002)).toEqual([]);
  });
});
