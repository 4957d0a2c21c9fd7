import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { openStore } from "../../../src/store/store.ts";
import { createPlace } from "./place.ts";

const DRIZZLE = join(import.meta.dir, "../../../drizzle");
const BEFORE = ["0000_queue", "0001_postponed_and_turns"];

test("an upgrade keeps members and strangers, without undo, warnings or held messages", () => {
  using place = createPlace();
  const sqlite = new Database(place.path);
  for (const name of BEFORE) sqlite.run(readFileSync(join(DRIZZLE, `${name}.sql`), "utf8"));
  sqlite.run("insert into grants values (666, 'guest', 99, 'Eve', 1, 5)");
  sqlite.run("insert into strangers values (667, 'Max', 5, '[]', 900, 1)");
  sqlite.run(`PRAGMA user_version = ${BEFORE.length}`);
  sqlite.close();
  using store = openStore(place.path);
  expect(store.grants.all()).toEqual([
    { id: 666, role: "guest", until: 99, name: "Eve", grantedBy: 1, grantedAt: 5, undo: null, warned: false },
  ]);
  expect(store.strangers.refused(100, 9)).toMatchObject([{ id: 667, name: "Max", threadId: null, refusedBy: 1 }]);
  expect([store.heldMessages.count(), store.links.count({})]).toEqual([0, 0]);
});
