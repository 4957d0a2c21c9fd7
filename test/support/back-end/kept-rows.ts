import { Database } from "bun:sqlite";
import { setTimeout as waits } from "node:timers/promises";

type Where = "queue" | "done";

/** The time between two writes of YTPTube, in ms, since 2026: what it has answered but not yet written is lost in a kill. */
const BETWEEN_MS = 50;

/**
 * The table of YTPTube: one row per entry, which is deleted when the entry leaves a list and inserted again with the next list. `isLate`:
 * rows are written one after another in the background, otherwise at once. Without a path nothing is kept.
 */
export function openKeptRows<T extends { readonly _id: string }>(path: string | undefined, isLate: boolean) {
  const sqlite = path === undefined ? undefined : new Database(path, { create: true });
  sqlite?.run("PRAGMA journal_mode = WAL");
  sqlite?.run("CREATE TABLE IF NOT EXISTS history (id TEXT PRIMARY KEY, type TEXT, data TEXT, at INTEGER)");
  let nth = 0;
  let writes: Promise<unknown> = Promise.resolve();

  function write(sql: string, ...of: (string | number)[]): void {
    if (sqlite === undefined) return;
    if (!isLate) return void sqlite.query(sql).run(...of);
    const written = writes.then(() => void sqlite.query(sql).run(...of));
    writes = written.then(() => waits(BETWEEN_MS));
  }

  return {
    load: (where: Where): T[] => {
      const rows = sqlite?.query<{ data: string }, [string]>("SELECT data FROM history WHERE type = ? ORDER BY at");
      return (rows?.all(where) ?? []).map(({ data }) => JSON.parse(data));
    },
    put(where: Where, item: T): void {
      nth += 1;
      const values = [item._id, where, JSON.stringify(item), Date.now() * 1_000 + nth] as const;
      write("INSERT OR REPLACE INTO history VALUES (?, ?, ?, ?)", ...values);
    },
    drop: (where: Where, item: T): void => write("DELETE FROM history WHERE type = ? AND id = ?", where, item._id),
    /** Resolves when everything is written; from then on the table is queried for ended entries. */
    flush: async (): Promise<void> => void (await writes),
  };
}
