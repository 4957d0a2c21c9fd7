import { describe, expect, test } from "bun:test";
import { appendFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BIN, BOT, install } from "./both.ts";
import { fakeBot } from "./fakes.ts";
import { createRelease, sumUp } from "./machine.ts";
import { backups, DB, running } from "./upgrading.ts";

describe("an upgrade", () => {
  test("backs up the database, lets the new version check, swaps and restarts", async () => {
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

  test("starts neither binary more often than it has something new to ask", async () => {
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
      // How it stands now that it runs.
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

  test("from one that does not run calls it so", async () => {
    using machine = await running({ version: "1.0.0" });
    writeFileSync(join(machine.root, BIN), "\x7fELF but not for this machine");
    const { code, said } = await install(machine, { version: "2.0.0", worried: true });
    expect({ code, said }).toEqual({
      code: 1,
      said: expect.stringContaining("dwld-bot (which does not run) is as it was\n"),
    });
  });

  test("with a new unit that does not work brings the old unit back", async () => {
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

  test("of the unit alone reloads and restarts, and keeps the old unit", async () => {
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

  test("goes on although its check finds something wrong, when it is told to, or when the old version finds that too", async () => {
    using told = await running({ version: "1.0.0" });
    expect((await install(told, { version: "2.0.0", worried: true }, "--skip-check")).code).toBe(0);
    using offline = await running({ version: "1.0.0", worried: true });
    const { code, said } = await install(offline, { version: "2.0.0", worried: true });
    expect({ code, said }).toEqual({
      code: 0,
      said: expect.stringContaining("1.0.0 (fake) finds something wrong as well"),
    });
  });

  test("from a version without backup and check does without them", async () => {
    using machine = await running({ version: "0.1.0", commands: [] });
    const { code, said } = await install(machine, { version: "1.0.0", commands: [] });
    expect({ code, said }).toEqual({ code: 0, said: expect.stringContaining("dwld-bot 0.1.0 (fake) cannot do it") });
    expect(machine.told()).toEqual(["restart dwld-bot"]);
  });

  test("of a bot that was stopped leaves it stopped", async () => {
    using machine = await running({ version: "1.0.0" });
    writeFileSync(join(machine.root, "../state.dwld-bot"), "inactive\n");
    expect((await install(machine, { version: "2.0.0" })).said).toContain("is not started");
    expect(machine.told()).toEqual([]);
  });

  test("--dry-run says what it would do and does none of it", async () => {
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
  test("is an upgrade to an older version when that reads the database", async () => {
    using machine = await running({ version: "2.0.0" });
    expect((await install(machine, { version: "1.0.0" })).code).toBe(0);
    expect(machine.read(BIN)).toContain("1.0.0");
    expect(machine.told()).toEqual(["restart dwld-bot"]);
  });

  test("to a version that cannot read the database is refused by that version's check", async () => {
    using machine = await running({ version: "2.0.0", schema: 2 });
    const { code, said } = await install(machine, { version: "1.0.0", schema: 1 });
    expect({ code, said }).toEqual({ code: 1, said: expect.stringContaining("The database is of a newer version") });
    expect(machine.read(BIN)).toContain("2.0.0");
    expect(machine.told()).toEqual([]);
  });

  test("to one that has no check is rolled back, with the database untouched", async () => {
    using machine = await running({ version: "2.0.0", schema: 2 });
    const { code, said } = await install(machine, { version: "1.0.0", schema: 1, commands: [] });
    expect({ code, said }).toEqual({ code: 1, said: expect.stringContaining("dwld-bot 2.0.0 (fake) runs again") });
    expect(machine.read(DB)).toBe("2\n");
  });
});
