import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createUntilWritten } from "../../../src/store/until-written.ts";

const MINUTE = 60_000;

/** A table of one column, and a cached query of it, whose runs are counted. */
function createTable(path = ":memory:") {
  const sqlite = new Database(path, { create: true, readwrite: true, strict: true });
  sqlite.run("PRAGMA journal_mode = WAL");
  sqlite.run("create table rows (value)");
  let elapsed = 0;
  let looks = 0;
  const look = createUntilWritten(
    sqlite,
    () => elapsed,
  )(() => {
    looks += 1;
    return sqlite.query<{ sum: number }, []>("select total(value) as sum from rows").get()?.sum;
  });
  return {
    sqlite,
    look,
    add: (value: number) => void sqlite.run(`insert into rows values (${value})`),
    pass: (ms: number) => {
      elapsed += ms;
    },
    get looks() {
      return looks;
    },
    [Symbol.dispose]: () => sqlite.close(),
  };
}

describe("createUntilWritten()", () => {
  test("queries once, and again after each write", () => {
    using table = createTable();
    expect([table.look(), table.look(), table.looks]).toEqual([0, 0, 1]);
    table.add(1);
    expect([table.look(), table.look(), table.looks]).toEqual([1, 1, 2]);
    table.sqlite.query("update rows set value = 5 returning value").get();
    expect([table.look(), table.looks]).toEqual([5, 3]);
    table.sqlite.run("delete from rows");
    expect([table.look(), table.looks]).toEqual([0, 4]);
  });

  test("queries each time in a transaction, and keeps no result of one that is undone", () => {
    using table = createTable();
    expect(table.look()).toBe(0);
    const undone = table.sqlite.transaction(() => {
      expect(table.look()).toBe(0);
      table.add(1);
      expect(table.look()).toBe(1);
      table.add(1);
      expect(table.look()).toBe(2);
      throw new Error("undone");
    });
    expect(() => undone.immediate()).toThrow("undone");
    expect(table.look()).toBe(0);
    table.sqlite.transaction(() => table.add(7)).immediate();
    expect(table.look()).toBe(7);
  });

  test("queries again after a failed query", () => {
    using table = createTable();
    let isAway = true;
    const look = createUntilWritten(table.sqlite)(() => {
      if (isAway) throw new Error("away");
      return "there";
    });
    expect(look).toThrow("away");
    isAway = false;
    expect(look()).toBe("there");
  });

  test("sees another program's write at the next tick", () => {
    const folder = mkdtempSync(join(tmpdir(), "dwld-bot-"));
    {
      using table = createTable(join(folder, "rows.db"));
      using other = new Database(join(folder, "rows.db"));
      expect(table.look()).toBe(0);
      other.run("insert into rows values (3)");
      table.pass(50);
      expect(table.look()).toBe(3);
    }
    rmSync(folder, { recursive: true });
  });

  test("queries each time if the -wal file cannot be inspected", () => {
    const home = mkdtempSync(join(tmpdir(), "dwld-bot-"));
    const folder = join(home, "state");
    mkdirSync(folder);
    {
      using table = createTable(join(folder, "rows.db"));
      expect(table.look()).toBe(0);
      // Root can read every folder, so the path must not be a folder any more.
      renameSync(folder, join(home, "moved"));
      writeFileSync(folder, "");
      table.pass(50);
      expect([table.look(), table.look(), table.looks]).toEqual([0, 0, 3]);
    }
    rmSync(home, { recursive: true });
  });

  test("queries at least once a minute", () => {
    using table = createTable();
    table.look();
    table.pass(MINUTE - 1);
    table.look();
    expect(table.looks).toBe(1);
    table.pass(1);
    table.look();
    expect(table.looks).toBe(2);
  });
});
