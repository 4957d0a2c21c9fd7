import type { Chat, Chats } from "../domain/chat.ts";
import type { Stats } from "../domain/monitoring.ts";
import type { Store } from "../domain/storage.ts";
import { createAttempts } from "./attempts.ts";
import { createCancellations } from "./cancellations.ts";
import { createChats } from "./chats.ts";
import { type OpenDatabase, openDatabase } from "./database.ts";
import { createDeletions } from "./deletions.ts";
import { createDeliveries } from "./deliveries.ts";
import { createDownloaders } from "./downloaders.ts";
import { translated } from "./error-translation.ts";
import { createGrants, createInvites } from "./grants.ts";
import { createHeldMessages } from "./held-messages.ts";
import { createLinks } from "./links.ts";
import { type Move, moveChat } from "./move-chat.ts";
import { createNews } from "./news.ts";
import { createPresenceMessages } from "./presence-messages.ts";
import { createProcessedMessages } from "./processed-messages.ts";
import { createStats } from "./stats.ts";
import { createStoredKeys } from "./stored-keys.ts";
import { createStrangers } from "./strangers.ts";
import { createSupersededSubmissions } from "./superseded-submissions.ts";
import { createUntoldAlarms } from "./untold-alarms.ts";
import { createUpdatesInProgress } from "./updates-in-progress.ts";
import { createWorkMessages } from "./work-messages.ts";

/** The whole SQLite side: the tables, and the database they live in. */
export interface SqliteStore extends Store, Pick<OpenDatabase, "check" | "copyInto" | "writable">, Disposable {
  readonly updatesInProgress: ReturnType<typeof createUpdatesInProgress>;
  readonly chats: Chats & { all(): Chat[] };
  readonly stats: Stats;
  /** See `moveChat`; in one transaction. Throws `StoreUnavailable`. */
  moveChat(move: Move): void;
}

/** Opens the database at `path` with all its tables; see `openDatabase`. Throws `StoreUnavailable`, `NewerDatabase`. */
export function openStore(path: string, onFailure?: (code: string) => void): SqliteStore {
  const database = openDatabase(path, onFailure);
  const { queries: db, translate, untilWritten } = database;
  const chats = createChats(db);
  const strangers = createStrangers(db);

  /** What was read in a transaction that is undone was never true. */
  function forgetRemembered(): void {
    chats.forgetRemembered();
    strangers.forgetRemembered();
  }

  const transaction: Store["transaction"] = (work) => {
    try {
      return database.transaction(work);
    } catch (error) {
      forgetRemembered();
      throw error;
    }
  };

  return {
    links: translated(createLinks(db, untilWritten), translate),
    attempts: translated(createAttempts(db), translate),
    deliveries: translated(createDeliveries(db, untilWritten), translate),
    downloaders: translated(createDownloaders(db), translate),
    deletions: translated(createDeletions(db, untilWritten), translate),
    news: translated(createNews(db), translate),
    presenceMessages: translated(createPresenceMessages(db), translate),
    untoldAlarms: translated(createUntoldAlarms(db), translate),
    workMessages: translated(createWorkMessages(db), translate),
    cancellations: translated(createCancellations(db, untilWritten), translate),
    chats: translated(chats, translate),
    grants: translated(createGrants(db), translate),
    invites: translated(createInvites(db), translate),
    strangers: translated(strangers, translate),
    heldMessages: translated(createHeldMessages(db, untilWritten), translate),
    supersededSubmissions: translated(createSupersededSubmissions(db, untilWritten), translate),
    processedMessages: translated(createProcessedMessages(db), translate),
    storedKeys: translated(createStoredKeys(db), translate),
    updatesInProgress: translated(createUpdatesInProgress(db), translate),
    stats: translated(createStats(database), translate),
    moveChat(move) {
      transaction(() => moveChat(db, move));
      forgetRemembered();
    },
    transaction,
    writable: database.writable,
    check: database.check,
    copyInto: database.copyInto,
    [Symbol.dispose]: () => database[Symbol.dispose](),
  };
}
