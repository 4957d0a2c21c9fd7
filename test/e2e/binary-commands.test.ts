import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BINARY } from "../support/binary/life.ts";
import { ADMIN, type BinaryRig, createBinaryRig, TOKEN, USERS } from "../support/binary.ts";
import { isAbout } from "../support/bot-api/message.ts";
import { writeGoConfig, writeGoDatabase } from "../support/go-version.ts";
import { createWatch } from "../support/watch.ts";
import { overwrite } from "../unit/store/place.ts";

const LINK = "https://youtube.com/watch?v=1";
/** Links wait, so that they are still there to be seen. */
const WAITING = { config: { dispatch: { interval: "50ms", delay: "1h" } } };

async function queueLink(rig: BinaryRig, link: string): Promise<void> {
  const person = rig.api.user({ id: USERS[0], username: "ann", languageCode: "en" });
  person.sends(link);
  await rig.api.message(person, (message) => message.byBot && isAbout(message, link), { what: "the prompt" });
}

describe("dwld-bot backup", () => {
  test("copies the database of a running bot, and the copy can be restored as --help says", async () => {
    await using rig = createBinaryRig(WAITING);
    const first = await rig.start();
    await queueLink(rig, LINK);
    const backup = rig.spawn({}, ["backup", "copy.db"]);
    expect(await backup.exited).toBe(0);
    expect(backup.output).toContain("copy.db");
    expect(statSync(join(rig.folder, "copy.db")).mode & 0o777).toBe(0o600);
    const again = rig.spawn({}, ["backup", "copy.db"]);
    expect(await again.exited).toBe(64);

    await queueLink(rig, "https://youtube.com/watch?v=2");
    await first.kill();
    const database = join(rig.folder, "dwld-bot.db");
    for (const suffix of ["", "-wal", "-shm"]) {
      if (existsSync(database + suffix)) renameSync(database + suffix, join(rig.folder, `old.db${suffix}`));
    }
    copyFileSync(join(rig.folder, "copy.db"), database);
    const second = await rig.start();
    expect(rig.rows("SELECT url FROM links")).toEqual([{ url: LINK }]);
    expect(second.output).not.toContain("damaged");
  });
});

describe("a database that a start finds", () => {
  test.each<[string, (path: string) => void]>([
    ["emptied", (path) => writeFileSync(path, "")],
    ["overwritten", (path) => writeFileSync(path, "no database ".repeat(1000))],
    ["gone", (path) => rmSync(path)],
  ])("%s is restored from the newest backup", async (_how, damage) => {
    await using rig = createBinaryRig(WAITING);
    const first = await rig.start();
    await queueLink(rig, LINK);
    const name = "backups/before-upgrade-20261123-120000.db";
    // The bot creates the folder with its first backup, which may be a moment later.
    mkdirSync(join(rig.folder, "backups"), { recursive: true });
    expect(await rig.spawn({}, ["backup", name]).exited).toBe(0);
    expect(await first.stop()).toBe(0);
    const database = join(rig.folder, "dwld-bot.db");
    damage(database);
    rmSync(`${database}-wal`, { force: true });
    const second = await rig.start();
    await second.logs("The newest good backup takes its place");
    expect(rig.rows("SELECT url FROM links")).toEqual([{ url: LINK }]);
  });
});

test("a database that is damaged under the bot costs no link: they go past it, and the next start restores a backup", async () => {
  await using rig = createBinaryRig();
  expect(await (await rig.start()).stop()).toBe(0);
  // More than SQLite keeps in memory.
  rig.change(
    `insert into links (chat_id, sender, url, key, quality, send_at, created_at)
     with recursive n(value) as (select 1 union all select value + 1 from n limit 5000)
     select 2, 'a', 'https://x.org/' || value || hex(zeroblob(700)), 'k' || value, 'best', ${Date.now() + 86_400_000}, 0 from n`,
  );
  mkdirSync(join(rig.folder, "backups"), { recursive: true });
  expect(await rig.spawn({}, ["backup", "backups/whole.db"]).exited).toBe(0);
  const first = await rig.start();
  const nas = await rig.downloader(first, { name: "nas" });
  overwrite(join(rig.folder, "dwld-bot.db"), 100, 4 * 1024 * 1024);
  const person = rig.api.user({ id: USERS[0], username: "ann", languageCode: "en" });
  const message = person.sends(LINK);
  await nas.accepts(LINK);
  await rig.api.message(person, ({ byBot, text }) => byBot && text.includes("The queue cannot be saved now"));
  expect(await first.stop()).toBe(0);
  const second = await rig.start();
  await second.logs("The newest good backup takes its place");
  await rig.api.gone(person, message.message_id);
  expect(await second.stop()).toBe(0);
  expect(rig.rows("SELECT count(*) AS n FROM links")).toEqual([{ n: 5000 }]);
  expect(rig.rows("SELECT url FROM deliveries")).toEqual([{ url: LINK }]);
  expect(nas.accepted).toEqual([LINK]);
});

describe("dwld-bot check", () => {
  test("examines everything beside a running bot, whose queue goes on", async () => {
    await using rig = createBinaryRig();
    rig.api.user({ id: ADMIN, started: true });
    const life = await rig.start();
    const nas = await rig.downloader(life, { name: "nas" });
    const check = rig.spawn({}, ["check", "--json"]);
    expect([await check.exited, check.output]).toEqual([0, expect.stringContaining('"ok": true')]);
    const { findings } = JSON.parse(check.output) as { findings: { area: string; level: string; what: string }[] };
    expect(new Set(findings.map(({ area }) => area))).toEqual(
      new Set(["config", "clock", "database", "access", "ports", "telegram", "downloaders"]),
    );
    expect(findings.filter(({ level }) => level !== "ok")).toEqual([]);
    expect(findings.find(({ area }) => area === "downloaders")?.what).toContain('"nas" at 127.0.0.1:');
    rig.api.user({ id: USERS[0], username: "ann", languageCode: "en" }).sends(LINK);
    await nas.accepts(LINK);
    expect(await life.stop()).toBe(0);
  });

  test("speaks the operator's language, as --help does", async () => {
    await using rig = createBinaryRig();
    await rig.api.closes();
    const check = rig.spawn({ LANG: "ru_RU.UTF-8" }, ["check"]);
    expect(await check.exited).toBe(78);
    expect(check.output).toMatch(/^ошибка {4}Telegram {2}.* недоступен: /m);
    const help = rig.spawn({ LC_ALL: "ru_RU.UTF-8" }, ["--help"]);
    expect([await help.exited, help.output]).toEqual([0, expect.stringContaining("Коды выхода: 0 остановлен")]);
    const wrong = rig.spawn({ LC_ALL: "ru_RU.UTF-8" }, ["chekc"]);
    expect([await wrong.exited, wrong.output]).toEqual([64, expect.stringContaining("Может быть, check?")]);
  });

  test("exits with 78 and says what to do when something is wrong", async () => {
    await using rig = createBinaryRig();
    await rig.api.closes();
    const check = rig.spawn({}, ["check"]);
    expect(await check.exited).toBe(78);
    expect(check.output).toMatch(/^fail {2}telegram .*cannot be reached/m);
    expect(check.output).toContain("telegram.proxies");
  });
});

describe("dwld-bot import", () => {
  test("imports the Go version's queue, refuses while the bot runs, and the bot hands the links over", async () => {
    await using rig = createBinaryRig();
    const person = rig.api.user({ id: USERS[0], username: "ann", languageCode: "en", started: true });
    using _open = writeGoDatabase(rig.folder, {
      links: [[LINK, 720, "1", String(person.id), "[ann] films", null, null]],
    });
    const imported = rig.spawn({}, ["import", "--from", "links.db"]);
    expect([await imported.exited, imported.output]).toEqual([0, expect.stringContaining("taken: 1 of 1 links")]);
    const life = await rig.start();
    const refused = rig.spawn({}, ["import", "--from", "links.db"]);
    expect(await refused.exited).toBe(75);
    const nas = await rig.downloader(life, { name: "nas" });
    await nas.accepts(LINK);
    const { request } = await nas.waitFor(({ method }) => method === "SetToQueue");
    expect(request).toMatchObject({ link: LINK, user_name: "[ann] films", max_quality: 720 });
  });

  test("turns the Go version's YAML into a config that a bot starts with", async () => {
    await using rig = createBinaryRig();
    renameSync(join(rig.folder, "config.yaml"), join(rig.folder, "mine.yaml"));
    writeGoConfig(rig.folder, `tg: { Token: "${TOKEN}", Admins: ["${ADMIN}"] }\ngrpc: { host: 127.0.0.1, port: 0 }\n`);
    const imported = rig.spawn({}, ["import", "--from", "."]);
    expect(await imported.exited).toBe(0);
    const env = {
      DWLD_BOT_TELEGRAM_API_ROOTS: rig.api.root,
      DWLD_BOT_HTTP_LISTEN: "127.0.0.1:0",
      DWLD_BOT_LOG_FORMAT: "json",
    };
    const life = await rig.start(env);
    expect(await life.stop()).toBe(0);
  });
});

describe("dwld-bot init", () => {
  /** The binary on a terminal of its own, with somebody who answers its questions. */
  async function onTerminal(rig: BinaryRig, answers: readonly (readonly [question: string, answer: string])[]) {
    const watch = createWatch();
    let screen = "";
    const decoder = new TextDecoder();
    const child = Bun.spawn([BINARY, "init", "--api-root", rig.api.root, "--output", "new.yaml"], {
      cwd: rig.folder,
      env: { TERM: "xterm" },
      terminal: {
        cols: 120,
        rows: 40,
        data(_terminal, bytes) {
          screen += decoder.decode(bytes, { stream: true });
          watch.changed();
        },
      },
    });
    for (const [question, answer] of answers) {
      await watch.until(() => screen.includes(question) || undefined, { what: question, seen: () => screen });
      child.terminal?.write(answer);
    }
    const code = await child.exited;
    watch.close();
    return { code, signal: child.signalCode, screen };
  }

  test("asks its questions on the terminal, hides the token, and writes a config that the bot starts with", async () => {
    await using rig = createBinaryRig();
    rig.api.user({ id: 1001, username: "ann", firstName: "Ann", languageCode: "en" }).sends("/start");
    const { code, screen } = await onTerminal(rig, [
      ["(it is not shown):", `${TOKEN}\r`],
      ["Is this you? [y/n]", "y\r"],
      ["press Enter for no:", "\r"],
    ]);
    expect([code, screen]).toEqual([0, expect.stringContaining("Wrote ")]);
    expect(screen).not.toContain(TOKEN);
    const env = {
      DWLD_BOT_GRPC_LISTEN: "127.0.0.1:0",
      DWLD_BOT_HTTP_LISTEN: "127.0.0.1:0",
      DWLD_BOT_LOG_FORMAT: "json",
    };
    const life = rig.spawn(env, ["--config", "new.yaml"]);
    await life.address();
    await rig.api.message({ id: 1001 }, ({ byBot }) => byBot, { what: "the answer to the message that init has read" });
    expect(await life.stop()).toBe(0);
  });

  test.each([
    ["the token is asked for", [["(it is not shown):", "\u0003"]]],
    [
      "it is asked who wrote",
      [
        ["(it is not shown):", `${TOKEN}\r`],
        ["Is this you? [y/n]", "\u0003"],
      ],
    ],
    [
      "it waits for a message",
      [
        ["(it is not shown):", `${TOKEN}\r`],
        ["https://t.me/", "\u0003"],
      ],
    ],
  ] as const)("leaves nothing behind after Ctrl-C while %s", async (moment, answers) => {
    await using rig = createBinaryRig();
    if (moment === "it is asked who wrote") rig.api.user({ id: 1001 }).sends("/start");
    const before = readdirSync(rig.folder);
    const { signal } = await onTerminal(rig, answers);
    expect(signal).toBe("SIGINT");
    expect(readdirSync(rig.folder)).toEqual(before);
  });

  test("needs no terminal when everything is given as options", async () => {
    await using rig = createBinaryRig();
    writeFileSync(join(rig.folder, "token"), TOKEN, { mode: 0o600 });
    const args = ["init", "--api-root", rig.api.root, "--admin", "1", "--token-file", "token", "-o", "new.yaml"];
    const life = rig.spawn({}, args);
    expect([await life.exited, life.output]).toEqual([0, expect.stringContaining("Wrote ")]);
    expect(await rig.spawn({}, ["init", "-o", "other.yaml"]).exited).toBe(64);
    expect(existsSync(join(rig.folder, "other.yaml"))).toBe(false);
  });
});

test("the nightly backup of a bot that has just started is a complete, sound database", async () => {
  await using rig = createBinaryRig();
  const life = await rig.start();
  const { fields } = await life.logs("Backed up the database");
  using database = new Database(String(fields.file), { readonly: true });
  expect(database.query("PRAGMA quick_check").get()).toEqual({ quick_check: "ok" });
  expect(statSync(String(fields.file)).mode & 0o777).toBe(0o600);
});
