import { expect, test } from "bun:test";
import { startTestApp, type TestApp, USER } from "../support/app.ts";
import { isAbout } from "../support/bot-api/message.ts";

const HASH = "c12fe1c06bba254a9dc9f519b335aa7c1367a88a";
const MAGNET = `magnet:?xt=urn:btih:${HASH}&dn=Big+Buck+Bunny&tr=udp%3A%2F%2Ftracker.example%3A80`;
const LATER = { DWLD_BOT_DISPATCH_DELAY: "1h" };

const said = (app: TestApp, part: string) =>
  app.api.message(USER, (message) => message.byBot && isAbout(message, part), { what: `a message with "${part}"` });

const words = {
  en: { none: "no server here takes magnet links", again: "already in the queue", now: "Now" },
  ru: { none: "magnet-ссылки здесь не принимает ни один сервер", again: "уже в очереди", now: "Сейчас" },
} as const;

test.each(["en", "ru"] as const)(
  "a magnet goes to the server that takes magnets, under its own name (%s)",
  async (language) => {
    await using app = await startTestApp(LATER);
    const { none, again, now } = words[language];
    const person = app.api.user({ id: USER, username: "ann", languageCode: language, started: true });
    await using web = await app.downloader({ name: "web", roots: ["*"] });
    person.sends(MAGNET);
    await said(app, none);

    await using torrents = await app.downloader({ name: "torrents", roots: ["magnet:"] });
    const message = person.sends(`${MAGNET}.`);
    const prompt = await said(app, "Big Buck Bunny");
    person.sends(`magnet:?xt=urn:btih:${HASH.toUpperCase()}`);
    await said(app, again);
    await person.presses(prompt.id, now);
    const { request } = await torrents.waitFor(({ method }) => method === "SetToQueue");
    expect(request).toMatchObject({ link: MAGNET });
    await app.api.gone(USER, message.message_id);
    expect(web.calls.filter(({ method }) => method === "SetToQueue")).toEqual([]);
  },
);

test("an ftp address goes to the server that takes its host; another ftp address is refused", async () => {
  await using app = await startTestApp({ DWLD_BOT_DISPATCH_DELAY: "0s" });
  const person = app.api.user({ id: USER, username: "ann", languageCode: "en", started: true });
  await using _web = await app.downloader({ name: "web", roots: ["*"] });
  await using files = await app.downloader({ name: "files", roots: ["ftp://files.example/pub"] });
  person.sends("ftp://files.example/pub/1.iso ftp://other.example/pub/1.iso");
  await said(app, "it must be an http or https link");
  const { request } = await files.waitFor(({ method }) => method === "SetToQueue");
  expect(request).toMatchObject({ link: "ftp://files.example/pub/1.iso" });
});
