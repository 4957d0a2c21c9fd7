import type { Delivery } from "../../domain/delivery.ts";
import type { Link } from "../../domain/link.ts";
import { type Route, type Taker, takersOf } from "../../domain/route.ts";
import type { Store } from "../../domain/storage.ts";
import type { Registry } from "./registry.ts";

/** Who takes an address, and where the link is already. */
export interface Whereabouts {
  /** The operator's route that decides, if one does. */
  readonly route: Route | undefined;
  /** Those that would be tried now, in an order drawn now; then the others. */
  readonly takers: readonly (Taker & {
    readonly isTried: boolean;
    readonly paused: boolean;
    readonly isEjected: boolean;
  })[];
  /** In any chat's queue. */
  readonly links: readonly Link[];
  /** To any chat, latest first. */
  readonly deliveries: readonly Delivery[];
}

/** May throw `StoreUnavailable`. */
export type FindWhereabouts = (link: { url: string; key: string }) => Whereabouts;

export function createFindWhereabouts(deps: {
  registry: Registry;
  routes: readonly Route[];
  store: Store;
}): FindWhereabouts {
  const { registry, routes, store } = deps;
  return ({ url, key }) => {
    const { route, takers } = takersOf({ url, downloaders: registry.all(), routes });
    const order = registry.order({ url, downloader: null }).names;
    const place = ({ name }: Taker) => (order.includes(name) ? order.indexOf(name) : order.length);
    return {
      route,
      takers: takers
        .toSorted((a, b) => place(a) - place(b))
        .map((taker) => ({
          ...taker,
          isTried: order.includes(taker.name),
          paused: registry.byName(taker.name)?.paused === true,
          isEjected: registry.isEjected(taker.name),
        })),
      links: store.links.ofKey(key).filter(({ state }) => state !== "removed"),
      deliveries: store.deliveries.ofKey(key).toSorted((a, b) => b.acceptedAt - a.acceptedAt),
    };
  };
}
