import { eq, sql } from "drizzle-orm";
import type { Attempts } from "../domain/delivery.ts";
import type { Queries } from "./database.ts";
import { given, prepared, preparedWrite } from "./prepared.ts";
import { attempts } from "./schema.ts";

/** Open attempts in SQLite. */
export function createAttempts(db: Queries): Attempts {
  const isOfLink = eq(attempts.linkId, given("linkId"));
  const open = preparedWrite(attempts, (opened) =>
    db.insert(attempts).values(opened).onConflictDoUpdate({ target: attempts.linkId, set: opened }),
  );
  const byLink = prepared(() => db.select().from(attempts).where(isOfLink));
  const asked = prepared(() =>
    db
      .update(attempts)
      .set({ asks: sql`${attempts.asks} + 1` })
      .where(isOfLink),
  );
  const close = prepared(() => db.delete(attempts).where(isOfLink));
  return {
    open: ({ linkId, downloader, startedAt }) => {
      const opened = { linkId, downloader, startedAt, asks: 0 };
      open(opened).run(opened);
    },
    byLink: (linkId) => byLink.get({ linkId }),
    asked: (linkId) => asked.run({ linkId }),
    close: (linkId) => close.run({ linkId }),
  };
}
