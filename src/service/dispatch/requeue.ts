import type { LinkEvent } from "../../domain/link.ts";
import type { Store } from "../../domain/storage.ts";
import type { Registry } from "../fleet/registry.ts";

/** More would hold up the event loop. */
const MOST_IN_A_STEP = 200;

/** Makes links due that may go somewhere now, in steps. */
export interface Requeue {
  /** From now on there is something to look for: these downloaders are new or back, or others have changed. */
  begin(downloaders: readonly string[]): void;
  /** Whether there are links that no step has looked at. */
  readonly isUnderWay: boolean;
  /** Returns how many links it has looked at. Throws `StoreUnavailable`; the next step looks at the same ones then. */
  step(): number;
}

export function createRequeue(deps: {
  store: Store;
  registry: Pick<Registry, "matching">;
  now: () => number;
  report: (event: LinkEvent) => void;
}): Requeue {
  const { store, registry, now, report } = deps;
  /** What they may have is asked for at the next step. */
  const back = new Set<string>();
  /** The id of the unmatched link that was looked at last. */
  let lookedUpTo: number | undefined;

  function askThoseThatAreBack(): void {
    if (back.size === 0) return;
    for (const { id, state } of store.links.beingHandedOver()) {
      const mayBeBack = state === "uncertain" && back.has(store.attempts.byLink(id)?.downloader ?? "");
      if (mayBeBack) store.links.update(id, { sendAt: now() });
    }
  }

  return {
    begin(downloaders) {
      for (const name of downloaders) back.add(name);
      lookedUpTo = 0;
    },
    get isUnderWay() {
      return lookedUpTo !== undefined;
    },
    step() {
      if (lookedUpTo === undefined) return 0;
      const of = { after: lookedUpTo, limit: MOST_IN_A_STEP };
      const { looked, requeued } = store.transaction(() => {
        askThoseThatAreBack();
        const some = store.links.unmatched(of);
        const matched = some.filter((link) => registry.matching(link).length > 0);
        const change = { state: "queued", sendAt: now() } as const;
        return { looked: some, requeued: matched.flatMap(({ id }) => store.links.update(id, change) ?? []) };
      });
      back.clear();
      lookedUpTo = looked.length < MOST_IN_A_STEP ? undefined : looked.at(-1)?.id;
      for (const link of requeued) report({ kind: "requeued", link });
      return looked.length;
    },
  };
}
