import { describe, expect, test } from "bun:test";
import { appendFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BIN, BOT, install } from "./both.ts";
import { fakeBot } from "./fakes.ts";
import { createRelease, sumUp } from "./machine.ts";
import { backups, DB, running } from "./upgrading.ts";

describe("an upgrade", () => {
  test("backs up the database, lets the new version check, swaps the binary and restarts the bot", async () => {
    using machine = await running({ version: "1.0.0", schema: 1 });
    const { code, said } = await install(machine, { version: "2.0.0", schema: 2 });
    expect({ code, said }).toMatchObject({ code: 0 });
    expect(machine.read(BIN)).toContain("2.0.0");
    expect(machine.read(`${BIN}.prev`)).toContain("1.0.0");
    expect(machine.told()).toEqual(["restart dwld-bot"]);
    const [backup = "", ...others] = backups(machine);
    expect([others, machine.read(backup), machine.read(DB)]).toEqual([[], "1\n", "2\n"]);
    expect(said).toContain(`config ${machine.root}/etc/dwld-bot/config.yaml, token 7:mine`);
  });

  test("starts each binary only once for each question", async () => {
    using machine = await running({ version: "1.0.0" });
    const starts = join(machine.root, "../starts");
    rmSync(starts);
    expect((await install(machine, { version: "2.0.0" })).code).toBe(0);
    expect(readFileSync(starts, "utf8").trim().split("\n")).toEqual([
      "2.0.0 --version",
      "1.0.0 --version",
      "2.0.0 --help",
      "2.0.0 backup",
      "2.0.0 check",
      "2.0.0 run",
      // The summary at the end.
      "2.0.0 check",
    ]);
  });

  test("to a version that does not become ready goes back to the one before", async () => {
    using machine = await running({ version: "1.0.0" });
    const { code, said } = await install(machine, { version: "2.0.0", broken: true });
    expect(code).toBe(1);
    expect(said).toContain("dwld-bot 1.0.0 (fake) runs again");
    expect(machine.read(BIN)).toContain("1.0.0");
    expect(machine.told()).toEqual(["restart dwld-bot", "reset-failed dwld-bot", "restart dwld-bot"]);
  });

  test("from a binary that cannot run says so", async () => {
    using machine = await running({ version: "1.0.0" });
    writeFileSync(join(machine.root, BIN), "\x7fELF but not for this machine");
    const { code, said } = await install(machine, { version: "2.0.0", worried: true });
    expect({ code, said }).toEqual({
      code: 1,
      said: expect.stringContaining("dwld-bot (which does not run) is as it was\n"),
    });
  });

  test("restores the old unit if the new unit does not work", async () => {
    using machine = await running({ version: "1.0.0" });
    const before = machine.read(BOT);
    const bot = { version: "2.0.0", broken: true };
    const release = createRelease(join(machine.elsewhere, "new-unit"), fakeBot(bot));
    appendFileSync(join(release, "dwld-bot.service"), "# new\n");
    sumUp(release);
    expect((await machine.run(["--from", release])).code).toBe(1);
    expect(machine.read(BOT)).toBe(before);
    expect(machine.told()).toEqual([
      "daemon-reload",
      "restart dwld-bot",
      "daemon-reload",
      "reset-failed dwld-bot",
      "restart dwld-bot",
    ]);
  });

  test("of only the unit reloads and restarts, and keeps the old unit", async () => {
    using machine = await running({ version: "1.0.0" });
    machine.write(BOT, `${machine.read(BOT)}# an older one\n`);
    expect((await install(machine, { version: "1.0.0" })).code).toBe(0);
    expect(machine.read(`${BOT}.prev`)).toContain("# an older one");
    expect(machine.told()).toEqual(["daemon-reload", "restart dwld-bot"]);
  });

  test.each([
    ["whose check finds something wrong", fakeBot({ version: "2.0.0", worried: true }), "--skip-check"],
    ["to a file that cannot be run", "\x7fELF but not for this machine", "does not run on this machine"],
    ["to another program", "#!/bin/sh\necho something else\n", "is not dwld-bot"],
  ])("%s changes nothing", async (_, binary, words) => {
    using machine = await running({ version: "1.0.0", commands: ["backup"] });
    const before = machine.tree();
    const { code, said } = await machine.run(["--from", createRelease(join(machine.elsewhere, "bad"), binary)]);
    expect({ code, said }).toEqual({ code: 1, said: expect.stringContaining(words) });
    for (const backup of backups(machine)) rmSync(join(machine.root, backup));
    const after = Object.entries(machine.tree()).filter(([path]) => !path.endsWith("/backups"));
    expect(Object.fromEntries(after)).toEqual({ ...before });
    expect(machine.told()).toEqual([]);
  });

  test("continues after a failed check with --skip-check, or if the old version's check fails too", async () => {
    using told = await running({ version: "1.0.0" });
    expect((await install(told, { version: "2.0.0", worried: true }, "--skip-check")).code).toBe(0);
    using offline = await running({ version: "1.0.0", worried: true });
    const { code, said } = await install(offline, { version: "2.0.0", worried: true });
    expect({ code, said }).toEqual({
      code: 0,
      said: expect.stringContaining("1.0.0 (fake) finds something wrong as well"),
    });
  });

  test("from a version without backup and check skips both", async () => {
    using machine = await running({ version: "0.1.0", commands: [] });
    const { code, said } = await install(machine, { version: "1.0.0", commands: [] });
    expect({ code, said }).toEqual({ code: 0, said: expect.stringContaining("dwld-bot 0.1.0 (fake) cannot do it") });
    expect(machine.told()).toEqual(["restart dwld-bot"]);
  });

  test("of a stopped bot leaves it stopped", async () => {
    using machine = await running({ version: "1.0.0" });
    writeFileSync(join(machine.root, "../state.dwld-bot"), "inactive\n");
    expect((await install(machine, { version: "2.0.0" })).said).toContain("is not started");
    expect(machine.told()).toEqual([]);
  });

  test("--dry-run says what it would do, and does nothing", async () => {
    using machine = await running({ version: "1.0.0" });
    const before = machine.tree();
    const { code, said } = await install(machine, { version: "2.0.0" }, "--dry-run");
    expect(code).toBe(0);
    expect(said).toContain("would run systemctl restart dwld-bot");
    expect(machine.tree()).toEqual(before);
    expect(machine.told()).toEqual([]);
  });
});

describe("a downgrade", () => {
  test("works if the older version can read the database", async () => {
    using machine = await running({ version: "2.0.0" });
    expect((await install(machine, { version: "1.0.0" })).code).toBe(0);
    expect(machine.read(BIN)).toContain("1.0.0");
    expect(machine.told()).toEqual(["restart dwld-bot"]);
  });

  test("is refused by the older version's check if that version cannot read the database", async () => {
    using machine = await running({ version: "2.0.0", schema: 2 });
    const { code, said } = await install(machine, { version: "1.0.0", schema: 1 });
    expect({ code, said }).toEqual({ code: 1, said: expect.stringContaining("The database is of a newer version") });
    expect(machine.read(BIN)).toContain("2.0.0");
    expect(machine.told()).toEqual([]);
  });

  test("to a version without a check is rolled back, with the database untouched", async () => {
    using machine = await running({ version: "2.0.0", schema: 2 });
    const { code, said } = await install(machine, { version: "1.0.0", schema: 1, commands: [] });
    expect({ code, said }).toEqual({ code: 1, said: expect.stringContaining("dwld-bot 2.0.0 (fake) runs again") });
    expect(machine.read(DB)).toBe("2\n");
  });
});
