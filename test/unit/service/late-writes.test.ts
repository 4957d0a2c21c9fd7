import { afterEach, expect, jest, test } from "bun:test";
import { StoreUnavailable } from "../../../src/domain/storage.ts";
import { createLateWrites } from "../../../src/service/late-writes.ts";
import { openStore } from "../../../src/store/store.ts";
import { createRecordingLog } from "../../support/recording-log.ts";

function createPatient() {
  const log = createRecordingLog();
  const written: string[] = [];
  const database = { locked: false };
  const writes = createLateWrites({ transaction: (work) => work(), log });
  return {
    log,
    written,
    database,
    flush: writes.flush,
    write: (what: string, doing = () => {}) =>
      writes.write(what, () => {
        if (database.locked) throw new StoreUnavailable("SQLITE_BUSY");
        doing();
        written.push(what);
      }),
  };
}

test("a change is written at once if the database can be used", () => {
  const { write, written, log } = createPatient();
  write("a");
  expect([written, log.lines]).toEqual([["a"], []]);
});

test("changes that a locked database refuses are written later in their order, before new ones", () => {
  const { write, written, database, flush, log } = createPatient();
  database.locked = true;
  write("a");
  write("b");
  expect([flush(), written]).toEqual([false, []]);
  expect(log.at("warn")).toHaveLength(2);
  database.locked = false;
  write("c");
  expect(written).toEqual(["a", "b", "c"]);
  expect(flush()).toBe(true);
});

test("a bug in a change is thrown when it is written at once, and holds up no other when it is late", () => {
  const { write, written, database, flush, log } = createPatient();
  const bug = () => {
    throw new TypeError("no such column");
  };
  expect(() => write("a", bug)).toThrow(TypeError);
  database.locked = true;
  write("b", bug);
  write("c");
  database.locked = false;
  expect(flush()).toBe(true);
  expect(written).toEqual(["c"]);
  expect(log.at("error")).toHaveLength(1);
});

test("thousands of late changes are written in parts, and all of them at a stop", () => {
  const { write, written, database, flush } = createPatient();
  database.locked = true;
  for (let n = 0; n < 1_000; n += 1) write(String(n));
  database.locked = false;
  expect(flush()).toBe(false);
  expect(written).toHaveLength(100);
  expect(flush({ all: true })).toBe(true);
  expect(written).toEqual(Array.from({ length: 1_000 }, (_, n) => String(n)));
});

test("a late change that asks for another one is written once", () => {
  const { write, written, database, flush } = createPatient();
  database.locked = true;
  write("a", () => write("b"));
  database.locked = false;
  flush();
  flush();
  expect(written).toEqual(["a", "b"]);
});

/** Prompts are sent one by one: a transaction for each would wait for the disk each time. */
test("writeSoon() writes changes in one transaction, and calls back when they are stored", async () => {
  using store = openStore(":memory:");
  const transactions: number[] = [];
  const happened: string[] = [];
  const writes = createLateWrites({
    transaction: (work) => {
      transactions.push(happened.length);
      return store.transaction(work);
    },
    log: createRecordingLog(),
  });
  const stored = Promise.withResolvers<void>();
  writes.writeSoon("a", () => happened.push("a"));
  writes.writeSoon("b", () => happened.push("b"), stored.resolve);
  expect(happened).toEqual([]);
  await stored.promise;
  expect([happened, transactions]).toEqual([["a", "b"], [0]]);
});

test("writeSoon() calls back only for changes that are stored", () => {
  using store = openStore(":memory:");
  const writes = createLateWrites({ transaction: store.transaction, log: createRecordingLog() });
  let isLocked = true;
  const happened: string[] = [];
  const messageIds = () => store.deletions.dueOfOneChat(9, 9).map(({ messageId }) => messageId);
  const plan = (messageId: number) => () => store.deletions.add({ chatId: 1, messageId, deleteAt: 0 });
  writes.writeSoon("a", plan(1), () => happened.push("a"));
  writes.writeSoon(
    "b",
    () => {
      if (isLocked) throw new StoreUnavailable("SQLITE_BUSY");
      plan(2)();
    },
    () => happened.push("b"),
  );
  expect([writes.flush(), happened, messageIds()]).toEqual([false, ["a"], [1]]);
  isLocked = false;
  expect([writes.flush(), happened, messageIds()]).toEqual([true, ["a", "b"], [1, 2]]);
});

test("a bug in a callback is logged, not thrown, and does not stop other callbacks", () => {
  const log = createRecordingLog();
  const writes = createLateWrites({ transaction: (work) => work(), log });
  const told: string[] = [];
  const nothing = () => {};
  writes.writeSoon("a", nothing, () => {
    throw new TypeError("no such prompt");
  });
  writes.writeSoon("b", nothing, () => told.push("b"));
  expect(writes.flush()).toBe(true);
  expect([told, log.at("error")]).toEqual([["b"], ["Cannot report that something was stored"]]);
});

test("a change behind many waiting ones is written after them, without a warning", async () => {
  const log = createRecordingLog();
  const writes = createLateWrites({ transaction: (work) => work(), log });
  const written: string[] = [];
  const last = Promise.withResolvers<void>();
  for (let n = 0; n < 250; n += 1) writes.writeSoon("soon", () => written.push("soon"));
  writes.write("now", () => {
    written.push("now");
    last.resolve();
  });
  await last.promise;
  expect([written.length, written.at(-1), log.lines]).toEqual([251, "now", []]);
});

test("a change that is asked for in a callback is written soon, without a warning", async () => {
  const log = createRecordingLog();
  const writes = createLateWrites({ transaction: (work) => work(), log });
  const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  writes.writeSoon(
    "a",
    () => {},
    () => {
      writes.write("b", second.resolve);
      first.resolve();
    },
  );
  await first.promise;
  expect(log.lines).toEqual([]);
  await second.promise;
});

test("write() calls back when it writes at once", () => {
  const writes = createLateWrites({ transaction: (work) => work(), log: createRecordingLog() });
  const happened: string[] = [];
  writes.write(
    "a",
    () => happened.push("made"),
    () => happened.push("told"),
  );
  expect(happened).toEqual(["made", "told"]);
});

test("a change that is asked for while others are written replaces none of them at the limit", () => {
  const writes = createLateWrites({ transaction: (work) => work(), log: createRecordingLog() });
  const written = new Set<number>();
  writes.writeSoon("one that asks for another", () => writes.writeSoon("another", () => written.add(0)));
  for (let n = 1; n < 20_000; n += 1) writes.writeSoon("many", () => written.add(n));
  writes.flush({ all: true });
  writes.flush();
  expect(written.size).toBe(20_000);
});

test("writePending() makes all that waits in one transaction, in order, and none for what may go along with a later write", () => {
  const written: string[] = [];
  let transactions = 0;
  const transaction = <T>(work: () => T): T => {
    transactions += 1;
    return work();
  };
  const writes = createLateWrites({ transaction, log: createRecordingLog() });
  writes.writeAlong("along", () => void written.push("along"));
  writes.writePending();
  expect([written, transactions]).toEqual([[], 0]);
  writes.writeSoon(
    "soon",
    () => void written.push("soon"),
    () => void written.push("told"),
  );
  writes.writePending();
  expect([written, transactions]).toEqual([["along", "soon", "told"], 1]);
  writes.writePending();
  expect(transactions).toBe(1);
});

test("writePending() makes what the database refused before, even if one of the changes always fails", () => {
  using store = openStore(":memory:");
  const log = createRecordingLog();
  let isFull = true;
  const transaction: typeof store.transaction = (work) => {
    if (isFull) throw new StoreUnavailable("SQLITE_FULL");
    return store.transaction(work);
  };
  const writes = createLateWrites({ transaction, log });
  const plan = (messageId: number) => {
    if (isFull) throw new StoreUnavailable("SQLITE_FULL");
    store.deletions.add({ chatId: 1, messageId, deleteAt: 1 });
  };
  writes.write("a", () => plan(1));
  writes.writeAlong("b", () => JSON.parse("{"));
  writes.writeAlong("c", () => plan(2));
  writes.writePending();
  const planned = () => store.deletions.dueOfOneChat(1, 100).map(({ messageId }) => messageId);
  expect(planned()).toEqual([]);
  isFull = false;
  writes.writePending();
  expect(planned()).toEqual([1, 2]);
});

afterEach(() => void jest.useRealTimers());

test("writeAlong() begins no transaction of its own, however long nothing else comes", () => {
  jest.useFakeTimers();
  const writes = createLateWrites({ transaction: (work) => work(), log: createRecordingLog() });
  const written: string[] = [];
  writes.writeAlong("along", () => void written.push("along"));
  jest.advanceTimersByTime(3_600_000);
  expect(written).toEqual([]);
  writes.writeSoon("soon", () => void written.push("soon"));
  jest.advanceTimersByTime(100);
  expect(written).toEqual(["along", "soon"]);
});

test("writePending() makes thousands of changes in parts: nobody else can write during a transaction", () => {
  const written: number[] = [];
  const parts: number[] = [];
  const transaction = <T>(work: () => T): T => {
    const before = written.length;
    const result = work();
    parts.push(written.length - before);
    return result;
  };
  const writes = createLateWrites({ transaction, log: createRecordingLog() });
  for (let n = 0; n < 250; n += 1) writes.writeAlong("along", () => void written.push(n));
  writes.writeSoon("soon", () => void written.push(250));
  writes.writePending();
  expect(written).toEqual(Array.from({ length: 251 }, (_, n) => n));
  expect(parts).toEqual([100, 100, 51]);
});

test("writePending() in a transaction that fails loses nothing that waits behind it", () => {
  using store = openStore(":memory:");
  const writes = createLateWrites({ transaction: store.transaction, log: createRecordingLog() });
  const plan = (messageId: number) => store.deletions.add({ chatId: 1, messageId, deleteAt: 1 });
  let fails = true;
  writes.writeAlong("asks", () => {
    writes.writePending();
    plan(1);
    if (!fails) return;
    fails = false;
    throw new StoreUnavailable("SQLITE_FULL");
  });
  for (let n = 1; n < 100; n += 1) writes.writeAlong("many", () => {});
  writes.writeAlong("the first of the next part", () => plan(2));
  writes.flush({ all: true });
  writes.flush({ all: true });
  expect(store.deletions.dueOfOneChat(1, 100).map(({ messageId }) => messageId)).toEqual([1, 2]);
});

test("of more than twenty thousand waiting changes, the earliest are dropped, to limit the memory", () => {
  const writes = createLateWrites({ transaction: (work) => work(), log: createRecordingLog() });
  const written: number[] = [];
  for (let n = 0; n < 20_003; n += 1) writes.writeAlong("many", () => void written.push(n));
  writes.flush({ all: true });
  expect([written.length, written[0], written.at(-1)]).toEqual([20_000, 3, 20_002]);
});
