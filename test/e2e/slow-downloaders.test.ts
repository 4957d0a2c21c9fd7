import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { OTHER, startTestApp, USER } from "../support/app.ts";
import { isAbout } from "../support/bot-api/message.ts";
import type { FakeDownloader } from "../support/downloader.ts";
import { spawnDownloader } from "../support/downloader-process.ts";

const VIDEO = "https://youtube.com/watch?v=1";
const SECOND = "https://youtube.com/watch?v=2";
const IMPATIENT = { DWLD_BOT_DISPATCH_DEADLINE: "500ms" };
const isSubmission = ({ method }: { method: string }) => method === "SetToQueue";

/** Two downloaders that take the link after the bot's deadline, though their lists can be read; and the one that was called. */
async function slowWorld() {
  const app = await startTestApp(IMPATIENT);
  const fleet = await Promise.all(["nas", "abroad"].map((name) => app.downloader({ name, mode: "slow" })));
  app.api.user({ id: USER, username: "ann", languageCode: "en" }).sends(VIDEO);
  const calls = fleet.map((downloader) => downloader.waitFor(isSubmission).then(() => downloader));
  const called: FakeDownloader = await Promise.race(calls);
  const other = fleet.find((downloader) => downloader !== called);
  if (other === undefined) throw new Error("There is no other downloader");
  await called.waitFor(({ method }) => method === "Queue");
  return { app, called, other, [Symbol.asyncDispose]: app[Symbol.asyncDispose] };
}

describe("a downloader (reliability.md D16)", () => {
  test("that carries a call out soon after its deadline keeps the link", async () => {
    await using world = await slowWorld();
    const { app, called, other } = world;
    called.release();
    await called.accepts(VIDEO);
    await app.api.message(USER, ({ byBot, text }) => byBot && text.includes("may have it already"));
    called.finish(VIDEO);
    await app.api.message(USER, ({ byBot, text }) => byBot && text.includes("ready") && text.includes(called.name));
    expect(other.calls.filter(isSubmission)).toEqual([]);
  });

  test("that takes one call at a time gets many links one after another, and no failed attempt is logged", async () => {
    await using app = await startTestApp();
    const nas = await app.downloader({ name: "nas", mode: "slow", mostCalls: 1 });
    const links = Array.from({ length: 40 }, (_, n) => `https://youtube.com/watch?v=${n}`);
    app.api.user({ id: USER, username: "ann", languageCode: "en" }).sends(links.join("\n"));
    await nas.waitFor(isSubmission);
    nas.mode = "ok";
    nas.release();
    for (const link of links) await nas.accepts(link);
    expect(nas.accepted.toSorted()).toEqual(links.toSorted());
    expect(app.logged()).not.toContain("RESOURCE_EXHAUSTED");
  });

  test("that does not answer holds up no link for others, in whatever chat, and has its own when it answers", async () => {
    await using app = await startTestApp();
    const [slow, quick] = await Promise.all([
      app.downloader({ name: "nas", mode: "slow", roots: ["youtube.com"] }),
      app.downloader({ name: "abroad", roots: ["vimeo.com"] }),
    ]);
    const links = Array.from({ length: 40 }, (_, n) => `https://youtube.com/watch?v=${n}`);
    const ann = app.api.user({ id: USER, username: "ann", languageCode: "en" });
    const bob = app.api.user({ id: OTHER, username: "bob", languageCode: "en" });
    ann.sends(links.join("\n"));
    await slow.waitFor(isSubmission, { after: app.config.dispatch.concurrency - 1 });
    ann.sends("https://vimeo.com/1");
    bob.sends("https://vimeo.com/2");
    await Promise.all([quick.accepts("https://vimeo.com/1"), quick.accepts("https://vimeo.com/2")]);
    expect([slow.accepted, slow.calls.filter(isSubmission).length]).toEqual([[], app.config.dispatch.concurrency]);
    slow.mode = "ok";
    slow.release();
    for (const link of links) await slow.accepts(link);
    expect(slow.accepted).toHaveLength(links.length);
  });

  test("that carries a call out when another one has the link is told to drop it", async () => {
    await using world = await slowWorld();
    const { app, called, other } = world;
    other.mode = "ok";
    await other.accepts(VIDEO);
    await app.api.settled();
    called.release();
    await called.accepts(VIDEO);
    await called.waitFor(({ method, request }) => method === "DeleteFromQueue" && request.link === VIDEO);
    expect(called.tasks()).toEqual([]);
    expect(other.tasks()).toHaveLength(1);
  });

  test("whose machine is suspended during a call keeps the link, and has it once when the machine resumes", async () => {
    await using app = await startTestApp(IMPATIENT);
    const file = join(app.config.store.path, "../nas.links");
    await using nas = await spawnDownloader({ name: "nas", file });
    await nas.register(app.address);
    const other = await app.downloader({ name: "abroad", roots: ["vimeo.com"] });
    const person = app.api.user({ id: USER, username: "ann", languageCode: "en" });
    const first = person.sends(VIDEO);
    await app.api.gone(person, first.message_id);
    nas.freezes();
    const second = person.sends(SECOND);
    await app.api.message(USER, (message) => isAbout(message, SECOND) && message.text.includes("may have it already"));
    // The others are served meanwhile.
    person.sends("https://vimeo.com/1");
    await other.accepts("https://vimeo.com/1");
    nas.thaws();
    await app.api.gone(person, second.message_id);
    expect(nas.accepted()).toEqual([VIDEO, SECOND]);
  });
});
