import { expect, test } from "bun:test";
import { status } from "@grpc/grpc-js";
import { startTestApp, type TestApp, USER } from "../support/app.ts";
import { newsIsKnown } from "../support/stored.ts";

const VIDEO = "https://youtube.com/watch?v=1";
const TITLE = "Урок первый";
const told = (app: TestApp, words: string) =>
  app.api.message(USER, ({ byBot, text }) => byBot && text.includes(words), { what: words });

test("a link has the title of its message in the queue, in news and in work", async () => {
  await using app = await startTestApp({ DWLD_BOT_DISPATCH_MAX_ATTEMPTS: "1" });
  const nas = await app.downloader({ name: "nas", mode: { code: status.UNKNOWN, details: "disk is full" } });
  const ann = app.api.user({ id: USER, username: "ann", languageCode: "en" });
  ann.sends(`${TITLE}\n${VIDEO}`);
  const news = await told(app, `Could not send ${TITLE}`);
  expect(news.text).toContain(`Could not send ${TITLE} (1 try)`);
  ann.sends("/queue");
  expect((await told(app, "1 link in the queue")).text).toContain(`1. ${TITLE}\n${VIDEO}`);
  nas.mode = "ok";
  await newsIsKnown(app);
  await ann.presses(news.id, "Retry");
  await nas.accepts(VIDEO);
  expect((await told(app, "In progress")).text).toContain(`1. ${TITLE} — `);
  nas.finish(VIDEO);
  expect((await told(app, "is ready (")).text).toContain("is ready (nas)");
});
