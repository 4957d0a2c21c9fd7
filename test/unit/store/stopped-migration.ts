import { Database } from "bun:sqlite";
import { readSync, writeSync } from "node:fs";
import { migrate } from "../../../src/store/migrate.ts";

// The test kills this process in a migration. It prints "stopped" before its n-th statement and waits for stdin to end.
const [, , path = "", nth] = process.argv;
const sqlite = new Database(path, { create: true, readwrite: true, strict: true });
sqlite.run("PRAGMA journal_mode = WAL");
// So that uncommitted pages reach the disk too.
sqlite.run("PRAGMA cache_size = 1");
const run = sqlite.run.bind(sqlite);
let statements = 0;
sqlite.run = (sql, ...bindings) => {
  if (sqlite.inTransaction && ++statements === Number(nth)) {
    writeSync(1, "stopped");
    readSync(0, new Uint8Array(1));
  }
  return run(sql, ...bindings);
};
migrate(sqlite);
writeSync(1, "done");
