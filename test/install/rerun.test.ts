import { describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { install } from "./both.ts";
import { type FakeBot, fakeBot } from "./fakes.ts";
import { createMachine, createRelease, type Machine } from "./machine.ts";

const CONFIG = "etc/dwld-bot/config.yaml";
const TOKEN = "etc/dwld-bot/telegram-token";

/** Runs install.sh of the same version with more options. `token` is given in a file. */
function again(machine: Machine, args: readonly string[], token?: string) {
  const tokenFile = join(machine.elsewhere, "token");
  if (token !== undefined) writeFileSync(tokenFile, token);
  return install(machine, { version: "1.0.0" }, ...args, ...(token === undefined ? [] : ["--token-file", tokenFile]));
}

describe("install.sh, run again", () => {
  test("with the right token after a wrong one starts the bot; the first run fails", async () => {
    using machine = createMachine();
    const first = await again(machine, ["--admin", "42"], "1:wrong\n");
    expect(first).toEqual({ code: 1, said: expect.stringContaining("does not become ready") });
    machine.told();
    const second = await again(machine, ["--admin", "42"], "2:right\n");
    expect(second).toMatchObject({ code: 0, said: expect.stringContaining("replace the token") });
    expect(machine.read(TOKEN)).toBe("2:right\n");
    expect(machine.told()).toEqual(["restart dwld-bot"]);
  });

  test("with the right token after a wrong one shows a code while there is no admin, and none later", async () => {
    using machine = createMachine();
    const bot: FakeBot = { version: "1.0.0", commands: ["check", "pair"] };
    const code = "Send ABCD-EFGH-JKMN to the bot";
    const tokenFile = join(machine.elsewhere, "token");
    const withToken = (token: string) => {
      writeFileSync(tokenFile, token);
      return install(machine, bot, "--token-file", tokenFile);
    };
    expect(await withToken("1:wrong\n")).toEqual({ code: 1, said: expect.not.stringContaining(code) });
    expect(await withToken("2:secret\n")).toEqual({ code: 0, said: expect.stringContaining(code) });
    // Somebody sent the code to the bot.
    machine.write("var/lib/dwld-bot/dwld-bot.db.admin", "");
    expect((await withToken("3:wrong-secret\n")).code).toBe(1);
    const again = await withToken("2:secret\n");
    expect(again).toEqual({ code: 0, said: expect.not.stringContaining(code) });
  });

  test("with the same options fails while the service fails, and restarts it each time", async () => {
    using machine = createMachine();
    await again(machine, ["--admin", "42"], "1:wrong\n");
    machine.told();
    expect((await again(machine, ["--admin", "42"], "1:wrong\n")).code).toBe(1);
    expect((await again(machine, [])).code).toBe(1);
    expect(machine.told()).toEqual(["restart dwld-bot", "restart dwld-bot"]);
  });

  test("with the token after the admin uses both and starts the bot", async () => {
    using machine = createMachine();
    await again(machine, ["--admin", "42", "--no-start"]);
    machine.told();
    expect((await again(machine, [], "2:right\n")).code).toBe(0);
    expect(machine.read(TOKEN)).toBe("2:right\n");
    expect(machine.told()).toEqual(["enable --now dwld-bot"]);
  });

  test("with another admin adds that admin to the config that install.sh wrote", async () => {
    using machine = createMachine();
    await again(machine, ["--admin", "42"], "2:right\n");
    machine.told();
    expect((await again(machine, ["--admin", "43"])).code).toBe(0);
    expect(machine.read(CONFIG)).toContain("admins: [42, 43]\n");
    expect(machine.told()).toEqual(["restart dwld-bot"]);
  });

  test.each([
    ["telegram: { admins: [7] }\n", "telegram: { admins: [7, 42] }\n"],
    ["# nothing\n", "# All keys and their defaults: config.example.yaml\ntelegram:\n  admins: [42]\n"],
    ["telegram:\n  admins: [] # nobody\nfolders: [a]\n", "telegram:\n  admins: [42] # nobody\nfolders: [a]\n"],
    ["telegram:\n  admins: [7, ]\nfolders: [a]\n", "telegram:\n  admins: [7, 42]\nfolders: [a]\n"],
    ["telegram: # admins: [1]\n  admins: [7]\n", "telegram: # admins: [1]\n  admins: [7, 42]\n"],
    ["telegram:\n  admins: [142, 42]\nfolders: [a]\n", "telegram:\n  admins: [142, 42]\nfolders: [a]\n"],
  ])("with an admin adds it to the operator's own config: %j", async (written, expected) => {
    using machine = createMachine();
    await again(machine, []);
    machine.write(CONFIG, written, 0o640);
    expect((await again(machine, ["--admin", "42"])).code).toBe(0);
    expect(machine.read(CONFIG)).toBe(expected);
  });

  test("rejects what it cannot apply, before it changes anything", async () => {
    using machine = createMachine();
    await again(machine, []);
    machine.write(CONFIG, "telegram:\n  token: 1:own\n  admins:\n    - 7\n", 0o640);
    const before = machine.tree();
    const ofAdmin = await again(machine, ["--admin", "42"]);
    expect(ofAdmin).toEqual({
      code: 1,
      said: expect.stringContaining("telegram.admins is not one line: add 42 there"),
    });
    const ofToken = await again(machine, [], "2:right\n");
    expect(ofToken).toEqual({ code: 1, said: expect.stringContaining("remove telegram.token or token_file from it") });
    expect(machine.tree()).toEqual(before);
    // A key in a comment does not count, and the config's token_file takes precedence over the credential from systemd.
    machine.write(CONFIG, "telegram:\n  token_file: /etc/token\n  # admins: [7]\n  users: [8]\n", 0o640);
    expect((await again(machine, ["--admin", "42"])).said).toContain("is not one line");
    expect((await again(machine, [], "2:right\n")).said).toContain("remove telegram.token or token_file from it");
  });

  test.each(["", "\n", "my bot\n", "1:a\n2:b\n", "Use this token: 1:a\n"])(
    "rejects %j as a token, in a first run too",
    async (token) => {
      using machine = createMachine();
      const { code, said } = await again(machine, ["--admin", "42"], token);
      expect({ code, said }).toEqual({ code: 1, said: expect.stringContaining("@BotFather") });
      expect(machine.tree()).toEqual({});
    },
  );

  test("takes a token without a line break, or with blanks and empty lines around it", async () => {
    using machine = createMachine();
    for (const token of ["1:abc", "\n  1:abd\r\n\n"]) {
      expect((await again(machine, ["--admin", "42"], token)).code).toBe(0);
      expect(machine.read(TOKEN)).toBe(`${token.trim()}\n`);
    }
  });

  test("replaces the downloader's grpc.token", async () => {
    using machine = createMachine();
    await again(machine, ["--downloader"], "sesame\n");
    machine.told();
    expect((await again(machine, ["--downloader"], "open sesame\n")).code).toBe(1);
    expect((await again(machine, ["--downloader"], "barley\n")).code).toBe(0);
    expect(machine.read("etc/dwld-bot/grpc-token")).toBe("barley\n");
    expect(machine.told()).toEqual(["restart dwld-bot-downloader"]);
  });
});

describe("install.sh with a proxy in the environment", () => {
  test("runs the check without the proxy, like the service", async () => {
    using machine = createMachine();
    await again(machine, ["--admin", "42"], "1:secret\n");
    const strict = fakeBot({ version: "2.0.0" }).replace(
      "  check)",
      '  check) [ -z "$https_proxy$HTTP_PROXY" ] || exit 78;',
    );
    const release = createRelease(join(machine.elsewhere, "strict"), strict);
    const env = { https_proxy: "http://127.0.0.1:9", HTTP_PROXY: "http://127.0.0.1:9" };
    const { code, said } = await machine.run(["--from", release], { env });
    expect({ code, said }).toMatchObject({ code: 0 });
    expect(machine.read("usr/local/bin/dwld-bot")).toContain("dwld-bot 2.0.0");
  });
});

describe("install.sh --import", () => {
  test("imports the Go version's folder and starts the bot in one command", async () => {
    using machine = createMachine();
    const folder = join(machine.elsewhere, "go");
    mkdirSync(folder);
    writeFileSync(join(folder, "config.yaml"), "telegram: { token: 1:go, admins: [7] }\n");
    const { code, said } = await again(machine, ["--import", folder]);
    expect({ code, said }).toMatchObject({ code: 0 });
    expect(machine.read(CONFIG)).toContain("1:go");
    expect(machine.told()).toEqual(["daemon-reload", "enable --now dwld-bot"]);
    // Importing later works too: the running bot is stopped meanwhile.
    expect((await again(machine, ["--import", folder])).code).toBe(0);
    expect(machine.told()).toEqual(["stop dwld-bot", "enable --now dwld-bot"]);
  });

  test("restarts the bot if the import fails", async () => {
    using machine = createMachine();
    await again(machine, ["--admin", "42"], "1:secret\n");
    machine.told();
    const folder = join(machine.elsewhere, "not-go");
    mkdirSync(folder);
    const { code, said } = await again(machine, ["--import", folder]);
    expect({ code, said }).toEqual({ code: 1, said: expect.stringContaining("The service runs again as it did") });
    expect(machine.told()).toEqual(["stop dwld-bot", "start dwld-bot"]);
  });

  test("changes nothing if the folder is missing", async () => {
    using machine = createMachine();
    const { code, said } = await again(machine, ["--import", "/nowhere"]);
    expect({ code, said }).toEqual({ code: 1, said: expect.stringContaining("there is no /nowhere") });
    expect(machine.tree()).toEqual({});
  });
});
