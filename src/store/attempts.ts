import { eq, sql } from "drizzle-orm";
import type { Attempts } from "../domain/delivery.ts";
import type { Queries } from "./database.ts";
import { attempts } from "./schema.ts";

/** Open attempts in SQLite. */
export function createAttempts(db: Queries): Attempts {
  return {
    open: ({ linkId, downloader, startedAt }) => {
      const opened = { downloader, startedAt, asks: 0 };
      db.insert(attempts)
        .values({ linkId, ...opened })
        .onConflictDoUpdate({ target: attempts.linkId, set: opened })
        .run();
    },
    byLink: (linkId) => db.select().from(attempts).where(eq(attempts.linkId, linkId)).get(),
    asked: (linkId) => {
      db.update(attempts)
        .set({ asks: sql`${attempts.asks} + 1` })
        .where(eq(attempts.linkId, linkId))
        .run();
    },
    close: (linkId) => {
      db.delete(attempts).where(eq(attempts.linkId, linkId)).run();
    },
  };
}
