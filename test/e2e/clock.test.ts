import { expect, test } from "bun:test";
import { status } from "@grpc/grpc-js";
import { startTestApp, type TestApp, USER } from "../support/app.ts";
import { isAbout } from "../support/bot-api/message.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const PATIENT = {
  DWLD_BOT_DISPATCH_DELAY: "1h",
  DWLD_BOT_DISPATCH_BACKOFF_FIRST: "10m",
  DWLD_BOT_DISPATCH_BACKOFF_CAP: "10m",
};
const REFUSES = { code: status.FAILED_PRECONDITION, details: "disk is full" };
const [WAITING, REFUSED, RUNNING] = ["https://youtube.com/1", "https://vimeo.com/2", "https://youtube.com/3"];

const ann = (app: TestApp) => app.api.user({ id: USER, username: "ann", languageCode: "en" });
const says = (app: TestApp, ...parts: string[]) =>
  app.api.message(USER, (message) => message.byBot && parts.every((part) => isAbout(message, part)), {
    what: parts.join(" … "),
  });

/** One link that waits for its time, one for its next attempt, and one that is being downloaded; `leap`: by how much the clock is wrong. */
async function start(leap: number) {
  const clock = { ahead: leap };
  const app = await startTestApp(PATIENT, { now: () => Date.now() + clock.ahead });
  const nas = await app.downloader({ name: "nas", roots: ["youtube.com"] });
  const vps = await app.downloader({ name: "vps", roots: ["vimeo.com"] });
  vps.mode = REFUSES;
  const person = ann(app);
  const now = async (link: string) => {
    person.sends(link);
    const { id } = await says(app, link.slice("https://".length));
    await person.presses(id, "Now");
  };
  await now(REFUSED);
  await says(app, "vimeo.com/2", "disk is full");
  await now(RUNNING);
  await nas.accepts(RUNNING);
  person.sends(WAITING);
  await says(app, "youtube.com/1");
  return Object.assign(app, { clock, nas, vps, person });
}

test("a clock that was a day ahead and is set right makes no link wait longer, and news is told as always", async () => {
  await using app = await start(DAY);
  const { clock, nas, vps } = app;
  clock.ahead = 0;
  await app.logs("The clock was set back");
  vps.mode = "ok";
  nas.finish(RUNNING);
  await says(app, "youtube.com/3", "is ready");
  clock.ahead = 13 * MINUTE;
  await vps.accepts(REFUSED);
  expect(nas.accepted).toEqual([RUNNING]);
  clock.ahead = 75 * MINUTE;
  await nas.accepts(WAITING);
});

test("a clock that is set ahead by a day, and back, sends what is due by it once, and gives up no download", async () => {
  await using app = await start(0);
  const { clock, nas, vps, person } = app;
  vps.mode = "ok";
  clock.ahead = DAY;
  await nas.accepts(WAITING);
  // A downloader that has just registered may be offered its link once more: if that ends after the leap, the next attempt is later by it.
  clock.ahead = DAY + 11 * MINUTE;
  await vps.accepts(REFUSED);
  person.sends("https://youtube.com/4");
  await says(app, "youtube.com/4");
  clock.ahead = 0;
  await app.logs("The clock was set back");
  nas.finish(RUNNING);
  nas.finish(WAITING);
  vps.finish(REFUSED);
  for (const name of ["youtube.com/1", "vimeo.com/2", "youtube.com/3"]) await says(app, name, "ready");
  clock.ahead = 61 * MINUTE;
  await nas.accepts("https://youtube.com/4");
  expect([nas.accepted, vps.accepted]).toEqual([[RUNNING, WAITING, "https://youtube.com/4"], [REFUSED]]);
});
