import { type Delivery, OWNED_MS } from "../../domain/delivery.ts";
import type { Download, DownloaderClient, Progress } from "../../domain/downloader.ts";
import { byKey, hasSendersPart, isWithSender, type ShownStatus } from "../../domain/downloads.ts";
import { filterInParts } from "../../domain/in-parts.ts";
import type { Log } from "../../domain/log.ts";
import { type Actor, mayManage } from "../../domain/role.ts";
import type { Store } from "../../domain/storage.ts";
import { keyOf } from "../../domain/url.ts";
import { releaseMessage } from "../cleanup/message-retention.ts";
import { abortable } from "./abortable.ts";
import type { Registry } from "./registry.ts";

/** A link at a downloader; `url` as the downloader spells it. */
export interface Placement {
  readonly downloader: string;
  readonly key: string;
  readonly url: string;
}

/** Together with the status it was shown with when its removal was requested. */
export interface Removable extends Placement {
  readonly status: ShownStatus;
}

/**
 * The result of a request to remove a download.
 * - `removed`: the downloader has dropped it.
 * - `goes_on`: it is out of the downloader's list, but still runs there, and may arrive.
 * - `released`: other chats want it too, so it goes on for them.
 * - `being_sent`: it is with the sender, which delivers it.
 * - `finished`: it was already done.
 * - `kept`: it is still in the downloader's list.
 * - `silent`: the downloader has not confirmed it; the record stands, whatever it did.
 */
export type Removal = "removed" | "goes_on" | "released" | "being_sent" | "finished" | "kept" | "silent" | "not_yours";

/**
 * Ends a chat's ownership of a download, and the download itself with its last owner (rule 8). May reject with `StoreUnavailable`. The
 * reply to `DeleteFromQueue` shows nothing (wire.md §2.4), so the downloader is asked afterwards what it has and what is running.
 */
export function createRemoval(deps: {
  client: DownloaderClient;
  registry: Registry;
  store: Store;
  now: () => number;
  log: Log;
}): (actor: Actor, download: Removable, stop: AbortSignal) => Promise<Removal> {
  const { client, registry, store, now, log } = deps;

  function close(deliveries: readonly Delivery[]): void {
    store.transaction(() => {
      for (const delivery of deliveries) {
        store.deliveries.update(delivery.id, { state: "removed", closedAt: now() });
        releaseMessage(store, delivery, now());
      }
    });
  }

  async function drop(download: Removable, stop: AbortSignal): Promise<Removal> {
    const target = registry.byName(download.downloader);
    if (target === undefined) return "silent";
    const ask = <Reply>(call: Promise<Reply>) => abortable(call, { stop, log });
    if ((await ask(client.remove(target, download.url))) === undefined) return "silent";
    const [listed, status] = await Promise.all([ask(client.queue(target)), ask(client.status(target))]);
    return listed === undefined ? "silent" : judge(download, { listed, running: status?.running });
  }

  return async (actor, download, stop) => {
    const owned = () =>
      store.deliveries
        .ofKey(download.key)
        .filter((one) => one.downloader === download.downloader && isOwned(one, now()));
    const mayRemove = (one: Delivery) => mayManage(actor, one);
    if (actor.role !== "admin" && !owned().some(mayRemove)) return "not_yours";
    if (download.status === "DONE") return "finished";
    if (owned().some((one) => one.state === "open" && !mayRemove(one))) {
      close(owned().filter(mayRemove));
      return "released";
    }
    const removal = await drop(download, stop);
    // A download that goes on is in no list until it is sent, so nobody could follow it.
    if (removal === "removed" || removal === "goes_on") close(owned().filter(mayRemove));
    return removal;
  };
}

/** Deliveries from longer ago are history, and stay in it. */
function isOwned({ state, acceptedAt }: Delivery, now: number): boolean {
  return state === "open" || (state !== "removed" && acceptedAt >= now - OWNED_MS);
}

/** What a downloader that was told to drop a download says it has and is running; `running` is undefined if it does not say. */
async function judge(
  { key, status: before }: Removable,
  { listed, running }: { listed: readonly Download[]; running: readonly Progress[] | undefined },
): Promise<Removal> {
  const status = (await byKey(listed)).get(key)?.status;
  if (status !== undefined && status !== "DONE") return isWithSender(status) ? "being_sent" : "kept";
  if (before === "MISSING" || isWithSender(before)) {
    if (status === "DONE") return "finished";
    // Nothing takes it away from the sender, which may merely be impossible to ask now.
    return before !== "MISSING" && hasSendersPart(listed) ? "removed" : "silent";
  }
  if (running === undefined) return before === "NEW" ? "removed" : "silent";
  return (await filterInParts(running, ({ url }) => keyOf(url) === key)).length > 0 ? "goes_on" : "removed";
}
