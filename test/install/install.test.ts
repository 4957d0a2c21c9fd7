import { describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fakeBot } from "./fakes.ts";
import { createMachine, createRelease, INSTALL, type Machine } from "./machine.ts";
import { modes } from "./tree.ts";

const UNIT = "etc/systemd/system/dwld-bot.service";

function prepared(machine: Machine): string[] {
  const release = createRelease(join(machine.elsewhere, "release"), fakeBot({ version: "1.0.0" }));
  const token = join(machine.elsewhere, "token");
  writeFileSync(token, "123:secret\n");
  return ["--from", release, "--token-file", token, "--admin", "42"];
}

describe.each(["oneself", "nobody"] as const)("install.sh, run by %s", (as) => {
  test("installs every file with the right mode, and starts the service", async () => {
    using machine = createMachine({ as });
    const { code, said } = await machine.run(prepared(machine));
    expect({ code, said }).toMatchObject({ code: 0 });
    expect(modes(machine.tree())).toMatchObject({
      "usr/local/bin/dwld-bot": "755",
      [UNIT]: "644",
      "etc/dwld-bot": "750",
      "etc/dwld-bot/config.yaml": "640",
      "etc/dwld-bot/telegram-token": "600",
      "var/lib/dwld-bot": "700",
    });
    expect(machine.read("etc/dwld-bot/config.yaml")).toContain("admins: [42]");
    expect(machine.read("etc/dwld-bot/telegram-token")).toBe("123:secret\n");
    expect(machine.told()).toEqual(["daemon-reload", "enable --now dwld-bot"]);
    expect(said).not.toContain("secret");
    // What an operator wants to know at this point.
    const facts = ["dwld-bot 1.0.0 (fake)", "@my_bot, https://t.me/my_bot", "active", "register at 10.0.0.1:9999"];
    for (const fact of [...facts, "sudo dwld-bot check", "dwld-bot-uninstall"]) expect(said).toContain(fact);
    expect(machine.has("etc/dwld-bot/config.example.yaml")).toBe(true);
  });

  test("changes and restarts nothing the second time", async () => {
    using machine = createMachine({ as });
    const args = prepared(machine);
    await machine.run(args);
    machine.told();
    const before = machine.tree();
    const { code, said } = await machine.run(args);
    expect({ code, said }).toEqual({
      code: 0,
      said: expect.stringMatching(/^Nothing to change: dwld-bot 1\.0\.0 \(fake\) is/),
    });
    expect(machine.tree()).toEqual(before);
    expect(machine.told()).toEqual([]);
  });

  test("leaves no temporary files", async () => {
    using machine = createMachine({ as });
    await machine.run(prepared(machine));
    const left = Object.keys(machine.tree()).filter((path) => /\.new$|\.prev$|tmp/.test(path));
    expect(left).toEqual([]);
  });
});

describe("install.sh", () => {
  test("makes a pairing code if no admin is given, readable only by the bot's user, and shows it at the end", async () => {
    using machine = createMachine();
    const release = createRelease(
      join(machine.elsewhere, "release"),
      fakeBot({ version: "1.0.0", commands: ["backup", "check", "pair"] }),
    );
    const args = ["--from", release, "--token-file", "-"];
    const { code, said } = await machine.run(args, { stdin: "123:secret\n" });
    expect({ code, said }).toMatchObject({
      code: 0,
      said: expect.stringMatching(/\nSend ABCD-EFGH-JKMN to the bot\n$/),
    });
    expect(modes(machine.tree())).toMatchObject({
      "etc/dwld-bot/config.yaml": "640",
      "var/lib/dwld-bot/dwld-bot.db.pairing": "600",
    });
    expect(machine.read("etc/dwld-bot/config.yaml")).toContain(
      "The first admin comes by the code that dwld-bot pair shows.\ntelegram:\n  admins: []\n",
    );
    expect(machine.told()).toEqual(["daemon-reload", "enable --now dwld-bot"]);
    expect((await machine.run(args, { stdin: "123:secret\n" })).said).not.toContain("ABCD");
  });

  test("--dry-run lists every change and makes none", async () => {
    using machine = createMachine();
    const { code, said } = await machine.run([...prepared(machine), "--dry-run"]);
    expect(code).toBe(0);
    expect(machine.tree()).toEqual({});
    expect(machine.told()).toEqual([]);
    const would = said.split("\n").filter((line) => line.startsWith("would "));
    expect(would.map((line) => line.replaceAll(machine.root, ""))).toEqual([
      "would create /etc/dwld-bot",
      "would create /var/lib/dwld-bot",
      "would install /usr/local/bin/dwld-bot",
      `would write /${UNIT}`,
      "would run systemctl daemon-reload",
      "would write /usr/local/sbin/dwld-bot-uninstall",
      "would write /etc/dwld-bot/config.example.yaml",
      "would write the token to /etc/dwld-bot/telegram-token",
      "would write /etc/dwld-bot/config.yaml",
      "would run systemctl enable --now dwld-bot",
    ]);
  });

  test("--prefix moves the binary, and the next run finds it there", async () => {
    using machine = createMachine();
    const args = prepared(machine);
    expect((await machine.run([...args, "--prefix", "/opt/dwld"])).code).toBe(0);
    expect(machine.read(UNIT)).toContain("\nExecStart=/opt/dwld/bin/dwld-bot run --config /etc/dwld-bot/config.yaml\n");
    expect((await machine.run(args)).said).toContain("Nothing to change");
    expect(machine.has("usr/local/bin/dwld-bot")).toBe(false);
  });

  test("keeps an existing config and token if none is given", async () => {
    using machine = createMachine();
    machine.write("etc/dwld-bot/config.yaml", "telegram: { admins: [7] }\n", 0o600);
    machine.write("etc/dwld-bot/telegram-token", "7:mine\n", 0o600);
    const before = machine.tree();
    expect((await machine.run(prepared(machine).slice(0, 2))).code).toBe(0);
    expect(machine.tree()).toMatchObject(before);
    expect(machine.told()).toEqual(["daemon-reload", "enable --now dwld-bot"]);
  });

  test("warns if others can read the token", async () => {
    using machine = createMachine();
    machine.write("etc/dwld-bot/telegram-token", "7:mine\n", 0o644);
    const { said } = await machine.run(prepared(machine).slice(0, 2));
    expect(said).toContain(`chmod 600 ${machine.root}/etc/dwld-bot/telegram-token`);
  });

  test("does not start the bot without a config, says what to do, and starts it once that is done", async () => {
    using machine = createMachine();
    const args = prepared(machine);
    const first = await machine.run(args.slice(0, 2));
    expect(first.code).toBe(0);
    expect(first.said).toContain("--token-file FILE --admin ID");
    expect(machine.told()).toEqual(["daemon-reload"]);
    expect((await machine.run(args)).code).toBe(0);
    expect(machine.told()).toEqual(["enable --now dwld-bot"]);
  });

  test("takes the token from standard input", async () => {
    using machine = createMachine();
    const [, release = ""] = prepared(machine);
    await machine.run(["--from", release, "--token-file", "-", "--admin", "-100"], { stdin: "9:piped\n" });
    expect(machine.read("etc/dwld-bot/telegram-token")).toBe("9:piped\n");
    expect(machine.read("etc/dwld-bot/config.yaml")).toContain("admins: [-100]");
  });

  test.skipIf(Bun.which("script") === null)(
    "asks a person at a terminal for the config, and starts the bot",
    async () => {
      using machine = createMachine();
      const bot = fakeBot({ version: "1.0.0", commands: ["init"] });
      const release = createRelease(join(machine.elsewhere, "asking"), bot);
      const { code, said } = await machine.run(["--from", release], { typed: "77\n" });
      expect({ code, said }).toMatchObject({ code: 0 });
      expect(machine.read("etc/dwld-bot/config.yaml")).toContain("admins: [77]");
      expect(modes(machine.tree())).toMatchObject({
        "etc/dwld-bot/config.yaml": "640",
        "etc/dwld-bot/telegram-token": "600",
      });
      expect(machine.told()).toEqual(["daemon-reload", "enable --now dwld-bot"]);
    },
  );

  test.skipIf(Bun.which("script") === null)(
    "--dry-run at a terminal says that it would ask, and start the bot",
    async () => {
      using machine = createMachine();
      const { said } = await machine.run([...prepared(machine).slice(0, 2), "--dry-run"], { typed: "" });
      expect(said).toContain(`would ask for what ${machine.root}/etc/dwld-bot/config.yaml needs`);
      expect(said).toContain("would run systemctl enable --now dwld-bot");
      expect(machine.tree()).toEqual({});
    },
  );

  test("--no-start does not start the service", async () => {
    using machine = createMachine();
    await machine.run([...prepared(machine), "--no-start"]);
    expect(machine.told()).toEqual(["daemon-reload"]);
  });

  test("--no-service installs only the binary, and needs no systemd", async () => {
    using machine = createMachine();
    const args = [...prepared(machine).slice(0, 2), "--no-service"];
    const dry = await machine.run([...args, "--dry-run"], { systemctl: "no-systemctl-here" });
    expect(dry.said).toBe(
      `take dwld-bot-linux-${process.arch} from ${args[1]}\nwould install ${machine.root}/usr/local/bin/dwld-bot\n`,
    );
    const { code } = await machine.run(args, { systemctl: "no-systemctl-here" });
    expect(code).toBe(0);
    expect(Object.keys(machine.tree())).toEqual(["usr", "usr/local", "usr/local/bin", "usr/local/bin/dwld-bot"]);
  });

  test("does not call systemctl for a packager, who sets only DESTDIR", async () => {
    using machine = createMachine();
    const { code } = await machine.run(prepared(machine), { systemctl: "" });
    expect({ code, has: machine.has(UNIT), told: machine.told() }).toEqual({ code: 0, has: true, told: [] });
  });

  test("says where to look if the first start fails", async () => {
    using machine = createMachine();
    const release = createRelease(join(machine.elsewhere, "bad"), fakeBot({ version: "1.0.0", broken: true }));
    const { code, said } = await machine.run([...prepared(machine), "--from", release]);
    expect(code).toBe(1);
    expect(said).toContain("journalctl -u dwld-bot");
  });

  test.each([
    ...[
      "--colour",
      "--from",
      "--admin me",
      "--admin 0",
      "--admin 1-2",
      "--prefix opt",
      "--prefix /opt/a|b",
      "--version",
    ],
    ...["--no-service --admin 1", "--uninstall --token-file x", "--import /go --admin 1", "--downloader --import /go"],
  ])("rejects %s with exit code 64", async (line) => {
    using machine = createMachine();
    const { code, said } = await machine.run(line.split(" "));
    expect({ code, said }).toEqual({ code: 64, said: expect.stringContaining("Try sh install.sh --help") });
    expect(machine.tree()).toEqual({});
  });

  test("--help lists every option", async () => {
    using machine = createMachine();
    const { said } = await machine.run(["--help"]);
    const taken = (await Bun.file(INSTALL).text()).matchAll(/^ {6}(?:-h \| )?(--[a-z-]+)\)/gm);
    const options = [...taken].map(([, option = ""]) => option);
    expect(options.length).toBeGreaterThan(10);
    for (const option of options) expect(said).toContain(option);
  });
});
