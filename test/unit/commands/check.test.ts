import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { checkBeside } from "../../../src/commands/check/beside.ts";
import { check } from "../../../src/commands/check/check.ts";
import { checkClock } from "../../../src/commands/check/clock.ts";
import { checkPort } from "../../../src/commands/check/ports.ts";
import type { Exit } from "../../../src/commands/exit.ts";
import { pair } from "../../../src/commands/pair.ts";
import { createIdentity } from "../../../src/grpc/self-signed.ts";
import { lockInstance } from "../../../src/store/instance-lock.ts";
import { openJoinedServers } from "../../../src/store/joined-servers.ts";
import { openPairingFile } from "../../../src/store/pairing-file.ts";
import { openStore } from "../../../src/store/store.ts";
import { words as allWords } from "../../../src/words/words.ts";
import { createAuthority, hasOpenssl } from "../../support/authority.ts";
import { refusal } from "../../support/bot-api/faults.ts";
import { startDownloader } from "../../support/downloader.ts";
import { newLink } from "../../support/links.ts";
import { reservePort } from "../../support/reserved-port.ts";
import { writeDatabase } from "../store/place.ts";
import { type CommandPlace, createCommandPlace, createCommandRig, TOKEN } from "./place.ts";

const ADMIN = 1;
/** On any free port, whatever else runs on this machine. */
const BESIDE = { DWLD_BOT_DOWNLOADER_DIR: "films", DWLD_BOT_DOWNLOADER_LISTEN: "127.0.0.1:0" };

/** A folder with a bot's environment, and the Bot API that it reaches. */
function rig(more: Readonly<Record<string, string>> = {}): ReturnType<typeof createCommandRig> {
  const world = createCommandRig((api) => ({
    DWLD_BOT_TELEGRAM_TOKEN: TOKEN,
    DWLD_BOT_TELEGRAM_ADMINS: String(ADMIN),
    DWLD_BOT_TELEGRAM_API_ROOTS: api.root,
    DWLD_BOT_GRPC_LISTEN: "127.0.0.1:0",
    DWLD_BOT_HTTP_LISTEN: "127.0.0.1:0",
    ...more,
  }));
  world.api.user({ id: ADMIN, started: true });
  return world;
}

const words = allWords.en.check;

const run = (place: CommandPlace) => check({ colours: false }, place);

describe("check()", () => {
  test("reports a complete installation as sound, and changes nothing", async () => {
    await using world = rig();
    const { place } = world;
    await using nas = await startDownloader({ name: "nas" });
    {
      using store = openStore(place.path("dwld-bot.db"));
      store.links.add(newLink());
      const { host, port } = nas;
      const record = { registeredAt: 1, lastSeenAt: 1, failures: 0, paused: false };
      store.downloaders.save({ name: "nas", roots: ["*"], host, port, ...record });
    }
    const before = readFileSync(place.path("dwld-bot.db"));
    expect(await run(place)).toBe(0);
    for (const line of [
      /^ok {4}clock +The clock agrees with Telegram's$/m,
      /^ok {4}database +.*dwld-bot\.db is sound, 1 link in the queue$/m,
      /^ok {4}database +\d+ MB free in /m,
      /^ok {4}ports +127\.0\.0\.1, any free port \(grpc\.listen\)$/m,
      /^ok {4}telegram +@my_bot through 127\.0\.0\.1:\d+$/m,
      /^ok {4}servers +"nas" at 127\.0\.0\.1:\d+ answers: ok$/m,
      /^No problems, but 1 warning\.$/m,
    ]) {
      expect(place.printed).toMatch(line);
    }
    expect(readFileSync(place.path("dwld-bot.db")).equals(before)).toBe(true);
    expect(readdirSync(place.cwd).filter((name) => /lock|probe|check/.test(name))).toEqual([]);
  });

  test.each<[string, RegExp, Exit]>([
    ["sh", /^ok {4}servers +The server beside the bot has yt-dlp: \/.*sh$/m, 0],
    ["/no/yt-dlp", /^fail {2}servers +There is no \/no\/yt-dlp: the server beside the bot cannot start$/m, 78],
  ])("reports whether the server beside the bot has yt-dlp: %s", async (program, says, exit) => {
    await using world = rig({ ...BESIDE, DWLD_BOT_DOWNLOADER_YT_DLP: program });
    expect(await run(world.place)).toBe(exit);
    expect(world.place.printed).toMatch(says);
  });

  test("warns that without yt-dlp the server beside the bot only downloads direct links to files", () => {
    const [finding] = checkBeside({ dir: "films", cookies: "", yt_dlp: "" }, { words, path: "/nowhere" });
    expect(finding?.level).toBe("warn");
    expect(finding?.what).toBe("There is no yt-dlp: the server beside the bot only downloads direct links to files");
  });

  test("fails for cookies that cannot be read, since the server beside the bot would not start", async () => {
    await using world = rig({ ...BESIDE, DWLD_BOT_DOWNLOADER_COOKIES: "/no/cookies.txt" });
    expect(await run(world.place)).toBe(78);
    expect(world.place.printed).toMatch(
      /^fail {2}servers +\/no\/cookies.txt cannot be read, or is empty: the server beside the bot cannot start$/m,
    );
    writeFileSync(world.place.path("cookies.txt"), "# Netscape HTTP Cookie File\n");
    await using other = rig({ ...BESIDE, DWLD_BOT_DOWNLOADER_COOKIES: world.place.path("cookies.txt") });
    expect(await run(other.place)).toBe(0);
  });

  test("fails if another program has the port of the server beside the bot", async () => {
    using reserved = reservePort();
    const listen = `127.0.0.1:${reserved.port}`;
    await using world = rig({ DWLD_BOT_DOWNLOADER_DIR: "films", DWLD_BOT_DOWNLOADER_LISTEN: listen });
    expect(await run(world.place)).toBe(0);
    expect(world.place.printed).toMatch(/127\.0\.0\.1:\d+ \(downloader\.listen\) is free/);
    const other = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => other.listen(reserved.port, "127.0.0.1", resolve));
    expect(await run(world.place)).toBe(78);
    other.close();
    expect(world.place.printed).toMatch(/127\.0\.0\.1:\d+ \(downloader\.listen\) is taken by /);
  });

  test.skipIf(!hasOpenssl)("calls a server over TLS if the config says so", async () => {
    using authority = createAuthority();
    await using world = rig({ DWLD_BOT_GRPC_DOWNLOADERS: `[{ name: nas, ca: ${authority.caFile} }]` });
    const { place } = world;
    await using nas = await startDownloader({ name: "nas", tls: authority.issue("nas", "/CN=nas") });
    await using other = await startDownloader({ name: "nas" });
    using elsewhere = createAuthority("another authority");
    await using stranger = await startDownloader({ name: "nas", tls: elsewhere.issue("nas", "/CN=nas") });
    for (const [{ host, port }, says] of [
      [nas, /"nas" at .* answers: ok/],
      [other, /"nas" at .*WRONG_VERSION_NUMBER.*\n.*The certificate is not trusted/],
      [stranger, /"nas" at .*certificate.*\n.*The certificate is not trusted/],
    ] as const) {
      {
        using store = openStore(place.path("dwld-bot.db"));
        const record = { registeredAt: 1, lastSeenAt: 1, failures: 0, paused: false };
        store.downloaders.save({ name: "nas", roots: ["*"], host, port, ...record });
      }
      expect(await run(place)).toBe(0);
      expect(place.printed).toMatch(says);
    }
  });

  test("fails for a certificate that cannot be read, in the operator's language", async () => {
    await using world = rig({
      DWLD_BOT_GRPC_DOWNLOADERS: "[{ name: nas, ca: no.pem }]",
      DWLD_BOT_TELEGRAM_LANGUAGE: "ru",
    });
    expect(await run(world.place)).toBe(78);
    expect(world.place.printed).toContain("Серверы не получится вызывать по TLS");
    expect(world.place.printed).toMatch(/grpc\.downloaders\[0\]\.ca.*no\.pem, а такого файла нет/);
  });

  test("names the value that is wrong in the config, and exits with 78", async () => {
    using place = createCommandPlace({ DWLD_BOT_TELEGRAM_TOKEN: TOKEN, DWLD_BOT_DISPATCH_INTERVAL: "often" });
    expect(await run(place)).toBe(78);
    expect(place.printed).toMatch(/^fail {2}config +dispatch\.interval: found "often" in DWLD_BOT_DISPATCH_INTERVAL/m);
    expect(place.printed).not.toContain(TOKEN);
  });

  test("fails for a token that Telegram refuses, and points to @BotFather", async () => {
    await using world = rig();
    world.api.fail("getMe", refusal(401, "Unauthorized"));
    expect(await run(world.place)).toBe(78);
    expect(world.place.printed).toMatch(/^fail {2}telegram .* refuses the token\n +→ .*@BotFather/m);
  });

  test("tries every API root, and warns of one that does not answer if another does", async () => {
    await using world = rig();
    const { api, place } = world;
    const env = { ...place.env, DWLD_BOT_TELEGRAM_API_ROOTS: `http://127.0.0.1:9,${api.root}` };
    expect(await check({ colours: false }, { ...place, write: place.write, env })).toBe(0);
    expect(place.printed).toMatch(
      /^warn {2}telegram +127\.0\.0\.1:9 cannot be reached: .*(?:ECONNREFUSED|ConnectionRefused)/m,
    );
    expect(place.printed).toMatch(/^ok {4}telegram +@my_bot/m);
  });

  test("fails if Telegram cannot be reached in any way, without showing a proxy's password", async () => {
    const env = {
      DWLD_BOT_TELEGRAM_PROXIES: "socks5://me:hidden-password@127.0.0.1:9,http://me:hidden-password@127.0.0.1:9",
    };
    await using world = rig(env);
    await world.api.closes();
    expect(await run(world.place)).toBe(78);
    expect(world.place.printed.match(/^fail {2}telegram/gm)).toHaveLength(3);
    expect(world.place.printed).toContain("telegram.proxies");
    expect(world.place.printed).not.toContain("hidden-password");
    expect(world.place.printed).not.toContain(TOKEN);
  });

  test("warns of an admin who has never written to the bot, and of a webhook", async () => {
    await using world = rig({ DWLD_BOT_TELEGRAM_ADMINS: `${ADMIN},77` });
    world.api.webhookActive = true;
    expect(await run(world.place)).toBe(0);
    expect(world.place.printed).toMatch(/^warn {2}telegram +The bot does not know the admin 77\n +→ .*@my_bot/m);
    expect(world.place.printed).toMatch(/^warn {2}telegram +A webhook is set/m);
  });

  test("warns of silent downloaders, and of routes and windows that name unknown ones", async () => {
    const routes = "[{ match: youtube.com, downloaders: [abroad] }]";
    const windows = "[{ downloaders: [home, NAS], open: '02:00-07:00' }]";
    await using world = rig({ DWLD_BOT_ROUTES: routes, DWLD_BOT_DISPATCH_WINDOWS: windows });
    const { place } = world;
    {
      using store = openStore(place.path("dwld-bot.db"));
      const record = { registeredAt: 1, lastSeenAt: Date.now() - 7_200_000, failures: 3, paused: false };
      store.downloaders.save({ name: "nas", roots: ["*"], host: "127.0.0.1", port: 9, ...record });
    }
    expect(await run(place)).toBe(0);
    expect(place.printed).toMatch(
      /^warn {2}servers +"nas" at 127\.0\.0\.1:9 does not answer \(.*\); last seen 2 h ago$/m,
    );
    expect(place.printed).toMatch(/^warn {2}servers +The route youtube\.com names "abroad"/m);
    expect(place.printed).toMatch(/^warn {2}servers +The window names "home"/m);
    expect(place.printed).not.toContain('window names "NAS"');
  });

  test.each<[string, (path: string) => void, RegExp]>([
    [
      "is damaged",
      (path) => writeFileSync(path, "no database ".repeat(1000)),
      /is damaged .*\n +→ .*newest good backup/,
    ],
    ["is newer than this version", (path) => version(path, 99), /written by a newer dwld-bot/],
    [
      "belongs to another program",
      (path) => new Database(path, { create: true }).run("CREATE TABLE links (link)"),
      /import/,
    ],
  ])("fails if the database %s, and leaves it unchanged", async (_what, prepare, words) => {
    await using world = rig();
    const path = world.place.path("dwld-bot.db");
    prepare(path);
    const before = readFileSync(path);
    expect(await run(world.place)).toBe(78);
    expect(world.place.printed).toMatch(words);
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  test.each([
    ["below a file", "file/dwld-bot.db", "ENOTDIR"],
    ["whose name is too long", `${"a".repeat(300)}.db`, "ENAMETOOLONG"],
  ])("fails for a database %s", async (_what, path, why) => {
    await using world = rig({ DWLD_BOT_STORE_PATH: path });
    writeFileSync(world.place.path("file"), "");
    expect(await run(world.place)).toBe(78);
    expect(world.place.printed).toContain(`${world.place.path(path)} cannot be read (${why})`);
    expect(world.place.printed).toContain("→ Check store.path and its directory.");
  });

  test("accepts that there is no database yet", async () => {
    await using world = rig();
    expect(await run(world.place)).toBe(0);
    expect(world.place.printed).toContain("the first start creates it");
    expect(readdirSync(world.place.cwd)).toEqual([]);
  });

  test.each([
    ["the environment", { LANG: "ru_RU.UTF-8" }],
    ["the config", { LANG: "C.UTF-8", DWLD_BOT_TELEGRAM_LANGUAGE: "ru" }],
  ])("speaks Russian if %s says so", async (_where, env) => {
    await using world = rig(env);
    world.api.webhookActive = true;
    expect(await run(world.place)).toBe(0);
    for (const line of [
      /^ок {8}настройки Всё задано переменными окружения$/m,
      /^ок {8}часы {6}Часы идут как у Telegram$/m,
      /^внимание {2}Telegram {2}Установлен вебхук: возможно, этим ботом пользуется другая программа\n {20}→ При запуске бот его снимет\.$/m,
      /^внимание {2}серверы {3}Ни один сервер ещё не зарегистрировался$/m,
      /^Ошибок нет, но требует внимания: 2\.$/m,
    ]) {
      expect(world.place.printed).toMatch(line);
    }
  });

  test("lists all problems of a config in Russian if the config asks for Russian", async () => {
    using place = createCommandPlace({ DWLD_BOT_DISPATCH_INTERVAL: "often", DWLD_BOT_DISPACH_DELAY: "1m" });
    const config =
      'telegram: { language: ru, token: "1:a", admins: [я] }\nfolders: [{ name: films, tag: a }]\nhttp: { listen: ":80" }\n';
    writeFileSync(place.path("config.yaml"), config, { mode: 0o600 });
    expect(await run(place)).toBe(78);
    for (const line of [
      /^справка {3}настройки Настройки в .*config\.yaml не годятся$/m,
      /^ошибка {4}настройки telegram\.admins\[0\] — найдено: "я"; ожидается: id человека или группы, целое число, но не 0$/m,
      /dispatch\.interval — найдено: "often" \(из DWLD_BOT_DISPATCH_INTERVAL\); ожидается: длительность, например/,
      /DWLD_BOT_DISPACH_DELAY — найдено: неизвестная переменная; .*\n +→ Может быть, DWLD_BOT_DISPATCH_DELAY\?$/m,
      /folders\[0\]\.tag — найдено: неизвестный ключ; ожидается: набор ключей: name, tags, topics$/m,
      /http\.listen — .*\n +→ Для всех адресов этой машины напишите "0\.0\.0\.0:80"\.$/m,
      /^Ошибок: 5\.$/m,
    ]) {
      expect(place.printed).toMatch(line);
    }
  });

  test("says in Russian where the YAML is wrong", async () => {
    using place = createCommandPlace({ LANG: "ru_RU.UTF-8" });
    writeFileSync(place.path("config.yaml"), "telegram:\n  admins: [1\ntime_zone: UTC\n", { mode: 0o600 });
    expect(await run(place)).toBe(78);
    expect(place.printed).toMatch(
      /строка 2, столбец 11 — найдено: \[ без пары; ожидается: правильный YAML\n +→ Закройте: \]/,
    );
  });

  test("names the admins, warns during a pairing, and fails if there is neither", async () => {
    await using world = rig({ DWLD_BOT_TELEGRAM_ADMINS: "" });
    const { place } = world;
    expect(await run(place)).toBe(78);
    expect(place.printed).toMatch(/^fail {2}access +There is no admin\n +→ Run dwld-bot pair/m);
    await pair({}, place);
    expect(await run(place)).toBe(0);
    expect(place.printed).toMatch(/^warn {2}access +A code for becoming an admin was created \d+ s ago; .*: 5\n/m);
    {
      using store = openStore(place.path("dwld-bot.db"));
      const grant = { until: null, grantedBy: 7, grantedAt: 1, undo: null, warned: false } as const;
      store.grants.save({ id: 7, role: "admin", name: "Ann", ...grant });
      store.grants.save({ id: 8, role: "user", name: "Eve", ...grant });
    }
    openPairingFile(place.path("dwld-bot.db.pairing")).end();
    expect(await run(place)).toBe(0);
    expect(place.printed).toMatch(/^ok {4}access +Admins: Ann \(7\)$/m);
  });

  test("prints its findings as JSON on request", async () => {
    await using world = rig();
    expect(await check({ colours: false, json: true }, world.place)).toBe(0);
    const { ok, findings } = JSON.parse(world.place.printed);
    expect(ok).toBe(true);
    expect(findings).toContainEqual({
      area: "downloaders",
      level: "warn",
      what: expect.any(String),
      advice: expect.any(String),
    });
  });

  test("attributes a port in use to the running bot, if there is one, and else names its holder", async () => {
    // Connections from outside must not keep the server open.
    await using taken = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
    const { port = 0 } = taken.address() as { port?: number };
    await using world = rig({ DWLD_BOT_GRPC_LISTEN: `127.0.0.1:${port}` });
    const { place } = world;
    writeDatabase(place.path("dwld-bot.db"), 1);
    {
      using _running = lockInstance(place.path("dwld-bot.db"));
      expect(await run(place)).toBe(0);
      expect(place.printed).toContain(`127.0.0.1:${port} (grpc.listen) is used by the running bot`);
    }
    expect(await run(place)).toBe(78);
    // The process is named after the file that started it.
    const holder = readFileSync("/proc/self/comm", "utf8").trim();
    expect(place.printed).toContain(`127.0.0.1:${port} (grpc.listen) is taken by ${holder} (pid ${process.pid})`);
  });
});

describe("check() of servers that join", () => {
  test("checks their port once the first code has been created", async () => {
    await using world = rig({ DWLD_BOT_GRPC_JOIN_LISTEN: "127.0.0.1:0" });
    const { place } = world;
    await run(place);
    expect(place.printed).not.toContain("grpc.join.listen");
    await openJoinedServers(place.path("dwld-bot.joined"), Date.now).ownIdentity(() => createIdentity("dwld-bot"));
    expect(await run(place)).toBe(0);
    expect(place.printed).toContain("127.0.0.1, any free port (grpc.join.listen)");
  });

  test("fails if a file of a joined server is damaged", async () => {
    await using world = rig();
    const { place } = world;
    mkdirSync(place.path("dwld-bot.joined/servers"), { recursive: true });
    writeFileSync(place.path("dwld-bot.joined/servers/1.json"), "{}");
    expect(await run(place)).toBe(78);
    expect(place.printed).toContain("dwld-bot.joined/servers/1.json, which identifies a joined server");
    await using russian = rig({ DWLD_BOT_TELEGRAM_LANGUAGE: "ru" });
    mkdirSync(russian.place.path("dwld-bot.joined/servers"), { recursive: true });
    writeFileSync(russian.place.path("dwld-bot.joined/servers/1.json"), "{}");
    expect(await run(russian.place)).toBe(78);
    expect(russian.place.printed).toContain("подключённый по коду: в нём не то, что было записано. Верните этот файл");
  });
});

function version(path: string, to: number): void {
  writeDatabase(path, 1);
  using database = new Database(path);
  database.run(`PRAGMA user_version = ${to}`);
}

describe("checkPort()", () => {
  test("fails for an address that this machine does not have", async () => {
    const finding = await checkPort("http.listen", { host: "192.0.2.1", port: 8080 }, { isRunning: false, words });
    expect(finding).toMatchObject({ level: "fail", advice: expect.stringContaining("http.listen") });
  });

  test("names an address of IPv6 as the config spells it", async () => {
    const finding = await checkPort("http.listen", { host: "2001:db8::1", port: 8080 }, { isRunning: false, words });
    expect(finding).toMatchObject({ level: "fail", what: expect.stringContaining("[2001:db8::1]:8080") });
  });
});

describe("checkClock()", () => {
  const NOW = 1_795_000_000_000;
  test.each<[number | undefined, number | undefined, string[]]>([
    [0, undefined, ["ok"]],
    [-45_000, undefined, ["warn"]],
    [45_000, undefined, ["warn"]],
    [3_600_000, undefined, ["fail"]],
    [undefined, NOW + 600_000, ["warn"]],
    [undefined, NOW - 600_000, []],
    [0, NOW + 600_000, ["ok", "warn"]],
  ])("judges a clock that is %p ms ahead of Telegram's, with the newest row at %p", (ahead, newestRowAt, levels) => {
    const server = ahead === undefined ? undefined : { at: NOW - ahead, seenAt: NOW };
    const found: string[] = checkClock({ now: NOW, server, newestRowAt, words }).map(({ level }) => level);
    expect(found).toEqual(levels);
  });
});
