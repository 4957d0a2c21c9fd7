import { describe, expect, test } from "bun:test";
import { openSync } from "node:fs";
import { join } from "node:path";
import { BINARY } from "../support/binary/life.ts";
import { createBinaryRig, USERS } from "../support/binary.ts";

const LINK = "https://youtube.com/watch?v=1";
const WAITING = { dispatch: { delay: "1h" } };

/** Resolves once the bot has answered somebody. */
async function serves(rig: ReturnType<typeof createBinaryRig>): Promise<void> {
  const ann = rig.api.user({ id: USERS[0], languageCode: "en" });
  ann.sends(LINK);
  await rig.api.message(ann, ({ buttons }) => buttons.length > 0);
}

describe("a signal of a terminal", () => {
  test.each(["SIGHUP", "SIGQUIT"] as const)("%s is an orderly stop", async (signal) => {
    await using rig = createBinaryRig();
    const life = await rig.start();
    life.signal(signal);
    expect(await life.exited).toBe(0);
    expect(life.output).toContain(`Stopping: ${signal}`);
  });

  test("that is closed does not end a bot that was started with nohup", async () => {
    await using rig = createBinaryRig({ config: WAITING, command: ["nohup", BINARY] });
    const life = await rig.start({ PATH: process.env.PATH ?? "" });
    life.signal("SIGHUP");
    await serves(rig);
    expect(await life.stop()).toBe(0);
    expect(life.output).not.toContain("SIGHUP");
  });

  test("that asks to reopen log files changes nothing", async () => {
    await using rig = createBinaryRig({ config: WAITING });
    const life = await rig.start();
    life.signal("SIGUSR1");
    await serves(rig);
    expect(await life.stop()).toBe(0);
  });
});

describe("a bot whose output", () => {
  test("nobody reads any more goes on", async () => {
    await using rig = createBinaryRig({ config: WAITING });
    await using child = Bun.spawn([BINARY], { cwd: rig.folder, env: {}, stdout: "pipe", stderr: "pipe" });
    for (const stream of [child.stdout, child.stderr]) void stream.cancel();
    await serves(rig);
    child.kill("SIGTERM");
    expect(await child.exited).toBe(0);
  });

  test("goes to a full disk goes on", async () => {
    await using rig = createBinaryRig({ config: WAITING });
    const full = openSync("/dev/full", "w");
    await using child = Bun.spawn([BINARY], { cwd: rig.folder, env: {}, stdout: full, stderr: full });
    await serves(rig);
    child.kill("SIGTERM");
    expect(await child.exited).toBe(0);
  });

  test.each([["--help"], ["check"]])("of %s ends early does not report a bug", async (command) => {
    await using rig = createBinaryRig();
    await using child = Bun.spawn([BINARY, command], { cwd: rig.folder, env: {}, stdout: "pipe", stderr: "ignore" });
    void child.stdout.cancel();
    expect(await child.exited).not.toBe(70);
  });
});

describe("a variable that makes libraries print their requests", () => {
  // The rig fails if the token was printed.
  test.each([
    { BUN_CONFIG_VERBOSE_FETCH: "curl" },
    { BUN_CONFIG_VERBOSE_FETCH: "1" },
    { DEBUG: "*" },
    { NODE_DEBUG: "http,net,fetch", GRPC_TRACE: "all", GRPC_VERBOSITY: "DEBUG" },
  ])("is not heeded: %j", async (env) => {
    const password = "a-password-of-a-proxy";
    await using rig = createBinaryRig({ config: WAITING });
    const proxies = `http://name:${password}@127.0.0.1:1`;
    const life = await rig.start({ ...env, DWLD_BOT_TELEGRAM_PROXIES: proxies });
    await serves(rig);
    expect(await life.stop()).toBe(0);
    const check = rig.spawn(env, ["check", "--config", join(rig.folder, "config.yaml")]);
    await check.exited;
    for (const { output } of [life, check]) {
      expect(output).not.toContain(password);
      expect(output).not.toContain("youtube.com");
    }
  });
});
