import { describe, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { BIN, install } from "./both.ts";
import { backups, DB, running } from "./upgrading.ts";

describe("an upgrade", () => {
  test("keeps the latest three of its own backups, and all others", async () => {
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

  test("restores the backup if it fails after it changed the database, and keeps the changed one", async () => {
    using machine = await running({ version: "1.0.0", schema: 1 });
    const { code, said } = await install(machine, { version: "2.0.0", schema: 2, broken: true });
    expect(code).toBe(1);
    expect(said).toContain("dwld-bot 1.0.0 (fake) runs again, with the database as it was before");
    expect(machine.read(DB)).toBe("1\n");
    expect(machine.read(`${DB}.failed-upgrade`)).toBe("2\n");
    expect(machine.told().slice(-2)).toEqual(["stop dwld-bot", "restart dwld-bot"]);
  });

  test("restores the backup of a database with another name", async () => {
    const database = "queue.db";
    using machine = await running({ version: "1.0.0", schema: 1, database });
    const { code } = await install(machine, { version: "2.0.0", schema: 2, database, broken: true });
    expect(code).toBe(1);
    expect(machine.read("var/lib/dwld-bot/queue.db")).toBe("1\n");
    expect(machine.read("var/lib/dwld-bot/queue.db.failed-upgrade")).toBe("2\n");
    expect(Object.keys(machine.tree())).not.toContain(DB);
  });

  test("changes nothing if the database cannot be backed up", async () => {
    using machine = await running({ version: "1.0.0" });
    // It cannot be copied because a folder has its name.
    const before = machine.read(BIN);
    rmSync(join(machine.root, DB));
    machine.write(`${DB}/kept`, "");
    const { code, said } = await install(machine, { version: "2.0.0" });
    expect({ code, said }).toEqual({ code: 1, said: expect.stringContaining("cannot be backed up") });
    expect(machine.read(BIN)).toBe(before);
    expect(machine.told()).toEqual([]);
  });

  test("changes nothing if a database with another name cannot be backed up, and names that database", async () => {
    using machine = await running({ version: "1.0.0", database: "other.db" });
    const other = DB.replace("dwld-bot.db", "other.db");
    rmSync(join(machine.root, other), { force: true });
    machine.write(`${other}/kept`, "");
    const { code, said } = await install(machine, { version: "2.0.0", database: "other.db" });
    expect({ code, said }).toEqual({ code: 1, said: expect.stringContaining("cannot be backed up") });
    expect(said).toContain("other.db");
    expect(machine.told()).toEqual([]);
  });

  test("makes the backup with the new version, in any language, if only that one understands the config", async () => {
    using machine = await running({ version: "1.0.0", refuses: "new_key" });
    machine.write("etc/dwld-bot/config.yaml", "telegram: { admins: [7] }\nnew_key: 1\n", 0o640);
    const { code, said } = await install(machine, { version: "2.0.0", isRussian: true });
    expect({ code, said }).toEqual({ code: 0, said: expect.stringContaining("Backed up") });
    expect(backups(machine)).toHaveLength(1);
  });

  test("makes the backup with the old version if only that one understands the config", async () => {
    using machine = await running({ version: "1.0.0" });
    machine.write("etc/dwld-bot/config.yaml", "telegram: { admins: [7] }\nold_key: 1\n", 0o640);
    const { said } = await install(machine, { version: "2.0.0", refuses: "old_key" });
    expect(said).toContain("Backed up");
  });
});
