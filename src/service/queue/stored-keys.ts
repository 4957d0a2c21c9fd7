import { setImmediate } from "node:timers/promises";
import type { Link } from "../../domain/link.ts";
import type { Log } from "../../domain/log.ts";
import { inOrderOfKeeping } from "../../domain/same-link.ts";
import { KEY_RULES } from "../../domain/same-video.ts";
import { type Store, StoreUnavailable } from "../../domain/storage.ts";
import type { KeyedRow, PageAfter } from "../../domain/stored-keys.ts";
import { keyOf, renewedKey } from "../../domain/url.ts";
import { forgetMessages } from "../cleanup/message-retention.ts";

/** Rows of one transaction: more would hold up the event loop. */
const AT_ONCE = 200;

/** Brings keys that were stored under older rules up to date: links that differed before may now be the same. */
export interface StoredKeysUpdate {
  /**
   * Does so once, before anything is handed over. Never rejects: if the database cannot be used, the next call starts over, which costs
   * nothing for keys that are already up to date.
   */
  look(): Promise<void>;
}

/**
 * If links of one chat are now the same, the first stays, unless another one is further on its way; none is lost or downloaded twice. Keys
 * of what downloaders report are made when that is read, so they need nothing.
 */
export function createStoredKeysUpdate(deps: { store: Store; now: () => number; log: Log }): StoredKeysUpdate {
  const { store, now, log } = deps;
  const { storedKeys } = store;
  let isNeeded = true;

  async function inSteps<Row extends { readonly id: number }>(
    page: (of: PageAfter) => Row[],
    renew: (row: Row) => void,
  ): Promise<void> {
    let after: number | undefined = 0;
    while (after !== undefined) {
      const from: number = after;
      after = store.transaction(() => {
        const rows = page({ after: from, limit: AT_ONCE });
        for (const row of rows) renew(row);
        return rows.length === AT_ONCE ? rows.at(-1)?.id : undefined;
      });
      await setImmediate();
    }
  }

  function renewLink({ id, url, key: before }: KeyedRow): void {
    const key = keyOf(url);
    const link = key === before ? undefined : store.links.byId(id);
    if (link === undefined) return;
    const same = store.links.byKey(link.chatId, key);
    const [kept, spare] = same === undefined ? [link] : inOrderOfKeeping(link, same);
    if (spare !== undefined) drop(spare, key);
    if (kept === link) storedKeys.setLinkKey(id, key);
  }

  function drop(spare: Link, key: string): void {
    const downloader = store.attempts.byLink(spare.id)?.downloader;
    // It may be there as well: should it turn up, it is one too many.
    if (downloader !== undefined) store.supersededSubmissions.add({ key, downloader, since: now() });
    store.links.remove(spare.id);
    forgetMessages(store, spare, now());
    log.info(`Link ${spare.id} is another spelling of one that its chat already has in the queue`, { link: spare.url });
  }

  function renewDelivery({ id, url, key: before }: KeyedRow): void {
    const key = keyOf(url);
    if (key !== before) storedKeys.setDeliveryKey(id, key);
  }

  async function update(): Promise<void> {
    if (storedKeys.rules() === KEY_RULES) return;
    await inSteps(storedKeys.deliveries, renewDelivery);
    await inSteps(storedKeys.superseded, ({ id, key: before }) => {
      const key = renewedKey(before);
      if (key !== before) storedKeys.setSupersededKey(id, key);
    });
    await inSteps(storedKeys.messages, ({ id, keys: before }) => {
      const keys = [...new Set(before.map(renewedKey))];
      if (!Bun.deepEquals(keys, before)) storedKeys.setMessageKeys(id, keys);
    });
    await inSteps(storedKeys.links, renewLink);
    storedKeys.setRules(KEY_RULES);
  }

  return {
    async look() {
      if (!isNeeded) return;
      try {
        await update();
        isNeeded = false;
      } catch (error) {
        if (!(error instanceof StoreUnavailable)) throw error;
        log.debug("Cannot update the stored keys now", { code: error.code });
      }
    },
  };
}
