import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { readMigrations } from "../../../src/store/migrations.macro.ts";
import { openStore } from "../../../src/store/store.ts";
import { createPlace } from "./place.ts";

const MIGRATION = join(import.meta.dir, "stopped-migration.ts");
const LINKS = 500;

/** A database of the first version, with links in it. */
function writeFirstVersion(path: string): void {
  using sqlite = new Database(path, { create: true });
  const [first = ""] = readMigrations();
  for (const statement of first.split("--> statement-breakpoint")) sqlite.run(statement);
  sqlite.run("PRAGMA user_version = 1");
  const insert = sqlite.query(
    "INSERT INTO links (chat_id, sender, url, key, quality, send_at, created_at) VALUES (1, 'a', ?, ?, 'best', 0, 0)",
  );
  sqlite.transaction(() => {
    for (let n = 0; n < LINKS; n += 1) insert.run(`https://x.org/${n}`, `x.org/${n}`);
  })();
}

/** Kills a process that migrates the database before its n-th statement; false if it has fewer. */
async function killAt(nth: number, path: string): Promise<boolean> {
  const child = Bun.spawn([process.execPath, MIGRATION, path, String(nth)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const reader = child.stdout.getReader();
  const { value } = await reader.read();
  const isStopped = new TextDecoder().decode(value).startsWith("stopped");
  child.kill("SIGKILL");
  await child.exited;
  return isStopped;
}

const state = (path: string) => {
  using sqlite = new Database(path, { readonly: true });
  const one = (sql: string) => Object.values(sqlite.query<Record<string, unknown>, []>(sql).get() ?? {})[0];
  const tables = one("SELECT count(*) FROM sqlite_schema WHERE type IN ('table', 'index')");
  return { version: one("PRAGMA user_version"), sound: one("PRAGMA quick_check"), objects: tables };
};

describe("a killed migration", () => {
  test.each([
    ["of an older version's database", writeFirstVersion, LINKS],
    ["of a new database", () => {}, 0],
  ] as const)(
    "%s has changed nothing, at whichever statement, and the next start completes it",
    async (_, write, links) => {
      let killed = 0;
      for (let nth = 1; ; nth += 1) {
        using place = createPlace();
        write(place.path);
        new Database(place.path, { create: true }).close();
        const before = state(place.path);
        if (!(await killAt(nth, place.path))) break;
        killed += 1;
        expect(state(place.path)).toEqual(before);
        using store = openStore(place.path);
        expect([store.links.count({}), store.check()]).toEqual([links, []]);
        expect(state(place.path).version).toBe(readMigrations().length);
      }
      expect(killed).toBeGreaterThan(2);
    },
  );
});
