import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { ExitWith } from "../../../src/commands/exit.ts";
import { importGoVersion } from "../../../src/commands/import/import.ts";
import { loadConfig } from "../../../src/config/config.ts";
import { namesOf } from "../../../src/domain/folder.ts";
import { lockInstance } from "../../../src/store/instance-lock.ts";
import { writeGoConfig, writeGoDatabase } from "../../support/go-version.ts";
import { type CommandPlace, createCommandPlace } from "./place.ts";

const TOKEN = "123456789:TEST-token-that-must-never-be-printed-anywhere";
const YAML = `
GRPC: { host: 127.0.0.1, port: 19999, enable: true }
http: { host: "0.0.0.0", port: 18888, enable: true, secret: x }
db: { pathtodb: ./, namedb: links.db }
tg:
  token: "${TOKEN}"
  allowedIDs: ["1001", "1002", "42", "nobody"]
  ADMINS: ["42"]
  ProxyPool: ["socks5://me:hidden-password@10.0.0.1:1080", "::"]
`;

/** As the Go version spells them, and in its order; letters that look Latin are Latin. */
const BUTTONS = ["Без категории", "Ha фон-к", "Hy такоэ", "Облучение", "Клипсы", "ЛюбоПытное", "B дорогу", "Совместно"];

const LINK = "https://youtube.com/watch?v=1";
const ROWS = {
  links: [
    [LINK, 10000, "1795000000", "1001", "[ann] films", "77", null],
    ["https://youtube.com/watch?v=2", "720", "1795000001", "1002", "[bob]", "78", "it failed"],
    ["https://vk.com/video/3", null, null, "-100200", null, null, null],
    ["https://vk.com/video/4", 0, "soon", "1001", "[] ../etc", "x", null],
    ["https://vk.com/video/5", 1080, "1795000000", null, "[ann] films", "80", null],
    ["http://192.168.1.1/film", 1080, "1795000000", "1001", "[ann] films", "81", null],
    [null, null, null, null, null, null, null],
  ],
  downloaders: [
    ["nas", "youtube.com,vk.com/video", "127.0.0.1", 5001],
    ["far", "*", "10.1.2.3", 5002],
    ["odd", null, "unix:/run/x", null],
  ],
  deletions: [
    ["1001", "55", "1795000000"],
    ["1001", null, "1795000000"],
    ["1001", "55", "1795000099"],
  ],
} as const;

const run = (place: CommandPlace, options: Partial<Parameters<typeof importGoVersion>[0]> = {}) =>
  importGoVersion({ from: ["."], dryRun: false, ...options }, place);

function withTmpdir(folder: string, work: () => void): void {
  const usual = process.env.TMPDIR;
  process.env.TMPDIR = folder;
  try {
    work();
  } finally {
    if (usual === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = usual;
  }
}

function query(place: CommandPlace, sql: string): unknown[] {
  using database = new Database(place.path("dwld-bot.db"), { readonly: true });
  return database.query(sql).all();
}

const bytesOf = (place: CommandPlace, names: readonly string[]) =>
  names.map((name) => readFileSync(place.path(name)).toString("base64"));

function code(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error instanceof ExitWith ? error.code : error;
  }
  return undefined;
}

function refusal(work: () => unknown): { code: number; message: string } | undefined {
  try {
    work();
  } catch (error) {
    if (error instanceof ExitWith) return { code: error.code, message: error.message };
    throw error;
  }
  return undefined;
}

describe("importGoVersion()", () => {
  test("takes links with owner, folder, quality and time, and lists the others with the reason", () => {
    using place = createCommandPlace();
    writeGoConfig(place.cwd, YAML);
    using _open = writeGoDatabase(place.cwd, ROWS);
    run(place);
    const links = query(
      place,
      "SELECT url, quality, chat_id, sender, folder, message_id, prompt_id, send_at, state FROM links ORDER BY id",
    );
    expect(links).toEqual([
      {
        url: LINK,
        quality: "best",
        chat_id: 1001,
        sender: "ann",
        folder: "films",
        message_id: null,
        prompt_id: 77,
        send_at: 1_795_000_000_000,
        state: "queued",
      },
      expect.objectContaining({ quality: "720", sender: "bob", folder: null, message_id: null, prompt_id: 78 }),
      expect.objectContaining({ quality: "best", chat_id: -100200, sender: "id100200", prompt_id: null }),
      expect.objectContaining({ quality: "best", sender: "id1001", folder: null, prompt_id: null }),
    ]);
    expect(place.printed).toContain("taken: 4 of 7 links");
    expect(place.printed).toMatch(
      /left out, because it has no owner:\n {4}link https:\/\/vk.com\/video\/5\n {4}link \(none\)/,
    );
    expect(place.printed).toMatch(/\(private address\):\n {4}link http:\/\/192\.168\.1\.1\/film/);
  });

  test.each(["1795000000000", "9000000000000000", "99999999999999999999", "-1"])(
    "makes a link due at once if its time is %p",
    (sendingAt) => {
      using place = createCommandPlace();
      writeGoConfig(place.cwd, YAML);
      using _open = writeGoDatabase(place.cwd, { links: [[LINK, 720, sendingAt, "1001", "[ann]", "77", null]] });
      run(place);
      expect(query(place, "SELECT send_at - created_at AS later FROM links")).toEqual([{ later: 0 }]);
    },
  );

  test("takes only one of two downloaders whose names differ in case", () => {
    using place = createCommandPlace();
    writeGoConfig(place.cwd, YAML);
    const downloaders = ["Nas", "nas"].map((name) => [name, "*", "10.0.0.1", 5001] as const);
    using _open = writeGoDatabase(place.cwd, { downloaders });
    run(place);
    expect(query(place, "SELECT name FROM downloaders")).toEqual([{ name: "Nas" }]);
    expect(place.printed).toMatch(/left out, because it is registered already:\n {4}server "nas"/);
  });

  test("takes downloaders that can be called, and planned deletions of messages", () => {
    using place = createCommandPlace();
    writeGoConfig(place.cwd, YAML);
    using _open = writeGoDatabase(place.cwd, ROWS);
    run(place);
    expect(query(place, "SELECT name, roots, host, port, last_seen_at FROM downloaders ORDER BY name")).toEqual([
      { name: "far", roots: '["*"]', host: "10.1.2.3", port: 5002, last_seen_at: null },
      { name: "nas", roots: '["youtube.com","vk.com/video"]', host: "127.0.0.1", port: 5001, last_seen_at: null },
    ]);
    expect(query(place, "SELECT chat_id, message_id, delete_at FROM deletions")).toEqual([
      { chat_id: 1001, message_id: 55, delete_at: 1_795_000_000_000 },
    ]);
    expect(place.printed).toContain('server "odd"');
    expect(place.printed).toContain("taken: 1 of 3 messages to delete");
    expect(place.printed).toMatch(/because it is listed more than once:\n {4}a message to delete \(55 of chat 1001\)/);
    run(place);
    expect(place.printed).toMatch(/because it is planned already:\n {4}a message to delete \(55 of chat 1001\)/);
  });

  test("reads rows of the old schema that are only in the -wal, and leaves every file unchanged", () => {
    using place = createCommandPlace();
    writeGoConfig(place.cwd, YAML);
    using _open = writeGoDatabase(place.cwd, ROWS, { old: true });
    const files = ["go.yml", "links.db", "links.db-wal"];
    expect(statSync(place.path("links.db")).size).toBeLessThan(statSync(place.path("links.db-wal")).size);
    const before = bytesOf(place, files);
    run(place);
    expect(bytesOf(place, files)).toEqual(before);
    expect(query(place, "SELECT sender, folder FROM links WHERE id = 1")).toEqual([{ sender: "id1001", folder: null }]);
    expect(query(place, "SELECT count(*) AS n FROM links")).toEqual([{ n: 4 }]);
  });

  test("says in Russian what it took and what it left out", () => {
    using place = createCommandPlace({ LANG: "ru_RU.UTF-8" });
    writeGoConfig(place.cwd, YAML);
    using _open = writeGoDatabase(place.cwd, ROWS);
    run(place);
    for (const line of [
      "  перенесено: ссылок: 4 из 7\n",
      "  не перенесено, потому что у неё нет владельца:\n    ссылка https://vk.com/video/5\n    ссылка (пусто)\n",
      "  не перенесено, потому что такие ссылки не принимаются (адрес локальной сети):\n",
      "    сообщение на удаление (55 в чате 1001)\n",
      `Перенесено в ${place.path("dwld-bot.db")}\n`,
    ]) {
      expect(place.printed).toContain(line);
    }
    expect(readFileSync(place.path("config.yaml"), "utf8")).toContain("# Из настроек версии на Go:");
  });

  test("writes a working config beside the old one, and says what it left out", () => {
    using place = createCommandPlace();
    writeGoConfig(place.cwd, YAML);
    using _open = writeGoDatabase(place.cwd, ROWS);
    run(place);
    // From any working directory, the bot finds the imported queue.
    const config = loadConfig({ path: place.path("config.yaml"), env: {}, cwd: "/" });
    expect(config).toMatchObject({
      store: { path: place.path("dwld-bot.db") },
      telegram: {
        token: TOKEN,
        admins: [42],
        users: [1001, 1002],
        proxies: ["socks5://me:hidden-password@10.0.0.1:1080"],
      },
      folders: [...BUTTONS, "films"],
      grpc: { listen: { host: "127.0.0.1", port: 19999 } },
      http: { listen: { host: "127.0.0.1", port: 18888 } },
      warnings: [],
    });
    expect(statSync(place.path("config.yaml")).mode & 0o777).toBe(0o600);
    for (const left of ["nobody of tg.allowedids", "1 of tg.proxypool", 'http.host "0.0.0.0"', "http.secret"]) {
      expect(place.printed).toContain(left);
    }
    expect(place.printed).not.toContain(TOKEN);
    expect(place.printed).not.toContain("hidden-password");
  });

  test("adds nothing twice, not even links that have left the queue meanwhile", () => {
    using place = createCommandPlace();
    writeGoConfig(place.cwd, YAML);
    using _open = writeGoDatabase(place.cwd, ROWS);
    run(place);
    {
      using database = new Database(place.path("dwld-bot.db"));
      database.run("DELETE FROM links WHERE id = 1");
      database.run(
        `INSERT INTO deliveries (link_id, chat_id, sender, url, key, quality, downloader, accepted_at)
         SELECT id, chat_id, sender, url, key, quality, 'nas', 1 FROM links WHERE id = 3`,
      );
      database.run("DELETE FROM links WHERE id = 3");
    }
    const state = () => ["links", "downloaders", "deletions"].map((table) => query(place, `SELECT * FROM ${table}`));
    const before = state();
    const config = readFileSync(place.path("config.yaml"), "utf8");
    run(place);
    expect(state()).toEqual(before);
    expect(readFileSync(place.path("config.yaml"), "utf8")).toBe(config);
    expect(place.printed).toContain("taken: 0 of 7 links");
  });

  test("does not overwrite the Go version's config if it has the default name", () => {
    using place = createCommandPlace();
    writeGoConfig(place.cwd, YAML, "config.yaml");
    using _open = writeGoDatabase(place.cwd, ROWS);
    run(place);
    expect(readFileSync(place.path("config.yaml"), "utf8")).toBe(YAML);
    expect(loadConfig({ path: place.path("dwld-bot.yaml"), env: {}, cwd: place.cwd }).telegram.admins).toEqual([42]);
  });

  test("imports into the database of the given config", () => {
    using place = createCommandPlace();
    mkdirSync(place.path("go"));
    writeGoConfig(place.path("go"), YAML);
    using _open = writeGoDatabase(place.path("go"), ROWS);
    const mine = `telegram: { token: "1:a", admins: [7] }\nstore: { path: mine.db }\n`;
    writeFileSync(place.path("mine.yaml"), mine);
    run(place, { from: ["go"], config: "mine.yaml" });
    using database = new Database(place.path("mine.db"), { readonly: true });
    expect(database.query("SELECT count(*) AS n FROM links").get()).toEqual({ n: 4 });
    expect(readFileSync(place.path("mine.yaml"), "utf8")).toBe(mine);
    expect(readdirSync(place.path("go")).filter((name) => name.startsWith("config"))).toEqual([]);
  });

  test("ignores line breaks after the config's path in the variable", () => {
    using place = createCommandPlace({ DWLD_BOT_CONFIG: "mine.yaml\r\n" });
    writeGoConfig(place.cwd, YAML);
    run(place);
    expect(existsSync(place.path("mine.yaml"))).toBe(true);
  });

  test("reports in a dry run what it would take, and changes nothing", () => {
    using place = createCommandPlace();
    writeGoConfig(place.cwd, YAML);
    using _open = writeGoDatabase(place.cwd, ROWS);
    const before = readdirSync(place.cwd);
    run(place, { dryRun: true });
    expect(readdirSync(place.cwd)).toEqual(before);
    const told = place.printed;
    run(place);
    const done = place.printed.slice(told.length);
    expect(told.match(/taken: .*/g)).toEqual(done.match(/taken: .*/g));
    run(place, { dryRun: true });
    expect(place.printed.slice(told.length + done.length)).toContain("taken: 0 of 7 links");
    expect(query(place, "SELECT count(*) AS n FROM links")).toEqual([{ n: 4 }]);
  });

  test("refuses while a bot runs on the database, and writes nothing", () => {
    using place = createCommandPlace();
    writeGoConfig(place.cwd, YAML);
    using _open = writeGoDatabase(place.cwd, ROWS);
    using _running = lockInstance(place.path("dwld-bot.db"));
    expect(code(() => run(place))).toBe(75);
    expect(existsSync(place.path("config.yaml"))).toBe(false);
    expect(existsSync(place.path("dwld-bot.db"))).toBe(false);
  });

  test.each<[string, readonly string[], (place: CommandPlace) => void]>([
    ["nothing to import from", [], () => {}],
    ["a folder without the Go version", ["."], () => {}],
    ["a file that does not exist", ["links.db"], () => {}],
    ["a database without a config to import into", ["."], (place) => writeGoDatabase(place.cwd, ROWS).close()],
    [
      "another program's database",
      ["."],
      (place) => {
        using other = new Database(place.path("links.db"), { create: true });
        other.run("CREATE TABLE links (id)");
      },
    ],
  ])("exits with 64 for %s", (_what, from, prepare) => {
    using place = createCommandPlace();
    prepare(place);
    expect(code(() => run(place, { from }))).toBe(64);
    expect(existsSync(place.path("dwld-bot.db"))).toBe(false);
  });

  test("ignores folders and broken symlinks, whatever their names", () => {
    using place = createCommandPlace();
    writeGoConfig(place.cwd, YAML);
    using _open = writeGoDatabase(place.cwd, ROWS);
    mkdirSync(place.path("folder.yaml"));
    symlinkSync("/nowhere", place.path("gone.yml"));
    run(place);
    expect(query(place, "SELECT count(*) AS n FROM links")).toEqual([{ n: 4 }]);
  });

  test("names a file that cannot be read, with the reason", () => {
    using place = createCommandPlace();
    writeGoConfig(place.cwd, YAML);
    expect(refusal(() => run(place, { from: ["go.yml/links.db"] }))).toEqual({
      code: 78,
      message: `Cannot read ${place.path("go.yml/links.db")}: ENOTDIR.`,
    });
  });

  test("names a database path that cannot be written, and writes nothing", () => {
    using place = createCommandPlace({ DWLD_BOT_STORE_PATH: "go.yml/dwld-bot.db" });
    writeGoConfig(place.cwd, YAML);
    using _open = writeGoDatabase(place.cwd, ROWS);
    const before = readdirSync(place.cwd);
    expect(refusal(() => run(place))).toEqual({
      code: 78,
      message: `Cannot write ${place.path("go.yml/dwld-bot.db")}: EEXIST.`,
    });
    expect(readdirSync(place.cwd)).toEqual(before);
  });

  test.each([
    ["config", () => {}],
    ["queue", (place: CommandPlace) => writeGoDatabase(place.cwd, ROWS).close()],
  ])("says that there is no folder for a temporary copy of the %s", (_what, prepare) => {
    using place = createCommandPlace();
    writeGoConfig(place.cwd, YAML);
    prepare(place);
    withTmpdir(place.path("gone"), () => {
      const message = `Cannot write ${place.path("gone")}: ENOENT.`;
      for (const dryRun of [true, false]) expect(refusal(() => run(place, { dryRun }))).toEqual({ code: 78, message });
    });
    expect(existsSync(place.path("config.yaml"))).toBe(false);
  });

  test("names the temporary folder, not the database, if no copy can be made there", () => {
    using place = createCommandPlace();
    writeGoConfig(place.cwd, YAML);
    writeGoDatabase(place.cwd, ROWS).close();
    withTmpdir("/proc", () =>
      expect(refusal(() => run(place))).toEqual({
        code: 78,
        message: expect.stringMatching(/^Cannot write \/proc: E[A-Z]+\.$/),
      }),
    );
  });

  test("removes its new config if the rows cannot be stored", () => {
    using place = createCommandPlace();
    writeGoConfig(place.cwd, YAML);
    using _open = writeGoDatabase(place.cwd, ROWS);
    {
      using newer = new Database(place.path("dwld-bot.db"), { create: true });
      newer.run("PRAGMA user_version = 99");
    }
    for (const dryRun of [true, false]) expect(code(() => run(place, { dryRun }))).toBe(78);
    expect(existsSync(place.path("config.yaml"))).toBe(false);
  });

  test("offers the Go version's folders in its order, even without a database", () => {
    using place = createCommandPlace();
    writeGoConfig(place.cwd, YAML);
    run(place);
    const { folders } = loadConfig({ path: place.path("config.yaml"), env: {}, cwd: place.cwd });
    expect(folders).toEqual(BUTTONS);
    const latin = namesOf(folders).map((name) => name.replace(/[^a-z]/gi, ""));
    expect(latin).toEqual(["", "Ha", "Hy", "", "", "", "B", ""]);
  });

  test("adds the other folders of the links after those, without duplicates", () => {
    using place = createCommandPlace();
    writeGoConfig(place.cwd, YAML);
    const named = ["[ann] Клипсы", "[bob] zoo", "[ann] art", "[ann] zoo"];
    const links = named.map((name, n) => [`${LINK}${n}`, 720, null, "1001", name, null, null] as const);
    using _open = writeGoDatabase(place.cwd, { links });
    run(place);
    const { folders } = loadConfig({ path: place.path("config.yaml"), env: {}, cwd: place.cwd });
    expect(folders).toEqual([...BUTTONS, "art", "zoo"]);
  });

  test("does not ask which database or YAML to use if one is named", () => {
    using place = createCommandPlace();
    for (const name of ["named", "lying"]) {
      mkdirSync(place.path(name));
      writeGoDatabase(place.path(name), name === "named" ? ROWS : {}).close();
    }
    writeGoConfig(place.path("lying"), YAML);
    writeGoConfig(place.path("lying"), YAML, "other.yml");
    expect(code(() => run(place, { from: ["lying", "named"] }))).toBe(64);
    run(place, { from: ["lying/go.yml", "named/links.db", "lying"], config: "mine.yaml" });
    expect(query(place, "SELECT count(*) AS n FROM links")).toEqual([{ n: 4 }]);
    expect(place.printed).not.toContain("Which one?");
  });

  test("does not ask for a database if a named file was not one", () => {
    using place = createCommandPlace();
    writeGoConfig(place.cwd, YAML);
    mkdirSync(place.path("elsewhere"));
    writeFileSync(place.path("elsewhere/links.db"), "");
    run(place, { from: ["go.yml", "elsewhere/links.db"] });
    expect(place.printed).toContain("No queue was taken: the given files include no database of the Go version");
    expect(place.printed).not.toContain("give its links.db");
  });

  test("says that there is no database beside the config, and still writes the config", () => {
    using place = createCommandPlace();
    writeGoConfig(place.cwd, YAML);
    run(place);
    expect(place.printed).toContain("No database of the Go version was found");
    expect(existsSync(place.path("config.yaml"))).toBe(true);
  });

  test("refuses malformed YAML, unless it is another program's file in the folder", () => {
    using place = createCommandPlace();
    const told = (from: string) => {
      try {
        run(place, { from: [from] });
      } catch (error) {
        return String(error);
      }
      return "";
    };
    writeGoConfig(place.cwd, YAML);
    writeFileSync(place.path("other.yaml"), "a: [\n");
    expect(told(".")).toBe("");
    expect(told("other.yaml")).toContain(
      `Cannot read ${place.path("other.yaml")}, line 1, column 4: found a [ that is`,
    );
    const token = `tg: { token: "${TOKEN}", token: "${TOKEN}" }`;
    writeFileSync(place.path("go.yml"), token);
    expect(told(".")).toContain("found tg.token twice, on line 1, column 7 and on line 1, column ");
    expect(told(".")).not.toContain(TOKEN);
  });

  test("names a setting that is invalid, and writes no config", () => {
    using place = createCommandPlace();
    writeGoConfig(place.cwd, `tg: { Token: "nonsense", AllowedIDs: ["5"] }`);
    expect(() => run(place)).toThrow(/telegram\.token: found a text of 8 characters/);
    expect(existsSync(place.path("config.yaml"))).toBe(false);
  });

  test("explains how to become an admin if the Go config names none", () => {
    using place = createCommandPlace();
    writeGoConfig(place.cwd, `tg: { Token: "${TOKEN}", AllowedIDs: ["5"] }`);
    expect(run(place)).toBe(0);
    expect(place.printed).toContain(`dwld-bot pair --config ${place.path("config.yaml")}`);
  });
});
