import { and, asc, eq, gt, ne, sql } from "drizzle-orm";
import type { SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";
import type { PageAfter, StoredKeys } from "../domain/stored-keys.ts";
import { processedMessages } from "./chat-schema.ts";
import type { Queries } from "./database.ts";
import { deliveries, links, ruleVersions, supersededSubmissions } from "./schema.ts";

const NAME = "keys";
/** For tables whose primary key is not a number. */
const rowid = sql<number>`rowid`;

/** The keys of all tables in SQLite. */
export function createStoredKeys(db: Queries): StoredKeys {
  const keyed = (table: typeof links | typeof deliveries, { after, limit }: PageAfter) =>
    db
      .select({ id: table.id, url: table.url, key: table.key })
      .from(table)
      .where(gt(table.id, after))
      .orderBy(asc(table.id))
      .limit(limit)
      .all();
  const numbered = <Column extends SQLiteColumn>(
    { table, column }: { table: SQLiteTable; column: Column },
    { after, limit }: PageAfter,
  ) =>
    db.select({ id: rowid, value: column }).from(table).where(sql`rowid > ${after}`).orderBy(rowid).limit(limit).all();

  return {
    rules: () => db.select().from(ruleVersions).where(eq(ruleVersions.name, NAME)).get()?.version ?? 0,
    setRules(version) {
      const set = { name: NAME, version };
      db.insert(ruleVersions).values(set).onConflictDoUpdate({ target: ruleVersions.name, set }).run();
    },
    links: (page) => keyed(links, page),
    setLinkKey: (id, key) => void db.update(links).set({ key }).where(eq(links.id, id)).run(),
    deliveries: (page) => keyed(deliveries, page),
    setDeliveryKey: (id, key) => void db.update(deliveries).set({ key }).where(eq(deliveries.id, id)).run(),
    superseded: (page) =>
      numbered({ table: supersededSubmissions, column: supersededSubmissions.key }, page).map(({ id, value }) => ({
        id,
        key: value,
      })),
    setSupersededKey(id, key) {
      const isIt = sql`rowid = ${id}`;
      const row = db.select().from(supersededSubmissions).where(isIt).get();
      if (row === undefined) return;
      const isOther = and(
        eq(supersededSubmissions.key, key),
        eq(supersededSubmissions.downloader, row.downloader),
        ne(rowid, id),
      );
      const other = db.select().from(supersededSubmissions).where(isOther).get();
      if (other !== undefined) db.delete(supersededSubmissions).where(isOther).run();
      const since = Math.max(row.since, other?.since ?? row.since);
      db.update(supersededSubmissions).set({ key, since }).where(isIt).run();
    },
    messages: (page) =>
      numbered({ table: processedMessages, column: processedMessages.keys }, page).map(({ id, value }) => ({
        id,
        keys: value,
      })),
    setMessageKeys: (id, keys) => void db.update(processedMessages).set({ keys }).where(sql`rowid = ${id}`).run(),
  };
}
