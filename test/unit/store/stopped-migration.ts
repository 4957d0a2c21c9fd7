import { Database } from "bun:sqlite";
import { readSync, writeSync } from "node:fs";
import { migrate } from "../../../src/store/migrate.ts";

// A process to be killed in a migration: says "stopped" before its n-th statement, and goes on once stdin has ended.
const [, , path = "", nth] = process.argv;
const sqlite = new Database(path, { create: true, readwrite: true, strict: true });
sqlite.run("PRAGMA journal_mode = WAL");
// What is not committed yet goes to the disk all the same.
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
