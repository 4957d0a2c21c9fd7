import { describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BIN, botRuns, DROP_IN, downloaderRuns, startedWith, UNINSTALLER } from "./both.ts";
import { type FakeBot, fakeBot } from "./fakes.ts";
import { createMachine, createRelease, type Machine } from "./machine.ts";
import { modes } from "./tree.ts";

const BOT: FakeBot = { version: "1.0.0", commands: ["backup", "check", "pair"] };
const TOKEN = ["--token-file", "-"];
const DOWNLOADER = ["--downloader", "--name", "nas"];

interface Run {
  readonly bot?: FakeBot;
  readonly token?: string;
}

function run(machine: Machine, args: readonly string[], { bot = BOT, token = "1:secret\n" }: Run = {}) {
  return machine.run([...from(machine, bot), ...args], { stdin: token });
}

const from = (machine: Machine, bot: FakeBot) => [
  "--from",
  createRelease(join(machine.elsewhere, bot.version), fakeBot(bot)),
];

/** Kills install.sh just before it calls a program whose arguments match. */
async function killed(machine: Machine, at: RegExp, args: readonly string[], bot = BOT): Promise<void> {
  const folder = join(machine.root, "..");
  const instead = (program: string) => `#!/bin/sh
    if printf '%s\\n' "$*" | grep -Eq '${at.source}'; then kill -9 "$(cat "$FAKE/pid")"; exit 1; fi
    exec ${program} "$@"`;
  const places = join(folder, "killing");
  mkdirSync(places, { recursive: true });
  for (const name of ["mv", "chmod", "rm", "rmdir"])
    writeFileSync(join(places, name), instead(`/bin/${name}`), { mode: 0o755 });
  const systemctl = join(places, "systemctl");
  writeFileSync(systemctl, instead(join(folder, "systemctl")), { mode: 0o755 });
  const script = join(folder, "killed.sh");
  writeFileSync(script, `echo $$ >"$FAKE/pid"; PATH=${places}:$PATH; exec sh "$FAKE/install.sh" "$@"`);
  const { code } = await machine.run([...from(machine, bot), ...args], { script, stdin: "1:secret\n", systemctl });
  expect(code).toBe(137);
  machine.told();
}

describe("install.sh, run again after it was killed", () => {
  test.each([
    /0750 .*etc.dwld-bot/,
    /bin.dwld-bot\.new /,
    /dwld-bot\.service\.new .*dwld-bot\.service$/,
    /config\.yaml\.new /,
    /^enable/,
  ])("at %p installs the rest and starts the bot", async (at) => {
    using machine = createMachine();
    await killed(machine, at, [...TOKEN, "--admin", "42"]);
    const { code, said } = await run(machine, [...TOKEN, "--admin", "42"]);
    expect({ code, said }).toEqual({ code: 0, said: expect.stringContaining("state    active") });
    expect(machine.told()).toContain("enable --now dwld-bot");
    expect(modes(machine.tree())).toMatchObject({ "etc/dwld-bot": "750", "etc/dwld-bot/config.yaml": "640" });
    expect(machine.has(`${BIN}.unfinished`)).toBe(false);
    expect((await run(machine, [...TOKEN, "--admin", "42"])).said).toStartWith("Nothing to change");
  });

  test("says in Russian that it continues", async () => {
    using machine = createMachine();
    await killed(machine, /^enable/, [...TOKEN, "--admin", "42"]);
    const { said } = await machine.run(from(machine, BOT), { env: { LANG: "ru_RU.UTF-8" } });
    expect(said).toStartWith("Прошлый запуск install.sh прервался: продолжаю\n");
    expect(machine.told()).toEqual(["daemon-reload", "enable --now dwld-bot"]);
  });

  test("starts the new version after an upgrade, and leaves a stopped bot stopped", async () => {
    for (const isStopped of [false, true]) {
      using machine = createMachine();
      await botRuns(machine);
      await downloaderRuns(machine);
      if (isStopped) writeFileSync(join(machine.root, "../state.dwld-bot"), "inactive\n");
      const bot = { ...BOT, version: "2.0.0" };
      await killed(machine, /^restart/, [], bot);
      const dry = await run(machine, ["--dry-run"], { bot });
      expect(dry.said).toContain("would run systemctl restart");
      expect((await run(machine, [], { bot })).code).toBe(0);
      const restarted = isStopped ? "dwld-bot-downloader" : "dwld-bot dwld-bot-downloader";
      expect(machine.told()).toEqual(["daemon-reload", `restart ${restarted}`]);
    }
  });

  test.each([/config\.yaml\.new /, /^enable/])("at %p shows a code for the first admin", async (at) => {
    using machine = createMachine();
    await killed(machine, at, TOKEN);
    const { code, said } = await run(machine, TOKEN);
    expect({ code, said }).toEqual({ code: 0, said: expect.stringContaining("Send ABCD-EFGH-JKMN to the bot") });
  });

  test.each([/override\.conf\.new /, /^daemon-reload/, /^restart/])(
    "at %p restarts the server with its new options",
    async (at) => {
      using machine = createMachine();
      await downloaderRuns(machine);
      await killed(machine, at, DOWNLOADER);
      expect((await run(machine, DOWNLOADER)).code).toBe(0);
      expect(machine.told()).toEqual(["daemon-reload", "restart dwld-bot-downloader"]);
      expect(startedWith(machine)).toEqual(["--dir", "/srv/dwld-bot", "--name", "nas"]);
    },
  );

  test.each([
    { at: /dwld-bot-uninstall/, args: ["--purge"] },
    { at: /etc.dwld-bot$/, args: ["--purge"] },
    { at: /override\.conf|service\.d/, args: ["--downloader", "--purge", "--with-files"] },
    { at: /srv.dwld-bot$/, args: ["--downloader", "--purge", "--with-files"] },
  ])("during a removal ($at) removes the rest with dwld-bot-uninstall", async ({ at, args }) => {
    using machine = createMachine();
    const isBot = args[0] !== "--downloader";
    if (isBot) await run(machine, [...TOKEN, "--admin", "42"]);
    else await downloaderRuns(machine);
    await killed(machine, at, args);
    const script = join(machine.root, UNINSTALLER);
    const { code, said } = await machine.run(args, { script });
    expect({ code, said }).toMatchObject({ code: 0 });
    expect(Object.keys(machine.tree()).filter((path) => path.includes("dwld-bot"))).toEqual([]);
  });

  test("removes what the killed run left", async () => {
    using machine = createMachine();
    await killed(machine, /^enable/, [...TOKEN, "--admin", "42"]);
    expect((await machine.run(["--purge"])).code).toBe(0);
    expect(Object.keys(machine.tree()).filter((path) => path.includes("dwld-bot"))).toEqual([]);
  });
});

describe("install.sh on a disk that fills up midway", () => {
  test("leaves no half-written drop-in, and completes once there is room", async () => {
    using machine = createMachine();
    await downloaderRuns(machine);
    const before = machine.read(DROP_IN);
    const cp = `#!/bin/sh
      case $2 in */override.conf*) head -c 20 "$1" >"$2"; echo "No space left on device" >&2; exit 1 ;; esac
      exec /bin/cp "$@"`;
    expect((await machine.run([...from(machine, BOT), ...DOWNLOADER], { programs: { cp } })).code).toBe(1);
    expect(machine.read(DROP_IN)).toBe(before);
    const later = await machine.run([...from(machine, BOT), ...DOWNLOADER], { programs: { cp: 'exec /bin/cp "$@"' } });
    expect({ code: later.code, told: machine.told() }).toEqual({
      code: 0,
      told: ["daemon-reload", "restart dwld-bot-downloader"],
    });
    expect(startedWith(machine)).toEqual(["--dir", "/srv/dwld-bot", "--name", "nas"]);
  });
});
