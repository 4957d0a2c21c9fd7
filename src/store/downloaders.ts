import { eq } from "drizzle-orm";
import type { Downloaders } from "../domain/downloader.ts";
import type { Queries } from "./database.ts";
import { given, prepared, preparedWrite } from "./prepared.ts";
import { downloaders } from "./schema.ts";

/** The registry in SQLite. */
export function createDownloaders(db: Queries): Downloaders {
  const all = prepared(() => db.select().from(downloaders));
  const save = preparedWrite(downloaders, (set) =>
    db.insert(downloaders).values(set).onConflictDoUpdate({ target: downloaders.name, set }),
  );
  const remove = prepared(() => db.delete(downloaders).where(eq(downloaders.name, given("name"))));
  return {
    all: () => all.all(),
    save: (downloader) => save(downloader).run({ ...downloader }),
    remove: (name) => remove.run({ name }),
  };
}
