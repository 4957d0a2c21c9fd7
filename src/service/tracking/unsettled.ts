import type { Deliveries, Delivery } from "../../domain/delivery.ts";

/** Deliveries that ended as unknown: their downloader may later show clearly how they ended. Each function may throw `StoreUnavailable`. */
export interface Unsettled {
  /** Looks for this one too, as it is now. */
  add(delivery: Delivery): void;
  /** Downloaders that have any. */
  downloaders(): Set<string>;
  /** Those of one downloader about which its list, by its keys, says something; as they are now. */
  of(downloader: string, reported: { has(key: string): boolean }): Delivery[];
}

/** A sender that is down for longer has lost what it was sending. */
const LOOKED_FOR_MS = 3 * 24 * 3_600_000;

/** Kept in memory, so that a look costs only as much as there is: they are read once, at the first look. */
export function createUnsettled(deps: { deliveries: Deliveries; now: () => number }): Unsettled {
  const { deliveries, now } = deps;
  let known: Map<number, Delivery> | undefined;

  function all(): Map<number, Delivery> {
    known ??= new Map(deliveries.unknownSince(now() - LOOKED_FOR_MS).map((one) => [one.id, one]));
    for (const [id, { closedAt }] of known) if ((closedAt ?? 0) < now() - LOOKED_FOR_MS) known.delete(id);
    return known;
  }

  /** Undefined if it was settled or removed meanwhile, or its chat has sent it again and will be told about that one. */
  function current({ id }: Delivery): Delivery | undefined {
    const delivery = deliveries.byId(id);
    if (delivery?.state !== "unknown") return undefined;
    const isNewer = (other: Delivery) => other.chatId === delivery.chatId && other.id > id;
    return deliveries.ofKey(delivery.key).some(isNewer) ? undefined : delivery;
  }

  return {
    add: (delivery) => void all().set(delivery.id, delivery),
    downloaders: () => new Set([...all().values()].map(({ downloader }) => downloader)),
    of(downloader, reported) {
      const found: Delivery[] = [];
      for (const one of all().values()) {
        if (one.downloader !== downloader || !(reported.has(one.key) || isSeenAgain(one))) continue;
        const delivery = current(one);
        if (delivery === undefined) all().delete(one.id);
        else {
          all().set(one.id, delivery);
          found.push(delivery);
        }
      }
      return found;
    },
  };
}

/** Whether its sender has shown it since it was given up as unknown. */
export function isSeenAgain({ seenAt, closedAt }: Delivery): boolean {
  return seenAt !== null && closedAt !== null && seenAt >= closedAt;
}
