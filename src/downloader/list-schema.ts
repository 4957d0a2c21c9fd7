import type { Database } from "bun:sqlite";

/** One for each version, in order; never changed after they are released. */
const STEPS = [
  `CREATE TABLE IF NOT EXISTS entries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    link TEXT NOT NULL UNIQUE,
    user_name TEXT NOT NULL,
    max_quality INTEGER NOT NULL,
    status TEXT NOT NULL DEFAULT 'NEW',
    name TEXT,
    trouble TEXT,
    tries INTEGER NOT NULL DEFAULT 0,
    due_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    told_at INTEGER
  ) STRICT`,
  // What was handed to another program, and what that still has of entries that are no longer in the list.
  `ALTER TABLE entries ADD COLUMN key TEXT;
   ALTER TABLE entries ADD COLUMN back_end TEXT;
   ALTER TABLE entries ADD COLUMN sent_at INTEGER;
   ALTER TABLE entries ADD COLUMN session TEXT;
   ALTER TABLE entries ADD COLUMN remote_id TEXT;
   UPDATE entries SET key = lower(hex(randomblob(8)));
   CREATE TABLE dropped (
     key TEXT PRIMARY KEY,
     link TEXT NOT NULL,
     back_end TEXT NOT NULL,
     sent_at INTEGER NOT NULL,
     remote_id TEXT
   ) STRICT;
   CREATE TRIGGER drop_entry AFTER DELETE ON entries WHEN OLD.sent_at IS NOT NULL BEGIN
     INSERT INTO dropped (key, link, back_end, sent_at, remote_id)
     VALUES (OLD.key, OLD.link, OLD.back_end, OLD.sent_at, OLD.remote_id);
   END`,
  // How often a program that does not report its starts was absent.
  `CREATE TABLE absences (
    back_end TEXT PRIMARY KEY,
    times INTEGER NOT NULL
  ) STRICT`,
];

/** Brings a list of any version up to date. Throws SQLite's errors. */
export function migrate(sqlite: Database): void {
  const version = sqlite.query<{ user_version: number }, []>("PRAGMA user_version").get()?.user_version ?? 0;
  for (const [nth, step] of STEPS.entries()) {
    if (nth < version) continue;
    sqlite
      .transaction(() => {
        sqlite.run(step);
        sqlite.run(`PRAGMA user_version = ${nth + 1}`);
      })
      .immediate();
  }
}
