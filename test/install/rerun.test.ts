import { describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { install } from "./both.ts";
import { type FakeBot, fakeBot } from "./fakes.ts";
import { createMachine, createRelease, type Machine } from "./machine.ts";

const CONFIG = "etc/dwld-bot/config.yaml";
const TOKEN = "etc/dwld-bot/telegram-token";

/** Runs install.sh of the same version with more options; `token` comes from standard input. */
function again(machine: Machine, args: readonly string[], token?: string) {
  const tokenFile = join(machine.elsewhere, "token");
  if (token !== undefined) writeFileSync(tokenFile, token);
  return install(machine, { version: "1.0.0" }, ...args, ...(token === undefined ? [] : ["--token-file", tokenFile]));
}

describe("install.sh, run again", () => {
  test("with the right token after a wrong one starts the bot, and did not end well before", async () => {
    using machine = createMachine();
    const first = await again(machine, ["--admin", "42"], "1:wrong\n");
    expect(first).toEqual({ code: 1, said: expect.stringContaining("does not become ready") });
    machine.told();
    const second = await again(machine, ["--admin", "42"], "2:right\n");
    expect(second).toMatchObject({ code: 0, said: expect.stringContaining("replace the token") });
    expect(machine.read(TOKEN)).toBe("2:right\n");
    expect(machine.told()).toEqual(["restart dwld-bot"]);
  });

  test("with the right token after a wrong one shows a code where nobody is an admin yet, and none afterwards", async () => {
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
    // Somebody has sent it to the bot.
    machine.write("var/lib/dwld-bot/dwld-bot.db.admin", "");
    expect((await withToken("3:wrong-secret\n")).code).toBe(1);
    const again = await withToken("2:secret\n");
    expect(again).toEqual({ code: 0, said: expect.not.stringContaining(code) });
  });

  test("with what it was given does not end well while the service has failed, and tries it", async () => {
    using machine = createMachine();
    await again(machine, ["--admin", "42"], "1:wrong\n");
    machine.told();
    expect((await again(machine, ["--admin", "42"], "1:wrong\n")).code).toBe(1);
    expect((await again(machine, [])).code).toBe(1);
    expect(machine.told()).toEqual(["restart dwld-bot", "restart dwld-bot"]);
  });

  test("with the token after the admin takes and starts both", async () => {
    using machine = createMachine();
    await again(machine, ["--admin", "42", "--no-start"]);
    machine.told();
    expect((await again(machine, [], "2:right\n")).code).toBe(0);
    expect(machine.read(TOKEN)).toBe("2:right\n");
    expect(machine.told()).toEqual(["enable --now dwld-bot"]);
  });

  test("with another admin makes that one an admin as well, also in the config that it has written", async () => {
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

  test("says before it changes anything what it cannot take", async () => {
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
    // One that only a comment names is none, and a file that it names comes before what systemd hands over.
    machine.write(CONFIG, "telegram:\n  token_file: /etc/token\n  # admins: [7]\n  users: [8]\n", 0o640);
    expect((await again(machine, ["--admin", "42"])).said).toContain("is not one line");
    expect((await again(machine, [], "2:right\n")).said).toContain("remove telegram.token or token_file from it");
  });

  test.each(["", "\n", "my bot\n", "1:a\n2:b\n", "Use this token: 1:a\n"])(
    "or for the first time refuses %j for a token",
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

  test("takes a new grpc.token for the server that downloads", async () => {
    using machine = createMachine();
    await again(machine, ["--downloader"], "sesame\n");
    machine.told();
    expect((await again(machine, ["--downloader"], "open sesame\n")).code).toBe(1);
    expect((await again(machine, ["--downloader"], "barley\n")).code).toBe(0);
    expect(machine.read("etc/dwld-bot/grpc-token")).toBe("barley\n");
    expect(machine.told()).toEqual(["restart dwld-bot-downloader"]);
  });
});

describe("install.sh where a proxy is set in the environment", () => {
  test("has the new version look without it, as the service will", async () => {
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
  test("takes over the Go version and starts, in one command", async () => {
    using machine = createMachine();
    const folder = join(machine.elsewhere, "go");
    mkdirSync(folder);
    writeFileSync(join(folder, "config.yaml"), "telegram: { token: 1:go, admins: [7] }\n");
    const { code, said } = await again(machine, ["--import", folder]);
    expect({ code, said }).toMatchObject({ code: 0 });
    expect(machine.read(CONFIG)).toContain("1:go");
    expect(machine.told()).toEqual(["daemon-reload", "enable --now dwld-bot"]);
    // Also later, when the bot runs, which must not meanwhile.
    expect((await again(machine, ["--import", folder])).code).toBe(0);
    expect(machine.told()).toEqual(["stop dwld-bot", "enable --now dwld-bot"]);
  });

  test("that fails leaves the bot running as it did", async () => {
    using machine = createMachine();
    await again(machine, ["--admin", "42"], "1:secret\n");
    machine.told();
    const folder = join(machine.elsewhere, "not-go");
    mkdirSync(folder);
    const { code, said } = await again(machine, ["--import", folder]);
    expect({ code, said }).toEqual({ code: 1, said: expect.stringContaining("The service runs again as it did") });
    expect(machine.told()).toEqual(["stop dwld-bot", "start dwld-bot"]);
  });

  test("changes nothing without that folder", async () => {
    using machine = createMachine();
    const { code, said } = await again(machine, ["--import", "/nowhere"]);
    expect({ code, said }).toEqual({ code: 1, said: expect.stringContaining("there is no /nowhere") });
    expect(machine.tree()).toEqual({});
  });
});
