import { asc, eq, sql } from "drizzle-orm";
import type { UntoldAlarms } from "../domain/admin-alert.ts";
import { untoldAlarms } from "./chat-schema.ts";
import type { Queries } from "./database.ts";

/** Alarms that admins were not told yet, in SQLite. */
export function createUntoldAlarms(db: Queries): UntoldAlarms {
  return {
    add: (alarm) => {
      db.insert(untoldAlarms).values(alarm).run();
    },
    all: () => db.select().from(untoldAlarms).orderBy(asc(sql`rowid`)).all(),
    remove: (key) => {
      db.delete(untoldAlarms).where(eq(untoldAlarms.key, key)).run();
    },
  };
}
