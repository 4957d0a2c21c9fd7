import { type Store, StoreUnavailable } from "../../../src/domain/storage.ts";

/** Called with the name of each store function before it runs; what it throws is thrown instead. */
export type Watcher = (name: string) => void;

/** Whether a watched call is one of the store, not of a downloader. */
export const isStoreCall = (name: string): boolean => ["transaction", "commit"].includes(name) || name.includes(".");

/** A watcher under which the database cannot be used. */
export const storeFails: Watcher = (name) => {
  if (isStoreCall(name)) throw new StoreUnavailable("SQLITE_BUSY");
};

/** The store, watched call by call. */
export function watched(store: Store, watcher: Watcher): Store {
  return {
    links: watchedTable("links", store.links, watcher),
    attempts: watchedTable("attempts", store.attempts, watcher),
    deliveries: watchedTable("deliveries", store.deliveries, watcher),
    supersededSubmissions: watchedTable("superseded submissions", store.supersededSubmissions, watcher),
    downloaders: watchedTable("downloaders", store.downloaders, watcher),
    deletions: watchedTable("deletions", store.deletions, watcher),
    news: watchedTable("news", store.news, watcher),
    presenceMessages: watchedTable("presence messages", store.presenceMessages, watcher),
    untoldAlarms: watchedTable("untold alarms", store.untoldAlarms, watcher),
    workMessages: watchedTable("work messages", store.workMessages, watcher),
    cancellations: watchedTable("cancellations", store.cancellations, watcher),
    chats: watchedTable("chats", store.chats, watcher),
    grants: watchedTable("grants", store.grants, watcher),
    invites: watchedTable("invites", store.invites, watcher),
    strangers: watchedTable("strangers", store.strangers, watcher),
    heldMessages: watchedTable("held messages", store.heldMessages, watcher),
    processedMessages: watchedTable("processed messages", store.processedMessages, watcher),
    storedKeys: watchedTable("stored keys", store.storedKeys, watcher),
    transaction(work) {
      watcher("transaction");
      return store.transaction(() => {
        const result = work();
        // A full disk fails at the commit.
        watcher("commit");
        return result;
      });
    },
  };
}

function watchedTable<T extends object>(table: string, functions: T, watcher: Watcher): T {
  return new Proxy(functions, {
    get(target, name, receiver) {
      const run: unknown = Reflect.get(target, name, receiver);
      if (typeof run !== "function") return run;
      return (...args: unknown[]) => {
        watcher(`${table}.${String(name)}`);
        return Reflect.apply(run, target, args);
      };
    },
  });
}
