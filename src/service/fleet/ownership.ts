import { type Deliveries, type Delivery, OWNED_MS } from "../../domain/delivery.ts";
import type { Actor } from "../../domain/role.ts";

/** What a chat has at the downloaders, by its records. */
export interface Ownership {
  owns(at: { downloader: string; key: string }): boolean;
  /** Those that a downloader may have. */
  readonly all: readonly Delivery[];
  /** Those of them that have not ended, as far as is known. */
  readonly open: readonly Delivery[];
}

/** Rule 8: nothing that a downloader reports says whose it is, so the deliveries do. May throw `StoreUnavailable`. */
export function ownershipOf(actor: Actor, of: { deliveries: Deliveries; now: number }): Ownership {
  const own = of.deliveries
    .since({ chatId: actor.chatId, acceptedAt: of.now - OWNED_MS })
    .filter(({ state }) => state !== "removed");
  const places = new Set(own.map(placeOf));
  return { owns: (at) => places.has(placeOf(at)), all: own, open: own.filter(({ state }) => state === "open") };
}

/** The chats whose link was handed over there, whether they still wait for it or not. May throw `StoreUnavailable`. */
export function everyOwnerOf(
  { downloader, key }: { downloader: string; key: string },
  of: { deliveries: Pick<Deliveries, "ofKey">; now: number },
): number[] {
  const sent = of.deliveries
    .ofKey(key)
    .filter((one) => one.downloader === downloader && one.state !== "removed" && one.acceptedAt >= of.now - OWNED_MS);
  return [...new Set(sent.map(({ chatId }) => chatId))];
}

/** One text for a link at a downloader. */
export function placeOf({ downloader, key }: { downloader: string; key: string }): string {
  return `${downloader}\n${key}`;
}
