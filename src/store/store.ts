import type { Stats } from "../domain/monitoring.ts";
import type { Store } from "../domain/storage.ts";
import { createAttempts } from "./attempts.ts";
import { createChats } from "./chats.ts";
import { type OpenDatabase, openDatabase } from "./database.ts";
import { createDeletions } from "./deletions.ts";
import { createDeliveries } from "./deliveries.ts";
import { createDownloaders } from "./downloaders.ts";
import { guarded } from "./error-translation.ts";
import { createGrants, createInvites } from "./grants.ts";
import { createLinks } from "./links.ts";
import { type Move, moveChat } from "./move-chat.ts";
import { createProcessedMessages } from "./processed-messages.ts";
import { createStats } from "./stats.ts";
import { createStrangers } from "./strangers.ts";
import { createSupersededSubmissions } from "./superseded-submissions.ts";
import { createUpdatesInProgress } from "./updates-in-progress.ts";

/** The whole SQLite side: the tables, and the database they live in. */
export interface SqliteStore extends Store, Pick<OpenDatabase, "check">, Disposable {
  readonly updatesInProgress: ReturnType<typeof createUpdatesInProgress>;
  readonly stats: Stats;
  /** See `moveChat`; in one transaction. Throws `StoreUnavailable`. */
  moveChat(move: Move): void;
}

/** Opens the database at `path` with all its tables; see `openDatabase`. Throws `StoreUnavailable`, `NewerDatabase`. */
export function openStore(path: string, onFailure?: (code: string) => void): SqliteStore {
  const database = openDatabase(path, onFailure);
  const { queries: db, guard } = database;
  return {
    links: guarded(createLinks(db), guard),
    attempts: guarded(createAttempts(db), guard),
    deliveries: guarded(createDeliveries(db), guard),
    downloaders: guarded(createDownloaders(db), guard),
    deletions: guarded(createDeletions(db), guard),
    chats: guarded(createChats(db), guard),
    grants: guarded(createGrants(db), guard),
    invites: guarded(createInvites(db), guard),
    strangers: guarded(createStrangers(db), guard),
    supersededSubmissions: guarded(createSupersededSubmissions(db), guard),
    processedMessages: guarded(createProcessedMessages(db), guard),
    updatesInProgress: guarded(createUpdatesInProgress(db), guard),
    stats: guarded(createStats(database), guard),
    moveChat: (move) => database.transaction(() => moveChat(db, move)),
    transaction: database.transaction,
    check: database.check,
    [Symbol.dispose]: () => database[Symbol.dispose](),
  };
}
