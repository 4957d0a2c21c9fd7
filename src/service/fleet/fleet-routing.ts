import type { Downloader } from "../../domain/downloader.ts";
import { createRouting, type Route, type Routing } from "../../domain/route.ts";

/** Which downloaders take which address now. */
export interface FleetRouting extends Routing {
  /** A downloader has come or gone, or takes other links than before. */
  changed(): void;
}

/** `known` may change at any time. It is indexed only when somebody asks: many may register at once. */
export function createFleetRouting({
  known,
  routes,
}: {
  readonly known: ReadonlyMap<string, Downloader>;
  readonly routes: readonly Route[];
}): FleetRouting {
  const routing = createRouting(routes);
  let isCurrent = false;
  return {
    matchesOf(url) {
      if (!isCurrent) routing.update([...known.values()]);
      isCurrent = true;
      return routing.matchesOf(url);
    },
    changed() {
      isCurrent = false;
    },
  };
}
