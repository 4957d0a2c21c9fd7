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
/** A database that another program may lock whole. */
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

/** A copy as it is after a life in which these were stored. */
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

describe("the copy of what the database knows", () => {
  test("answers while the database cannot be read", () => {
    const path = written();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const { tables } = open(path);
    expect(tables.downloaders.all()).toEqual([{ ...nas, lastSeenAt: null, failures: 0 }]);
    expect(tables.grants.all()).toEqual([grant]);
    expect(tables.chats.byId(7)).toMatchObject({ language: "ru", quality: 720, folder: null, zone: "+03:00" });
    expect(tables.chats.byId(8)).toBeUndefined();
  });

  test("of a version that knew less is still good", () => {
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

  test("is not written again for how a downloader was last heard of, nor when nothing has changed", () => {
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

  test("is not written again for the menu that a chat was given, but has it when it is", () => {
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

  test("is written at once, and then once for all that the database has and the second has brought", async () => {
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
    // At a stop.
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

  test("is written at once where the database lacks what it has", () => {
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

  test("costs no look at the database while nothing has changed", () => {
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

  test("knows who registered and who was removed while the database could not be written", () => {
    using store = openStore(":memory:");
    const path = place();
    store.downloaders.save({ ...heard, name: "old" });
    const copy = open(path, { ...store, downloaders: { ...gone.downloaders, all: store.downloaders.all } });
    expect(() => copy.tables.downloaders.save(heard)).toThrow(StoreUnavailable);
    expect(() => copy.tables.downloaders.remove("old")).toThrow(StoreUnavailable);
    copy.save();
    // The next life, in which the database works, but has not heard of it.
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

  test("does not take it for news that a downloader was heard of while the database could not be written", () => {
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
    "is brought up to date once the database can be read again, %s",
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

  test("follows a group that gets another id", () => {
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
  describe("of a database that was emptied or goes back to a backup", () => {
    test("takes the place of what is there, and nothing is left that it does not have", () => {
      using store = openStore(":memory:");
      store.downloaders.save({ ...heard, name: "removed since" });
      store.grants.save({ ...grant, id: 8 });
      // It was forgotten on request since.
      store.chats.update(9, { language: "en" });
      const path = written();
      const copy = open(path, store);
      copy.restore(statSync(path).mtimeMs - 1);
      expect(store.downloaders.all()).toEqual([{ ...nas, lastSeenAt: null, failures: 0 }]);
      expect(store.grants.all()).toEqual([grant]);
      expect(store.chats.all()).toMatchObject([{ chatId: 7, language: "ru", quality: 720 }]);
    });

    test("is left alone where it is older than what is there", () => {
      using store = openStore(":memory:");
      const path = written();
      open(path, store).restore(statSync(path).mtimeMs);
      expect([store.downloaders.all(), store.grants.all(), store.chats.all()]).toEqual([[], [], []]);
    });

    test("takes nothing away where there is none", () => {
      using store = openStore(":memory:");
      store.grants.save(grant);
      open(place(), store).restore(Number.NEGATIVE_INFINITY);
      expect(store.grants.all()).toEqual([grant]);
    });

    test("answers and stays as it is until it could be written", () => {
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

    test("lets nothing be changed before, which it would undo, and keeps who registers meanwhile", () => {
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

  test("is no reason to fail where it cannot be read or written", () => {
    const path = place();
    mkdirSync(path);
    const log = createRecordingLog();
    using store = openStore(":memory:");
    const copy = open(path, store, log);
    copy.save();
    expect([copy.tables.downloaders.all(), copy.tables.grants.all()]).toEqual([[], []]);
    expect(log.at("warn")).toContain("Cannot write the copy of what the database knows");
    const torn = place();
    writeFileSync(torn, '{"downloaders":[');
    expect(open(torn).tables.downloaders.all()).toEqual([]);
  });

  test.each(["is not there", "cannot be read"])(
    "is not written as if nobody were known where it %s, nor the database",
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
