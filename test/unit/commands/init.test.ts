import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { ExitWith } from "../../../src/commands/exit.ts";
import { type InitOptions, init } from "../../../src/commands/init/init.ts";
import { loadConfig } from "../../../src/config/config.ts";
import { isCodeOf } from "../../../src/domain/pairing.ts";
import { programsOf } from "../../../src/downloader/programs.ts";
import { openPairingFile } from "../../../src/store/pairing-file.ts";
import { refusal } from "../../support/bot-api/faults.ts";
import type { BotApi } from "../../support/bot-api.ts";
import { NOBODY, somebody } from "./answers.ts";
import { type CommandPlace, createCommandRig, TOKEN } from "./place.ts";

const run = (world: { api: BotApi; place: CommandPlace }, options: InitOptions, terminal = NOBODY) => {
  const { env, cwd, write } = world.place;
  return init({ apiRoot: world.api.root, ...options }, { env, cwd, write, terminal, programs: programsOf({}) });
};

const rig = (env: Readonly<Record<string, string>> = {}) => createCommandRig(() => env);

const load = (place: CommandPlace, name = "config.yaml") =>
  loadConfig({ path: place.path(name), env: {}, cwd: place.cwd });

async function failure(work: Promise<unknown>): Promise<{ code: number; message: string }> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof ExitWith) return { code: error.code, message: error.message };
  throw error ?? new Error("It did not fail");
}

describe("init()", () => {
  test("asks for the token, learns the owner's id from the first message, and writes a working config", async () => {
    await using world = rig();
    const ann = world.api.user({ id: 1001, username: "ann", firstName: "Ann" });
    ann.sends("/start");
    const terminal = somebody([TOKEN, "y", ""]);
    expect(await run(world, {}, terminal)).toBe(0);
    expect(terminal.said).toContain("https://t.me/my_bot");
    expect(terminal.said).toMatch(/Ann.* \(@ann, id 1001\) wrote to the bot\. Is this you\?/);
    expect(load(world.place)).toMatchObject({
      telegram: { token: TOKEN, admins: [1001], api_roots: [world.api.root] },
      warnings: [],
    });
    expect(statSync(world.place.path("config.yaml")).mode & 0o777).toBe(0o600);
    expect(world.place.printed + terminal.said).not.toContain(TOKEN);
  });

  test("speaks Russian if the terminal does, also in the config that it writes", async () => {
    await using world = rig({ LANG: "ru_RU.UTF-8" });
    world.api.user({ id: 1001, username: "ann", firstName: "Анна" }).sends("/start");
    const terminal = somebody(["nonsense", TOKEN, "д", ""]);
    expect(await run(world, {}, terminal)).toBe(0);
    expect(terminal.said).toContain("Токен бота от @BotFather (при вводе не виден): ");
    expect(terminal.said).toContain("Это не токен: он выглядит как 123456:ABC… @BotFather покажет его по /token.\n");
    expect(terminal.said).toContain("Теперь напишите ему что угодно: https://t.me/my_bot\n");
    expect(terminal.said).toMatch(/Боту пишет .*Анна.* \(@ann, id 1001\)\. Это вы\? \[д\/н\] /);
    const path = world.place.path("config.yaml");
    expect(world.place.printed).toBe(
      `Токен верный: это бот @my_bot.\nЗаписано: ${path}. Дальше: dwld-bot check --config ${path}\n`,
    );
    expect(readFileSync(path, "utf8")).toContain("# От @BotFather. У кого он есть, тот и управляет ботом");
    expect(load(world.place).telegram.admins).toEqual([1001]);
  });

  test("says in Russian what is wrong with an option", async () => {
    await using world = rig({ LC_ALL: "ru_RU.UTF-8" });
    const { code, message } = await failure(run(world, { admin: ["@ann"] }));
    expect([code, message]).toEqual([
      64,
      '--admin — найдено: "@ann"; ожидается: id человека или группы, целое число, но не 0.',
    ]);
  });

  test("ignores the line break after a token in the environment", async () => {
    await using world = rig({ DWLD_BOT_TELEGRAM_TOKEN: `${TOKEN}\r\n` });
    expect(await run(world, { admin: ["7"] })).toBe(0);
    expect(load(world.place).telegram.token).toBe(TOKEN);
  });

  test.each([
    ["films", (cwd: string) => `${cwd}/films`],
    ["~/films", () => "/home/ann/films"],
    ["/srv/films", () => "/srv/films"],
  ])("offers the built-in server, and sets its folder to the answer: %s", async (folder, expected) => {
    await using world = rig({ HOME: "/home/ann" });
    world.api.user({ id: 1001, username: "ann" }).sends("/start");
    await run(world, {}, somebody([TOKEN, "y", folder]));
    expect(load(world.place).downloader.dir).toBe(expected(world.place.cwd));
  });

  test("leaves the owner's message unconfirmed, so that the bot answers it after the start", async () => {
    await using world = rig();
    world.api.user({ id: 1001 }).sends("hello");
    await run(world, {}, somebody([TOKEN, "y", ""]));
    expect(world.api.pending).toHaveLength(1);
  });

  test("takes no stranger for the owner, ignores groups, and cleans names", async () => {
    await using world = rig();
    const stranger = world.api.user({ id: 666, firstName: "\u001b[2J\u202eEve\nis you" });
    const ann = world.api.user({ id: 1001, firstName: "Ann" });
    const group = world.api.group({ id: -100, title: "Friends" });
    const questions: string[] = [];
    const terminal = somebody([TOKEN, "n", "y", ""], (question) => questions.push(question));
    stranger.sends("let me in");
    stranger.sends("please");
    ann.sends("in the group", { in: group });
    ann.sends("it is me");
    await run(world, {}, terminal);
    expect(load(world.place).telegram.admins).toEqual([1001]);
    expect(questions.filter((question) => question.includes("666"))).toHaveLength(1);
    expect(questions.join("")).not.toMatch(/[\p{Cc}\u202e]/u);
  });

  test("waits for the owner's message", async () => {
    await using world = rig();
    const ann = world.api.user({ id: 1001 });
    const done = run(world, {}, somebody([TOKEN, "yes", ""]));
    await world.api.waitFor(({ method }) => method === "getMe");
    ann.sends("here I am");
    await done;
    expect(load(world.place).telegram.admins).toEqual([1001]);
  });

  test("lets a wrong token be typed again, and after three tries gives up and writes nothing", async () => {
    await using world = rig();
    await run(world, { admin: ["5"] }, somebody(["nonsense", "1:unknown", TOKEN]));
    expect(load(world.place).telegram.token).toBe(TOKEN);
    const again = run(world, { admin: ["5"], output: "other.yaml" }, somebody(["a", "1:b", "1:c"]));
    expect(await failure(again)).toMatchObject({ code: 78, message: expect.stringContaining("@BotFather") });
    expect(existsSync(world.place.path("other.yaml"))).toBe(false);
  });

  test("asks nothing if all options are given, and refers to the token's file", async () => {
    await using world = rig();
    writeFileSync(world.place.path("token"), `${TOKEN}\n`, { mode: 0o600 });
    await run(world, { admin: ["5,-100"], tokenFile: "token", output: "my.yaml" });
    expect(readFileSync(world.place.path("my.yaml"), "utf8")).not.toContain(TOKEN);
    expect(load(world.place, "my.yaml").telegram).toMatchObject({ token: TOKEN, admins: [5, -100] });
    expect(readdirSync(world.place.cwd).sort()).toEqual(["my.yaml", "token"]);
  });

  test("begins a pairing if no admin is given and nobody can be asked", async () => {
    await using world = rig({ DWLD_BOT_TELEGRAM_TOKEN: TOKEN });
    expect(await run(world, {})).toBe(0);
    expect(load(world.place).telegram.admins).toEqual([]);
    expect(readFileSync(world.place.path("config.yaml"), "utf8")).toContain("# No admin is named here");
    const code = /^ {4}(\S+)$/m.exec(world.place.printed)?.[1] ?? "";
    const begun = openPairingFile(world.place.path("dwld-bot.db.pairing")).begun();
    expect(begun && isCodeOf(code, begun)).toBe(true);
  });

  test("writes the typed token into the token's file", async () => {
    await using world = rig();
    await run(world, { admin: ["5"], tokenFile: "token" }, somebody([TOKEN]));
    expect(statSync(world.place.path("token")).mode & 0o777).toBe(0o600);
    expect(load(world.place).telegram.token).toBe(TOKEN);
  });

  test("takes the token, the API root and the proxies from the environment", async () => {
    await using world = rig({ DWLD_BOT_TELEGRAM_TOKEN: TOKEN });
    const { env, cwd, write } = world.place;
    const proxies = "http://127.0.0.1:9";
    const more = { ...env, DWLD_BOT_TELEGRAM_API_ROOTS: world.api.root, DWLD_BOT_TELEGRAM_PROXIES: proxies };
    await init({ admin: ["5"] }, { env: more, cwd, write, terminal: NOBODY });
    expect(load(world.place).telegram).toMatchObject({ token: TOKEN, api_roots: [world.api.root], proxies: [proxies] });
  });

  test("overwrites a config only with --force", async () => {
    await using world = rig({ DWLD_BOT_TELEGRAM_TOKEN: TOKEN });
    writeFileSync(world.place.path("config.yaml"), "mine");
    expect(await failure(run(world, { admin: ["5"] }))).toMatchObject({
      code: 64,
      message: expect.stringContaining("--force"),
    });
    expect([readFileSync(world.place.path("config.yaml"), "utf8"), world.api.calls.length]).toEqual(["mine", 0]);
    await run(world, { admin: ["5"], force: true });
    expect(load(world.place).telegram.admins).toEqual([5]);
  });

  test.each<[string, InitOptions, number, string]>([
    ["no terminal, no id and no token", {}, 64, "--token-file"],
    ["no terminal and no token", { admin: ["5"] }, 64, "--token-file"],
    ["a name instead of an id", { admin: ["@ann"] }, 64, "--admin"],
    ["an API root that is not a URL", { admin: ["5"], apiRoot: "telegram" }, 64, "--api-root"],
    ["a folder as the token's file", { admin: ["5"], tokenFile: "." }, 78, "EISDIR"],
  ])("refuses %s, and writes nothing", async (_what, options, code, words) => {
    await using world = rig();
    expect(await failure(run(world, options))).toMatchObject({ code, message: expect.stringContaining(words) });
    expect(readdirSync(world.place.cwd)).toEqual([]);
  });

  test("says that Telegram cannot be reached, and points to the proxies", async () => {
    await using world = rig({ DWLD_BOT_TELEGRAM_TOKEN: TOKEN });
    await world.api.closes();
    const { code, message } = await failure(run(world, { admin: ["5"] }));
    expect([code, message]).toEqual([78, expect.stringContaining("DWLD_BOT_TELEGRAM_PROXIES")]);
    expect(message).not.toContain(TOKEN);
  });

  test("exits with 75 if another program takes the bot's messages", async () => {
    await using world = rig();
    world.api.fail("getUpdates", refusal(409, "Conflict: terminated by other getUpdates request"));
    expect(await failure(run(world, {}, somebody([TOKEN])))).toMatchObject({ code: 75 });
    expect(readdirSync(world.place.cwd)).toEqual([]);
  });

  test("removes a webhook that withholds messages", async () => {
    await using world = rig();
    world.api.webhookActive = true;
    world.api.user({ id: 1001 }).sends("hello");
    await run(world, {}, somebody([TOKEN, "y", ""]));
    expect(load(world.place).telegram.admins).toEqual([1001]);
  });

  test("removes the token's new file if the config cannot be written", async () => {
    await using world = rig();
    const work = run(world, { admin: ["5"], tokenFile: "token", output: "no/such/config.yaml" }, somebody([TOKEN]));
    expect(await failure(work)).toMatchObject({ code: 78, message: expect.stringContaining("ENOENT") });
    expect(readdirSync(world.place.cwd)).toEqual([]);
  });
});
