import { expect, test } from "bun:test";
import { commits } from "../bench/world/process-figures.ts";
import { ADMIN, startTestApp, type TestApp, USER } from "../support/app.ts";
import { isAbout } from "../support/bot-api/message.ts";
import { registerDownloader } from "../support/downloader/wire.ts";
import { statements } from "../support/statement-counter.ts";
import { createWatch } from "../support/watch.ts";

/*
 * What a link costs, as counts. They are bounds, with room for a busy machine, on which less is done together in one
 * transaction or one call: a dispatch's 1.3 calls became 2.1 there. Times: `npm run bench`.
 */

const CHATS = 20;
const EACH = 4;
const LINKS = CHATS * EACH;
const FIRST = 5_000;
/** Links that come one after another, each when everything about the previous one is done. */
const ALONE = 5;
/** Downloaders that register at once. */
const FLEET = 30;
/** No tick comes by itself: each costs statements, however many links there are. */
const QUIET = { DWLD_BOT_DISPATCH_INTERVAL: "1h" };

/** Statements of one call about what is in work, which slow machines make more often: they look up and draw the message. */
const OF_A_CALL = 10;

/** A renewal is a registration that changes nothing and writes nothing; its counts include what else goes on meanwhile. */
const MOST = {
  intake: { statements: 26, commits: 0.9, calls: 1.7 },
  dispatch: { statements: 36, besides: 13, commits: 0.8, calls: 3 },
  registration: { statements: 2.5, commits: 0.3, calls: 1 },
  renewal: { statements: 1, commits: 0.1, calls: 1 },
  press: { statements: 20, commits: 0.9, calls: 4 },
  reading: { statements: 15, commits: 1.2, calls: 4 },
  alone: { statements: 70, commits: 10, calls: 6.5 },
};

/*
 * Each check that a tick makes only now and then happens at most once more; forty ticks would cost four hundred statements.
 */
const MOST_WHEN_IDLE = 12;

test("a link costs no more statements, commits and calls of the Bot API than it has to", async () => {
  const ids = Array.from({ length: CHATS }, (_, index) => FIRST + index);
  await using app = await startTestApp({ ...QUIET, DWLD_BOT_TELEGRAM_USERS: ids.join(",") });
  const people = ids.map((id) => app.api.user({ id, languageCode: "en", started: true }));
  // The first message of a person brings the menu in their language.
  for (const person of people) person.sends("/help");
  await app.api.settled();

  const intake = await counted(app, async () => {
    for (let nth = 0; nth < EACH; nth += 1) {
      for (const person of people) person.sends(`https://x.org/${person.id}-${nth}`);
    }
    await app.api.settled();
    const prompts = () =>
      app.api.calls.filter(({ params, response }) => params.reply_markup && response?.status === 200);
    await app.api.waitFor(() => prompts().length >= LINKS);
  });

  const deleted = app.api.deleted.length;
  const dispatch = await counted(app, async () => {
    await app.downloader({ name: "nas" });
    // For each link, its message and its prompt.
    await app.api.waitFor(() => app.api.deleted.length >= deleted + 2 * LINKS);
  });

  expect({ intake: above(intake, MOST.intake), dispatch: above(dispatch, MOST.dispatch) }).toEqual({
    intake: {},
    dispatch: {},
  });
});

test("a link that comes alone and is sent by a press costs no more than it has to", async () => {
  await using app = await startTestApp({ ...QUIET, DWLD_BOT_DISPATCH_DELAY: "1h" });
  const person = app.api.user({ id: USER, languageCode: "en", started: true });
  person.sends("/help");
  await app.downloader({ name: "nas" });
  await app.api.settled();
  const goes = async (nth: number) => {
    const link = `https://x.org/${nth}`;
    const { message_id: messageId } = person.sends(link);
    const prompt = await promptOf(app, person, link);
    await person.presses(prompt.id, "Now");
    await app.api.gone(person, prompt.id);
    await app.api.gone(person, messageId);
    await app.api.settled();
  };
  // The first link brings the message about what is in work.
  await goes(0);
  const alone = await counted(
    app,
    async () => {
      for (let nth = 1; nth <= ALONE; nth += 1) await goes(nth);
    },
    ALONE,
  );
  expect(above(alone, MOST.alone)).toEqual({});
});

test("people who press at the same time share a commit", async () => {
  const ids = Array.from({ length: CHATS }, (_, index) => FIRST + index);
  await using app = await startTestApp({
    ...QUIET,
    DWLD_BOT_DISPATCH_DELAY: "1h",
    DWLD_BOT_TELEGRAM_USERS: ids.join(","),
  });
  const people = ids.map((id) => app.api.user({ id, languageCode: "en", started: true }));
  for (const person of people) person.sends(`https://x.org/${person.id}`);
  const prompts = await Promise.all(people.map((person) => promptOf(app, person, `https://x.org/${person.id}`)));
  await app.api.settled();
  const presses = await counted(
    app,
    async () => {
      await Promise.all(people.map((person, nth) => person.presses(prompts[nth]?.id ?? 0, "Now")));
      await app.api.settled();
    },
    CHATS,
  );
  expect(above(presses, MOST.press)).toEqual({});
});

test("people who confirm their news at the same time share a commit", async () => {
  const ids = Array.from({ length: CHATS }, (_, index) => FIRST + index);
  await using app = await startTestApp({ DWLD_BOT_TELEGRAM_USERS: ids.join(",") });
  const nas = await app.downloader({ name: "nas" });
  const people = ids.map((id) => app.api.user({ id, languageCode: "en", started: true }));
  const linkOf = ({ id }: { id: number }) => `https://x.org/${id}`;
  for (const person of people) person.sends(linkOf(person));
  const news = await Promise.all(
    people.map(async (person) => {
      await nas.accepts(linkOf(person));
      nas.finish(linkOf(person));
      return app.api.message(person, (it) => it.byBot && it.text.includes("is ready"));
    }),
  );
  await app.api.settled();
  const reading = await counted(
    app,
    async () => {
      await Promise.all(people.map((person, nth) => person.presses(news[nth]?.id ?? 0, "OK")));
      await Promise.all(people.map((person, nth) => app.api.gone(person, news[nth]?.id ?? 0)));
      await app.api.settled();
    },
    CHATS,
  );
  expect(above(reading, MOST.reading)).toEqual({});
});

test("a downloader that registers among many costs few statements and shares a commit; again it costs next to nothing", async () => {
  await using app = await startTestApp(QUIET);
  const names = Array.from({ length: FLEET }, (_, nth) => `server ${nth}`);
  const roots = Array.from({ length: 64 }, (_, nth) => `site-${nth}.example`);
  const registerAll = () =>
    Promise.all(
      names.map((name, nth) => registerDownloader(app.address, { name, roots, host: "127.0.0.1", port: 1 + nth })),
    );
  const first = await counted(app, registerAll, FLEET);
  const again = await counted(app, registerAll, FLEET);
  expect([above(first, MOST.registration), above(again, MOST.renewal)]).toEqual([{}, {}]);
});

test("an idle bot asks the database nothing, however many links wait", async () => {
  const watch = createWatch();
  let asked = 0;
  const now = () => {
    asked += 1;
    watch.changed();
    return Date.now();
  };
  await using app = await startTestApp({ DWLD_BOT_DISPATCH_DELAY: "1h" }, { now });
  /** Each tick reads the clock, some parts of it more than once. */
  const ticks = (times: number) => {
    const until = asked + times;
    return watch.until(() => asked >= until || undefined, { what: "ticks", seen: () => `${asked} of ${until}` });
  };
  const ann = app.api.user({ id: ADMIN, languageCode: "en", started: true });
  ann.sends("https://x.org/later");
  ann.sends("https://x.org/nobody");
  await app.api.waitFor(() => app.api.calls.filter(({ params }) => params.reply_markup).length >= 2);
  await app.api.settled();
  await ticks(100);
  const before = statements();
  await ticks(400);
  expect(statements() - before).toBeLessThanOrEqual(MOST_WHEN_IDLE);
});

const promptOf = ({ api }: TestApp, person: { id: number }, link: string) =>
  api.message(person, (it) => it.byBot && isAbout(it, link) && it.buttons.length > 0);

interface Counts {
  readonly statements: number;
  /** Statements that do not belong to its calls. */
  readonly besides: number;
  readonly commits: number;
  readonly calls: number;
}

/** The counts that exceed their bounds. */
function above(counts: Counts, most: Partial<Counts>): Partial<Counts> {
  const mostOf = (what: string) => most[what as keyof Counts] ?? Number.POSITIVE_INFINITY;
  return Object.fromEntries(Object.entries(counts).filter(([what, count]) => count > mostOf(what)));
}

/** Counts for each of `many`, by default for each link. */
async function counted(app: TestApp, work: () => Promise<unknown>, many = LINKS): Promise<Counts> {
  const figures = () => ({
    statements: statements(),
    commits: commits(app.config.store.path),
    calls: app.api.calls.filter(({ method }) => method !== "getUpdates").length,
  });
  const before = figures();
  await work();
  const after = figures();
  const statementsOfEach = (after.statements - before.statements) / many;
  const calls = (after.calls - before.calls) / many;
  return {
    statements: statementsOfEach,
    besides: statementsOfEach - OF_A_CALL * calls,
    commits: (after.commits - before.commits) / many,
    calls,
  };
}
