import { Database } from "bun:sqlite";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore } from "../../../src/store/store.ts";

/** A temporary folder for a database file. */
export function createPlace(): Disposable & { readonly folder: string; readonly path: string } {
  const folder = mkdtempSync(join(tmpdir(), "dwld-bot-store-"));
  return {
    folder,
    path: join(folder, "queue.db"),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/**
 * A sound, closed database with this many links. It is not written with drizzle, whose statements would keep the connection, and
 * with it SQLite's cache of the file, alive in this process.
 */
export function writeDatabase(path: string, links: number): void {
  openStore(path)[Symbol.dispose]();
  using sqlite = new Database(path);
  sqlite.transaction(() => {
    for (let id = 1; id <= links; id++) {
      sqlite.run(
        "INSERT INTO links (chat_id, sender, url, key, quality, send_at, created_at) VALUES (1, 'a', ?, ?, 'best', ?, 0)",
        [`https://x.org/${id}`, `x.org/${id}`, id],
      );
    }
  })();
}

/** The size of SQLite's pages in bytes. */
export const PAGE = 4096;

/** Overwrites some bytes with garbage. */
export function overwrite(path: string, from: number, length: number): void {
  const bytes = readFileSync(path);
  bytes.fill(0x5a, from, from + length);
  writeFileSync(path, bytes);
}

/** The number of a table's or an index's first page. */
export function pageOf(path: string, name: string): number {
  using sqlite = new Database(path, { readonly: true });
  return (
    sqlite.query<{ rootpage: number }, [string]>("SELECT rootpage FROM sqlite_schema WHERE name = ?").get(name)
      ?.rootpage ?? 0
  );
}

/** Damages a database so that only `quick_check` finds it. */
export function damageIndex(path: string): void {
  overwrite(path, (pageOf(path, "links_key") - 1) * PAGE, PAGE);
}
