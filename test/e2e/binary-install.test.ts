import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fakeBot } from "../install/fakes.ts";
import { createMachine, createRelease, sumUp } from "../install/machine.ts";
import { BINARY, spawnBot } from "../support/binary/life.ts";
import { createBinaryRig, TOKEN } from "../support/binary.ts";
import { writeGoConfig, writeGoDatabase } from "../support/go-version.ts";
import { startNotifyReceiver } from "../support/notify-receiver.ts";
import { reservePort } from "../support/reserved-port.ts";

describe("install.sh with the real bot", () => {
  test("installs a bot that becomes ready with the config it wrote, and backs it up before an upgrade", async () => {
    using machine = createMachine();
    const release = createRelease(join(machine.elsewhere, "release"), "");
    copyFileSync(BINARY, join(release, "dwld-bot-linux-x64"));
    copyFileSync(BINARY, join(release, "dwld-bot-linux-arm64"));
    sumUp(release);
    const args = ["--from", release, "--token-file", "-", "--admin", "1", "--no-start"];
    const { code, said } = await machine.run(args, { stdin: `${TOKEN}\n` });
    expect({ code, said }).toMatchObject({ code: 0 });
    expect((await machine.run(args, { stdin: `${TOKEN}\n` })).said).toContain("Nothing to change");

    // Started as the unit does, as far as that works without systemd.
    await using rig = createBinaryRig({ command: [join(machine.root, "usr/local/bin/dwld-bot"), "run"] });
    await using manager = await startNotifyReceiver(join(rig.folder, "notify"));
    const life = rig.spawn(
      {
        NOTIFY_SOCKET: join(rig.folder, "notify"),
        CREDENTIALS_DIRECTORY: join(machine.root, "etc/dwld-bot"),
        DWLD_BOT_TELEGRAM_API_ROOTS: rig.api.root,
        DWLD_BOT_GRPC_LISTEN: "127.0.0.1:0",
        DWLD_BOT_HTTP_LISTEN: "127.0.0.1:0",
        DWLD_BOT_STORE_PATH: join(machine.root, "var/lib/dwld-bot/dwld-bot.db"),
      },
      ["--config", join(machine.root, "etc/dwld-bot/config.yaml")],
    );
    await manager.gets("READY=1");
    expect(await life.stop()).toBe(0);

    const other = createRelease(join(machine.elsewhere, "other"), fakeBot({ version: "9.0.0", commands: [] }));
    const upgrade = await machine.run(["--from", other, "--no-start"]);
    expect(upgrade).toMatchObject({ code: 0 });
    const [backup = ""] = Object.keys(machine.tree()).filter((path) => path.includes("backups/before-upgrade-"));
    using copy = new Database(join(machine.root, backup), { readonly: true });
    expect(copy.query("select count(*) as links from links").get()).toEqual({ links: 0 });
  });

  test("shows a code, when it gets only a token, that makes its sender the admin of the bot", async () => {
    using machine = createMachine();
    const store = join(machine.root, "var/lib/dwld-bot/dwld-bot.db");
    await using rig = createBinaryRig({ command: [join(machine.root, "usr/local/bin/dwld-bot"), "run"] });
    const settings = { DWLD_BOT_TELEGRAM_API_ROOTS: rig.api.root, DWLD_BOT_STORE_PATH: store };
    const script = join(import.meta.dir, "../../install.sh");
    const args = ["--from", BINARY, "--token-file", "-", "--no-start"];
    const { code, said } = await machine.run(args, { script, stdin: `${TOKEN}\n`, env: settings });
    expect({ code, said }).toMatchObject({ code: 0 });
    const [, shown = ""] = /^ {4}(\S+)$/m.exec(said) ?? [];

    const socket = join(rig.folder, "notify");
    await using manager = await startNotifyReceiver(socket);
    const handedOver = { NOTIFY_SOCKET: socket, CREDENTIALS_DIRECTORY: join(machine.root, "etc/dwld-bot") };
    const anyPorts = { DWLD_BOT_GRPC_LISTEN: "127.0.0.1:0", DWLD_BOT_HTTP_LISTEN: "127.0.0.1:0" };
    const config = join(machine.root, "etc/dwld-bot/config.yaml");
    const life = rig.spawn({ ...settings, ...handedOver, ...anyPorts }, ["--config", config]);
    await manager.gets("READY=1");
    rig.api.user({ id: 7, username: "ann", languageCode: "ru" }).sends(shown);
    await rig.api.message(7, ({ byBot, text }) => byBot && text.includes("Теперь вы админ этого бота."));
    expect(await life.stop()).toBe(0);
  });

  test("sets up a built-in downloader that becomes ready and registers", async () => {
    using machine = createMachine();
    using reserved = reservePort();
    await using rig = createBinaryRig({ config: { grpc: { listen: "127.0.0.1:0", token: "sesame" } } });
    const bot = await rig.start();
    const chosen = ["--dir", join(machine.elsewhere, "my films"), "--name", "Дом", "--roots", "youtube.com,vk.com"];
    const addresses = ["--bot", await bot.address(), "--listen", `127.0.0.1:${reserved.port}`];
    const args = ["--from", BINARY, "--downloader", ...chosen, ...addresses, "--token-file", "-", "--no-start"];
    const script = join(import.meta.dir, "../../install.sh");
    const { code, said } = await machine.run(args, { script, stdin: "sesame\n" });
    expect({ code, said }).toMatchObject({ code: 0 });

    const unit = machine.read("etc/systemd/system/dwld-bot-downloader.service");
    const [, start = ""] = /^ExecStart=(.*)$/m.exec(unit) ?? [];
    const dropIn = machine.read("etc/systemd/system/dwld-bot-downloader.service.d/override.conf");
    const [, options = ""] = /^Environment='OPTIONS=(.*)'$/m.exec(dropIn) ?? [];
    const command = ["sh", "-c", `exec "$0"${start.replace("$OPTIONS", options)}`, machine.root];
    const socket = join(rig.folder, "notify");
    await using manager = await startNotifyReceiver(socket);
    const env = { NOTIFY_SOCKET: socket, CREDENTIALS_DIRECTORY: join(machine.root, "etc/dwld-bot") };
    const life = spawnBot({ command, cwd: rig.folder, env, args: [] });
    await manager.gets("READY=1");
    await life.says('Registered as "Дом"');
    expect(await life.stop()).toBe(0);
  });

  test.each([
    ["C.UTF-8", "servers  register at"],
    ["ru_RU.UTF-8", "серверы    регистрируются на"],
  ])("names the bot and the address for servers at the end, where LANG is %s", async (LANG, words) => {
    using machine = createMachine();
    using reserved = reservePort();
    await using rig = createBinaryRig();
    const listen = `127.0.0.1:${reserved.port}`;
    const config = {
      telegram: { admins: [1], api_roots: [rig.api.root] },
      grpc: { listen },
      http: { listen: "127.0.0.1:0" },
    };
    machine.write("etc/dwld-bot/config.yaml", JSON.stringify(config), 0o640);
    const args = ["--from", BINARY, "--token-file", "-"];
    const script = join(import.meta.dir, "../../install.sh");
    await machine.run([...args, "--no-start"], { script, stdin: TOKEN });
    // Pretends that systemd had started it.
    writeFileSync(join(machine.root, "../state.dwld-bot"), "active\n");
    const { code, said } = await machine.run(args, { script, stdin: TOKEN, env: { LANG } });
    expect(code).toBe(0);
    expect(said).toMatch(/@\w+, https:\/\/t\.me\/\w+\n/);
    expect(said).toContain(`${words} ${listen}\n`);
  });

  test("takes over the Go version with one command: --import", async () => {
    using machine = createMachine();
    writeGoConfig(
      machine.elsewhere,
      `tg: { Token: "${TOKEN}", Admins: ["42"], AllowedIDs: [] }\ngrpc: { host: 127.0.0.1, port: 9999 }\n`,
    );
    using go = writeGoDatabase(machine.elsewhere, {
      links: [["https://youtube.com/watch?v=1", 10_000, "1", "42", "[ann] ", "7", ""]],
    });
    const script = join(import.meta.dir, "../../install.sh");
    const args = ["--from", BINARY, "--import", machine.elsewhere, "--no-start"];
    const { code, said } = await machine.run(args, { script });
    expect({ code, said }).toMatchObject({ code: 0 });
    go.close();
    expect(machine.read("etc/dwld-bot/config.yaml")).toContain("admins: [42]");
    using database = new Database(join(machine.root, "var/lib/dwld-bot/dwld-bot.db"), { readonly: true });
    expect(database.query("select url from links").all()).toEqual([{ url: "https://youtube.com/watch?v=1" }]);
  });

  test("notices a truncated binary before it replaces anything", async () => {
    using machine = createMachine();
    const release = createRelease(join(machine.elsewhere, "release"), "");
    const cut = readFileSync(BINARY).subarray(0, 4096);
    for (const kind of ["linux-x64", "linux-arm64"]) writeFileSync(join(release, `dwld-bot-${kind}`), cut);
    const downloaded = await machine.run(["--from", release]);
    expect(downloaded.said).toContain("is not what was released");
    sumUp(release);
    const { code, said } = await machine.run(["--from", release]);
    expect({ code, said }).toEqual({ code: 1, said: expect.stringContaining("does not run on this machine") });
    expect(machine.has("usr/local/bin/dwld-bot")).toBe(false);
    expect(machine.has("usr/local/bin/dwld-bot.new")).toBe(false);
  });
});

describe(".ci/build", () => {
  // Otherwise the same commit gives other bytes in another folder, and a release's checksums prove nothing to who rebuilds it.
  test("leaves nothing in the binary that tells in which folder it was built", () => {
    expect(readFileSync(BINARY).includes(join(import.meta.dir, "../.."))).toBe(false);
  });
});

describe(".ci/release", () => {
  test("gives the same bytes twice, and checksums that install.sh accepts", async () => {
    const release = join(import.meta.dir, "../../dist/release");
    // Only for this machine's architecture, since another one's runtime would have to be downloaded.
    const [target, kind] = process.arch === "arm64" ? ["linux-arm64", "aarch64"] : ["linux-x64", "x86_64"];
    const build = () => {
      const { exitCode, stderr } = Bun.spawnSync([join(import.meta.dir, "../../.ci/release"), target]);
      expect({ exitCode, said: stderr.toString() }).toMatchObject({ exitCode: 0 });
      return readFileSync(join(release, "SHA256SUMS"), "utf8");
    };
    const first = build();
    expect(build()).toBe(first);
    using machine = createMachine();
    const programs = { uname: `#!/bin/sh\n[ "$1" = -m ] && echo ${kind} || echo Linux\n` };
    const { code, said } = await machine.run(["--from", release, "--dry-run"], { programs });
    expect({ code, said }).toEqual({ code: 0, said: expect.stringContaining("would install") });
  });
});
