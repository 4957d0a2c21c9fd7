import { and, eq, lt } from "drizzle-orm";
import type { SupersededSubmissions } from "../domain/delivery.ts";
import { createBringBack, NOW } from "./bring-back.ts";
import type { Queries } from "./database.ts";
import { createDeleteSome } from "./delete-some.ts";
import { given, prepared, preparedWrite } from "./prepared.ts";
import { supersededSubmissions } from "./schema.ts";
import { everyTime, type UntilWritten } from "./until-written.ts";

const target = [supersededSubmissions.key, supersededSubmissions.downloader];
const isOfDownloader = eq(supersededSubmissions.downloader, given("downloader"));

/** Superseded submissions in SQLite. */
export function createSupersededSubmissions(
  db: Queries,
  untilWritten: UntilWritten = everyTime,
): SupersededSubmissions {
  const add = preparedWrite(supersededSubmissions, (set) =>
    db.insert(supersededSubmissions).values(set).onConflictDoUpdate({ target, set }),
  );
  const of = prepared(() => db.select().from(supersededSubmissions).where(isOfDownloader));
  const downloaders = prepared(() =>
    db.selectDistinct({ name: supersededSubmissions.downloader }).from(supersededSubmissions),
  );
  const remove = prepared(() =>
    db.delete(supersededSubmissions).where(and(eq(supersededSubmissions.key, given("key")), isOfDownloader)),
  );
  const forgetBefore = createDeleteSome(db, supersededSubmissions, lt(supersededSubmissions.since, given("since")));
  const bringBack = createBringBack(db, supersededSubmissions, {
    instant: supersededSubmissions.since,
    set: { since: NOW },
  });
  const allDownloaders = untilWritten(() => downloaders.all().map(({ name }) => name));
  return {
    add: (superseded) => add(superseded).run({ ...superseded }),
    of: (downloader) => of.all({ downloader }),
    downloaders: allDownloaders,
    remove: (superseded) => remove.run({ ...superseded }),
    forgetBefore: (since, limit) => forgetBefore({ since, limit }),
    bringBack,
  };
}
