import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import {
  existsSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { StoreUnavailable } from "../../../src/domain/storage.ts";
import { createBackupFiles } from "../../../src/store/backup-files.ts";
import { NewerDatabase } from "../../../src/store/migrate.ts";
import { openVerifiedStore } from "../../../src/store/repair.ts";
import { newLink } from "../../support/links.ts";
import { createRecordingLog } from "../../support/recording-log.ts";
import { createPlace, damageIndex, overwrite, PAGE, pageOf, writeDatabase } from "./place.ts";

const LINKS = 300;
const NOW = Date.UTC(2026, 10, 23, 12);
const openSound = (path: string, log = createRecordingLog()) =>
  openVerifiedStore(path, { backups: createBackupFiles(path), now: () => NOW, log });
const open = (path: string, log = createRecordingLog()) => openSound(path, log).store;

/** Makes a backup of the database. */
const backUp = (path: string, at: number) => createBackupFiles(path).make("nightly", at);
const addLink = (path: string, id: number) => {
  using sqlite = new Database(path);
  sqlite.run(
    "INSERT INTO links (chat_id, sender, url, key, quality, send_at, created_at) VALUES (1, 'a', ?, ?, 'best', 0, 0)",
    [`https://x.org/${id}`, `x.org/${id}`],
  );
};

describe("openVerifiedStore() moves aside a database", () => {
  test.each<[string, (path: string) => void]>([
    ["whose header is damaged", (path) => overwrite(path, 0, 100)],
    ["whose schema is damaged", (path) => overwrite(path, 100, PAGE - 100)],
    ["with a damaged table page", (path) => overwrite(path, (pageOf(path, "links") - 1) * PAGE, PAGE)],
    ["with a damaged index page", damageIndex],
    ["that was cut in half", (path) => truncateSync(path, Math.floor(readFileSync(path).length / 2 / PAGE) * PAGE)],
    ["that was cut in the middle of a page", (path) => truncateSync(path, PAGE + 900)],
    ["that is not a database", (path) => writeFileSync(path, "no database ".repeat(1000))],
  ])("%s, unchanged, and opens a new one", (_how, damage) => {
    using place = createPlace();
    writeDatabase(place.path, LINKS);
    damage(place.path);
    const damaged = readFileSync(place.path);
    const log = createRecordingLog();
    {
      using store = open(place.path, log);
      expect(store.links.count({})).toBe(0);
      store.links.add(newLink());
      // A connection left open to the damaged one would delete the new one's -wal when it is collected.
      Bun.gc(true);
      expect(existsSync(`${place.path}-wal`)).toBe(true);
      expect(store.check()).toEqual([]);
    }
    const aside = readdirSync(place.folder).find((name) => /\.damaged-[\dTZ-]+$/.test(name)) ?? "";
    expect(readFileSync(`${place.folder}/${aside}`).equals(damaged)).toBe(true);
    expect(log.at("error")).toHaveLength(2);
    using sqlite = new Database(place.path, { readonly: true });
    expect(sqlite.query("SELECT count(*) AS n FROM links").get()).toEqual({ n: 1 });
  });
});

test("openVerifiedStore() closes all files of a database that it moves aside", () => {
  using place = createPlace();
  writeDatabase(place.path, LINKS);
  // With this damage the check itself fails.
  overwrite(place.path, (pageOf(place.path, "links") - 1) * PAGE, PAGE);
  open(place.path)[Symbol.dispose]();
  const files = readdirSync("/proc/self/fd").map((name) => targetOf(`/proc/self/fd/${name}`));
  expect(files.filter((file) => file.startsWith(place.folder))).toEqual([]);
});

/** Empty for a descriptor that has been closed meanwhile. */
function targetOf(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    return "";
  }
}

describe("openVerifiedStore() opens", () => {
  test("a sound database, and logs nothing", () => {
    using place = createPlace();
    writeDatabase(place.path, LINKS);
    const log = createRecordingLog();
    using store = open(place.path, log);
    expect([store.links.count({}), log.lines.length]).toEqual([LINKS, 0]);
  });

  test("a sound database whose -wal is garbage", () => {
    using place = createPlace();
    writeDatabase(place.path, LINKS);
    writeFileSync(`${place.path}-wal`, Buffer.alloc(20_000, 0x37));
    using store = open(place.path);
    expect(store.links.count({})).toBe(LINKS);
    store.links.add(newLink({ url: "https://x.org/new" }));
    expect(store.check()).toEqual([]);
  });

  test.each([0, 50])("a file of %i bytes as a new database", (size) => {
    using place = createPlace();
    writeFileSync(place.path, Buffer.alloc(size));
    using store = open(place.path);
    expect(store.links.add(newLink())).toBeDefined();
  });
});

describe("openVerifiedStore() with backups", () => {
  test.each<[string, (path: string) => void]>([
    ["is damaged", (path) => overwrite(path, 0, 100)],
    ["was cut in half", (path) => truncateSync(path, Math.floor(readFileSync(path).length / 2 / PAGE) * PAGE)],
    ["is empty", (path) => writeFileSync(path, "")],
    ["is missing", (path) => rmSync(path)],
  ])("restores the newest one if the database %s", (_how, damage) => {
    using place = createPlace();
    writeDatabase(place.path, 2);
    backUp(place.path, NOW - 2000);
    addLink(place.path, 3);
    const { path: newest } = backUp(place.path, NOW - 1000);
    addLink(place.path, 4);
    damage(place.path);
    const log = createRecordingLog();
    const { store: opened, repair } = openSound(place.path, log);
    using store = opened;
    expect([store.links.count({}), store.check()]).toEqual([3, []]);
    expect(repair?.restored?.path).toBe(newest);
    expect(repair?.aside !== undefined && existsSync(repair.aside)).toBe(!_how.endsWith("missing"));
    expect(log.at("error")).toHaveLength(2);
    expect(existsSync(`${place.path}.part`)).toBe(false);
  });

  test("restores a file that somebody has copied there, and leaves no files beside it", () => {
    using place = createPlace();
    writeDatabase(place.path, 2);
    const folder = dirname(backUp(place.path, NOW - 1000).path);
    const copy = `${folder}/mine.db`;
    renameSync(place.path, copy);
    utimesSync(copy, NOW / 1000, NOW / 1000);
    const store = open(place.path);
    expect(store.links.count({})).toBe(2);
    store[Symbol.dispose]();
    expect(
      [...readdirSync(place.folder), ...readdirSync(folder)].filter((name) => /(part|mine\.db)-(wal|shm)$/.test(name)),
    ).toEqual([]);
  });

  test("skips one that holds no tables", () => {
    using place = createPlace();
    writeDatabase(place.path, 2);
    const { path: good } = backUp(place.path, NOW - 2000);
    const empty = `${dirname(good)}/queue-2026-11-01T04-00-00-000Z-nightly.db`;
    using database = new Database(empty);
    database.run("VACUUM");
    utimesSync(empty, NOW / 1000 - 1, NOW / 1000 - 1);
    rmSync(place.path);
    const { store: opened, repair } = openSound(place.path);
    using store = opened;
    expect([store.links.count({}), repair?.restored?.path]).toEqual([2, good]);
  });

  test("skips those that are damaged, of a newer version, or not databases", () => {
    using place = createPlace();
    writeDatabase(place.path, 1);
    backUp(place.path, NOW - 5000);
    addLink(place.path, 2);
    const { path: damaged } = backUp(place.path, NOW - 4000);
    overwrite(damaged, PAGE, PAGE);
    const { path: later } = backUp(place.path, NOW - 3000);
    const newer = new Database(later);
    newer.run("PRAGMA user_version = 99");
    newer.close();
    const mine = `${place.folder}/backups/mine.db`;
    writeFileSync(mine, "no database");
    for (const path of [damaged, later, mine]) utimesSync(path, NOW / 1000 - 1, NOW / 1000 - 1);
    writeFileSync(place.path, "");
    const log = createRecordingLog();
    using store = open(place.path, log);
    expect([store.links.count({}), log.at("warn").length]).toEqual([1, 3]);
  });

  test("begins with an empty database if none is sound, and reports it", () => {
    using place = createPlace();
    writeDatabase(place.path, 1);
    overwrite(backUp(place.path, NOW - 1000).path, 0, 100);
    rmSync(place.path);
    const { store: opened, repair } = openSound(place.path);
    using store = opened;
    expect([store.links.count({}), repair]).toEqual([0, { aside: undefined, restored: undefined }]);
  });

  test("prefers others to one from the future, whose time it does not report", () => {
    using place = createPlace();
    writeDatabase(place.path, 1);
    backUp(place.path, NOW + 1000);
    addLink(place.path, 2);
    const { path: latest } = backUp(place.path, NOW - 1000);
    overwrite(place.path, 0, 100);
    {
      const { store: opened, contentFrom } = openSound(place.path);
      using store = opened;
      expect([store.links.count({}), contentFrom]).toEqual([2, NOW - 1000]);
    }
    rmSync(place.path);
    rmSync(latest);
    const { store: opened, contentFrom } = openSound(place.path);
    using store = opened;
    expect([store.links.count({}), contentFrom]).toEqual([1, Number.NEGATIVE_INFINITY]);
  });

  test("fails if the disk has no room, instead of beginning with an empty database", () => {
    using place = createPlace();
    writeDatabase(place.path, 3);
    backUp(place.path, NOW - 1000);
    overwrite(place.path, 0, 100);
    symlinkSync("/dev/full", `${place.path}.part`);
    expect(() => open(place.path)).toThrow(StoreUnavailable);
    expect(readdirSync(place.folder).filter((name) => /damaged|part/.test(name))).toEqual([]);
    using store = open(place.path);
    expect(store.links.count({})).toBe(3);
  });

  test("writes nothing if the disk has no room for the backup", () => {
    using place = createPlace();
    writeDatabase(place.path, 3);
    backUp(place.path, NOW - 1000);
    overwrite(place.path, 0, 100);
    const backups = createBackupFiles(place.path);
    const large = () => backups.all().map((backup) => ({ ...backup, bytes: Number.MAX_SAFE_INTEGER }));
    const [part, written] = [`${place.path}.part`, `${place.folder}/written`];
    const attempt = () =>
      openVerifiedStore(place.path, { backups: { ...backups, all: large }, now: () => NOW, log: createRecordingLog() });
    symlinkSync(written, part);
    expect(attempt).toThrow(expect.objectContaining({ name: "StoreUnavailable", code: "ENOSPC" }));
    expect(readdirSync(place.folder).filter((name) => /damaged|part|written/.test(name))).toEqual([]);
    using store = open(place.path);
    expect(store.links.count({})).toBe(3);
  });

  test("reports where it moved the damaged database, even if the restore succeeds only at the next call", () => {
    using place = createPlace();
    writeDatabase(place.path, 3);
    backUp(place.path, NOW - 1000);
    overwrite(place.path, 0, 100);
    const parts = { backups: createBackupFiles(place.path), log: createRecordingLog(), known: {} };
    // The clock is read to name the moved file: after that, the copy is gone.
    const now = () => {
      rmSync(`${place.path}.part`, { force: true });
      return NOW;
    };
    expect(() => openVerifiedStore(place.path, { ...parts, now })).toThrow(StoreUnavailable);
    const aside = readdirSync(place.folder).filter((name) => /damaged-[\dTZ-]+$/.test(name));
    const { store: opened, repair } = openVerifiedStore(place.path, { ...parts, now: () => NOW + 1 });
    using store = opened;
    expect([store.links.count({}), [repair?.aside]]).toEqual([3, aside.map((name) => `${place.folder}/${name}`)]);
  });

  test("makes none if the schema does not change", () => {
    using place = createPlace();
    writeDatabase(place.path, 2);
    open(place.path)[Symbol.dispose]();
    expect(createBackupFiles(place.path).all()).toEqual([]);
  });

  test("makes one before a migration, and keeps it if that fails", () => {
    using place = createPlace();
    writeDatabase(place.path, 2);
    const old = new Database(place.path);
    // With this version the migrations run again, and fail on the existing tables.
    old.run("PRAGMA user_version = -1");
    old.close();
    expect(() => open(place.path)).toThrow(/already exists|duplicate column/);
    const [made, ...more] = createBackupFiles(place.path).all();
    expect([made?.path, more]).toEqual([expect.stringMatching(/-migration\.db$/), []]);
    using copy = new Database(made?.path, { readonly: true });
    expect(copy.query("SELECT count(*) AS n FROM links").get()).toEqual({ n: 2 });
  });
});

test("openVerifiedStore() does not move aside a database of a newer version", () => {
  using place = createPlace();
  writeDatabase(place.path, 1);
  const sqlite = new Database(place.path);
  sqlite.run("PRAGMA user_version = 99");
  sqlite.close();
  expect(() => open(place.path)).toThrow(NewerDatabase);
  expect(readdirSync(place.folder).filter((name) => name.includes("damaged"))).toEqual([]);
});
