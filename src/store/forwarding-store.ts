import { ifAvailable } from "../domain/storage.ts";
import type { SqliteStore } from "./store.ts";

const TABLES = [
  ...(["links", "attempts", "deliveries", "downloaders", "deletions", "news", "presenceMessages"] as const),
  ...(["chats", "grants", "invites", "strangers", "heldMessages"] as const),
  ...(["untoldAlarms", "workMessages", "cancellations"] as const),
  ...(["supersededSubmissions", "processedMessages", "storedKeys", "updatesInProgress", "stats"] as const),
];

/** The functions of a store, each forwarded to the store that is current when it is called. */
export function forwardingStore(current: () => SqliteStore): SqliteStore {
  const tables = TABLES.map((name) => [name, forwardingTable(() => current()[name])]);
  return {
    ...Object.fromEntries(tables),
    moveChat: (move) => current().moveChat(move),
    transaction: (work) => current().transaction(work),
    writable: async () => ifAvailable(() => current().writable()),
    check: () => current().check(),
    copyInto: (path) => current().copyInto(path),
    [Symbol.dispose]: () => undefined,
  };
}

function forwardingTable(current: () => object): object {
  return new Proxy(
    {},
    {
      get:
        (_, name) =>
        (...args: unknown[]) =>
          Reflect.apply(Reflect.get(current(), name), undefined, args),
    },
  );
}
