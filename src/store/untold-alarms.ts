import { asc, eq, sql } from "drizzle-orm";
import type { UntoldAlarms } from "../domain/admin-alert.ts";
import { untoldAlarms } from "./chat-schema.ts";
import type { Queries } from "./database.ts";
import { given, prepared, preparedWrite } from "./prepared.ts";

/** Alarms that admins have not been told yet, in SQLite. */
export function createUntoldAlarms(db: Queries): UntoldAlarms {
  const add = preparedWrite(untoldAlarms, (alarm) => db.insert(untoldAlarms).values(alarm));
  const all = prepared(() => db.select().from(untoldAlarms).orderBy(asc(sql`rowid`)));
  const remove = prepared(() => db.delete(untoldAlarms).where(eq(untoldAlarms.key, given("key"))));
  return {
    add: (alarm) => add(alarm).run({ ...alarm }),
    all: () => all.all(),
    remove: (key) => remove.run({ key }),
  };
}
