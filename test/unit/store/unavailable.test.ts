import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import type { NewDelivery } from "../../../src/domain/delivery.ts";
import { StoreUnavailable } from "../../../src/domain/storage.ts";
import { openDatabase } from "../../../src/store/database.ts";
import { type Translate, translated, withStorageErrors } from "../../../src/store/error-translation.ts";
import { createLinks } from "../../../src/store/links.ts";
import { openStore, type SqliteStore } from "../../../src/store/store.ts";
import { newLink } from "../../support/links.ts";
import { createPlace, writeDatabase } from "./place.ts";

const delivery: NewDelivery = {
  ...{ linkId: 1, chatId: 1, threadId: null, messageId: null, sender: "ann", url: "u", key: "k", quality: 480 },
  ...{ folder: null, downloader: "nas", acceptedAt: 1 },
};
const downloader = {
  ...{ name: "nas", host: "h", port: 1, roots: ["*"] },
  ...{ registeredAt: 1, lastSeenAt: null, failures: 0, paused: false },
} as const;

const writes: Record<string, (store: SqliteStore) => unknown> = {
  "links.add": ({ links }) => links.add(newLink({ url: "https://x.org/2" })),
  "links.update": ({ links }) => links.update(1, { quality: 480 }),
  "links.bringBack": ({ links }) => links.bringBack({ now: 0, latest: 0, limit: 1 }),
  "attempts.open": ({ attempts }) => attempts.open({ linkId: 1, downloader: "nas", startedAt: 1 }),
  "attempts.asked": ({ attempts }) => attempts.asked(1),
  "attempts.close": ({ attempts }) => attempts.close(1),
  "deliveries.add": ({ deliveries }) => deliveries.add(delivery),
  "deliveries.update": ({ deliveries }) => deliveries.update(1, { state: "done" }),
  "deliveries.forgetClosedBefore": ({ deliveries }) => deliveries.forgetClosedBefore(1, 1),
  "downloaders.save": ({ downloaders }) => downloaders.save(downloader),
  "downloaders.remove": ({ downloaders }) => downloaders.remove("nas"),
  "deletions.add": ({ deletions }) => deletions.add({ chatId: 1, messageId: 1, deleteAt: 1 }),
  "deletions.done": ({ deletions }) => deletions.done(1, [1]),
  "deletions.postpone": ({ deletions }) => deletions.postpone(1, [1], 2),
  "chats.update": ({ chats }) => chats.update(1, { quality: 480 }),
  "processedMessages.take": ({ processedMessages }) => processedMessages.take({ chatId: 1, messageId: 1 }, ["k"], 1),
  "processedMessages.forgetBefore": ({ processedMessages }) => processedMessages.forgetBefore(1, 1),
  "updatesInProgress.begin": ({ updatesInProgress }) => updatesInProgress.begin([1]),
  "updatesInProgress.end": ({ updatesInProgress }) => updatesInProgress.end([1]),
  "updatesInProgress.clear": ({ updatesInProgress }) => updatesInProgress.clear(),
  "links.remove": ({ links }) => links.remove(1),
  transaction: (store) => store.transaction(() => undefined),
};
const everyWrite = Object.entries(writes);

function codeOf(work: () => unknown): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return error instanceof StoreUnavailable ? error.code : `not StoreUnavailable: ${error}`;
  }
}

describe("while another process holds the lock", () => {
  test("every write throws StoreUnavailable, and succeeds afterwards", () => {
    using place = createPlace();
    using store = openStore(place.path);
    store.links.add(newLink());
    using other = new Database(place.path);
    other.run("BEGIN IMMEDIATE");
    const codes = everyWrite.map(([name, write]) => [name, codeOf(() => write(store))]);
    expect(codes).toEqual(everyWrite.map(([name]) => [name, "SQLITE_BUSY"]));
    expect(store.links.count({})).toBe(1);
    other.run("ROLLBACK");
    expect(everyWrite.map(([name, write]) => [name, codeOf(() => write(store))])).toEqual(
      everyWrite.map(([name]) => [name, undefined]),
    );
  });
});

describe("writable()", () => {
  test("waits for another process without blocking the event loop, and the write then succeeds", async () => {
    using place = createPlace();
    using store = openStore(place.path);
    using other = new Database(place.path);
    other.run("BEGIN IMMEDIATE");
    let isOver = false;
    const waited = store.writable().then(() => {
      isOver = true;
    });
    // The loop turns, so the lock can be released.
    await new Promise((resolve) => setImmediate(resolve));
    expect(isOver).toBe(false);
    other.run("ROLLBACK");
    await waited;
    expect(store.links.add(newLink())?.id).toBe(1);
  });

  test("waits for a limited time, and after a wait in vain not again until a write succeeds", async () => {
    using place = createPlace();
    using store = openStore(place.path);
    using other = new Database(place.path);
    other.run("BEGIN IMMEDIATE");
    await store.writable();
    let turns = 0;
    const turn = () => {
      turns += 1;
      if (turns < 100) setImmediate(turn);
    };
    setImmediate(turn);
    await store.writable();
    expect(turns).toBeLessThan(2);
    expect(() => store.links.add(newLink())).toThrow(StoreUnavailable);
    other.run("ROLLBACK");
    expect(store.transaction(() => store.links.add(newLink())?.id)).toBe(1);
    other.run("BEGIN IMMEDIATE");
    let isOver = false;
    const waited = store.writable().then(() => {
      isOver = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(isOver).toBe(false);
    other.run("ROLLBACK");
    await waited;
  });

  test("holds no lock afterwards, and keeps the busy timeout, locked or not", async () => {
    using place = createPlace();
    using database = openDatabase(place.path);
    const patience = () => database.queries.values<[number]>(sql`PRAGMA busy_timeout`)[0]?.[0];
    const before = patience();
    await database.writable();
    expect([before, patience()]).toEqual([expect.any(Number), before]);
    expect(before).toBeGreaterThan(0);
    using other = new Database(place.path);
    other.run("BEGIN IMMEDIATE");
    const waited = database.writable();
    expect(patience()).toBe(before);
    other.run("ROLLBACK");
    await waited;
  });

  test("leaves a transaction alone that is running", async () => {
    using store = openStore(":memory:");
    let waited = Promise.resolve();
    store.transaction(() => {
      store.links.add(newLink());
      waited = store.writable();
      store.links.add(newLink({ url: "https://x.org/2" }));
    });
    await waited;
    expect(store.links.count({})).toBe(2);
  });
});

test("each failure is reported once, in tables and in nested transactions, and rethrown", () => {
  using place = createPlace();
  const codes: string[] = [];
  using store = openStore(place.path, (code) => codes.push(code));
  using other = new Database(place.path);
  other.run("BEGIN IMMEDIATE");
  expect(() => store.links.add(newLink())).toThrow(StoreUnavailable);
  expect(codes).toEqual(["SQLITE_BUSY"]);
  expect(() => store.transaction(() => store.transaction(() => store.links.remove(1)))).toThrow(StoreUnavailable);
  expect(codes).toEqual(["SQLITE_BUSY", "SQLITE_BUSY"]);
  other.run("ROLLBACK");
  expect(store.links.add(newLink())?.id).toBe(1);
  const failing = () =>
    store.transaction(() => {
      store.links.remove(1);
      throw new Error("changed my mind");
    });
  expect(failing).toThrow("changed my mind");
  expect(store.links.count({})).toBe(1);
  expect(codes).toHaveLength(2);
});

describe("while the disk is full", () => {
  test("transactions are undone as a whole, reads go on, and writes succeed again when there is room", () => {
    using place = createPlace();
    using database = openDatabase(place.path);
    const { queries, translate, transaction } = database;
    const links = translated(createLinks(queries), translate);
    const mayHavePages = (pages: number) => queries.run(`PRAGMA max_page_count = ${pages}`);
    const url = (at: number) => `https://x.org/${at}/${"x".repeat(500)}`;
    links.add(newLink());
    mayHavePages(1);
    let stored = 1;
    let code: string | undefined;
    while (code === undefined) {
      code = codeOf(() =>
        transaction(() => {
          for (const at of [stored, stored + 1]) links.add(newLink({ url: url(at) }));
        }),
      );
      if (code === undefined) stored += 2;
    }
    expect([code, links.count({})]).toEqual(["SQLITE_FULL", stored]);
    mayHavePages(1_000_000);
    expect(links.add(newLink({ url: url(stored) }))).toBeDefined();
    expect(database.check()).toEqual([]);
  });

  test("a transaction stores nothing after a failed write, even if its work goes on", () => {
    using place = createPlace();
    using database = openDatabase(place.path);
    const { queries, translate, transaction } = database;
    const links = translated(createLinks(queries), translate);
    const mayHavePages = (pages: number) => queries.run(`PRAGMA max_page_count = ${pages}`);
    // No index has this column: otherwise SQLite would undo only this statement.
    const grow = () => void links.update(1, { undo: { state: "x".repeat(100_000) as never, sendAt: 0 } });
    const addSmall = (url: string) => void links.add(newLink({ url }));
    links.add(newLink());
    mayHavePages(1);
    // By then SQLite has undone the whole transaction, and would store later statements on their own.
    const rest = [
      () => {},
      () => addSmall("https://x.org/alone"),
      () => transaction(() => addSmall("https://x.org/nested")),
    ];
    const codes = rest.map((goOn) =>
      codeOf(() =>
        transaction(() => {
          expect(codeOf(grow)).toBe("SQLITE_FULL");
          goOn();
        }),
      ),
    );
    expect([codes, links.count({})]).toEqual([Array.from(rest, () => "SQLITE_ABORT_ROLLBACK"), 1]);
    transaction(() => addSmall("https://x.org/later"));
    expect(links.count({})).toBe(2);
  });
});

test("an I/O error loses nothing that was stored, reads go on, and writes succeed again afterwards", async () => {
  using place = createPlace();
  openStore(place.path)[Symbol.dispose]();
  // Like a quota, the limit makes larger writes fail.
  const script = join(import.meta.dir, "writes-until-it-fails.ts");
  const limited = 'trap \'\' XFSZ; ulimit -f 1500; exec "$0" "$@"';
  const child = Bun.spawn(["/bin/sh", "-c", limited, process.execPath, script, place.path], { stderr: "inherit" });
  const said = JSON.parse(await new Response(child.stdout).text());
  expect(said).toEqual({ code: "SQLITE_IOERR_WRITE", stored: said.stored, readable: said.stored });
  expect(said.stored).toBeGreaterThan(10);
  using store = openStore(place.path);
  expect(store.links.add(newLink())).toBeDefined();
  expect([store.links.count({}), store.check()]).toEqual([said.stored + 1, []]);
});

test("a database on a full disk can be closed, and the next start reads its log", async () => {
  using place = createPlace();
  writeDatabase(place.path, 400);
  const script = join(import.meta.dir, "closes-on-a-full-disk.ts");
  // The database may not grow, so its log cannot be copied into it.
  const blocks = statSync(place.path).size / 512;
  const limited = `trap '' XFSZ; ulimit -f ${blocks}; exec "$0" "$@"`;
  const child = Bun.spawn(["/bin/sh", "-c", limited, process.execPath, script, place.path], { stderr: "inherit" });
  const added = Number(await new Response(child.stdout).text());
  expect([await child.exited, added]).toEqual([0, 20]);
  expect(statSync(`${place.path}-wal`).size).toBeGreaterThan(0);
  using store = openStore(place.path);
  expect([store.links.count({}), store.check()]).toEqual([400 + added, []]);
});

test("files beside the database are written completely or not at all on a full disk", async () => {
  using place = createPlace();
  const { folder } = place;
  writeFileSync(join(folder, "own.json"), "the older one");
  const script = join(import.meta.dir, "keeps-on-a-full-disk.ts");
  const limited = 'trap \'\' XFSZ; ulimit -f 8; exec "$0" "$@"';
  const child = Bun.spawn(["/bin/sh", "-c", limited, process.execPath, script, folder], { stderr: "inherit" });
  const said = JSON.parse(await new Response(child.stdout).text());
  expect(said).toEqual({ first: true, both: false, left: [1], own: "EFBIG" });
  expect(readFileSync(join(folder, "own.json"), "utf8")).toBe("the older one");
});

describe("translated()", () => {
  const sqliteError = (code: string) => Object.assign(new Error(code), { code });

  test.each([
    "SQLITE_FULL",
    "SQLITE_IOERR_WRITE",
    "SQLITE_BUSY_SNAPSHOT",
    "SQLITE_READONLY_DBMOVED",
    "SQLITE_CANTOPEN",
    "SQLITE_CORRUPT_INDEX",
    "SQLITE_NOTADB",
  ])("turns %s into StoreUnavailable, also as a cause", (code) => {
    const wrapped = new Error("Failed to run the query", { cause: sqliteError(code) });
    for (const error of [sqliteError(code), wrapped]) {
      const table = translated(
        {
          read() {
            throw error;
          },
        },
        withStorageErrors,
      );
      expect(codeOf(() => table.read())).toBe(code);
    }
  });

  test("reports a failure of a table within a transaction once", () => {
    const codes: string[] = [];
    const translate: Translate = (work) => withStorageErrors(work, (code) => codes.push(code));
    const fail = () => {
      throw sqliteError("SQLITE_FULL");
    };
    const table = translated({ fail }, translate);
    expect(codeOf(() => translate(() => table.fail()))).toBe("SQLITE_FULL");
    expect(codes).toEqual(["SQLITE_FULL"]);
  });

  test.each(["SQLITE_CONSTRAINT_NOTNULL", "SQLITE_MISMATCH", "SQLITE_ERROR"])("rethrows %s, which is a bug", (code) => {
    const error = sqliteError(code);
    expect(() =>
      withStorageErrors(() => {
        throw error;
      }),
    ).toThrow(error);
  });
});

test("openStore() throws StoreUnavailable if the folder does not exist", () => {
  using place = createPlace();
  expect(codeOf(() => openStore(`${place.folder}/no/such/queue.db`))).toBe("SQLITE_CANTOPEN");
});

test("openStore() throws StoreUnavailable if the path is a folder", () => {
  using place = createPlace();
  expect(codeOf(() => openStore(place.folder))).toMatch(/^SQLITE_CANTOPEN/);
});
