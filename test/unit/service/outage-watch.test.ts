import { expect, test } from "bun:test";
import type { AdminAlert } from "../../../src/domain/admin-alert.ts";
import { StoreUnavailable } from "../../../src/domain/storage.ts";
import { createOutageWatch } from "../../../src/service/outage-watch.ts";
import { createRecordingLog } from "../../support/recording-log.ts";

const SECOND = 1_000;
const TICK = 5 * SECOND;

/** A database that is written at every tick, and fails with `code` while that is set. */
function createWatched() {
  const told: AdminAlert[] = [];
  const watched = {
    told: (): string[] =>
      told.splice(0).map((alert) => (alert.kind === "database_failing" ? alert.because : alert.kind)),
    code: undefined as string | undefined,
    now: 0,
    looks: 0,
    tick(times = 1) {
      for (let at = 0; at < times; at += 1) {
        watched.now += TICK;
        if (watched.code !== undefined) watch.failed(watched.code);
        watch.look(probe);
      }
    },
  };
  function probe(): void {
    watched.looks += 1;
    if (watched.code !== undefined) throw new StoreUnavailable(watched.code);
  }
  const watch = createOutageWatch({
    tell: (alert) => void told.push(alert),
    now: () => watched.now,
    log: createRecordingLog(),
  });
  return watched;
}

test.each([
  ["SQLITE_FULL", "full"],
  ["SQLITE_BUSY_SNAPSHOT", "locked"],
  ["SQLITE_READONLY_DBMOVED", "unwritable"],
  ["SQLITE_IOERR_WRITE", "unwritable"],
])("an outage by %s is reported once after a minute, and its end once", (code, because) => {
  const database = createWatched();
  database.code = code;
  database.tick(12);
  expect(database.told()).toEqual([]);
  database.tick();
  expect(database.told()).toEqual([because]);
  database.tick(100);
  expect(database.told()).toEqual([]);
  database.code = undefined;
  database.tick(2);
  expect(database.told()).toEqual(["database_back"]);
  database.code = code;
  database.tick(13);
  expect(database.told()).toEqual([because]);
});

test("failures of less than a minute are not reported, however many there are", () => {
  const database = createWatched();
  for (let times = 0; times < 20; times += 1) {
    database.code = "SQLITE_BUSY";
    database.tick(11);
    database.code = undefined;
    database.tick();
  }
  expect(database.told()).toEqual([]);
});

test("damage is reported at the next look, and not as over while other tables can be written", () => {
  const database = createWatched();
  database.code = "SQLITE_CORRUPT_INDEX";
  database.tick();
  database.code = undefined;
  database.tick(100);
  expect(database.told()).toEqual(["damaged"]);
});

test("the database is not probed while nothing has failed", () => {
  const database = createWatched();
  database.tick(100);
  expect(database.looks).toBe(0);
});

test("a clock that jumps back makes an outage begin again", () => {
  const database = createWatched();
  database.now = 3_600 * SECOND;
  database.code = "SQLITE_FULL";
  database.tick(5);
  database.now = 0;
  database.tick(12);
  expect(database.told()).toEqual([]);
  database.tick();
  expect(database.told()).toEqual(["full"]);
});
