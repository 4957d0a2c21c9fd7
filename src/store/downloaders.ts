import { eq } from "drizzle-orm";
import type { Downloaders } from "../domain/downloader.ts";
import type { Queries } from "./database.ts";
import { downloaders } from "./schema.ts";

/** The registry in SQLite. */
export function createDownloaders(db: Queries): Downloaders {
  return {
    all: () => db.select().from(downloaders).all(),
    save: (downloader) => {
      db.insert(downloaders).values(downloader).onConflictDoUpdate({ target: downloaders.name, set: downloader }).run();
    },
    remove: (name) => {
      db.delete(downloaders).where(eq(downloaders.name, name)).run();
    },
  };
}
