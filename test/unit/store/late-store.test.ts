import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { Log } from "../../../src/domain/log.ts";
import { StoreUnavailable } from "../../../src/domain/storage.ts";
import type { Unhurried } from "../../../src/domain/unhurried.ts";
import { createBackupFiles } from "../../../src/store/backup-files.ts";
import { openLateStore } from "../../../src/store/late-store.ts";
import { readMigrations } from "../../../src/store/migrations.macro.ts";
import { createRecordingLog } from "../../support/recording-log.ts";
import { createPlace, damageIndex, overwrite, PAGE, writeDatabase } from "./place.ts";

const FILES = ["", "-wal", "-shm"] as const;

function open(path: string, log: Log = createRecordingLog()) {
  const late = openLateStore(path, {
    backups: createBackupFiles(path),
    now: () => Date.UTC(2026, 10, 23),
    log,
  });
  const add = (n: number) =>
    late.store.links.add({
      ...{ chatId: 1, threadId: null, messageId: n, sender: "ann", url: `https://x.org/${n}`, key: `x.org/${n}` },
      ...{ quality: "best", folder: null, sendAt: n, createdAt: n },
    });
  return { late, add };
}

/** The message ids that another program finds in the database at `path`. */
function linksAt(path: string): number[] {
  using database = new Database(path, { readonly: true });
  const rows = database.query<{ message_id: number }, []>("SELECT message_id FROM links ORDER BY id").all();
  return rows.map(({ message_id: id }) => id);
}

describe("a database that is deleted while open", () => {
  test.each([
    ["all its files", FILES],
    ["only the database file", [""] as const],
    ["the database file and its log", ["", "-wal"] as const],
  ])("is rewritten with all links from before and after, and used from then on: %s", (_, deleted) => {
    using place = createPlace();
    {
      const { late, add } = open(place.path);
      using _closed = late;
      add(1);
      expect(late.keepPlace()).toBe("in_place");
      for (const end of deleted) rmSync(place.path + end);
      add(2);
      expect(() => late.store.stats.probe()).toThrow(StoreUnavailable);
      expect(late.keepPlace()).toBe("rewritten");
      expect(linksAt(place.path)).toEqual([1, 2]);
      late.store.stats.probe();
      add(3);
      expect(late.store.links.count({})).toBe(3);
      expect(late.keepPlace()).toBe("in_place");
    }
    Bun.gc(true);
    expect(linksAt(place.path)).toEqual([1, 2, 3]);
  });

  test("is opened later if that fails at first", () => {
    using place = createPlace();
    const aside = `${place.path}.aside`;
    const log = createRecordingLog();
    const { late, add } = open(place.path, {
      ...log,
      /** Called when the new database is written, but not open yet. */
      error(text: string, fields?: Record<string, unknown>) {
        log.error(text, fields);
        if (!text.includes("a new one has been written")) return;
        renameSync(place.path, aside);
        mkdirSync(place.path);
      },
    });
    using _closed = late;
    add(1);
    for (const end of FILES) rmSync(place.path + end);
    expect(late.keepPlace()).toBe("gone");
    expect(() => late.store.links.count({})).toThrow(StoreUnavailable);
    rmdirSync(place.path);
    renameSync(aside, place.path);
    expect(late.keepPlace()).toBe("rewritten");
    expect(late.store.links.count({})).toBe(1);
  });

  test("is rewritten each time it is deleted", () => {
    using place = createPlace();
    const { late, add } = open(place.path);
    using _closed = late;
    for (const n of [1, 2, 3]) {
      add(n);
      for (const end of FILES) rmSync(place.path + end, { force: true });
      expect(late.keepPlace()).toBe("rewritten");
    }
    expect(linksAt(place.path)).toEqual([1, 2, 3]);
  });

  test("is rewritten if its folder was deleted, and still locked against a second instance", () => {
    using place = createPlace();
    const { late, add } = open(place.path);
    using _closed = late;
    add(1);
    rmSync(place.folder, { recursive: true });
    expect(late.keepPlace()).toBe("rewritten");
    expect(linksAt(place.path)).toEqual([1]);
    expect(() => open(place.path)).toThrow("Another dwld-bot already runs");
  });

  test("stays in use as the open file while no new one can be written", () => {
    using place = createPlace();
    const { late, add } = open(place.path);
    using _closed = late;
    add(1);
    for (const end of FILES) rmSync(place.path + end);
    mkdirSync(`${place.path}.part`);
    for (let tick = 0; tick < 3; tick += 1) {
      expect(late.keepPlace()).toBe("gone");
      add(10 + tick);
    }
    expect(() => late.store.stats.probe()).toThrow(StoreUnavailable);
    expect(existsSync(place.path)).toBe(false);
    rmSync(`${place.path}.part`, { recursive: true });
    expect(late.keepPlace()).toBe("rewritten");
    expect(linksAt(place.path)).toEqual([1, 10, 11, 12]);
  });
});

describe("a database behind a symbolic link", () => {
  function linked() {
    const place = createPlace();
    mkdirSync(`${place.folder}/disk`);
    symlinkSync("disk/real.db", place.path);
    return { ...place, real: `${place.folder}/disk/real.db` };
  }

  test("is rewritten at the link's target if it is deleted", () => {
    using place = linked();
    const { late, add } = open(place.path);
    using _closed = late;
    add(1);
    for (const end of FILES) rmSync(place.real + end);
    expect(late.keepPlace()).toBe("rewritten");
    expect(linksAt(place.real)).toEqual([1]);
    expect(late.keepPlace()).toBe("in_place");
  });

  test("is locked against a second instance even after a repair", () => {
    using place = linked();
    writeFileSync(place.real, "no database ".repeat(500));
    const { late, add } = open(place.path);
    using _closed = late;
    add(1);
    expect(linksAt(place.real)).toEqual([1]);
    for (const path of [place.path, place.real]) expect(() => open(path)).toThrow("Another dwld-bot already runs");
  });
});

describe("a database that is replaced while open", () => {
  test.each(["a database", "something else"])("is rewritten, and %s in its place is moved aside", (what) => {
    using place = createPlace();
    const { late, add } = open(place.path);
    using _closed = late;
    add(1);
    const other = `${place.folder}/other.db`;
    if (what === "a database") writeDatabase(other, 5);
    else writeFileSync(other, what);
    renameSync(other, place.path);
    add(2);
    expect(late.keepPlace()).toBe("rewritten");
    expect(linksAt(place.path)).toEqual([1, 2]);
    const aside = readdirSync(place.folder).filter((name) => name.endsWith(".replaced-2026-11-23T00-00-00-000Z"));
    expect(aside).toHaveLength(1);
    expect(late.store.links.count({})).toBe(2);
  });
});

describe("a kill while a deleted database is rewritten", () => {
  const RESCUE = join(import.meta.dir, "killed-rescue.ts");

  test.each([
    ["", []],
    [", even if another file is in its place", ["another one"]],
  ])("lets the next start finish%s", async (_, instead) => {
    using place = createPlace();
    writeDatabase(place.path, 1);
    createBackupFiles(place.path).make("nightly", Date.UTC(2026, 10, 22));
    const killed = Bun.spawn([process.execPath, RESCUE, place.path, ...instead], {
      stdio: ["ignore", "inherit", "inherit"],
    });
    await killed.exited;
    expect(killed.signalCode).toBe("SIGKILL");
    const { late } = open(place.path);
    using _closed = late;
    expect([late.store.links.count({}), late.repair]).toEqual([2, undefined]);
    const aside = readdirSync(place.folder).filter((name) => /replaced-[\dTZ-]+$/.test(name));
    expect(aside.map((name) => readFileSync(join(place.folder, name), "utf8"))).toEqual(instead);
    expect(existsSync(`${place.path}.whole`)).toBe(false);
  });

  test("leaves no partial file that the next start takes for the database", () => {
    using place = createPlace();
    writeDatabase(place.path, 1);
    createBackupFiles(place.path).make("nightly", Date.UTC(2026, 10, 22));
    writeFileSync(`${place.path}.part`, readFileSync(place.path).subarray(0, 4096));
    rmSync(place.path);
    const { late } = open(place.path);
    using _closed = late;
    expect(late.store.links.count({})).toBe(1);
  });
});

test("no later start uses a rewritten database after the original has come back", () => {
  using place = createPlace();
  const aside = `${place.path}.aside`;
  {
    const { late, add } = open(place.path);
    using _closed = late;
    add(1);
    renameSync(place.path, aside);
    mkdirSync(`${place.path}.replaced-2026-11-23T00-00-00-000Z/x`, { recursive: true });
    mkdirSync(place.path);
    expect(late.keepPlace()).toBe("gone");
    rmdirSync(place.path);
    renameSync(aside, place.path);
    expect(late.keepPlace()).toBe("in_place");
    add(2);
  }
  const { late } = open(place.path);
  using _closed = late;
  expect(late.store.links.count({})).toBe(2);
});

test("a database that was moved and replaced by a copied one is rewritten with its later links", () => {
  using place = createPlace();
  const { late, add } = open(place.path);
  using _closed = late;
  add(1);
  renameSync(place.path, `${place.folder}/moved.db`);
  writeDatabase(`${place.folder}/other.db`, 5);
  copyFileSync(`${place.folder}/other.db`, place.path);
  add(2);
  expect(() => late.store.stats.probe()).toThrow(StoreUnavailable);
  expect(late.keepPlace()).toBe("rewritten");
  expect([linksAt(place.path), late.keepPlace()]).toEqual([[1, 2], "in_place"]);
});

test("a database that opens late and is of a newer version is reported once and never used", () => {
  using place = createPlace();
  writeDatabase(place.path, 1);
  const holder = new Database(place.path);
  holder.run("PRAGMA user_version = 999");
  holder.run("PRAGMA locking_mode = EXCLUSIVE");
  holder.run("BEGIN EXCLUSIVE");
  let told = 0;
  using late = openLateStore(place.path, {
    ...{ backups: createBackupFiles(place.path), now: () => 0, log: createRecordingLog() },
    onNewer: () => void told++,
  });
  expect([late.takeUp(), told]).toEqual([false, 0]);
  holder.close();
  expect([late.takeUp(), late.takeUp(), late.takeUp(), told]).toEqual([false, false, false, 1]);
  expect(() => late.store.links.count({})).toThrow(StoreUnavailable);
});

test("a database is opened later if the disk has no room for the backup before a migration", () => {
  using place = createPlace();
  writeDatabase(place.path, 1);
  const version = (change: number) => {
    using database = new Database(place.path);
    const { user_version: now } = database.query<{ user_version: number }, []>("PRAGMA user_version").get() ?? {
      user_version: 0,
    };
    database.run(`PRAGMA user_version = ${now + change}`);
  };
  version(-1);
  const full = () => {
    throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
  };
  using late = openLateStore(place.path, {
    ...{ backups: { ...createBackupFiles(place.path), make: full }, now: () => 0, log: createRecordingLog() },
  });
  expect(late.takeUp()).toBe(false);
  expect(() => late.store.links.count({})).toThrow(StoreUnavailable);
  version(1);
  expect([late.takeUp(), late.store.links.count({})]).toEqual([true, 1]);
});

describe("before a migration", () => {
  /** A database of the version before the latest migration. */
  function writeFormerVersion(path: string): void {
    using sqlite = new Database(path, { create: true });
    const former = readMigrations().slice(0, -1);
    for (const statement of former.flatMap((one) => one.split("--> statement-breakpoint"))) sqlite.run(statement);
    sqlite.run(`PRAGMA user_version = ${former.length}`);
    sqlite.run("PRAGMA journal_mode = WAL");
  }

  function openFormer(path: string, roomIn = () => Number.POSITIVE_INFINITY) {
    let now = 0;
    const backups = createBackupFiles(path, { roomIn });
    return openLateStore(path, { backups, now: () => now++, log: createRecordingLog() });
  }

  test("no copy of the database is begun for which the disk has no room", () => {
    using place = createPlace();
    writeFormerVersion(place.path);
    let room = 0;
    using late = openFormer(place.path, () => room);
    expect([late.takeUp(), readdirSync(join(place.folder, "backups"))]).toEqual([false, []]);
    room = statSync(place.path).size;
    expect([late.takeUp(), late.store.links.count({})]).toEqual([true, 0]);
    expect(createBackupFiles(place.path).all()).toHaveLength(1);
  });

  test("no second copy is made if only the migration has to be tried again", () => {
    using place = createPlace();
    writeFormerVersion(place.path);
    const other = new Database(place.path);
    other.run("BEGIN IMMEDIATE");
    using late = openFormer(place.path);
    expect([late.takeUp(), createBackupFiles(place.path).all().length]).toEqual([false, 1]);
    other.run("ROLLBACK");
    other.close();
    expect([late.takeUp(), createBackupFiles(place.path).all().length]).toEqual([true, 1]);
  });
});

test("whoever watches the bot waits for as long as it takes to open a database, and to write it anew", () => {
  using place = createPlace();
  writeDatabase(place.path, 500);
  const { size: bytes } = statSync(place.path);
  const parts = { backups: createBackupFiles(place.path), now: () => 0, log: createRecordingLog() };
  const asked: unknown[] = [];
  const unhurried: Unhurried = (of, work) => {
    asked.push(of);
    return work();
  };
  using late = openLateStore(place.path, { ...parts, unhurried });
  expect(asked).toEqual([{ what: "Opening the database", bytes }]);
  rmSync(place.path);
  expect(late.keepPlace()).toBe("rewritten");
  expect(asked.slice(1)).toEqual([
    { what: "Writing the database anew", bytes },
    { what: "Opening the database", bytes },
  ]);
});

test("a database with a damaged header is repaired later if the disk has no room at the start", () => {
  using place = createPlace();
  writeDatabase(place.path, 1);
  createBackupFiles(place.path).make("nightly", 0);
  overwrite(place.path, 0, PAGE);
  symlinkSync("/dev/full", `${place.path}.part`);
  const { late } = open(place.path);
  using _closed = late;
  expect(() => late.store.links.count({})).toThrow(StoreUnavailable);
  expect([late.takeUp(), late.store.links.count({})]).toEqual([true, 1]);
});

test.each([
  ["its header", (path: string) => overwrite(path, 0, PAGE)],
  ["an index", damageIndex],
])("damage in %s is looked for once while the disk is full, and repaired when there is room", (_, damage) => {
  using place = createPlace();
  writeDatabase(place.path, 1);
  const backups = createBackupFiles(place.path);
  backups.make("nightly", 0);
  damage(place.path);
  const log = createRecordingLog();
  let isFull = true;
  using late = openLateStore(place.path, {
    backups: {
      ...backups,
      all() {
        if (isFull && !existsSync(`${place.path}.part`)) symlinkSync("/dev/full", `${place.path}.part`);
        return backups.all();
      },
    },
    ...{ now: () => 1, log },
  });
  expect([late.takeUp(), late.takeUp()]).toEqual([false, false]);
  const found = log.at("error").filter((line) => line === "The database is damaged");
  expect(found).toHaveLength(1);
  isFull = false;
  expect([late.takeUp(), late.store.links.count({})]).toEqual([true, 1]);
});

test("a sound database that replaces a damaged one is opened", () => {
  using place = createPlace();
  writeDatabase(place.path, 2);
  const good = `${place.path}.good`;
  copyFileSync(place.path, good);
  const backups = createBackupFiles(place.path);
  backups.make("nightly", 0);
  overwrite(place.path, 0, PAGE);
  const all = () => {
    rmSync(`${place.path}.part`, { force: true });
    symlinkSync("/dev/full", `${place.path}.part`);
    return backups.all();
  };
  using late = openLateStore(place.path, { backups: { ...backups, all }, now: () => 1, log: createRecordingLog() });
  expect(late.takeUp()).toBe(false);
  renameSync(good, place.path);
  expect([late.takeUp(), late.repair]).toEqual([true, undefined]);
});

test.each([
  ["a backup", 1],
  ["a new database", 0],
])("a repair is reported when %s in the damaged one's place can be opened, and only once", (_, links) => {
  using place = createPlace();
  writeDatabase(place.path, 1);
  const backups = createBackupFiles(place.path);
  const restored = links > 0 ? backups.make("nightly", 1) : undefined;
  overwrite(place.path, 0, PAGE);
  const inTheWay = `${place.path}-wal`;
  const log = createRecordingLog();
  const error: Log["error"] = (message, ...more) => {
    log.error(message, ...more);
    if (message.includes("takes its place")) mkdirSync(inTheWay);
  };
  using late = openLateStore(place.path, { backups, now: () => 2, log: { ...log, error } });
  expect([late.takeUp(), late.repair, late.contentFrom]).toEqual([false, undefined, undefined]);
  rmdirSync(inTheWay);
  expect([late.takeUp(), late.store.links.count({})]).toEqual([true, links]);
  expect(late.repair).toEqual({ aside: expect.stringContaining(".damaged-"), restored });
  expect(late.contentFrom).toBe(restored?.at ?? Number.NEGATIVE_INFINITY);
  // A later rewrite does not report it again.
  rmSync(place.path);
  expect([late.keepPlace(), late.repair]).toEqual(["rewritten", undefined]);
});
