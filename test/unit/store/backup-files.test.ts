import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import type { Backup } from "../../../src/domain/backup.ts";
import { StoreUnavailable } from "../../../src/domain/storage.ts";
import { createBackupFiles } from "../../../src/store/backup-files.ts";
import { copyDatabase } from "../../../src/store/copy.ts";
import { openStore } from "../../../src/store/store.ts";
import { newLink } from "../../support/links.ts";
import { createPlace, damageIndex, writeDatabase } from "./place.ts";

const DAY_MS = 24 * 3_600_000;

describe("createBackupFiles()", () => {
  test("keeps the newest three of each kind, and files of other origin", () => {
    using place = createPlace();
    writeDatabase(place.path, 1);
    const backups = createBackupFiles(place.path);
    mkdirSync(`${place.folder}/backups`);
    writeFileSync(`${place.folder}/backups/before-upgrade-20261101-120000.db`, "mine");
    for (let day = 1; day <= 5; day++) {
      backups.make("nightly", day * DAY_MS);
      backups.make("migration", day * DAY_MS + 1000);
    }
    const names = backups.all().map(({ path }) => basename(path));
    expect(names.filter((name) => name.endsWith("-nightly.db"))).toEqual([
      "queue-1970-01-06T00-00-00-000Z-nightly.db",
      "queue-1970-01-05T00-00-00-000Z-nightly.db",
      "queue-1970-01-04T00-00-00-000Z-nightly.db",
    ]);
    expect(names.filter((name) => name.endsWith("-migration.db"))).toHaveLength(3);
    expect(names).toContain("before-upgrade-20261101-120000.db");
  });

  test("lists backups newest first with time and size, without unfinished ones", () => {
    using place = createPlace();
    writeDatabase(place.path, 1);
    const backups = createBackupFiles(place.path);
    const older = backups.make("nightly", DAY_MS);
    const newer = backups.make("nightly", 2 * DAY_MS);
    writeFileSync(`${place.folder}/backups/queue-later-nightly.db.part`, "half");
    expect(backups.all()).toEqual([newer, older]);
    expect(newer).toMatchObject({ at: 2 * DAY_MS, bytes: statSync(newer.path).size });
  });

  test("removes what a crash left unfinished, before it makes the next one", () => {
    using place = createPlace();
    const backups = createBackupFiles(place.path);
    mkdirSync(`${place.folder}/backups`);
    const left = `${place.folder}/backups/queue-1969-12-31T00-00-00-000Z-nightly.db.part`;
    const leave = () => [left, `${left}-journal`].forEach((path) => void writeFileSync(path, "half"));
    leave();
    expect(() => backups.make("nightly", 0)).toThrow(StoreUnavailable);
    expect(readdirSync(`${place.folder}/backups`)).toEqual([]);
    writeDatabase(place.path, 1);
    leave();
    backups.make("nightly", 0);
    expect(readdirSync(`${place.folder}/backups`)).toEqual(["queue-1970-01-01T00-00-00-000Z-nightly.db"]);
  });

  test("makes none of a file in which a full disk let no database be made", async () => {
    using place = createPlace();
    writeFileSync(place.path, "");
    const backups = createBackupFiles(place.path);
    const refused = expect.objectContaining({ name: "StoreUnavailable", code: "SQLITE_EMPTY" });
    await expect(backups.makeBeside("nightly", 0)).rejects.toEqual(refused);
    expect(readdirSync(`${place.folder}/backups`)).toEqual([]);
  });

  test("keeps the newest backup beside those made while the clock was ahead", () => {
    using place = createPlace();
    writeDatabase(place.path, 1);
    const backups = createBackupFiles(place.path);
    for (const day of [300, 301, 302]) backups.make("nightly", day * DAY_MS);
    const made = backups.make("nightly", DAY_MS);
    expect(backups.all().map(({ at }) => at)).toEqual([302 * DAY_MS, 301 * DAY_MS, DAY_MS]);
    expect(backups.all()).toContainEqual(made);
  });

  test("of too many, first drops those made while the clock was ahead", () => {
    using place = createPlace();
    writeDatabase(place.path, 1);
    const backups = createBackupFiles(place.path);
    for (const day of [300, 301, 302]) backups.make("nightly", day * DAY_MS);
    const kept = [1, 2, 3, 4].map((day) => {
      backups.make("nightly", day * DAY_MS);
      return backups.all().map(({ at }) => at / DAY_MS);
    });
    expect(kept).toEqual([
      [302, 301, 1],
      [302, 2, 1],
      [3, 2, 1],
      [4, 3, 2],
    ]);
  });

  test("keeps unfinished copies that other programs make there", () => {
    using place = createPlace();
    writeDatabase(place.path, 1);
    mkdirSync(`${place.folder}/backups`);
    const others = ["beside-1970-01-01T00-00-00-000Z-nightly.db.part", "mine.db.part"];
    for (const name of others) writeFileSync(`${place.folder}/backups/${name}`, "half");
    createBackupFiles(place.path).make("nightly", 0);
    expect(readdirSync(`${place.folder}/backups`)).toEqual(expect.arrayContaining(others));
  });

  test("ignores the backups of another database in the same folder", () => {
    using place = createPlace();
    writeDatabase(place.path, 1);
    const beside = place.path.replace(/\.db$/, "-2.db");
    writeDatabase(beside, 1);
    const [backups, others] = [createBackupFiles(place.path), createBackupFiles(beside)];
    for (let day = 1; day <= 3; day++) others.make("nightly", day * DAY_MS);
    expect(backups.all()).toEqual([]);
    for (let day = 4; day <= 6; day++) backups.make("nightly", day * DAY_MS);
    expect(backups.all()).toHaveLength(3);
    expect(others.all()).toHaveLength(3);
  });

  test("needs room for what is in the database, not for the pages that nothing uses any more", () => {
    using place = createPlace();
    writeDatabase(place.path, 5_000);
    const half = statSync(place.path).size / 2;
    const backups = createBackupFiles(place.path, { roomIn: () => half });
    expect(() => backups.make("nightly", 0)).toThrow(/No room for \d+ bytes in .*backups/);
    {
      using sqlite = new Database(place.path);
      sqlite.run("DELETE FROM links");
    }
    expect(backups.make("nightly", 0).bytes).toBeLessThan(half);
  });

  test("makes backups that only the owner can read", () => {
    using place = createPlace();
    writeDatabase(place.path, 1);
    const { path } = createBackupFiles(place.path).make("nightly", 0);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(`${place.folder}/backups`).mode & 0o777).toBe(0o700);
  });

  test("makes a backup in the background, while the event loop turns and others write", async () => {
    using place = createPlace();
    using store = openStore(place.path);
    store.links.add(newLink());
    const backups = createBackupFiles(place.path);
    let [turns, isMade] = [0, false];
    const turn = () => {
      turns += 1;
      if (!isMade) setImmediate(turn);
    };
    setImmediate(turn);
    const making = backups.makeBeside("nightly", DAY_MS);
    store.links.add(newLink({ url: "https://x.org/2" }));
    const made = await making;
    isMade = true;
    expect(turns).toBeGreaterThan(1);
    expect(made).toEqual({ backup: backups.all()[0] as Backup });
    using copy = new Database(backups.all()[0]?.path ?? "", { readonly: true });
    expect(copy.query("SELECT count(*) AS n FROM links").get()).toEqual({ n: 2 });
  });

  test.each([
    ["a damaged index", 1, (path: string) => damageIndex(path)],
    ["a file that is not a database", 0, (path: string) => writeFileSync(path, "no database ".repeat(500))],
    ["no file", 0, () => {}],
  ])("makes no backup of %s in the background", async (_what, links, damage) => {
    using place = createPlace();
    if (links > 0) writeDatabase(place.path, 400);
    damage(place.path);
    const backups = createBackupFiles(place.path);
    const made = await backups.makeBeside("nightly", 0).catch((error: unknown) => error);
    if (links > 0)
      expect(made).toMatchObject({ findings: expect.arrayContaining(["wrong # of entries in index links_key"]) });
    else expect(made).toBeInstanceOf(StoreUnavailable);
    expect(backups.all()).toEqual([]);
  });

  test("lists nothing before the first backup", () => {
    using place = createPlace();
    expect(createBackupFiles(place.path).all()).toEqual([]);
  });
});

describe("copyDatabase()", () => {
  test("copies what is committed, also what is only in the -wal, while others write", () => {
    using place = createPlace();
    using store = openStore(place.path);
    store.links.add(newLink());
    expect(statSync(`${place.path}-wal`).size).toBeGreaterThan(0);
    store.transaction(() => {
      store.links.add(newLink({ url: "https://x.org/2" }));
      copyDatabase(place.path, `${place.folder}/copy.db`);
    });
    using copy = new Database(`${place.folder}/copy.db`, { readonly: true });
    expect(copy.query("SELECT url FROM links").all()).toEqual([{ url: "https://x.org/1" }]);
  });

  test("does not overwrite a file", () => {
    using place = createPlace();
    writeDatabase(place.path, 1);
    writeFileSync(`${place.folder}/copy.db`, "");
    expect(() => copyDatabase(place.path, `${place.folder}/copy.db`)).toThrow("exists already");
    expect(readFileSync(`${place.folder}/copy.db`, "utf8")).toBe("");
  });

  test.each([
    ["a damaged database", (path: string) => writeFileSync(path, "no database ".repeat(500))],
    ["a missing database", () => {}],
  ])("leaves no files behind for %s", (_what, make) => {
    using place = createPlace();
    make(place.path);
    expect(() => copyDatabase(place.path, `${place.folder}/copy.db`)).toThrow(StoreUnavailable);
    expect(readdirSync(place.folder).filter((name) => name.startsWith("copy"))).toEqual([]);
    expect(existsSync(`${place.path}-journal`)).toBe(false);
  });
});
