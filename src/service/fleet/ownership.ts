import { type Deliveries, type Delivery, OWNED_MS } from "../../domain/delivery.ts";
import type { Actor } from "../../domain/role.ts";

/** What a chat has at the downloaders, according to its records. */
export interface Ownership {
  owns(at: { downloader: string; key: string }): boolean;
  /** Deliveries that a downloader may have. */
  readonly all: readonly Delivery[];
  /** Those that have not ended, as far as is known. */
  readonly open: readonly Delivery[];
}

/** No report from a downloader says whose a download is, so the deliveries do (rule 8). May throw `StoreUnavailable`. */
export function ownershipOf(actor: Actor, of: { deliveries: Deliveries; now: number }): Ownership {
  const own = of.deliveries
    .since({ chatId: actor.chatId, acceptedAt: of.now - OWNED_MS })
    .filter(({ state }) => state !== "removed");
  const places = new Set(own.map(placeOf));
  return { owns: (at) => places.has(placeOf(at)), all: own, open: own.filter(({ state }) => state === "open") };
}

/** The chats whose link was handed over there, whether or not they still wait for it. May throw `StoreUnavailable`. */
export function everyOwnerOf(
  { downloader, key }: { downloader: string; key: string },
  of: { deliveries: Pick<Deliveries, "ofKey">; now: number },
): number[] {
  const sent = of.deliveries
    .ofKey(key)
    .filter((one) => one.downloader === downloader && one.state !== "removed" && one.acceptedAt >= of.now - OWNED_MS);
  return [...new Set(sent.map(({ chatId }) => chatId))];
}

/** One text that identifies a link at a downloader. */
export function placeOf({ downloader, key }: { downloader: string; key: string }): string {
  return `${downloader}\n${key}`;
}
