import { describe, expect, test } from "bun:test";
import { status } from "@grpc/grpc-js";
import { ADMIN, OTHER, startTestApp, type TestApp, USER } from "../support/app.ts";
import { isAbout, type LiveMessage } from "../support/bot-api/message.ts";
import type { FakeDownloader } from "../support/downloader.ts";

const video = (n: number) => `https://youtube.com/watch?v=${n}`;
const REFUSES = { code: status.FAILED_PRECONDITION, details: "not here" };
const FOLDERS = { DWLD_BOT_FOLDERS: JSON.stringify(["films", { name: "music", tags: ["music"] }]) };
const ann = (app: TestApp) => app.api.user({ id: USER, username: "ann", languageCode: "en" });
const bob = (app: TestApp) => app.api.user({ id: OTHER, username: "bob", languageCode: "ru" });
const boss = (app: TestApp) => app.api.user({ id: ADMIN, username: "boss", languageCode: "en" });
type Someone = ReturnType<typeof ann>;

const says = (app: TestApp, chat: { id: number }, ...parts: string[]) =>
  app.api.message(chat, (message) => message.byBot && parts.every((part) => isAbout(message, part)), {
    what: parts.join(" … "),
  });
const labels = ({ buttons }: Pick<LiveMessage, "buttons">) => buttons.flat().map(({ text }) => text);

/** Sends links that a server fails to download; resolves with the latest news of them. */
async function failed(app: TestApp, of: { person: Someone; nas: FakeDownloader; links: readonly string[] }) {
  const { person, nas, links } = of;
  let news: LiveMessage | undefined;
  for (const link of links) {
    person.sends(`${link} #music`);
    await nas.accepts(link);
    nas.fail(link, "no such film");
    news = await app.api.message(person, (message) => isNews(message) && isAbout(message, link.slice(8)), {
      what: link,
    });
  }
  return news;
}
const isNews = (message: LiveMessage) => /^⚠️.*no such film/.test(message.text);

const submissions = (downloader: FakeDownloader) =>
  downloader.calls.filter(({ method }) => method === "SetToQueue").map(({ request }) => request);

describe("sending a failed download again from /queue", () => {
  test("keeps its choices, lets any server take it, and deletes its news; a late press says where the link is", async () => {
    await using app = await startTestApp(FOLDERS);
    const nas = await app.downloader({ name: "nas" });
    const person = ann(app);
    const news = await failed(app, { person, nas, links: [video(1)] });
    const vps = await app.downloader({ name: "vps" });
    nas.mode = REFUSES;
    person.sends("/queue");
    const queue = await says(app, person, "1 link on the servers", "Could not be downloaded");
    expect(labels(queue).slice(0, 2)).toEqual(["1 🔁 Send again", "1 🗑 Remove"]);
    const again = queue.buttons.flat()[0]?.callback_data ?? "";
    await app.restart();
    nas.forget(video(1));
    const press = () => person.presses(queue.id, again, { forged: true });
    const pressed = await Promise.all([press(), press()]);
    expect(pressed.map(({ text }) => text)).toEqual(["Back in the queue", "Already in the queue"]);
    await vps.accepts(video(1));
    expect(submissions(vps)).toEqual(submissions(nas).slice(0, 1));
    expect(submissions(vps)).toMatchObject([{ user_name: "[ann] music" }]);
    await app.api.gone(USER, news?.id ?? 0);
    await says(app, person, "In progress: 1", "vps");
    expect((await press()).text).toBe("Already sent to “vps”");
    vps.finish(video(1));
    await says(app, person, "is ready (vps)");
    expect((await press()).text).toBe("This button is outdated");
    expect(submissions(vps)).toHaveLength(1);
  });

  test("retries all failed links, in the queue and on servers, but none that failed after the list", async () => {
    await using app = await startTestApp({ ...FOLDERS, DWLD_BOT_DISPATCH_MAX_ATTEMPTS: "1" });
    const nas = await app.downloader({ name: "nas" });
    const person = bob(app);
    await failed(app, { person, nas, links: [video(1), video(2)] });
    nas.mode = REFUSES;
    person.sends(video(3));
    await says(app, person, "Не получилось отправить");
    person.sends("/queue");
    const { id } = await says(app, person, "В очереди 1 ссылка · на серверах 2");
    await person.presses(id, "Не получилось: 3");
    await app.api.message(person, (message) => message.id === id && labels(message).includes("🔁 Повторить все"));
    nas.mode = "ok";
    await failed(app, { person, nas, links: [video(4)] });
    for (const n of [1, 2]) nas.forget(video(n));
    const before = submissions(nas).length;
    expect((await person.presses(id, "Повторить все")).text).toBe("🔁 Снова в очереди: 3 ссылки.");
    await app.api.waitFor(() => submissions(nas).length === before + 3, { what: "three to be sent" });
    const sent = submissions(nas).slice(before);
    expect(sent.map(({ link }) => link).sort()).toEqual([1, 2, 3].map(video));
    await app.api.message(person, (message) => message.id === id && isAbout(message, "Не получилось: 1"));
    // Their news is gone or no longer about them.
    await app.api.waitFor(() => app.api.messages(person).every((one) => !isNews(one) || isAbout(one, "v=4")));
  });

  test("works for every owner of the link, if an admin presses who sees all links", async () => {
    await using app = await startTestApp(FOLDERS);
    const nas = await app.downloader({ name: "nas" });
    const [person, other, admin] = [ann(app), bob(app), boss(app)];
    person.sends(video(1));
    await nas.accepts(video(1));
    other.sends(video(1));
    await says(app, other, "В работе: 1");
    nas.fail(video(1), "no such film");
    await app.api.waitFor(() => [person, other].every((one) => app.api.messages(one).some(isNews)));
    admin.sends("/queue");
    const { id } = await says(app, admin, "Could not be downloaded");
    nas.forget(video(1));
    const before = submissions(nas).length;
    expect((await admin.presses(id, "1 🔁 Send again")).text).toBe("Back in the queue: 2");
    await app.api.waitFor(() => submissions(nas).length === before + 2, { what: "it to be sent again for both" });
    nas.finish(video(1));
    await says(app, person, "is ready (nas)");
    await says(app, other, "Готово: ");
    expect(nas.accepted).toEqual([video(1), video(1)]);
  });
});

test("what has failed is removed with one press, here and on the servers, but none that failed after the list", async () => {
  await using app = await startTestApp({ ...FOLDERS, DWLD_BOT_DISPATCH_MAX_ATTEMPTS: "1" });
  const nas = await app.downloader({ name: "nas" });
  const [person, other] = [bob(app), ann(app)];
  await failed(app, { person, nas, links: [video(1), video(2)] });
  // Somebody else for whom it has failed keeps it.
  other.sends(video(2));
  await says(app, other, "no such film");
  nas.mode = REFUSES;
  person.sends(video(3));
  await says(app, person, "Не получилось отправить");
  person.sends("/queue");
  const { id } = await says(app, person, "В очереди 1 ссылка · на серверах 2");
  const shows = (what: string) =>
    app.api.message(
      person,
      (message) => message.id === id && (isAbout(message, what) || labels(message).includes(what)),
      {
        what,
      },
    );
  await person.presses(id, "Не получилось: 3");
  await shows("🗑 Убрать все");
  await person.presses(id, "Убрать все");
  await shows("Убрать все ссылки этого списка (3)? Те, что на серверах (2), вернуть будет нельзя.");
  nas.mode = "ok";
  await failed(app, { person, nas, links: [video(4)] });
  expect((await person.presses(id, "Да, убрать: 3")).text).toBe("🗑 Убрано: 1 ссылка. Спрашиваю сервер…");
  await shows("🗑 Убрано: 1 ссылка. 🗑 Убрано с серверов: 2 ссылки.");
  const removals = () => nas.calls.filter(({ method }) => method === "DeleteFromQueue").map(({ request }) => request);
  expect(removals()).toMatchObject([{ link: video(1) }]);
  await person.presses(id, "↩️ Вернуть: 1");
  await shows("Снова в очереди: 1 ссылка.");
  await shows("✅ Не получилось: 2 (показано)");
});

test("what was brought back while servers were still asked is not called removed when they have answered", async () => {
  await using app = await startTestApp({ ...FOLDERS, DWLD_BOT_DISPATCH_MAX_ATTEMPTS: "1" });
  const nas: FakeDownloader = await app.downloader({
    name: "nas",
    onCall: ({ method }) => {
      if (method === "DeleteFromQueue") nas.queueMode = "slow";
    },
  });
  const person = bob(app);
  await failed(app, { person, nas, links: [video(1)] });
  nas.mode = REFUSES;
  person.sends(video(2));
  await says(app, person, "Не получилось отправить");
  person.sends("/queue");
  const { id } = await says(app, person, "В очереди 1 ссылка · на серверах 1");
  const shows = (what: string) =>
    app.api.message(person, (one) => one.id === id && (isAbout(one, what) || labels(one).includes(what)), { what });
  await person.presses(id, "Не получилось: 2");
  await shows("🗑 Убрать все");
  await person.presses(id, "Убрать все");
  await shows("🗑 Да, убрать: 2");
  await person.presses(id, "Да, убрать: 2");
  await shows("↩️ Вернуть: 1");
  await nas.waitFor(({ method }) => method === "DeleteFromQueue");
  await person.presses(id, "↩️ Вернуть: 1");
  nas.queueMode = "ok";
  nas.release();
  const told = await shows("🗑 Убрано с серверов: 1 ссылка.");
  expect(told.text).not.toContain("🗑 Убрано: 1 ссылка.");
  expect(labels(told).filter((label) => label.includes("Вернуть"))).toEqual([]);
});
