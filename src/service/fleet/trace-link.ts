import type { Delivery } from "../../domain/delivery.ts";
import type { DownloaderState } from "../../domain/downloader.ts";
import type { Link } from "../../domain/link.ts";
import type { Match, Route } from "../../domain/route.ts";
import type { Store } from "../../domain/storage.ts";
import type { Opening } from "../../domain/window.ts";
import type { Registry } from "./registry.ts";

/** Which downloaders take an address, and where the link already is. */
export interface LinkTrace {
  /** The operator's route that decides, if one does. */
  readonly route: Route | undefined;
  /** Those that would be tried now, in an order drawn now; after them the others. */
  readonly matches: readonly (Match & {
    readonly isTried: boolean;
    readonly paused: boolean;
    /** If it is shut now: when it opens. */
    readonly opening: Opening | undefined;
    readonly state: DownloaderState;
  })[];
  /** In any chat's queue. */
  readonly links: readonly Link[];
  /** To any chat, latest first. */
  readonly deliveries: readonly Delivery[];
}

/** May throw `StoreUnavailable`. */
export type TraceLink = (link: { url: string; key: string }) => LinkTrace;

export function createTraceLink(deps: { registry: Registry; store: Store }): TraceLink {
  const { registry, store } = deps;
  return ({ url, key }) => {
    const { route, matches } = registry.takersOf(url);
    const order = registry.order({ url, downloader: null }).names;
    const place = ({ name }: Match) => (order.includes(name) ? order.indexOf(name) : order.length);
    return {
      route,
      matches: matches
        .toSorted((a, b) => place(a) - place(b))
        .map((match) => ({
          ...match,
          isTried: order.includes(match.name),
          paused: registry.byName(match.name)?.paused === true,
          opening: registry.opening(url, match.name),
          state: registry.stateOf(match.name),
        })),
      links: store.links.ofKey(key).filter(({ state }) => state !== "removed"),
      deliveries: store.deliveries.ofKey(key).toSorted((a, b) => b.acceptedAt - a.acceptedAt),
    };
  };
}
