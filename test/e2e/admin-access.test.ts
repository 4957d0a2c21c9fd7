import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { ADMIN, startTestApp, type TestApp, USER } from "../support/app.ts";
import { stored } from "../support/stored.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const SECOND_ADMIN = 2;
const EVE = 666;
const TWO_ADMINS = { DWLD_BOT_TELEGRAM_ADMINS: `${ADMIN},${SECOND_ADMIN}`, DWLD_BOT_DISPATCH_DELAY: "1h" };

const boss = (app: TestApp) =>
  app.api.user({ id: ADMIN, username: "boss", firstName: "Bo", languageCode: "en", started: true });
const second = (app: TestApp) =>
  app.api.user({ id: SECOND_ADMIN, username: "anna", firstName: "Анна", languageCode: "ru", started: true });
const eve = (app: TestApp, languageCode = "en") =>
  app.api.user({ id: EVE, username: "eve", firstName: "Eve", languageCode });
const requestIn = (app: TestApp, admin: { id: number }, words = "asks for access") =>
  app.api.message(admin, ({ text }) => text.includes(words), { what: `a request with "${words}"` });
const cardsIn = (app: TestApp, admin: { id: number }, words = "asks for access") =>
  app.api.messages(admin).filter(({ text }) => text.includes(words));

function grants(app: TestApp): Record<string, unknown>[] {
  using database = new Database(app.config.store.path, { readonly: true });
  return database.query<Record<string, unknown>, []>("select id, role, until, name from grants").all();
}

describe("a stranger", () => {
  test("is announced once to every admin, in the admin's language, and gets access when one of them agrees", async () => {
    await using app = await startTestApp(TWO_ADMINS);
    const [admin, other, stranger] = [boss(app), second(app), eve(app)];
    other.sends("/help");
    await app.api.settled();
    stranger.sends("hello?");
    stranger.sends("anybody?");
    const request = await requestIn(app, admin);
    expect(request.text).toBe("🚪 Eve (@eve) (666) asks for access.");
    const otherRequest = await requestIn(app, other, "просит");
    await app.api.settled();
    expect(cardsIn(app, admin)).toHaveLength(1);
    expect(app.api.messages(stranger).filter(({ byBot }) => byBot)).toHaveLength(1);

    expect((await other.presses(otherRequest.id, "Впустить")).text).toBe("Сохранено");
    const decided = await app.api.message(admin, ({ id, text }) => id === request.id && text.includes("access given"));
    expect(decided.text).toBe("✅ Eve (@eve) (666): access given by Анна (@anna).");
    expect(decided.buttons).toEqual([]);
    await app.api.message(stranger, ({ text }) => text === "You have access now. Send me a link!");
    stranger.sends("https://youtube.com/watch?v=1");
    await app.api.message(stranger, ({ buttons }) => buttons.length > 0);

    const late = await admin.presses(request.id, "late", { forged: true }).then(({ text }) => text);
    expect(late).toBe("This button is outdated");
  });

  test("is decided on once: another admin's later press changes nothing", async () => {
    await using app = await startTestApp(TWO_ADMINS);
    const [admin, other, stranger] = [boss(app), second(app), eve(app)];
    other.sends("/help");
    await app.api.settled();
    stranger.sends("hello?");
    const request = await requestIn(app, admin);
    const otherRequest = await requestIn(app, other, "просит");
    const button = otherRequest.buttons.flat().find(({ text }) => text.includes("Нет"))?.callback_data ?? "";
    await admin.presses(request.id, "Let in");
    expect((await other.presses(otherRequest.id, button, { forged: true })).text).toBe("Уже решено");
    expect(grants(app)).toMatchObject([{ id: EVE, role: "user", until: null }]);
  });

  test("is told when access is refused, and admins are not asked again for a month", async () => {
    let now = Date.now();
    await using app = await startTestApp({}, { now: () => now });
    const [admin, stranger] = [boss(app), eve(app, "ru")];
    stranger.sends("Привет");
    const request = await requestIn(app, admin);
    await admin.presses(request.id, "No");
    await app.api.message(admin, ({ text }) => text.includes("refused by Bo (@boss)"));
    await app.api.message(stranger, ({ text }) => text === "Владелец не открыл доступ.");
    now += 29 * DAY;
    const calls = app.api.calls.length;
    stranger.sends("А теперь?");
    await app.api.waitFor(({ method, params }) => method === "sendMessage" && params.chat_id === EVE, { after: calls });
    await app.api.settled();
    expect(cardsIn(app, admin)).toEqual([]);
    now += 2 * DAY;
    stranger.sends("А теперь?");
    await requestIn(app, admin);
  });

  test("is announced again after a restart only if no admin was asked before", async () => {
    await using app = await startTestApp();
    const [admin, stranger] = [boss(app), eve(app)];
    stranger.sends("hello?");
    const request = await requestIn(app, admin);
    await app.restart();
    const answers = app.api.calls.length;
    stranger.sends("hello?");
    await app.api.waitFor(({ method, params }) => method === "sendMessage" && params.chat_id === EVE, {
      after: answers,
    });
    await app.api.settled();
    expect(cardsIn(app, admin)).toHaveLength(1);
    await admin.presses(request.id, "Guest for a day");
    const told = await app.api.message(stranger, ({ text }) => text.includes("You have guest access until"));
    expect(told.text).toMatch(/until \d+ \w{3} \d\d:\d\d\./);
  });

  test("costs admins at most ten requests an hour, however many strangers write", async () => {
    let now = Date.now();
    await using app = await startTestApp({}, { now: () => now });
    const admin = boss(app);
    for (let id = 700; id < 712; id++) app.api.user({ id, languageCode: "en" }).sends("hello");
    await app.api.settled();
    await app.api.waitFor(({ method, params }) => method === "sendMessage" && params.chat_id === 711);
    await app.api.message(admin, () => cardsIn(app, admin).length === 10);
    now += HOUR + 1;
    app.api.user({ id: 720, languageCode: "en" }).sends("hello");
    await requestIn(app, admin, "(720)");
    expect(cardsIn(app, admin)).toHaveLength(11);
  });

  test("may be a group: the request names its title, and all its members may use the bot there", async () => {
    await using app = await startTestApp({ DWLD_BOT_DISPATCH_DELAY: "1h" });
    const [admin, member] = [boss(app), eve(app)];
    const group = app.api.group({ id: -500, title: "Family" });
    member.sends("just talking", { in: group });
    member.sends("/start", { in: group });
    const request = await requestIn(app, admin);
    expect(request.text).toBe("🚪 A group asks for access: Family (-500)");
    await admin.presses(request.id, "Let in");
    await app.api.message(group, ({ text }) => text === "This group has access now. Send a link!");
    member.sends("https://youtube.com/watch?v=1", { in: group });
    await app.api.message(group, ({ buttons }) => buttons.length > 0);
  });
});

describe("a guest", () => {
  test("has access until the end date, is told once that it has ended, and may ask again", async () => {
    let now = Date.now();
    await using app = await startTestApp({ DWLD_BOT_DISPATCH_DELAY: "1h" }, { now: () => now });
    const [admin, guest] = [boss(app), eve(app)];
    guest.sends("hello?");
    await admin.presses((await requestIn(app, admin)).id, "Guest for a day");
    await app.api.message(guest, ({ text }) => text.includes("You have guest access"));
    now += DAY - 1;
    guest.sends("https://youtube.com/watch?v=1");
    await app.api.message(guest, ({ buttons }) => buttons.length > 0);
    now += 1;
    await app.restart();
    guest.sends("https://youtube.com/watch?v=2");
    guest.sends("https://youtube.com/watch?v=3");
    await app.api.message(guest, ({ text }) => text.includes("Your guest access has ended"));
    await app.api.settled();
    expect(app.api.messages(guest).filter(({ text }) => text.includes("has ended"))).toHaveLength(1);
    expect(app.api.messages(guest).some(({ text, byBot }) => byBot && text.includes("v=2"))).toBe(false);
    await admin.presses((await requestIn(app, admin)).id, "Let in");
    guest.sends("https://youtube.com/watch?v=4");
    await app.api.message(guest, ({ text, buttons }) => text.includes("v=4") && buttons.length > 0);
  });
});

describe("an invite", () => {
  const linkIn = async (app: TestApp, admin: { id: number }) => {
    const { text } = await app.api.message(admin, (message) => message.byBot && message.text.includes("?start="));
    return text.slice(text.indexOf("?start=") + "?start=".length);
  };

  test("lets one person in, once, with the role that the admin chose", async () => {
    await using app = await startTestApp({ DWLD_BOT_DISPATCH_DELAY: "1h" });
    const [admin, guest] = [boss(app), eve(app)];
    admin.sends("/invite 3d");
    const { text } = await app.api.message(admin, (message) => message.byBot && message.text.includes("?start="));
    expect(text).toContain("a guest for 3 days");
    expect(text).toContain("https://t.me/dwld_test_bot?start=");
    const code = await linkIn(app, admin);
    guest.sends(`/start ${code}`);
    await app.api.message(guest, ({ text: said }) => said.includes("Send me links"));
    const [grant] = grants(app);
    expect(grant).toMatchObject({ id: EVE, role: "guest", name: "Eve (@eve)" });
    await app.api.message(admin, ({ text: said }) =>
      said.includes("Eve (@eve) (666) now has access through an invite, as: guest"),
    );
    const second = app.api.user({ id: 667, username: "mallory", languageCode: "en" });
    second.sends(`/start ${code}`);
    await app.api.message(second, ({ text: said }) => said.includes("This invite does not work"));
    await requestIn(app, admin, "mallory");
    expect(grants(app)).toHaveLength(1);
  });

  test("greets the person in the language of his Telegram app", async () => {
    await using app = await startTestApp();
    const [admin, guest] = [boss(app), eve(app, "ru")];
    admin.sends("/invite");
    guest.sends(`/start ${await linkIn(app, admin)}`);
    await app.api.message(guest, ({ byBot, text }) => byBot && text.includes("Присылайте ссылки"));
    expect(app.api.messages(guest).filter(({ byBot, text }) => byBot && !/\p{Script=Cyrillic}/u.test(text))).toEqual(
      [],
    );
  });

  test("expires after a day, and a made-up code does not work", async () => {
    let now = Date.now();
    await using app = await startTestApp({}, { now: () => now });
    const [admin, stranger] = [boss(app), eve(app, "ru")];
    admin.sends("/invite");
    const code = await linkIn(app, admin);
    now += DAY + 1;
    stranger.sends(`/start ${code}`);
    await app.api.message(stranger, ({ text }) => text.includes("Это приглашение не работает"));
    stranger.sends("/start ' or 1=1 --");
    await app.api.settled();
    expect(grants(app)).toEqual([]);
    admin.sends("/invite soon");
    await app.api.message(admin, ({ text }) => text.includes("Send /invite"));
  });
});

test("a guest whom an admin let in while the clock was a year ahead stays for a day, once it is set right", async () => {
  let now = Date.now();
  // The leap ends the lifetime of every message, also of one that is just being edited.
  const mayRefuse = /message to edit not found|can't be deleted for everyone/;
  await using app = await startTestApp({ DWLD_BOT_DISPATCH_DELAY: "1h" }, { now: () => now, mayRefuse });
  const [admin, guest] = [boss(app), eve(app)];
  admin.sends("https://x.org/1");
  await app.api.message(admin, ({ buttons }) => buttons.length > 0);
  now += 365 * DAY;
  guest.sends("hello?");
  await admin.presses((await requestIn(app, admin)).id, "Guest for a day");
  expect(grants(app)).toMatchObject([{ id: EVE, until: now + DAY }]);
  now -= 365 * DAY;
  await app.restart();
  await stored(app, "select until from grants", ([grant]) => grant?.until === now + DAY);
});

describe("/users", () => {
  test("lists who has access, since when and until when, and changes what was given at run time", async () => {
    const now = Date.now();
    await using app = await startTestApp(
      { DWLD_BOT_DISPATCH_DELAY: "1h", DWLD_BOT_TELEGRAM_USERS: String(USER) },
      { now: () => now },
    );
    const [admin, guest] = [boss(app), eve(app)];
    guest.sends("hello?");
    await admin.presses((await requestIn(app, admin)).id, "Guest for a day");
    admin.sends("/users");
    const list = await app.api.message(admin, ({ text }) => text.includes("3 people and groups have access"));
    expect(list.text).toContain("Bo (@boss) · 1\nadmin · from the config file");
    expect(list.text).toContain(`${USER}\nuser · from the config file`);
    expect(list.text).toMatch(
      /Eve \(@eve\) · 666\nguest · until \d+ \w{3} \d\d:\d\d · since \d\d:\d\d, by Bo \(@boss\)/,
    );

    await admin.presses(list.id, "2. Bo (@boss)");
    const fixed = await app.api.message(admin, ({ text }) => text.includes("Set in the config file"));
    await admin.presses(fixed.id, "‹ Back");
    await app.api.message(admin, ({ text }) => text.includes("3 people"));
    await admin.presses(list.id, "3. Eve (@eve)");
    const before = await app.api.message(admin, ({ text, buttons }) => text.startsWith("Eve") && buttons.length === 3);
    await admin.presses(list.id, "one more day");
    await app.api.message(admin, ({ id, text }) => id === before.id && text.includes("until") && text !== before.text);
    expect(grants(app)[0]?.until).toBe(now + 2 * DAY);
    await admin.presses(list.id, "‹ Back");
    await app.api.message(admin, ({ text }) => text.includes("3 people"));
  });

  test("turns pages up to the last one, which is shorter", async () => {
    const users = Array.from({ length: 20 }, (_, index) => 5000 + index).join();
    await using app = await startTestApp({ DWLD_BOT_TELEGRAM_USERS: users });
    const admin = boss(app);
    admin.sends("/users");
    const list = await app.api.message(admin, ({ text }) => text.includes("21 people"));
    expect(list.buttons.map((row) => row.map(({ text }) => text))).toEqual([
      ["1. 5000", "2. 5001"],
      ["3. 5002", "4. 5003"],
      ["5. 5004", "6. 5005"],
      ["7. 5006", "8. 5007"],
      ["Next page ›", "Last page »"],
    ]);
    await admin.presses(list.id, "›");
    await app.api.message(admin, ({ text }) => text.includes("\n9. "));
    await admin.presses(list.id, "›");
    const last = await app.api.message(admin, ({ text }) => text.includes("\n21. "));
    expect(last.buttons.flat().map(({ text }) => text)).toEqual([
      ...[17, 18, 19, 20].map((n) => `${n}. ${4999 + n}`),
      "21. Bo (@boss)",
      "« First page",
      "‹ Previous page",
    ]);
  });
});

describe("the commands' menu", () => {
  const names = (app: TestApp, scope: string, language = "") =>
    app.api.commands(scope, language).map(({ command }) => command);

  test("offers strangers only /start, and everyone else what the role allows, in both languages", async () => {
    await using app = await startTestApp();
    const [admin, stranger] = [boss(app), eve(app)];
    const user = app.api.user({ id: USER, languageCode: "en" });
    for (const person of [admin, user, stranger]) person.sends("/help");
    await app.api.settled();
    await app.api.waitFor(
      () => names(app, `chat:${USER}`, "ru").length > 0 && names(app, `chat:${ADMIN}`, "ru").length > 0,
    );
    expect(names(app, "default")).toEqual(["start"]);
    expect(names(app, "default", "ru")).toEqual(["start"]);
    expect(names(app, `chat:${EVE}`)).toEqual([]);
    expect(names(app, `chat:${USER}`)).toContain("queue");
    expect(names(app, `chat:${USER}`)).not.toContain("users");
    expect(names(app, `chat:${ADMIN}`)).toContain("users");
    expect(app.api.commands(`chat:${USER}`, "ru").every(({ description }) => /[а-я]/.test(description))).toBe(true);
  });

  test("is not sent again after a restart, and disappears when access is removed", async () => {
    let now = Date.now();
    await using app = await startTestApp({}, { now: () => now });
    const [admin, guest] = [boss(app), eve(app)];
    guest.sends("hello?");
    await admin.presses((await requestIn(app, admin)).id, "Let in");
    await app.api.waitFor(() => names(app, `chat:${EVE}`, "ru").length > 0);
    await app.restart();
    const calls = app.api.calls.length;
    guest.sends("/help");
    await app.api.message(guest, ({ text }) => text.includes("/queue"));
    await app.api.settled();
    const again = app.api.calls
      .slice(calls)
      .filter(({ method, params }) => method === "setMyCommands" && JSON.stringify(params).includes(String(EVE)));
    expect(again).toEqual([]);
    admin.sends("/users");
    const list = await app.api.message(admin, ({ text }) => text.includes("have access\n"));
    await admin.presses(list.id, "4. ");
    await app.api.message(admin, ({ text }) => text.startsWith("Eve"));
    await admin.presses(list.id, "Remove access");
    await app.api.message(admin, ({ text }) => text === "Remove access for Eve (@eve)?");
    await admin.presses(list.id, "🚫 Remove access");
    now += 8_000;
    await app.api.waitFor(({ method }) => method === "deleteMyCommands", { after: calls });
    await app.api.waitFor(() => names(app, `chat:${EVE}`, "ru").length === 0);
  });
});
