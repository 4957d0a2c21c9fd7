import { and, eq, lt } from "drizzle-orm";
import type { SupersededSubmissions } from "../domain/delivery.ts";
import type { Queries } from "./database.ts";
import { deleteSome } from "./delete-some.ts";
import { supersededSubmissions } from "./schema.ts";

/** Superseded submissions in SQLite. */
export function createSupersededSubmissions(db: Queries): SupersededSubmissions {
  return {
    add: (superseded) => {
      const target = [supersededSubmissions.key, supersededSubmissions.downloader];
      const set = { since: superseded.since };
      db.insert(supersededSubmissions).values(superseded).onConflictDoUpdate({ target, set }).run();
    },
    of: (downloader) =>
      db.select().from(supersededSubmissions).where(eq(supersededSubmissions.downloader, downloader)).all(),
    downloaders: () =>
      db
        .selectDistinct({ name: supersededSubmissions.downloader })
        .from(supersededSubmissions)
        .all()
        .map(({ name }) => name),
    remove: ({ key, downloader }) => {
      db.delete(supersededSubmissions)
        .where(and(eq(supersededSubmissions.key, key), eq(supersededSubmissions.downloader, downloader)))
        .run();
    },
    forgetBefore: (since, limit) =>
      deleteSome(db, supersededSubmissions, { where: lt(supersededSubmissions.since, since), limit }),
  };
}
