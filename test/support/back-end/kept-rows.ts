import { Database } from "bun:sqlite";
import { setTimeout as waits } from "node:timers/promises";

type Where = "queue" | "done";

/** What YTPTube waits between two writes, in ms, since 2026: what it has answered before that is lost with it. */
const BETWEEN_MS = 50;

/**
 * The table of YTPTube: a row for what it has, which goes when something leaves a list and comes again with the next one. `isLate`:
 * each is written when its turn comes, else at once. Without a path nothing is kept.
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
    /** Resolves when all is written; it asks its table then for what has ended. */
    flush: async (): Promise<void> => void (await writes),
  };
}
