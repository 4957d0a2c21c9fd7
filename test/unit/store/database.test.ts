import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { getTableConfig } from "drizzle-orm/sqlite-core";
import * as chatSchema from "../../../src/store/chat-schema.ts";
import { openDatabase } from "../../../src/store/database.ts";
import { migrate, NewerDatabase, pendingMigrations } from "../../../src/store/migrate.ts";
import * as schema from "../../../src/store/schema.ts";
import { openStore } from "../../../src/store/store.ts";
import { newLink } from "../../support/links.ts";
import { createPlace, writeDatabase } from "./place.ts";

const tablesOf = (sqlite: Database) =>
  sqlite
    .query<{ name: string; strict: number }, []>("SELECT name, strict FROM pragma_table_list WHERE type = 'table'")
    .all()
    .filter(({ name }) => !name.startsWith("sqlite_"));

describe("migrate()", () => {
  test("makes every table strict, so that values of a wrong type are refused", () => {
    using sqlite = new Database(":memory:");
    migrate(sqlite);
    const tables = tablesOf(sqlite);
    expect(tables.length).toBeGreaterThan(7);
    expect(tables.filter(({ strict }) => strict === 0)).toEqual([]);
    const insert = "INSERT INTO deletions (chat_id, message_id, delete_at) VALUES (1, 2, ?)";
    expect(() => sqlite.run(insert, ["soon"])).toThrow("cannot store TEXT value in INTEGER column");
    sqlite.run(insert, [3]);
  });

  test("makes exactly the tables, columns and indices of schema.ts and chat-schema.ts", () => {
    using sqlite = new Database(":memory:");
    migrate(sqlite);
    const columnsOf = (table: string) =>
      sqlite
        .query<{ name: string }, [string]>("SELECT name FROM pragma_table_info(?)")
        .all(table)
        .map(({ name }) => name)
        .sort();
    const indicesOf = (table: string) =>
      sqlite
        .query<{ name: string }, [string]>("SELECT name FROM pragma_index_list(?) WHERE origin = 'c'")
        .all(table)
        .map(({ name }) => name)
        .sort();
    const made = tablesOf(sqlite).map(({ name }) => [name, columnsOf(name), indicesOf(name)] as const);
    const meant = Object.values({ ...schema, ...chatSchema }).map((table) => {
      const { name, columns, indexes, uniqueConstraints } = getTableConfig(table);
      const uniques = columns.flatMap((column) => (column.isUnique ? (column.uniqueName ?? "") : []));
      const named = [
        ...indexes.map(({ config }) => config.name),
        ...uniqueConstraints.map((one) => one.getName() ?? ""),
      ];
      return [name, columns.map((column) => column.name).sort(), [...named, ...uniques].sort()] as const;
    });
    expect([...made].sort()).toEqual([...meant].sort());
  });

  test("does not change a database that is up to date", () => {
    using sqlite = new Database(":memory:");
    expect(pendingMigrations(sqlite)).toBeGreaterThan(0);
    migrate(sqlite);
    const before = sqlite.serialize();
    migrate(sqlite);
    expect(pendingMigrations(sqlite)).toBe(0);
    expect(sqlite.serialize().equals(before)).toBe(true);
  });

  test("undoes a migration that fails, and leaves foreign keys on", () => {
    using sqlite = new Database(":memory:");
    sqlite.run("CREATE TABLE links (link TEXT)");
    sqlite.run("PRAGMA foreign_keys = ON");
    expect(() => migrate(sqlite)).toThrow("links");
    expect(tablesOf(sqlite).map(({ name }) => name)).toEqual(["links"]);
    expect(sqlite.query("PRAGMA user_version").get()).toEqual({ user_version: 0 });
    expect(sqlite.query("PRAGMA foreign_keys").get()).toEqual({ foreign_keys: 1 });
  });

  test("refuses a database of a newer version, and does not change it", () => {
    using place = createPlace();
    writeDatabase(place.path, 1);
    const sqlite = new Database(place.path);
    sqlite.run("PRAGMA user_version = 99");
    sqlite.close();
    expect(() => openStore(place.path)).toThrow(NewerDatabase);
    expect(() => openStore(place.path)).toThrow(place.path);
    using after = new Database(place.path, { readonly: true });
    expect(after.query("SELECT count(*) AS n FROM links").get()).toEqual({ n: 1 });
    expect(after.query("PRAGMA user_version").get()).toEqual({ user_version: 99 });
  });
});

describe("transaction()", () => {
  test("undoes everything if its work throws, and rethrows the error", () => {
    using store = openStore(":memory:");
    const error = new TypeError("a bug");
    const work = () => {
      store.links.add(newLink());
      store.transaction(() => {
        store.chats.update(1, { quality: 480 });
      });
      throw error;
    };
    expect(() => store.transaction(work)).toThrow(error);
    expect([store.links.count({}), store.chats.byId(1)]).toEqual([0, undefined]);
    expect(store.transaction(() => store.links.add(newLink())?.chatId)).toBe(1);
  });

  test("does not compile with async work", () => {
    using store = openStore(":memory:");
    const wrong = () => {
      // @ts-expect-error It would commit at its first await.
      store.transaction(async () => 1);
      // @ts-expect-error It must not return a promise either.
      store.transaction(() => Promise.resolve());
    };
    expect(wrong).toBeFunction();
  });
});

describe("openDatabase()", () => {
  test("sets the pragmas that make the queue durable", () => {
    using place = createPlace();
    using database = openDatabase(place.path);
    const pragma = (name: string) => Object.values(database.queries.get<Record<string, unknown>>(`PRAGMA ${name}`))[0];
    expect(["journal_mode", "synchronous", "foreign_keys"].map(pragma)).toEqual(["wal", 2, 1]);
    expect(pragma("busy_timeout")).toBe(50);
  });
});
