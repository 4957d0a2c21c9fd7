import { expect, test } from "bun:test";
import { StoreUnavailable } from "../../../src/domain/storage.ts";
import { createLateWrites } from "../../../src/service/late-writes.ts";
import { createRecordingLog } from "../../support/recording-log.ts";

function createPatient() {
  const log = createRecordingLog();
  const written: string[] = [];
  const database = { locked: false };
  const writes = createLateWrites({ log });
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

test("a change is made at once where that is possible", () => {
  const { write, written, log } = createPatient();
  write("a");
  expect([written, log.lines]).toEqual([["a"], []]);
});

test("what a locked database does not take is made up for in its order, before what comes later", () => {
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

test("a bug in one change is thrown to whoever makes it now, and holds back no other later", () => {
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

test("thousands are made up for in parts, so that nobody else is held up, and all at the stop", () => {
  const { write, written, database, flush } = createPatient();
  database.locked = true;
  for (let n = 0; n < 1_000; n += 1) write(String(n));
  database.locked = false;
  expect(flush()).toBe(false);
  expect(written).toHaveLength(100);
  expect(flush({ all: true })).toBe(true);
  expect(written).toEqual(Array.from({ length: 1_000 }, (_, n) => String(n)));
});

test("a change that asks for another one while it is made up for is made once", () => {
  const { write, written, database, flush } = createPatient();
  database.locked = true;
  write("a", () => write("b"));
  database.locked = false;
  flush();
  flush();
  expect(written).toEqual(["a", "b"]);
});
