import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { CallbackData } from "gramio";
import * as buttons from "../../src/telegram/views/callback-data.ts";
import { ADMIN, OTHER, startTestApp, type TestApp, USER } from "../support/app.ts";
import type { Person } from "../support/bot-api/people.ts";

const GUEST = 3001;
const LATE_GUEST = 3002;
const STRANGER = 666;
const VIDEO = "https://youtube.com/watch?v=1";

const ADMINS = ["admin"] as const;
const MEMBERS = ["admin", "user", "guest", "other"] as const;
type Who = (typeof MEMBERS)[number] | "lateGuest" | "stranger";
const OUTSIDERS = ["lateGuest", "stranger"] as const satisfies Who[];
const IDS = { admin: ADMIN, user: USER, guest: GUEST, other: OTHER, lateGuest: LATE_GUEST, stranger: STRANGER };

/** Every command, who may use it, and what only its real answer contains. */
const COMMANDS: Record<string, { who: readonly Who[]; says: RegExp }> = {
  start: { who: MEMBERS, says: /Send me links/ },
  help: { who: MEMBERS, says: /Commands:/ },
  queue: { who: MEMBERS, says: /The queue is empty|1 link/ },
  done: { who: MEMBERS, says: /Nothing has been downloaded/ },
  status: { who: MEMBERS, says: /nas/ },
  links: { who: MEMBERS, says: /No links in progress|v=1/ },
  remove: { who: MEMBERS, says: /Which link should I remove/ },
  settings: { who: MEMBERS, says: /Settings of this chat/ },
  servers: { who: ADMINS, says: /1 server\n/ },
  users: { who: ADMINS, says: /have access\n/ },
  invite: { who: ADMINS, says: /\?start=/ },
  clean: { who: ADMINS, says: /It forgets what it has downloaded/ },
  where: { who: ADMINS, says: /Which link should I look up/ },
};

/** The bot's state, which somebody else's buttons must not change. */
interface Scene {
  readonly app: TestApp;
  readonly people: Readonly<Record<Who, Person>>;
  /** Ids of the user's link in the queue, and of the user's lost delivery. */
  readonly linkId: number;
  readonly deliveryId: number;
}

/**
 * Every kind of button, with data about the user's things, and for whom it works. `own` means the user and the admin; others
 * press data that they cannot have got from the bot.
 */
const BUTTONS: Record<string, { who: "members" | "own" | "admins"; data: (scene: Scene) => readonly string[] }> = {
  linkButton: {
    who: "own",
    data: ({ linkId: id }) => [
      ...buttons.LINK_ACTIONS.map((action) => buttons.linkButton.pack({ id, action })),
      buttons.linkButton.pack({ id, action: "quality", choice: "480" }),
    ],
  },
  promptButton: {
    who: "own",
    data: ({ linkId }) => {
      const of = { batch: linkId, link: 0, last: linkId };
      return [
        ...buttons.PROMPT_ACTIONS.map((action) => buttons.promptButton.pack({ ...of, action })),
        buttons.promptButton.pack({ ...of, action: "open", choice: "quality.0" }),
        buttons.promptButton.pack({ ...of, link: linkId, action: "quality", choice: "480" }),
      ];
    },
  },
  queueButton: {
    who: "own",
    data: ({ linkId: id, deliveryId }) => [
      ...(["now", "remove", "quality"] as const).map((action) =>
        buttons.queueButton.pack({ action, page: 0, all: true, id, choice: action === "quality" ? "480" : "-" }),
      ),
      buttons.queueButton.pack({ action: "again", page: 0, all: true, id: deliveryId }),
    ],
  },
  // Whatever it carries, it works on the list of the chat in which it is pressed.
  bulkButton: {
    who: "members",
    data: () =>
      buttons.BULK_ACTIONS.map((action) =>
        buttons.bulkButton.pack({ action, part: "waiting", page: 0, list: "0123456789abcdef", until: 9 }),
      ),
  },
  doneButton: { who: "own", data: ({ deliveryId: id }) => [buttons.doneButton.pack({ action: "again", page: 0, id })] },
  resendButton: { who: "own", data: ({ deliveryId: id }) => [buttons.resendButton.pack({ id })] },
  newsButton: {
    who: "own",
    data: ({ deliveryId: id }) =>
      buttons.NEWS_ACTIONS.filter((action) => action !== "ok").map((action) => buttons.newsButton.pack({ action, id })),
  },
  workButton: {
    who: "own",
    data: ({ deliveryId: id }) =>
      (["cancel", "undo"] as const).map((action) => buttons.workButton.pack({ action, id })),
  },
  statusButton: { who: "members", data: () => [buttons.statusButton.pack({ page: 0 })] },
  settingsButton: {
    who: "members",
    data: () => [
      buttons.settingsButton.pack({ action: "quality", choice: "480" }),
      buttons.settingsButton.pack({ action: "language", choice: "en" }),
    ],
  },
  forgetButton: {
    who: "members",
    data: () => (["ask", "no", "yes"] as const).map((action) => buttons.forgetButton.pack({ action })),
  },
  menuButton: { who: "members", data: () => [buttons.menuButton.pack({ command: "help" })] },
  requestButton: {
    who: "admins",
    data: () => (["in", "day", "no"] as const).map((action) => buttons.requestButton.pack({ action, id: STRANGER })),
  },
  userButton: {
    who: "admins",
    data: () => buttons.USER_ACTIONS.map((action) => buttons.userButton.pack({ action, page: 0, id: GUEST })),
  },
  downloaderButton: {
    who: "admins",
    data: () =>
      (["show", "ping", "pause", "resume", "remove", "sure", "page"] as const).map((action) =>
        buttons.downloaderButton.pack({ action, page: 0, downloader: buttons.codeOf("nas") }),
      ),
  },
  alarmButton: { who: "admins", data: () => [buttons.alarmButton.pack({ action: "ok" })] },
  cleanButton: { who: "admins", data: () => [buttons.cleanButton.pack({ action: "yes" })] },
};

function query(app: TestApp, sql: string): unknown[] {
  using database = new Database(app.config.store.path, { readonly: true });
  return database.query(sql).all();
}

/** Everything that belongs to somebody, or to the admins. */
const stateOf = (app: TestApp) => ({
  links: query(app, "select id, chat_id, quality, folder, downloader, state, send_at from links where chat_id = 1001"),
  grants: query(app, "select id, role, until from grants where id <> 3002"),
  refusals: query(app, "select id from strangers where refused_until is not null"),
  downloaders: query(app, "select name, paused from downloaders"),
  // A chat has a row as soon as its people's language is known, a moment after its first prompt.
  choices: query(
    app,
    `select quality, language from chats where chat_id = 1001 and coalesce(quality, language) is not null`,
  ),
});

async function setScene(mayRefuse?: RegExp): Promise<Scene & AsyncDisposable> {
  const env = { DWLD_BOT_DISPATCH_DELAY: "1h", DWLD_BOT_FOLDERS: "films,music" };
  const app = await startTestApp(env, { ...(mayRefuse && { mayRefuse }) });
  await app.stop();
  const now = Date.now();
  using database = new Database(app.config.store.path);
  for (const [id, until] of [
    [GUEST, now + 86_400_000],
    [LATE_GUEST, now - 1],
  ] as const)
    database.run(
      "insert into grants (id, role, until, name, granted_by, granted_at) values (?, 'guest', ?, 'Guest', 1, ?)",
      [id, until, now - 1_000],
    );
  const sending = `(link_id, chat_id, sender, url, key, quality, downloader, accepted_at, state, closed_at)`;
  database.run(`insert into deliveries ${sending} values (9000, ?, 'ann', ?, ?, 'best', 'nas', ?, 'lost', ?)`, [
    USER,
    "https://youtube.com/watch?v=lost",
    "https://youtube.com/watch?v=lost",
    now - 1_000,
    now,
  ]);
  database.close();
  await app.restart();
  await app.downloader({ name: "nas" });
  const person = (who: Who) =>
    app.api.user({ id: IDS[who], username: who.toLowerCase(), languageCode: "en", started: true });
  const people = {
    admin: person("admin"),
    user: person("user"),
    guest: person("guest"),
    other: person("other"),
    lateGuest: person("lateGuest"),
    stranger: person("stranger"),
  };
  people.user.sends(VIDEO);
  await app.api.message(people.user, ({ buttons: rows }) => rows.length > 0);
  const [{ id: linkId }, { id: deliveryId }] = [
    query(app, "select id from links").at(0),
    query(app, "select id from deliveries").at(0),
  ] as { id: number }[] as [{ id: number }, { id: number }];
  return { app, people, linkId, deliveryId, [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() };
}

/** A message of the bot in the person's own chat; any data can be pressed on it. */
async function anyMessage(app: TestApp, person: Person): Promise<number> {
  const { id } = await app.api.message(person, ({ byBot }) => byBot);
  return id;
}

describe("a command", () => {
  test.each(MEMBERS.map((who) => [who]))("works for a %s according to the role", async (who) => {
    await using scene = await setScene();
    const { app, people } = scene;
    const person = people[who];
    await app.api.message(people.admin, ({ text }) => text.includes("New server"));
    if (who === "admin") {
      // Telegram knows a chat only after the person has written to the bot.
      person.sends("/help");
      await app.api.message(person, ({ byBot, text }) => byBot && text.includes("Commands:"));
      const known = () => app.api.commands(`chat:${ADMIN}`).map(({ command }) => command);
      await app.api.waitFor(() => known().length > 0);
      expect(known().toSorted()).toEqual(Object.keys(COMMANDS).toSorted());
    }
    for (const [name, { who: allowed, says }] of Object.entries(COMMANDS)) {
      const asked = person.sends(`/${name}`);
      const answer = await app.api.message(
        person,
        ({ id, byBot, text }) => byBot && id > asked.message_id && text !== "…",
        {
          what: `an answer to /${name}`,
        },
      );
      if (allowed.includes(who)) expect(answer.text).toMatch(says);
      else expect(answer.text).toMatch(/Send me links/);
    }
    const offered = app.api.commands(`chat:${IDS[who]}`).map(({ command }) => command);
    expect(offered.toSorted()).toEqual(
      Object.entries(COMMANDS)
        .flatMap(([name, { who: allowed }]) => (allowed.includes(who) ? name : []))
        .toSorted(),
    );
  });

  test.each(OUTSIDERS.map((who) => [who]))("does nothing for a %s", async (who) => {
    await using scene = await setScene();
    const { app, people } = scene;
    const before = stateOf(app);
    for (const name of Object.keys(COMMANDS)) people[who].sends(`/${name}`);
    people[who].sends("https://youtube.com/watch?v=2");
    people[who].sends("/start stolen-invite");
    await app.api.settled();
    await anyMessage(app, people[who]);
    for (const { text } of app.api.messages(people[who]).filter(({ byBot }) => byBot))
      expect(text).toMatch(/no access|has ended|not answered yet|saved and joins|invite does not work/);
    expect(stateOf(app)).toEqual(before);
    expect(query(app, "select count(*) as links from links")).toEqual([{ links: 1 }]);
  });
});

describe("a button", () => {
  const kinds = Object.entries(buttons).flatMap(([name, button]) => (button instanceof CallbackData ? name : []));

  test("of every kind is listed in this table", () => {
    expect(Object.keys(BUTTONS).toSorted()).toEqual(kinds.toSorted());
  });

  test.each(["user", "guest", "other", "lateGuest", "stranger"] as const)(
    "does for a %s only what the role allows, also when its data is forged",
    async (who) => {
      await using scene = await setScene();
      const { app, people } = scene;
      const person = people[who];
      person.sends("/help");
      const messageId = await anyMessage(app, person);
      await app.api.settled();
      const isOutsider = who === "lateGuest" || who === "stranger";
      for (const [kind, { who: allowed, data }] of Object.entries(BUTTONS)) {
        if (allowed === "members" && !isOutsider) continue;
        if (allowed === "own" && who === "user") continue;
        const before = stateOf(app);
        for (const one of data(scene)) {
          const { text } = await person.presses(messageId, one, { forged: true });
          expect({ kind, text }).toEqual({
            kind,
            text:
              isOutsider || allowed === "admins"
                ? "You have no access"
                : expect.stringMatching(/have no such link|outdated/),
          });
        }
        expect({ kind, ...stateOf(app) }).toEqual({ kind, ...before });
      }
    },
  );

  test.each(["admin", "user"] as const)("works for the %s on their own things", async (who) => {
    await using scene = await setScene(/message to edit not found/);
    const { app, people } = scene;
    const person = people[who];
    person.sends("/help");
    const messageId = await anyMessage(app, person);
    await app.api.settled();
    for (const [kind, { who: allowed, data }] of Object.entries(BUTTONS)) {
      if (allowed === "admins" && who !== "admin") continue;
      for (const one of data(scene)) {
        // The link that has this message as its prompt may be removed, and the message with it.
        const deleted = app.api.messages(person).every(({ id }) => id !== messageId);
        const { text } = await person.presses(messageId, one, { forged: true, deleted });
        expect({ kind, text }).toEqual({ kind, text: expect.not.stringMatching(/no access|cannot be used/) });
      }
    }
    await app.api.settled();
    expect(app.logged()).not.toContain("Cannot handle");
  });

  test("with malformed data is answered, and changes nothing, whoever presses it", async () => {
    await using scene = await setScene();
    const { app, people } = scene;
    const nonsense = Object.values(BUTTONS).flatMap(({ data }) =>
      data(scene).flatMap((one) => [
        one.slice(0, 8),
        `${one};zz;zz`,
        `${one.slice(0, 7)};9;zzzzzzzzzzzz;-1`,
        `${one.slice(0, 6)}x`,
      ]),
    );
    const before = stateOf(app);
    for (const who of ["guest", "stranger"] as const) {
      people[who].sends("/help");
      const messageId = await anyMessage(app, people[who]);
      for (const one of new Set([...nonsense, "x", "💥".repeat(16), "{}"])) {
        const { text } = await people[who].presses(messageId, one, { forged: true });
        expect(text).not.toContain("cannot be used");
      }
    }
    expect(app.logged()).not.toContain("Cannot handle");
    expect(stateOf(app)).toEqual(before);
  });
});
