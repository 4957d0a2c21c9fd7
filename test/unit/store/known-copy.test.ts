import { afterAll, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StoreUnavailable } from "../../../src/domain/storage.ts";
import { openKnownCopy } from "../../../src/store/known-copy.ts";
import { openStore } from "../../../src/store/store.ts";
import { createRecordingLog } from "../../support/recording-log.ts";

const folder = mkdtempSync(join(tmpdir(), "dwld-bot-known-"));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const place = () => join(folder, `${++files}.known`);

const nas = { name: "nas", roots: ["x.org"], host: "10.0.0.1", port: 1, registeredAt: 5, paused: false };
const heard = { ...nas, lastSeenAt: 9, failures: 2 };
const grant = {
  id: 7,
  role: "guest",
  until: 99,
  name: "Eve",
  grantedBy: 1,
  grantedAt: 3,
  undo: null,
  warned: false,
} as const;

const gone = {
  downloaders: { all: fail, save: fail, remove: fail },
  grants: { all: fail, save: fail, remove: fail },
  chats: { all: fail, byId: fail, update: fail, remove: fail },
  moveChat: fail,
  transaction: fail,
};
function fail(): never {
  throw new StoreUnavailable("SQLITE_BUSY");
}
/** A database that another program can lock completely. */
function lockable(real: ReturnType<typeof openStore>) {
  const lock = { isOn: false };
  const guarded = <T extends object>(table: T): T =>
    new Proxy(table, { get: (_, name) => (lock.isOn ? fail : Reflect.get(table, name)) });
  const { downloaders, grants, chats } = real;
  const tables = { downloaders: guarded(downloaders), grants: guarded(grants), chats: guarded(chats) };
  return { lock, store: { ...real, ...tables } };
}
const open = (path: string, store: Parameters<typeof openKnownCopy>[1] = gone, log = createRecordingLog()) =>
  openKnownCopy(path, store, log);

/** A copy that was written in an earlier life. */
function written(): string {
  using store = openStore(":memory:");
  const path = place();
  const copy = open(path, store);
  copy.tables.downloaders.save(heard);
  copy.tables.grants.save(grant);
  copy.tables.chats.update(7, { language: "ru", quality: 720, zone: "+03:00" });
  copy.save();
  return path;
}

describe("the known copy", () => {
  test("answers queries while the database cannot be read", () => {
    const path = written();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const { tables } = open(path);
    expect(tables.downloaders.all()).toEqual([{ ...nas, lastSeenAt: null, failures: 0 }]);
    expect(tables.grants.all()).toEqual([grant]);
    expect(tables.chats.byId(7)).toMatchObject({ language: "ru", quality: 720, folder: null, zone: "+03:00" });
    expect(tables.chats.byId(8)).toBeUndefined();
  });

  test("of an older version with fewer fields is still read", () => {
    using store = openStore(":memory:");
    const path = place();
    const copy = open(path, store);
    copy.tables.grants.save(grant);
    copy.save();
    const { undo: _, warned: __, ...older } = grant;
    const written = JSON.parse(readFileSync(path, "utf8"));
    writeFileSync(path, JSON.stringify({ ...written, grants: [older] }));
    expect(open(path).tables.grants.all()).toEqual([grant]);
  });

  test("is not rewritten for a downloader's health, nor if nothing has changed", () => {
    using store = openStore(":memory:");
    const path = place();
    const copy = open(path, store);
    copy.tables.downloaders.save(heard);
    copy.save();
    writeFileSync(path, "as it was");
    copy.tables.downloaders.save({ ...heard, lastSeenAt: 10, failures: 0 });
    copy.save();
    copy.save();
    expect(readFileSync(path, "utf8")).toBe("as it was");
    copy.tables.downloaders.remove("nas");
    copy.save();
    expect(open(path).tables.downloaders.all()).toEqual([]);
  });

  test("is not rewritten for a chat's menu alone, but has the menu when it is rewritten", () => {
    using store = openStore(":memory:");
    const path = place();
    const copy = open(path, store);
    copy.tables.chats.update(7, { language: "ru" });
    copy.save();
    const before = readFileSync(path, "utf8");
    copy.tables.chats.update(7, { menu: "a1" });
    copy.save();
    expect(readFileSync(path, "utf8")).toBe(before);
    copy.tables.chats.update(7, { language: "en" });
    copy.save();
    expect(open(path).tables.chats.byId(7)).toMatchObject({ language: "en", menu: "a1" });
  });

  test("is written at once, and then at most once a second", async () => {
    using store = openStore(":memory:");
    const path = place();
    const time = { now: 5_000, over: () => {}, waitedMs: [] as number[] };
    const copy = openKnownCopy(path, store, createRecordingLog(), {
      monotonic: () => time.now,
      wait(ms) {
        time.waitedMs.push(ms);
        return new Promise((resolve) => {
          time.over = resolve;
        });
      },
    });
    const registers = (name: string) => {
      copy.tables.downloaders.save({ ...heard, name });
      copy.saveInTurn();
    };
    const names = () =>
      open(path)
        .tables.downloaders.all()
        .map(({ name }) => name);
    registers("a");
    expect(names()).toEqual(["a"]);
    time.now += 400;
    registers("b");
    registers("c");
    expect(names()).toEqual(["a"]);
    expect(time.waitedMs).toEqual([600]);
    time.over();
    await Promise.resolve();
    expect(names()).toEqual(["a", "b", "c"]);
    registers("d");
    // As at a stop.
    copy.save();
    expect(names()).toEqual(["a", "b", "c", "d"]);
    writeFileSync(path, "as it was");
    time.over();
    await Promise.resolve();
    expect(readFileSync(path, "utf8")).toBe("as it was");
    time.now += 1_000;
    rmSync(path);
    registers("e");
    expect(names()).toEqual(["a", "b", "c", "d", "e"]);
  });

  test("is written at once if a change could not be stored in the database", () => {
    using store = openStore(":memory:");
    const { lock, store: locked } = lockable(store);
    const path = place();
    const copy = open(path, locked);
    copy.tables.downloaders.save(heard);
    copy.saveInTurn();
    lock.isOn = true;
    expect(() => copy.tables.downloaders.save({ ...heard, name: "attic" })).toThrow(StoreUnavailable);
    copy.saveInTurn();
    expect(open(path).tables.downloaders.unsaved?.().has("attic")).toBe(true);
  });

  test("does not read the database while nothing has changed", () => {
    using store = openStore(":memory:");
    let looks = 0;
    const all = () => {
      looks += 1;
      return store.grants.all();
    };
    const copy = open(place(), { ...store, grants: { ...store.grants, all } });
    copy.save();
    copy.save();
    expect(looks).toBe(1);
    copy.tables.grants.save(grant);
    copy.save();
    expect(looks).toBe(2);
  });

  test("keeps registrations and removals that the database could not store", () => {
    using store = openStore(":memory:");
    const path = place();
    store.downloaders.save({ ...heard, name: "old" });
    const copy = open(path, { ...store, downloaders: { ...gone.downloaders, all: store.downloaders.all } });
    expect(() => copy.tables.downloaders.save(heard)).toThrow(StoreUnavailable);
    expect(() => copy.tables.downloaders.remove("old")).toThrow(StoreUnavailable);
    copy.save();
    // In the next life the database works, but lacks both changes.
    const next = open(path, store).tables.downloaders;
    expect(next.all().map(({ name }) => name)).toEqual(["old"]);
    expect([...(next.unsaved?.() ?? [])]).toEqual([
      ["nas", { ...nas, lastSeenAt: null, failures: 0 }],
      ["old", undefined],
    ]);
    next.save(heard);
    next.remove("old");
    expect([...(next.unsaved?.() ?? [])]).toEqual([]);
  });

  test("does not count a downloader's health as an unsaved change", () => {
    using store = openStore(":memory:");
    const path = place();
    const copy = open(path, store);
    copy.tables.downloaders.save(heard);
    copy.save();
    const without = open(path, { ...store, downloaders: gone.downloaders }).tables.downloaders;
    expect(() => without.save({ ...heard, lastSeenAt: 99 })).toThrow(StoreUnavailable);
    expect([...(without.unsaved?.() ?? [])]).toEqual([]);
    expect(() => without.save({ ...heard, paused: true })).toThrow(StoreUnavailable);
    expect([...(without.unsaved?.() ?? [])]).toMatchObject([["nas", { paused: true }]]);
  });

  test.each(["in this life", "in a life that began without the database"])(
    "is updated once the database can be read again, %s",
    (life) => {
      using real = openStore(":memory:");
      const { store, lock } = lockable(real);
      const path = place();
      let copy = open(path, store);
      copy.tables.grants.save(grant);
      copy.save();
      copy.tables.grants.remove(grant.id);
      lock.isOn = true;
      if (life !== "in this life") copy = open(path, store);
      copy.save();
      expect(open(path).tables.grants.all()).toEqual([grant]);
      lock.isOn = false;
      copy.save();
      expect(open(path).tables.grants.all()).toEqual([]);
    },
  );

  test("follows a group whose id changes", () => {
    using store = openStore(":memory:");
    const path = place();
    const copy = open(path, store);
    copy.tables.grants.save({ ...grant, id: -5 });
    copy.tables.chats.update(-5, { language: "ru" });
    copy.save();
    copy.tables.moveChat({ from: -5, to: -1005 });
    copy.save();
    const { tables } = open(path);
    expect(tables.grants.all()).toMatchObject([{ id: -1005 }]);
    expect(tables.chats.byId(-1005)).toMatchObject({ language: "ru" });
  });
  describe("beside a database that was emptied or restored from a backup", () => {
    test("replaces what the tables contain", () => {
      using store = openStore(":memory:");
      store.downloaders.save({ ...heard, name: "removed since" });
      store.grants.save({ ...grant, id: 8 });
      // This chat has been forgotten on request since then.
      store.chats.update(9, { language: "en" });
      const path = written();
      const copy = open(path, store);
      copy.restore(statSync(path).mtimeMs - 1);
      expect(store.downloaders.all()).toEqual([{ ...nas, lastSeenAt: null, failures: 0 }]);
      expect(store.grants.all()).toEqual([grant]);
      expect(store.chats.all()).toMatchObject([{ chatId: 7, language: "ru", quality: 720 }]);
    });

    test("is not restored if it is older than the database", () => {
      using store = openStore(":memory:");
      const path = written();
      open(path, store).restore(statSync(path).mtimeMs);
      expect([store.downloaders.all(), store.grants.all(), store.chats.all()]).toEqual([[], [], []]);
    });

    test("removes nothing if there is no copy", () => {
      using store = openStore(":memory:");
      store.grants.save(grant);
      open(place(), store).restore(Number.NEGATIVE_INFINITY);
      expect(store.grants.all()).toEqual([grant]);
    });

    test("answers queries and stays unchanged until it could be restored", () => {
      using store = openStore(":memory:");
      const path = written();
      const before = readFileSync(path, "utf8");
      const copy = open(path, { ...store, transaction: fail });
      expect(() => copy.restore(Number.NEGATIVE_INFINITY)).toThrow(StoreUnavailable);
      copy.save();
      expect(readFileSync(path, "utf8")).toBe(before);
      const { downloaders, grants, chats } = copy.tables;
      expect([downloaders.all(), grants.all()]).toMatchObject([[nas], [grant]]);
      expect([chats.byId(7), ...chats.all()]).toMatchObject([{ language: "ru" }, { language: "ru" }]);
    });

    test("refuses changes until it is restored, and keeps registrations of that time", () => {
      using store = openStore(":memory:");
      const path = written();
      let isFull = true;
      const transaction: typeof store.transaction = (work) => (isFull ? fail() : store.transaction(work));
      const copy = open(path, { ...store, transaction });
      expect(() => copy.restore(Number.NEGATIVE_INFINITY)).toThrow(StoreUnavailable);
      const { downloaders, grants } = copy.tables;
      expect(() => grants.remove(grant.id)).toThrow(StoreUnavailable);
      expect(() => downloaders.save({ ...heard, name: "new" })).toThrow(StoreUnavailable);
      copy.save();
      expect([...(open(path).tables.downloaders.unsaved?.() ?? [])]).toMatchObject([["new", { name: "new" }]]);
      isFull = false;
      copy.restore(Number.POSITIVE_INFINITY);
      grants.remove(grant.id);
      copy.save();
      const next = open(path).tables;
      expect([next.grants.all(), next.downloaders.all()]).toMatchObject([[], [{ name: "nas" }, { name: "new" }]]);
    });
  });

  test("is ignored with a warning if it cannot be read or written", () => {
    const path = place();
    mkdirSync(path);
    const log = createRecordingLog();
    using store = openStore(":memory:");
    const copy = open(path, store, log);
    copy.save();
    expect([copy.tables.downloaders.all(), copy.tables.grants.all()]).toEqual([[], []]);
    expect(log.at("warn")).toContain("Cannot write the copy of downloaders, access and settings");
    const torn = place();
    writeFileSync(torn, '{"downloaders":[');
    expect(open(torn).tables.downloaders.all()).toEqual([]);
  });

  test.each(["is missing", "cannot be read"])(
    "is not overwritten while it %s and the database cannot be read",
    (how) => {
      using real = openStore(":memory:");
      real.grants.save(grant);
      const path = place();
      if (how === "cannot be read") writeFileSync(path, '{"downloaders":[');
      const before = existsSync(path) && readFileSync(path, "utf8");
      const { lock, store } = lockable(real);
      lock.isOn = true;
      const copy = open(path, store);
      expect(() => copy.tables.downloaders.save(heard)).toThrow(StoreUnavailable);
      copy.save();
      expect(existsSync(path) && readFileSync(path, "utf8")).toBe(before);
      lock.isOn = false;
      copy.save();
      const next = open(path);
      next.save();
      expect([next.tables.grants.all(), next.tables.downloaders.all()]).toMatchObject([[grant], [nas]]);
    },
  );
});
