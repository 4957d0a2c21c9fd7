import type { Database } from "bun:sqlite";
import { readMigrations } from "./migrations.macro.ts" with { type: "macro" };

const migrations = readMigrations();

/** A newer dwld-bot wrote the database, which this one would misread. */
export class NewerDatabase extends Error {
  override readonly name = "NewerDatabase";
  readonly path: string;

  constructor(path: string, found: number) {
    super(
      `${path} was written by a newer dwld-bot (schema ${found}, this one knows ${migrations.length}). Install that version again, or restore a backup made by this one.`,
    );
    this.path = path;
  }
}

/** How many migrations the database still needs. Throws `NewerDatabase`. */
export function pendingMigrations(sqlite: Database): number {
  const applied = schemaVersion(sqlite);
  if (applied > migrations.length) throw new NewerDatabase(sqlite.filename, applied);
  return migrations.length - applied;
}

/**
 * Brings the schema up to date in one transaction: afterwards the database is as it was, or entirely new. The number of applied migrations
 * is SQLite's `user_version`. Foreign keys are off during that, because rebuilding a parent table would delete its children (runtime.md
 * §1.3), and are checked before the commit.
 */
export function migrate(sqlite: Database): void {
  if (pendingMigrations(sqlite) === 0) return;
  sqlite.run("PRAGMA foreign_keys = OFF");
  try {
    sqlite
      .transaction(() => {
        for (const migration of migrations.slice(schemaVersion(sqlite))) {
          for (const statement of migration.split("--> statement-breakpoint")) sqlite.run(statement);
        }
        sqlite.run(`PRAGMA user_version = ${migrations.length}`);
        const orphans = sqlite.query("PRAGMA foreign_key_check").all();
        if (orphans.length > 0)
          throw new Error(`The migration would leave ${orphans.length} rows without their parent`);
      })
      .immediate();
  } finally {
    sqlite.run("PRAGMA foreign_keys = ON");
  }
}

function schemaVersion(sqlite: Database): number {
  return sqlite.query<{ user_version: number }, []>("PRAGMA user_version").get()?.user_version ?? 0;
}
