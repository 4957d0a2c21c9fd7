import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import manifest from "../../package.json";
import { BINARY } from "../support/binary/life.ts";
import { createBinaryRig, TOKEN } from "../support/binary.ts";
import { refusal } from "../support/bot-api/faults.ts";

describe("the exit code", () => {
  test.each([
    [["--version"], 0, `dwld-bot ${manifest.version} (`],
    [["--help"], 0, "Usage: dwld-bot"],
    [["--version", "run"], 0, `dwld-bot ${manifest.version} (`],
    [["--colour"], 64, "--colour"],
    [["rum"], 64, "Did you mean run?"],
    [["run", "twice"], 64, `Unexpected argument "twice"`],
    [["--config"], 64, "--config"],
    [["--config", "nowhere.yaml"], 78, "nowhere.yaml"],
  ])("of dwld-bot %j is %i", async (args, code, words) => {
    await using rig = createBinaryRig();
    const life = rig.spawn({}, args);
    expect(await life.exited).toBe(code);
    expect(life.output).toContain(words);
  });

  test("is 78 for a bad config, with every problem and its key", async () => {
    await using rig = createBinaryRig();
    const bad = {
      telegram: { token: TOKEN, admins: ["me"], api_root: "x" },
      dispatch: { interval: "often", max_attempts: 0 },
      quality: { default: 1081 },
      grpc: { listen: "0.0.0.0:9999" },
    };
    writeFileSync(join(rig.folder, "config.yaml"), JSON.stringify(bad));
    const life = rig.spawn();
    expect(await life.exited).toBe(78);
    const keys = [
      "telegram.admins[0]",
      "telegram.api_root",
      "dispatch.interval",
      "dispatch.max_attempts",
      "grpc.listen",
    ];
    for (const key of keys) expect(life.output).toContain(`  ${key}: found `);
  });

  test("is 78 for a variable that cannot be used", async () => {
    await using rig = createBinaryRig();
    const life = rig.spawn({ DWLD_BOT_DISPATCH_DEADLINE: "soon" });
    expect(await life.exited).toBe(78);
    expect(life.output).toContain("DWLD_BOT_DISPATCH_DEADLINE");
  });

  test.each([
    ["does not know the token", refusal(401, "Unauthorized")],
    ["takes the token for nonsense", refusal(404, "Not Found")],
  ])("is 78 when Telegram %s, with advice on what to do", async (_, fault) => {
    await using rig = createBinaryRig();
    rig.api.fail("*", fault);
    const life = rig.spawn();
    expect(await life.exited).toBe(78);
    expect(life.output).toContain("@BotFather");
  });

  test("is preceded by the reason, in the last line of the output", async () => {
    await using rig = createBinaryRig();
    using database = new Database(join(rig.folder, "dwld-bot.db"), { create: true });
    database.run("PRAGMA user_version = 9999");
    const oneStream = ["/bin/sh", "-c", 'exec "$0" "$@" 2>&1', BINARY];
    const life = rig.spawn({}, [], oneStream);
    expect(await life.exited).toBe(78);
    const [first = "", last = "", ...others] = life.output.trimEnd().split("\n");
    expect(first).toContain(`"message":"dwld-bot ${manifest.version} (`);
    expect(last).toContain("was written by a newer dwld-bot");
    expect(others).toEqual([]);
  });

  test("is 75 for a second instance on a database; a third one starts after the first was killed", async () => {
    await using rig = createBinaryRig();
    const first = await rig.start();
    const second = rig.spawn();
    expect(await second.exited).toBe(75);
    expect(second.output).toContain("Another dwld-bot already runs on");
    expect(await Promise.race([first.exited, Promise.resolve("alive")])).toBe("alive");
    await first.kill();
    const third = await rig.start();
    expect(await third.stop()).toBe(0);
  });

  test("is 75 for a second instance whose path only looks like another one", async () => {
    await using rig = createBinaryRig();
    symlinkSync(rig.folder, join(rig.folder, "here"));
    const first = await rig.start();
    for (const path of ["dwld-bot.db\r", " dwld-bot.db", "here/dwld-bot.db", "./here/../dwld-bot.db"]) {
      const second = rig.spawn({ DWLD_BOT_STORE_PATH: path });
      expect(await second.exited).toBe(75);
      expect(second.output).toContain("Another dwld-bot already runs on");
    }
    expect(await first.stop()).toBe(0);
  });

  test("is 78 for a folder in place of the database, and the message says so", async () => {
    await using rig = createBinaryRig();
    const life = rig.spawn({ DWLD_BOT_STORE_PATH: rig.folder });
    expect(await life.exited).toBe(78);
    expect(life.output).toContain("store.path is a folder");
  });

  test("is 75 when the port for downloaders is taken, and the message names it", async () => {
    await using rig = createBinaryRig();
    const first = await rig.start();
    const taken = await first.address();
    const second = rig.spawn({ DWLD_BOT_GRPC_LISTEN: taken, DWLD_BOT_STORE_PATH: "other.db" });
    expect(await second.exited).toBe(75);
    expect(second.output).toContain(`Cannot listen for downloaders on ${taken}`);
  });

  test("is 75 when the address to listen on, such as a tunnel's, does not exist yet", async () => {
    await using rig = createBinaryRig();
    const life = rig.spawn({ DWLD_BOT_GRPC_LISTEN: "10.255.255.1:9999" });
    expect(await life.exited).toBe(75);
    expect(life.output).toContain("Cannot listen for downloaders on 10.255.255.1:9999");
  });

  test("is 78 for a token in a wrong place of the config, and the token is not printed", async () => {
    await using rig = createBinaryRig();
    writeFileSync(join(rig.folder, "config.yaml"), `telegram: { token: 1, admins: "${TOKEN}", ${TOKEN} }`);
    const life = rig.spawn();
    expect(await life.exited).toBe(78);
    expect(life.output).toContain("telegram.admins[0]: found");
    expect(life.output).toContain("telegram.***: found an unknown key");
    // The rig fails if the token was printed.
  });

  test.each(["Promise.reject(new Error('a bug'))", "setTimeout(() => { throw new Error('a bug') })"])(
    "is 70 after %s that nobody handles, and the next start goes on",
    async (bug) => {
      await using rig = createBinaryRig();
      // The only way into a compiled program from outside: Bun obeys BUN_OPTIONS in it as well.
      writeFileSync(join(rig.folder, "bug.js"), `process.on("SIGUSR2", () => { ${bug} });`);
      const life = await rig.start({ BUN_OPTIONS: "--preload=./bug.js" });
      life.signal("SIGUSR2");
      expect(await life.exited).toBe(70);
      expect(life.output).toContain("A bug: please report it");
      const next = await rig.start();
      expect(await next.stop()).toBe(0);
    },
  );
});
