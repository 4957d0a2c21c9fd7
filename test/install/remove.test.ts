import { describe, expect, test } from "bun:test";
import { existsSync, lstatSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fakeBot } from "./fakes.ts";
import { createMachine, createRelease, type Machine } from "./machine.ts";

async function installed(): Promise<Machine> {
  const machine = createMachine();
  const release = createRelease(join(machine.elsewhere, "release"), fakeBot({ version: "1.0.0" }));
  writeFileSync(join(machine.elsewhere, "token"), "123:secret\n");
  await machine.run(["--from", release, "--token-file", join(machine.elsewhere, "token"), "--admin", "42"]);
  machine.told();
  return machine;
}

describe("--uninstall", () => {
  test("stops and removes the service, removes the binary, and keeps config and data", async () => {
    using machine = await installed();
    const { code, said } = await machine.run(["--uninstall"]);
    expect(code).toBe(0);
    expect(said).toContain("kept: ");
    const files = Object.entries(machine.tree()).filter(([, entry]) => entry.startsWith("file"));
    expect(files.map(([path]) => path)).toEqual([
      "etc/dwld-bot/config.yaml",
      "etc/dwld-bot/telegram-token",
      "var/lib/dwld-bot/dwld-bot.db",
    ]);
    expect(machine.told()).toEqual(["disable --now dwld-bot", "daemon-reload"]);
  });

  test("leaves a config and data that a new installation uses", async () => {
    using machine = await installed();
    await machine.run(["--uninstall"]);
    const before = machine.tree();
    machine.told();
    await machine.run(["--from", join(machine.elsewhere, "release")]);
    expect(machine.tree()).toMatchObject(before);
    expect(machine.told()).toEqual(["daemon-reload", "enable --now dwld-bot"]);
  });

  test("removes a binary from its --prefix", async () => {
    using machine = createMachine();
    const release = createRelease(join(machine.elsewhere, "release"), fakeBot({ version: "1.0.0" }));
    await machine.run(["--from", release, "--prefix", "/opt/dwld"]);
    await machine.run(["--uninstall"]);
    expect(machine.has("opt/dwld/bin/dwld-bot")).toBe(false);
  });

  test("does nothing if nothing is installed", async () => {
    using machine = createMachine();
    expect((await machine.run(["--uninstall"])).code).toBe(0);
    expect((await machine.run(["--purge"])).code).toBe(0);
    expect(machine.told()).toEqual([]);
  });

  test("--dry-run removes nothing", async () => {
    using machine = await installed();
    const before = machine.tree();
    const { said } = await machine.run(["--purge", "--dry-run"]);
    expect(said).toContain("would run systemctl disable --now dwld-bot");
    expect(said).toContain(`would remove ${machine.root}/var/lib/dwld-bot and all that is in it`);
    expect(machine.tree()).toEqual(before);
    expect(machine.told()).toEqual([]);
  });
});

describe("dwld-bot-uninstall", () => {
  test("is installed under the same prefix, and removes the installation", async () => {
    using machine = createMachine();
    const release = createRelease(join(machine.elsewhere, "release"), fakeBot({ version: "1.0.0" }));
    await machine.run(["--from", release, "--prefix", "/opt/dwld"]);
    const script = join(machine.root, "opt/dwld/sbin/dwld-bot-uninstall");
    expect((await machine.run(["--purge", "--dry-run"], { script })).said).toContain("would remove");
    expect((await machine.run(["--purge"], { script })).code).toBe(0);
    expect(Object.values(machine.tree()).filter((entry) => entry.startsWith("file"))).toEqual([]);
  });
});

describe("--purge", () => {
  test("says what stays if the data are behind a link, on another disk", async () => {
    using machine = await installed();
    const [state, disk] = [join(machine.root, "var/lib/dwld-bot"), join(machine.elsewhere, "disk")];
    renameSync(state, disk);
    symlinkSync(disk, state);
    const { code, said } = await machine.run(["--purge"]);
    expect([code, machine.has("var/lib/dwld-bot"), existsSync(join(disk, "dwld-bot.db"))]).toEqual([0, false, true]);
    expect(said).toContain(`kept: ${disk}\n`);
    expect(said).not.toContain(`${state} and all that is in it`);
  });

  test("removes a link that leads to a disk which is gone", async () => {
    using machine = await installed();
    const state = join(machine.root, "var/lib/dwld-bot");
    rmSync(state, { recursive: true });
    symlinkSync(join(machine.elsewhere, "gone"), state);
    expect((await machine.run(["--purge"])).said).not.toContain("kept: ");
    expect(lstatSync(state, { throwIfNoEntry: false })).toBeUndefined();
  });

  test("leaves no file", async () => {
    using machine = await installed();
    expect((await machine.run(["--purge"])).code).toBe(0);
    expect(Object.values(machine.tree()).filter((entry) => entry.startsWith("file"))).toEqual([]);
    expect(machine.has("etc/dwld-bot") || machine.has("var/lib/dwld-bot")).toBe(false);
  });

  test("removes what --uninstall kept, and the unit's drop-in", async () => {
    using machine = await installed();
    machine.write(
      "etc/systemd/system/dwld-bot.service.d/override.conf",
      "[Service]\nEnvironment=DWLD_BOT_TIME_ZONE=UTC\n",
    );
    const { said } = await machine.run(["--uninstall"]);
    expect(said).toContain(`kept: ${machine.root}/etc/systemd/system/dwld-bot.service.d\n`);
    machine.told();
    await machine.run(["--purge"]);
    expect(machine.told()).toEqual(["daemon-reload"]);
    expect(machine.has("etc/systemd/system/dwld-bot.service.d")).toBe(false);
    expect(machine.has("etc/dwld-bot") || machine.has("var/lib/dwld-bot")).toBe(false);
  });
});
