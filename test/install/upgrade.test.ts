import { describe, expect, test } from "bun:test";
import { appendFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type FakeBot, fakeBot } from "./fakes.ts";
import { createMachine, createRelease, type Machine, sumUp } from "./machine.ts";

const BIN = "usr/local/bin/dwld-bot";
const DB = "var/lib/dwld-bot/dwld-bot.db";
const UNIT = "etc/systemd/system/dwld-bot.service";

/** A machine on which a bot runs. */
async function running(bot: FakeBot): Promise<Machine> {
  const machine = createMachine();
  machine.write("etc/dwld-bot/config.yaml", "telegram: { admins: [7] }\n", 0o640);
  machine.write("etc/dwld-bot/telegram-token", "7:mine\n", 0o600);
  const { code, said } = await install(machine, bot);
  if (code !== 0) throw new Error(said);
  machine.told();
  return machine;
}

function install(machine: Machine, bot: FakeBot, ...more: string[]) {
  return machine.run(["--from", createRelease(join(machine.elsewhere, bot.version), fakeBot(bot)), ...more]);
}

function backups(machine: Machine): string[] {
  return Object.keys(machine.tree()).filter((path) => path.endsWith(".db") && path.includes("/backups/"));
}

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

  test("keeps three of the backups that it made", async () => {
    using machine = await running({ version: "1.0.0" });
    for (const day of [1, 2, 3])
      machine.write(`var/lib/dwld-bot/backups/before-upgrade-2026010${day}-000000.db`, "1\n");
    machine.write("var/lib/dwld-bot/backups/mine.db", "1\n");
    await install(machine, { version: "2.0.0" });
    const kept = backups(machine).map((path) => path.split("/").at(-1));
    expect(kept).toHaveLength(4);
    const older = ["before-upgrade-20260102-000000.db", "before-upgrade-20260103-000000.db"];
    expect(kept).toEqual(expect.arrayContaining([...older, "mine.db"]));
  });

  test("to a version that does not become ready goes back to the one before", async () => {
    using machine = await running({ version: "1.0.0" });
    const { code, said } = await install(machine, { version: "2.0.0", broken: true });
    expect(code).toBe(1);
    expect(said).toContain("dwld-bot 1.0.0 (fake) runs again");
    expect(machine.read(BIN)).toContain("1.0.0");
    expect(machine.told()).toEqual(["restart dwld-bot", "reset-failed dwld-bot", "restart dwld-bot"]);
  });

  test("that fails after it changed the database gets the backup back, and keeps the other one", async () => {
    using machine = await running({ version: "1.0.0", schema: 1 });
    const { code, said } = await install(machine, { version: "2.0.0", schema: 2, broken: true });
    expect(code).toBe(1);
    expect(said).toContain("dwld-bot 1.0.0 (fake) runs again, with the database as it was before");
    expect(machine.read(DB)).toBe("1\n");
    expect(machine.read(`${DB}.failed-upgrade`)).toBe("2\n");
    expect(machine.told().slice(-2)).toEqual(["stop dwld-bot", "restart dwld-bot"]);
  });

  test("that fails gets the backup back where the config keeps the database", async () => {
    const database = "queue.db";
    using machine = await running({ version: "1.0.0", schema: 1, database });
    const { code } = await install(machine, { version: "2.0.0", schema: 2, database, broken: true });
    expect(code).toBe(1);
    expect(machine.read("var/lib/dwld-bot/queue.db")).toBe("1\n");
    expect(machine.read("var/lib/dwld-bot/queue.db.failed-upgrade")).toBe("2\n");
    expect(Object.keys(machine.tree())).not.toContain(DB);
  });

  test("with a new unit that does not work brings the old unit back", async () => {
    using machine = await running({ version: "1.0.0" });
    const before = machine.read(UNIT);
    const bot = { version: "2.0.0", broken: true };
    const release = createRelease(join(machine.elsewhere, "new-unit"), fakeBot(bot));
    appendFileSync(join(release, "dwld-bot.service"), "# new\n");
    sumUp(release);
    expect((await machine.run(["--from", release])).code).toBe(1);
    expect(machine.read(UNIT)).toBe(before);
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
    machine.write(UNIT, `${machine.read(UNIT)}# an older one\n`);
    expect((await install(machine, { version: "1.0.0" })).code).toBe(0);
    expect(machine.read(`${UNIT}.prev`)).toContain("# an older one");
    expect(machine.told()).toEqual(["daemon-reload", "restart dwld-bot"]);
  });

  test.each([
    ["whose check finds something wrong", fakeBot({ version: "2.0.0", worried: true }), "--skip-check"],
    ["to a file that cannot be run", "\x7fELF but not for this machine", "does not run on this machine"],
    ["to another program", "#!/bin/sh\necho something else\n", "is no dwld-bot"],
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

  test("changes nothing when the database cannot be backed up", async () => {
    using machine = await running({ version: "1.0.0" });
    // It cannot be copied over a folder's name.
    const before = machine.read(BIN);
    rmSync(join(machine.root, DB));
    machine.write(`${DB}/kept`, "");
    const { code, said } = await install(machine, { version: "2.0.0" });
    expect({ code, said }).toEqual({ code: 1, said: expect.stringContaining("cannot be backed up") });
    expect(machine.read(BIN)).toBe(before);
    expect(machine.told()).toEqual([]);
  });

  test("changes nothing when a database of another name cannot be backed up, and says why", async () => {
    using machine = await running({ version: "1.0.0", database: "other.db" });
    const other = DB.replace("dwld-bot.db", "other.db");
    rmSync(join(machine.root, other), { force: true });
    machine.write(`${other}/kept`, "");
    const { code, said } = await install(machine, { version: "2.0.0", database: "other.db" });
    expect({ code, said }).toEqual({ code: 1, said: expect.stringContaining("cannot be backed up") });
    expect(said).toContain("other.db");
    expect(machine.told()).toEqual([]);
  });

  test("with a config that only the new version understands is backed up by that, whatever language it speaks", async () => {
    using machine = await running({ version: "1.0.0", refuses: "new_key" });
    machine.write("etc/dwld-bot/config.yaml", "telegram: { admins: [7] }\nnew_key: 1\n", 0o640);
    const { code, said } = await install(machine, { version: "2.0.0", isRussian: true });
    expect({ code, said }).toEqual({ code: 0, said: expect.stringContaining("Backed up") });
    expect(backups(machine)).toHaveLength(1);
  });

  test("to a version that does not understand the config is backed up by the one that does", async () => {
    using machine = await running({ version: "1.0.0" });
    machine.write("etc/dwld-bot/config.yaml", "telegram: { admins: [7] }\nold_key: 1\n", 0o640);
    const { said } = await install(machine, { version: "2.0.0", refuses: "old_key" });
    expect(said).toContain("Backed up");
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
