import { expect, test } from "bun:test";
import { status } from "@grpc/grpc-js";
import { UNDO_MS } from "../../src/service/queue/queue.ts";
import { startTestApp, type TestApp } from "../support/app.ts";
import { flag } from "../support/bot-api/parameters.ts";
import { looked } from "../support/looked.ts";
import { createFlowingTime } from "../support/transcript/flowing-time.ts";
import { createHousehold, IDS, YARD } from "../support/transcript/household.ts";
import { createLinkWatch } from "../support/transcript/link-watch.ts";
import { createPlay } from "../support/transcript/play.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const SERIES = [1, 2, 3, 4, 5].map((n) => `https://rutube.ru/video/${n}`);
const FILM = "https://rutube.ru/video/film";
const RECIPE = "https://rutube.ru/video/recipe";
const CATS = "https://youtu.be/cats";
const TALK = "https://rutube.ru/video/talk";
const LOST = "https://rutube.ru/video/lost";
const CLIPS = [1, 2, 3, 4, 5, 6, 7, 8].map((n) => `https://rutube.ru/video/clip${n}`);

/** `npx bun test --isolate test/e2e/week.test.ts` prints the week, in both languages. */
test.each(["en", "ru"] as const)(
  "a week of a family of five and a group of thirty reads well, at home in %s",
  async (home) => {
    // Monday, 18:00 in Moscow.
    const time = createFlowingTime(Date.UTC(2026, 10, 23, 15));
    let running: TestApp | undefined;
    using watch = createLinkWatch(() => running && { api: running.api, path: running.config.store.path });
    await using app = await startTestApp(
      {
        DWLD_BOT_TELEGRAM_ADMINS: String(IDS.Pavel),
        DWLD_BOT_TELEGRAM_USERS: [IDS.Maria, IDS.Anya, IDS.Tom, IDS.Nina, YARD].join(),
        DWLD_BOT_TIME_ZONE: "Europe/Moscow",
        DWLD_BOT_DISPATCH_DELAY: "1m",
        DWLD_BOT_DISPATCH_BACKOFF_FIRST: "10m",
        DWLD_BOT_DISPATCH_BACKOFF_CAP: "6h",
        DWLD_BOT_DISPATCH_MAX_ATTEMPTS: "2",
      },
      {
        ...{ now: time.now, wait: time.wait, random: () => 0.5, mostInGroups: 20, onCall: watch.called },
        ...{ burstMs: 5_000, newsPace: { quietMs: 5_000, mostMs: MINUTE_MS } },
      },
    );
    running = app;
    const { family, neighbours, yard, films, said, saidToTom } = createHousehold(app.api, home);
    const others = Object.fromEntries(neighbours.map((person, n) => [`Neighbour ${n + 1}`, person]));
    const play = createPlay<string>(app.api, { people: { ...family, ...others }, groups: { Yard: yard } });
    const { says, presses, opens, reads, offers } = play;
    const later = (ms: number, when: string) => {
      play.note(`— ${when} —`);
      time.passes(ms);
    };
    const nas = await app.downloader({ name: "nas", roots: ["rutube.ru"] });
    const abroad = await app.downloader({ name: "abroad", roots: ["youtu.be"] });

    yard.isJoinedBy(family.Pavel);
    play.note("— Monday, 18:00 —");
    says("Nina", said.hello);
    await reads(family.Nina, said.welcome);
    says("Anya", SERIES.join("\n"));
    const five = await reads(family.Anya, said.five, ...SERIES);
    const before = play.taps;
    await opens("Anya", five, said.best);
    await presses("Anya", five, "720p");
    await reads(family.Anya, said.chosen);
    await presses("Anya", five, said.tonight);
    await reads(family.Anya, said.five, said.chosen, said.atNight);
    expect(play.taps - before).toBeLessThanOrEqual(4);
    says("Tom", `Cats of the week\n${CATS}`);
    await reads(family.Tom, "Cats of the week", CATS);
    later(2 * MINUTE_MS, "minutes later");
    await abroad.accepts(CATS);
    await reads(family.Tom, saidToTom.work, "Cats of the week");
    abroad.finish(CATS);
    const cats = await offers(family.Tom, saidToTom.read, CATS);
    await presses("Tom", cats, saidToTom.read);
    await app.api.gone(family.Tom, cats.id);
    says("Maria", FILM);
    await presses("Maria", await reads(family.Maria, FILM), said.tonight);

    await time.within(async () => {
      later(9 * HOUR_MS, "at night");
      for (const link of [...SERIES, FILM]) await nas.accepts(link);
      await looked(nas);
    });
    await reads(family.Anya, `${said.work}5`, ...SERIES);
    await reads(family.Maria, `${said.work}1`, FILM);
    await time.within(async () => {
      for (const link of SERIES) {
        nas.finish(link);
        await looked(nas);
      }
    });
    const burst = await offers(family.Anya, said.read, ...SERIES);
    later(6 * HOUR_MS, "Tuesday morning");
    await looked(nas);
    await presses("Anya", burst, said.read);
    await app.api.gone(family.Anya, burst.id);
    nas.finish(FILM);
    await offers(family.Maria, said.read, FILM);

    nas.mode = { code: status.UNKNOWN, details: "disk full" };
    const photo = says("Maria", `The recipe of the house\n${RECIPE}`, { caption: true });
    await reads(family.Maria, RECIPE);
    says("Maria", RECIPE);
    await reads(family.Maria, said.duplicate);
    later(2 * MINUTE_MS, "minutes later");
    await reads(family.Maria, RECIPE, "disk full");
    later(HOUR_MS, "an hour later");
    const gaveUp = await offers(family.Maria, said.read, RECIPE);
    nas.mode = "ok";
    await presses("Maria", gaveUp, said.retry);
    await nas.accepts(RECIPE);
    await app.api.gone(family.Maria, gaveUp.id);
    nas.finish(RECIPE);
    await offers(family.Maria, said.read, RECIPE);
    expect(app.api.messages(family.Maria).map(({ id }) => id)).toContain(photo.message_id);

    later(24 * HOUR_MS, "Wednesday: the bot is restarted, with a link waiting and one in progress");
    says("Nina", TALK);
    const talk = await reads(family.Nina, TALK);
    says("Tom", LOST);
    await presses("Tom", await offers(family.Tom, saidToTom.now, LOST), saidToTom.now);
    await nas.accepts(LOST);
    await reads(family.Tom, saidToTom.work, LOST);
    await app.restart();
    await presses("Nina", talk, said.now);
    await nas.accepts(TALK);
    const inWork = await reads(family.Nina, said.work, TALK);
    await presses("Nina", inWork, said.cancel);
    await reads(family.Nina, TALK, said.cancelled);
    await presses("Nina", inWork, said.undo);
    nas.forget(LOST);
    await looked(nas);
    later(3 * MINUTE_MS, "the server has lost one");
    const lost = await reads(family.Tom, saidToTom.lost, LOST);
    await presses("Tom", lost, saidToTom.again);
    await presses("Tom", await offers(family.Tom, saidToTom.now, LOST), saidToTom.now);
    nas.finish(TALK);
    await offers(family.Nina, said.read, TALK);

    later(24 * HOUR_MS, "Thursday, in the yard's films topic");
    const where = { in: yard, threadId: films };
    for (const [n, link] of CLIPS.entries()) says(`Neighbour ${n + 1}`, link, where);
    for (const link of CLIPS) await reads(yard, link);
    says("Neighbour 30", "/queue", where);
    await reads(yard, said.waiting);
    const foreign = await presses("Neighbour 9", await offers(yard, said.now, CLIPS[0] ?? ""), said.now, { in: yard });
    expect(foreign.text).toBe(said.foreign);
    await time.within(async () => {
      later(2 * MINUTE_MS, "minutes later");
      for (const link of CLIPS) await nas.accepts(link);
      await looked(nas);
    });
    await reads(yard, `${said.work}8`);
    await time.within(async () => {
      for (const link of CLIPS.slice(1)) nas.finish(link);
      await looked(nas);
    });
    const clips = await offers(yard, said.read, ...CLIPS.slice(1));
    expect(clips.threadId).toBe(films);
    await presses("Pavel", clips, said.read, { in: yard });
    await app.api.gone(yard, clips.id);

    later(24 * HOUR_MS, "Friday");
    says("Tom", CATS);
    const again = await reads(family.Tom, CATS, saidToTom.before);
    await presses("Tom", again, saidToTom.no);
    await reads(family.Tom, saidToTom.removed);
    later(UNDO_MS, "seconds later");

    process.stdout.write(`${play.lines().join("\n")}\n`);
    const sent = app.api.calls.filter(({ method, response }) => method === "sendMessage" && response?.status === 200);
    const rang = sent.filter(({ params }) => !flag(params.disable_notification));
    // One sound for each burst of news.
    const bursts = ["Tom", "Anya", "Maria", "Maria", "Maria", "Tom", "Nina", "Yard"];
    expect(rang.map(({ params }) => play.nameOf(params.chat_id))).toEqual(bursts);
    // For screen readers: words on each button, and nothing invisible around names.
    const keyboards = app.api.calls.map(({ params }) => JSON.stringify(params.reply_markup ?? {}));
    const labels = keyboards.flatMap((keyboard) =>
      [...keyboard.matchAll(/"text":"([^"]*)"/g)].map(([, label]) => label),
    );
    expect(labels.filter((label = "") => !/\p{L}{2}|\dp$/u.test(label))).toEqual([]);
    expect(sent.filter(({ params }) => /[\u2066-\u2069]/.test(String(params.text)))).toEqual([]);
    const vanished = app.api.deleted.filter((one) => watch.news.has(`${one.chatId} ${one.messageId}`));
    expect(vanished.filter((one) => !play.wasPressed(one)).map(({ message }) => message.text)).toEqual([]);
    expect([...watch.unseen]).toEqual([]);
    expect(watch.looks).toBeGreaterThan(sent.length);
  },
);
