import type { LinkEvent, WaitingLink } from "../../domain/link.ts";
import type { Store } from "../../domain/storage.ts";
import type { Registry } from "../fleet/registry.ts";

/** Links that one step looks at. More would hold up the event loop. */
const MOST_IN_A_STEP = 100;

/** What a step did. */
export interface Looked {
  /** Links that were looked at. */
  readonly links: number;
  /** Links that are due now. */
  readonly requeued: number;
}

/** Makes links due that can go somewhere now. A change is noted at once and acted on in steps, many changes together. */
export interface Requeue {
  /** Which downloader takes which links has changed. */
  routingChanged(): void;
  /**
   * A downloader answers again, or has registered: it is asked about what it may have, and what waits for it goes. With `endsBackOff`, so
   * do links that wait for their next attempt.
   */
  back(downloader: string, of: { endsBackOff: boolean }): void;
  /** Whether there are links that no step has looked at yet. */
  readonly isUnderWay: boolean;
  /** Throws `StoreUnavailable`; then the next step looks at the same links. Writes nothing if nothing may go. */
  step(): Looked;
}

type Change = Partial<Pick<WaitingLink, "state" | "sendAt" | "attempts">>;

const NOTHING: Looked = { links: 0, requeued: 0 };

export function createRequeue(deps: {
  store: Store;
  registry: Pick<Registry, "matching" | "order">;
  now: () => number;
  report: (event: LinkEvent) => void;
}): Requeue {
  const { store, registry, now, report } = deps;
  /** At the next step these downloaders are asked about what they may have. */
  const toAsk = new Set<string>();
  /** Downloaders whose links no longer wait for their next attempt: in the present pass, and in the next one. */
  let returned = new Set<string>();
  let returnedMeanwhile = new Set<string>();

  const unmatched = createPass(store.links.unmatched);
  const postponed = createPass(store.links.postponed, () => {
    returned = returnedMeanwhile;
    returnedMeanwhile = new Set();
  });

  /** How a waiting link is changed so that it goes now; undefined if it must wait on. */
  function released(link: WaitingLink): Change | undefined {
    if (link.state === "unmatched") return registry.matching(link).length > 0 ? dueNow() : undefined;
    if (link.state === "unreachable") {
      const { names, unreachable } = registry.order(link);
      // If no downloader takes it any more, the next claim finds that out.
      return names.length > 0 || unreachable.length === 0 ? dueNow() : undefined;
    }
    const isWanted = returned.size > 0 && link.sendAt > now();
    // The wait after its latest attempt is cut short, so that attempt does not count: a downloader that comes and goes must not use them
    // up.
    return isWanted && registry.matching(link).some((name) => returned.has(name))
      ? { ...dueNow(), attempts: link.attempts - 1 }
      : undefined;
  }

  const dueNow = () => ({ state: "queued", sendAt: now() }) as const;

  function askThoseThatAreBack(): void {
    if (toAsk.size === 0) return;
    store.transaction(() => {
      for (const { id, state } of store.links.beingHandedOver()) {
        const mayBeBack = state === "uncertain" && toAsk.has(store.attempts.byLink(id)?.downloader ?? "");
        if (mayBeBack) store.links.update(id, { sendAt: now() });
      }
    });
    toAsk.clear();
  }

  function stepOf(pass: Pass): Looked {
    if (!pass.isUnderWay) return NOTHING;
    const looked = pass.look();
    const changes = looked.flatMap((link) => {
      const change = released(link);
      return change === undefined ? [] : [{ id: link.id, change }];
    });
    const requeued =
      changes.length === 0
        ? []
        : store.transaction(() => changes.flatMap(({ id, change }) => store.links.update(id, change) ?? []));
    pass.looked(looked);
    for (const link of requeued) report({ kind: "requeued", link });
    return { links: looked.length, requeued: requeued.length };
  }

  return {
    routingChanged() {
      unmatched.begin();
      postponed.begin();
    },
    back(downloader, { endsBackOff }) {
      toAsk.add(downloader);
      if (endsBackOff) returnedMeanwhile.add(downloader);
      postponed.begin();
    },
    get isUnderWay() {
      return unmatched.isUnderWay || postponed.isUnderWay;
    },
    step() {
      askThoseThatAreBack();
      return stepOf(postponed.isUnderWay ? postponed : unmatched);
    },
  };
}

/** One look at every link of a list, some at a time. */
interface Pass {
  /** Looks at all of them again: after the current pass, if there is one. */
  begin(): void;
  readonly isUnderWay: boolean;
  /** The next links; the same ones again until they were `looked` at. */
  look(): WaitingLink[];
  looked(links: readonly WaitingLink[]): void;
}

function createPass(
  list: (of: { after: number; limit: number }) => WaitingLink[],
  onStart: () => void = () => {},
): Pass {
  let after: number | undefined;
  let isWanted = false;
  return {
    begin() {
      isWanted = true;
    },
    get isUnderWay() {
      return isWanted || after !== undefined;
    },
    look() {
      if (after === undefined) {
        after = 0;
        isWanted = false;
        onStart();
      }
      return list({ after, limit: MOST_IN_A_STEP });
    },
    looked(links) {
      after = links.length < MOST_IN_A_STEP ? undefined : links.at(-1)?.id;
    },
  };
}
