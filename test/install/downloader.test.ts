import { describe, expect, test } from "bun:test";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BIN, BOT, botRuns, DROP_IN, downloaderRuns, files, install, startedWith, UNINSTALLER, UNIT } from "./both.ts";
import { fakeBot } from "./fakes.ts";
import { createMachine, createRelease } from "./machine.ts";
import { modes } from "./tree.ts";

const CHOSEN = ["--dir", "/srv/my films", "--name", "Дом", "--roots", "youtube.com,vk.com"];

describe.each(["oneself", "nobody"] as const)("install.sh --downloader, run by %s", (as) => {
  test("needs no bot on the machine, and changes nothing the second time", async () => {
    using machine = createMachine({ as });
    const args = ["--downloader", ...CHOSEN, "--bot", "192.168.1.2:9999", "--token-file", "-"];
    const release = createRelease(join(machine.elsewhere, "release"), fakeBot({ version: "1.0.0" }));
    const first = await machine.run(["--from", release, ...args], { stdin: "sesame\n" });
    expect(first).toMatchObject({ code: 0 });
    expect(first.said).not.toContain("sesame");
    expect(modes(machine.tree())).toMatchObject({ [BIN]: "755", [UNIT]: "644", [DROP_IN]: "644" });
    expect(modes(machine.tree())).toMatchObject({ "etc/dwld-bot/grpc-token": "600", "srv/my films": "755" });
    expect(files(machine).sort()).toEqual([DROP_IN, UNIT, BIN, UNINSTALLER, "etc/dwld-bot/grpc-token"].sort());
    expect(machine.told()).toEqual(["daemon-reload", "enable --now dwld-bot-downloader"]);
    const chosen = [...CHOSEN, "--bot", "192.168.1.2:9999", "--listen", "0.0.0.0:50051"];
    expect(startedWith(machine)).toEqual(chosen);
    expect(machine.read(DROP_IN)).toContain('\nBindPaths="/srv/my films"\n');

    const before = machine.tree();
    const { said } = await machine.run(["--from", release, ...args], { stdin: "sesame\n" });
    expect(said).toStartWith("Nothing to change: dwld-bot 1.0.0 (fake) is installed\n");
    expect(machine.tree()).toEqual(before);
    expect(machine.told()).toEqual([]);
  });
});

describe("install.sh --downloader", () => {
  test("needs no other option next to a bot, and does not change the bot", async () => {
    using machine = createMachine();
    await botRuns(machine);
    const before = machine.tree();
    const { code, said } = await install(machine, { version: "1.0.0" }, "--downloader");
    expect({ code, said }).toMatchObject({ code: 0 });
    expect(machine.tree()).toMatchObject(before);
    expect(machine.told()).toEqual(["daemon-reload", "enable --now dwld-bot-downloader"]);
    expect(startedWith(machine)).toEqual(["--dir", "/srv/dwld-bot"]);
  });

  test("--dry-run lists every change and makes none", async () => {
    using machine = createMachine();
    const { code, said } = await install(machine, { version: "1.0.0" }, "--downloader", "--dry-run");
    expect(code).toBe(0);
    expect(machine.tree()).toEqual({});
    expect(machine.told()).toEqual([]);
    const would = said.split("\n").filter((line) => line.startsWith("would "));
    expect(would.map((line) => line.replaceAll(machine.root, ""))).toEqual([
      "would create /srv/dwld-bot",
      `would install /${BIN}`,
      `would write /${UNIT}`,
      `would write /${DROP_IN}`,
      "would run systemctl daemon-reload",
      `would write /${UNINSTALLER}`,
      "would run systemctl enable --now dwld-bot-downloader",
    ]);
  });

  test("applies options of a later run, and keeps what the operator added to the drop-in", async () => {
    using machine = createMachine();
    await downloaderRuns(machine);
    machine.write(DROP_IN, `${machine.read(DROP_IN)}Nice=0\n`);
    const before = machine.tree();
    expect((await install(machine, { version: "1.0.0" }, "--downloader")).said).toContain("Nothing to change");
    expect(machine.tree()).toEqual(before);
    machine.told();
    const later = ["--name", "other", "--bot", "192.168.1.2:9999"];
    expect((await install(machine, { version: "1.0.0" }, "--downloader", ...later)).code).toBe(0);
    expect(machine.told()).toEqual(["daemon-reload", "restart dwld-bot-downloader"]);
    const chosen = ["--dir", "/srv/dwld-bot", ...later, "--listen", "0.0.0.0:50051"];
    expect(startedWith(machine)).toEqual(chosen);
    expect(machine.read(DROP_IN)).toEndWith("Nice=0\n");
    await install(machine, { version: "1.0.0" }, "--downloader", "--dir", "/srv/my films");
    expect(startedWith(machine)).toEqual(["--dir", "/srv/my films", ...chosen.slice(2)]);
    expect(machine.read(DROP_IN)).toContain('RequiresMountsFor="/srv/my films"');
    expect(machine.read(DROP_IN)).toContain('BindPaths="/srv/my films"');
  });

  test("fails with advice if it cannot read the existing options", async () => {
    using machine = createMachine();
    await downloaderRuns(machine);
    machine.write(DROP_IN, "[Service]\nEnvironment=OPTIONS=--dir=/srv\n");
    const { code, said } = await install(machine, { version: "1.0.0" }, "--downloader", "--name", "other");
    expect({ code, said }).toEqual({ code: 1, said: expect.stringContaining("systemctl edit dwld-bot-downloader") });
  });

  test("says how to get yt-dlp if the service would find none", async () => {
    using machine = createMachine();
    const { said } = await install(machine, { version: "1.0.0" }, "--downloader");
    expect(said).toContain("pipx install 'yt-dlp[default,deno]'");
    machine.write("usr/local/bin/yt-dlp", "#!/bin/sh\n", 0o755);
    expect((await install(machine, { version: "1.0.0" }, "--downloader")).said).not.toContain("yt-dlp");
  });

  test.each([
    "--dir /srv/films",
    "--downloader --dir films",
    "--downloader --dir /srv/a:b",
    "--downloader --dir /",
    '--downloader --name "nas"',
    "--downloader --name %H",
    "--downloader --admin 1",
    "--downloader --with-files",
  ])("rejects %s with exit code 64", async (line) => {
    using machine = createMachine();
    const { code, said } = await machine.run(line.split(" "));
    expect({ code, said }).toEqual({ code: 64, said: expect.stringContaining("Try sh install.sh --help") });
    expect(machine.tree()).toEqual({});
  });

  test("completes an installation whose drop-in is missing", async () => {
    using machine = createMachine();
    await downloaderRuns(machine);
    rmSync(join(machine.root, DROP_IN));
    expect((await install(machine, { version: "1.0.0" }, "--downloader")).code).toBe(0);
    expect(machine.told()).toEqual(["daemon-reload", "enable --now dwld-bot-downloader"]);
  });

  test("says where to look if the first start fails", async () => {
    using machine = createMachine();
    const { code, said } = await install(machine, { version: "1.0.0", cannotDownload: true }, "--downloader");
    expect({ code, said }).toEqual({ code: 1, said: expect.stringContaining("journalctl -u dwld-bot-downloader") });
  });
});

describe("an upgrade", () => {
  test("of the downloader alone needs no database, and restarts the downloader", async () => {
    using machine = createMachine();
    await downloaderRuns(machine);
    const { code, said } = await install(machine, { version: "2.0.0", worried: true }, "--downloader");
    expect({ code, said }).toMatchObject({ code: 0 });
    expect(machine.read(BIN)).toContain("2.0.0");
    expect(machine.told()).toEqual(["restart dwld-bot-downloader"]);
  });

  test("of the downloader alone goes back to the previous version if the new one does not become ready", async () => {
    using machine = createMachine();
    await downloaderRuns(machine);
    const { code, said } = await install(machine, { version: "2.0.0", cannotDownload: true }, "--downloader");
    expect({ code, said }).toEqual({ code: 1, said: expect.stringContaining("dwld-bot 1.0.0 (fake) runs again") });
    expect(machine.read(BIN)).toContain("1.0.0");
  });

  test.each([[[]], [["--downloader"]]])(
    "with %j upgrades the bot and the downloader, which share the binary",
    async (how) => {
      using machine = createMachine();
      await botRuns(machine);
      await downloaderRuns(machine);
      for (const unit of [BOT, UNIT]) machine.write(unit, `${machine.read(unit)}# an older one\n`);
      const { code, said } = await install(machine, { version: "2.0.0" }, ...how);
      expect({ code, said }).toMatchObject({ code: 0 });
      expect(said).toContain("back up the database");
      for (const unit of [BOT, UNIT]) expect(machine.read(`${unit}.prev`)).toEndWith("# an older one\n");
      expect(machine.told()).toEqual(["daemon-reload", "restart dwld-bot dwld-bot-downloader"]);
    },
  );

  test("of both goes back for both, database included, if the downloader does not become ready", async () => {
    using machine = createMachine();
    await botRuns(machine);
    await downloaderRuns(machine);
    const { code, said } = await install(machine, { version: "2.0.0", schema: 2, cannotDownload: true });
    expect({ code, said }).toEqual({ code: 1, said: expect.stringContaining("with the database as it was before") });
    expect(machine.read(BIN)).toContain("1.0.0");
    expect(machine.read("var/lib/dwld-bot/dwld-bot.db")).toBe("1\n");
    expect(machine.told().at(-1)).toBe("restart dwld-bot dwld-bot-downloader");
  });

  test("leaves a stopped downloader stopped", async () => {
    using machine = createMachine();
    await botRuns(machine);
    await downloaderRuns(machine);
    writeFileSync(join(machine.root, "../state.dwld-bot-downloader"), "inactive\n");
    const { said } = await install(machine, { version: "2.0.0" });
    expect(said).toContain("dwld-bot-downloader does not run, and is not started");
    expect(machine.told()).toEqual(["restart dwld-bot"]);
  });
});
