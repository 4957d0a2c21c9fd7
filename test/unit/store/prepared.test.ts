import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { readdirSync, readlinkSync } from "node:fs";
import { drizzle } from "drizzle-orm/bun-sqlite";
import { createLinks } from "../../../src/store/links.ts";
import { migrate } from "../../../src/store/migrate.ts";
import * as schema from "../../../src/store/schema.ts";
import { withSteadyPlans } from "../../../src/store/steady-plans.ts";
import { openStore } from "../../../src/store/store.ts";
import { newLink } from "../../support/links.ts";
import { createPlace } from "./place.ts";

describe("prepared statements", () => {
  test("are prepared once, whatever their values", () => {
    using sqlite = new Database(":memory:", { strict: true });
    migrate(sqlite);
    const texts: string[] = [];
    const prepare = sqlite.prepare.bind(sqlite);
    const counting = Object.assign(sqlite, {
      prepare(text: string) {
        texts.push(text);
        return prepare(text);
      },
    });
    const links = createLinks(drizzle(counting, { schema }));
    function live(nth: number): void {
      const link = links.add(newLink({ url: `https://x.org/${nth}`, chatId: nth }));
      links.update(link?.id ?? 0, { state: "sending" });
      links.update(link?.id ?? 0, { sendAt: nth, state: "queued" });
      links.page({ chatId: nth, offset: 0, limit: nth });
      links.page({ part: "failed", offset: 0, limit: nth });
      links.remove(link?.id ?? 0);
    }
    live(1);
    const atFirst = texts.length;
    for (let nth = 2; nth < 10; nth += 1) live(nth);
    expect([texts.length, new Set(texts).size]).toEqual([atFirst, atFirst]);
    expect(atFirst).toBe(6);
  });

  test("hide values from the planner, so that SQLite does not recompile them", () => {
    const texts: string[] = [];
    const { prepare } = Database.prototype;
    Object.assign(Database.prototype, {
      prepare(this: Database, ...asked: Parameters<typeof prepare>) {
        texts.push(asked[0]);
        return Reflect.apply(prepare, this, asked);
      },
    });
    try {
      using store = openStore(":memory:");
      store.links.nextDue({ chatId: 1, now: 2 });
      store.links.page({ chatId: 1, offset: 0, limit: 5 });
      store.deliveries.latestByKey("x.org");
    } finally {
      Database.prototype.prepare = prepare;
    }
    expect(texts.filter((text) => text.includes("limit +?"))).toHaveLength(3);
    expect(texts.filter((text) => /(?<!\+)\?/.test(text))).toEqual([]);
  });

  test("keep quoted texts unchanged, also with a question mark", () => {
    using sqlite = withSteadyPlans(new Database(":memory:"));
    const row = sqlite.prepare(`select ? as a, 'it''s?' as "b?", '' as c, ?1 as d limit ?`).get(1, 2);
    expect(row).toEqual({ a: 1, "b?": "it's?", c: "", d: 1 });
  });

  test("store null as NULL, not as text", () => {
    using store = openStore(":memory:");
    const id = store.links.add(newLink())?.id ?? 0;
    const failure = { reason: "refused", downloader: "nas" } as const;
    expect(store.links.update(id, { lastError: failure })?.lastError).toEqual(failure);
    expect(store.links.update(id, { lastError: null })?.lastError).toBeNull();
    store.chats.update(1, { quality: 480, folder: "films" });
    store.chats.update(1, { quality: null });
    expect(store.chats.byId(1)).toMatchObject({ quality: null, folder: "films" });
  });

  test("do not change columns that are missing or undefined in an update", () => {
    using store = openStore(":memory:");
    const { id = 0, sendAt } = store.links.add(newLink({ quality: 480 })) ?? {};
    const change = { sendAt: undefined, attempts: 2 } as { attempts: number };
    expect(store.links.update(id, change)).toMatchObject({ quality: 480, sendAt, attempts: 2 });
  });

  test("accept lists that are longer than SQLite's limit of variables", () => {
    using store = openStore(":memory:");
    const ids = Array.from({ length: 40_000 }, (_, nth) => nth);
    expect(store.updatesInProgress.begin(ids).size).toBe(40_000);
    expect(store.updatesInProgress.begin([7, 8]).get(8)).toBe(2);
    store.updatesInProgress.end(ids);
    expect(store.updatesInProgress.begin([7]).get(7)).toBe(1);
  });

  test("work again after a failure", () => {
    using place = createPlace();
    using store = openStore(place.path);
    store.links.add(newLink());
    const open = () => store.attempts.open({ linkId: 2, downloader: "nas", startedAt: 1 });
    expect(open).toThrow("FOREIGN KEY");
    store.links.add(newLink({ url: "https://x.org/2" }));
    open();
    expect(store.attempts.byLink(2)?.downloader).toBe("nas");
  });

  test("do not keep the file open after the database is closed", () => {
    using place = createPlace();
    const store = openStore(place.path);
    store.links.add(newLink());
    const held = () =>
      readdirSync("/proc/self/fd").filter((fd) => {
        try {
          return readlinkSync(`/proc/self/fd/${fd}`).startsWith(place.path);
        } catch {
          return false;
        }
      });
    expect(held()).not.toEqual([]);
    store[Symbol.dispose]();
    expect(held()).toEqual([]);
    expect(() => store.links.count({})).toThrow("closed");
  });
});
