import { and, eq, lt } from "drizzle-orm";
import type { Strays } from "../domain/delivery.ts";
import type { Queries } from "./database.ts";
import { strays } from "./schema.ts";

/** Strays in SQLite. */
export function createStrays(db: Queries): Strays {
  return {
    add: (stray) => {
      db.insert(strays).values(stray).onConflictDoNothing().run();
    },
    of: (downloader) => db.select().from(strays).where(eq(strays.downloader, downloader)).all(),
    downloaders: () =>
      db
        .selectDistinct({ name: strays.downloader })
        .from(strays)
        .all()
        .map(({ name }) => name),
    remove: ({ key, downloader }) => {
      db.delete(strays)
        .where(and(eq(strays.key, key), eq(strays.downloader, downloader)))
        .run();
    },
    forgetBefore: (since) => {
      db.delete(strays).where(lt(strays.since, since)).run();
    },
  };
}
