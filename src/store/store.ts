import type { Store } from "../domain/storage.ts";
import { createAttempts } from "./attempts.ts";
import { createChats } from "./chats.ts";
import { type OpenDatabase, openDatabase } from "./database.ts";
import { createDeletions } from "./deletions.ts";
import { createDeliveries } from "./deliveries.ts";
import { createDownloaders } from "./downloaders.ts";
import { guarded } from "./guard.ts";
import { createIntake } from "./intake.ts";
import { createLinks } from "./links.ts";
import { createUpdatesInWork } from "./updates-in-work.ts";

/** The whole SQLite side: the tables, and the database they live in. */
export interface SqliteStore extends Store, Pick<OpenDatabase, "check" | "copyTo">, Disposable {
  readonly updatesInWork: ReturnType<typeof createUpdatesInWork>;
}

/** Opens the database at `path` with all its tables. Throws `StoreUnavailable`, `NewerDatabase`. */
export function openStore(path: string): SqliteStore {
  const database = openDatabase(path);
  const db = database.queries;
  return {
    links: guarded(createLinks(db)),
    attempts: guarded(createAttempts(db)),
    deliveries: guarded(createDeliveries(db)),
    downloaders: guarded(createDownloaders(db)),
    deletions: guarded(createDeletions(db)),
    chats: guarded(createChats(db)),
    intake: guarded(createIntake(db)),
    updatesInWork: guarded(createUpdatesInWork(db)),
    transaction: database.transaction,
    check: database.check,
    copyTo: database.copyTo,
    [Symbol.dispose]: () => database[Symbol.dispose](),
  };
}
