import type { Delivery, SupersededSubmission } from "../../domain/delivery.ts";
import type { Download, Downloader, DownloaderClient } from "../../domain/downloader.ts";
import type { Log } from "../../domain/log.ts";
import type { Store } from "../../domain/storage.ts";
import { isAloneAhead } from "../../domain/time.ts";

/** Makes a downloader drop a link that went elsewhere while it was silent. Throws what the client and the store throw. */
export type WithdrawSuperseded = (downloader: Downloader, reported: ReadonlyMap<string, Download>) => Promise<void>;

/**
 * See reliability.md §2.4. A superseded submission that no other downloader has taken yet is kept: its link may still be on the way to
 * one.
 */
export function createWithdrawSuperseded(deps: {
  store: Store;
  client: DownloaderClient;
  now: () => number;
  log: Log;
}): WithdrawSuperseded {
  const { store, client, now, log } = deps;

  /** It was given the link once more, and has finished it: whatever it was given before was the same to it. */
  function isFinished({ state, acceptedAt }: Delivery, { since }: SupersededSubmission): boolean {
    return state === "done" && acceptedAt >= since && !isAloneAhead(acceptedAt, { other: since, now: now() });
  }

  return async (downloader, reported) => {
    for (const superseded of store.supersededSubmissions.of(downloader.name)) {
      const download = reported.get(superseded.key);
      if (download === undefined) continue;
      const taken = store.deliveries.ofKey(superseded.key).filter(({ state }) => state === "open" || state === "done");
      const own = taken.filter((delivery) => delivery.downloader === downloader.name);
      // A done entry may come from an earlier submission, and is nothing to drop.
      const isDone = download.status === "DONE";
      const isItsOwn = own.some((one) => (isDone ? isFinished(one, superseded) : one.state === "open"));
      if (isDone && !isItsOwn) continue;
      const other = taken.find((delivery) => delivery.downloader !== downloader.name);
      if (!isItsOwn) {
        if (other === undefined) continue;
        await client.remove(downloader, download.url);
        log.info(`Asked "${downloader.name}" to drop a link: another downloader has it`, {
          link: download.url,
          other: other.downloader,
        });
      }
      store.supersededSubmissions.remove(superseded);
    }
  };
}
