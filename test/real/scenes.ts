import { describe, expect, test } from "bun:test";
import { OTHER, startTestApp, type TestApp, USER } from "../support/app.ts";
import type { Person } from "../support/bot-api/people.ts";
import { listedBy, type Program } from "./program.ts";

const FILM = "https://example.com/film";

const plain = (text: string) => text.replace(/[\u2066-\u2069]/g, "");
const said = (app: TestApp, chat: number, words: string) =>
  app.api.messages(chat).flatMap(({ byBot, text }) => (byBot && text.includes(words) ? [plain(text)] : []));
const told = async (app: TestApp, chat: number, words: string) =>
  plain((await app.api.message(chat, ({ byBot, text }) => byBot && plain(text).includes(words))).text);

/** A bot with a registered program. A downloader's answer is kept for two seconds: each command comes later. */
async function play(start: (bot: string) => Promise<Program>) {
  let ahead = 0;
  await using parts = new AsyncDisposableStack();
  const app = parts.use(await startTestApp({}, { now: () => Date.now() + ahead }));
  const nas = parts.use(await start(app.address));
  const all = parts.move();
  return {
    app,
    nas,
    ann: app.api.user({ id: USER, username: "ann", languageCode: "en" }),
    bob: app.api.user({ id: OTHER, username: "bob", languageCode: "en" }),
    /** A person's answer to `/queue` or `/status`. */
    async answer(person: Person, command: string): Promise<string> {
      ahead += 3_000;
      const before = new Set(app.api.messages(person).map(({ id }) => id));
      person.sends(command);
      const isAnswer = (text: string) => /on the servers|^Servers|servers\b/i.test(text);
      const { text } = await app.api.message(
        person,
        ({ id, byBot, text }) => byBot && !before.has(id) && isAnswer(text),
      );
      return plain(text);
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

/**
 * Scenes between the bot and an existing downloader with its sender (wire.md §2), played with the program that `start` gives; `why`
 * says why there is none.
 */
export function playScenes(title: string, start: (bot: string) => Promise<Program>, why?: string): void {
  describe.skipIf(why !== undefined)(why === undefined ? title : `${title} (not played: ${why})`, () => {
    test("a successful download is shown as progress, and told once when it is ready", async () => {
      await using scene = await play(start);
      const { app, nas, ann } = scene;
      ann.sends(FILM);
      await nas.begins(FILM);
      const queue = await scene.answer(ann, "/queue");
      expect(queue).toContain("⬇️ Downloading");
      expect(queue).not.toContain("⚠️");
      expect(await scene.answer(ann, "/status")).not.toContain("⚠️");
      await nas.comesToSender(FILM);
      await nas.arrives(FILM);
      await told(app, USER, "is ready");
      await app.stop();
      expect([said(app, USER, "cannot download"), said(app, USER, "is ready").length]).toEqual([[], 1]);
    });

    test("the owner of a failed download reads yt-dlp's last error, and no warning", async () => {
      await using scene = await play(start);
      const { app, nas, ann } = scene;
      ann.sends(FILM);
      await nas.begins(FILM);
      await nas.fails(FILM, "[site] film: Video unavailable. It was removed by whoever uploaded it");
      const text = await told(app, USER, "cannot download");
      expect(text).toEndWith(": ERROR: [site] film: Video unavailable. It was removed by whoever uploaded it");
    });

    test("a link that is sent again, even by another chat, is ready only when it is done again", async () => {
      await using scene = await play(start);
      const { app, nas, ann, bob } = scene;
      ann.sends(FILM);
      await nas.begins(FILM);
      await nas.comesToSender(FILM);
      await nas.arrives(FILM);
      await told(app, USER, "is ready");
      bob.sends(FILM);
      await nas.begins(FILM);
      expect(await listedBy(nas)).toEqual([`${FILM} WORK`, `${FILM} DONE`]);
      expect(await scene.answer(bob, "/queue")).toContain("⬇️ Downloading");
      expect(said(app, OTHER, "is ready")).toEqual([]);
      await nas.comesToSender(FILM);
      await nas.arrives(FILM);
      await told(app, OTHER, "is ready");
    });

    test("a file is not called ready because its sender cannot be asked, not even after a restart of the bot", async () => {
      await using scene = await play(start);
      const { app, nas, ann } = scene;
      ann.sends(FILM);
      await nas.begins(FILM);
      await nas.comesToSender(FILM);
      expect(await scene.answer(ann, "/queue")).toContain("its folder");
      await nas.senderStops();
      expect(await scene.answer(ann, "/queue")).toContain("the server does not show it now");
      await app.restart();
      expect(await scene.answer(ann, "/queue")).toContain("the server does not show it now");
      expect(said(app, USER, "is ready")).toEqual([]);
      await nas.senderStarts();
      await nas.arrives(FILM);
      await told(app, USER, "is ready");
    });

    test("a removal says that a running download goes on, and that a file is already being moved", async () => {
      await using scene = await play(start);
      const { app, nas, ann } = scene;
      ann.sends(FILM);
      await nas.begins(FILM);
      expect(await scene.answer(ann, "/queue")).toContain("⬇️ Downloading");
      ann.sends(`/remove ${FILM}`);
      await told(app, USER, "finish what it has started");
      const second = `${FILM}/2`;
      ann.sends(second);
      await nas.begins(second);
      await nas.comesToSender(second);
      expect(await scene.answer(ann, "/queue")).toContain("its folder");
      ann.sends(`/remove ${second}`);
      await told(app, USER, "is already moving it");
      await nas.arrives(second);
      await told(app, USER, "is ready");
    });
  });
}
