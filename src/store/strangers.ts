import { and, asc, count, desc, eq, gt, gte, isNull, lt, or } from "drizzle-orm";
import type { Strangers } from "../domain/role.ts";
import type { Queries } from "./database.ts";
import { strangers } from "./schema.ts";

/** Who asked to be let in, in SQLite. */
export function createStrangers(db: Queries): Strangers {
  return {
    byId: (id) => db.select().from(strangers).where(eq(strangers.id, id)).get(),
    save: (stranger) => {
      db.insert(strangers).values(stranger).onConflictDoUpdate({ target: strangers.id, set: stranger }).run();
    },
    remove: (id) => {
      db.delete(strangers).where(eq(strangers.id, id)).run();
    },
    refused: (now, limit) =>
      db
        .select()
        .from(strangers)
        .where(gt(strangers.refusedUntil, now))
        .orderBy(desc(strangers.refusedUntil), asc(strangers.id))
        .limit(limit)
        .all(),
    askedSince: (askedAt) =>
      db.select({ n: count() }).from(strangers).where(gte(strangers.askedAt, askedAt)).get()?.n ?? 0,
    forgetAskedBefore: (askedAt, now) => {
      const means = or(isNull(strangers.refusedUntil), lt(strangers.refusedUntil, now));
      db.delete(strangers)
        .where(and(lt(strangers.askedAt, askedAt), means))
        .run();
    },
  };
}
