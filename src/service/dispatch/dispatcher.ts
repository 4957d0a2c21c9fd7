import { setImmediate } from "node:timers/promises";
import type { Link, LinkEvent } from "../../domain/link.ts";
import type { Log } from "../../domain/log.ts";
import { type Store, unlessUnavailable } from "../../domain/storage.ts";
import type { Order, Registry } from "../fleet/registry.ts";
import type { Outcomes } from "./outcomes.ts";
import type { Reconciler } from "./reconciler.ts";
import { createRequeue } from "./requeue.ts";

/** Durations in ms. */
export interface DispatchSettings {
  readonly intervalMs: number;
  /** Most links that are being handed over at a time. */
  readonly concurrency: number;
  /** Links that are looked at without being claimed. */
  readonly mostPassed?: { readonly inAStep: number; readonly inATick: number };
}

export interface Dispatcher {
  /**
   * Claims what is due, as far as there is room, and starts handing it over (rule 3). Does not wait for the calls; each
   * that ends makes room for the next. Never rejects.
   */
  tick(): Promise<void>;
  /** Takes up what a stopped or killed process left behind: call once, before the first tick. */
  recover(): void;
  /**
   * After these downloaders have registered or come back: links that nobody took become due, and links that one of them may
   * have are asked for. At a later tick while the database cannot be used.
   */
  requeue(...downloaders: string[]): void;
  /** Claims nothing more and waits for the calls under way. */
  drain(): Promise<void>;
}

/** More in a step would hold up the event loop; and a tick has to end: what is left comes with the next ones. */
const MOST_PASSED = { inAStep: 200, inATick: 2_000 };

/** A claimed link, as it was before: its state is `sending` now, and whom it is handed to first is recorded. */
interface Claim extends Order {
  readonly link: Link;
}

/** The core: due links → downloaders (rules 3, 14 and 16; "Accepting and failing, exactly"). */
export function createDispatcher(deps: {
  store: Store;
  registry: Registry;
  reconciler: Reconciler;
  outcomes: Pick<Outcomes, "flushPending">;
  settings: DispatchSettings;
  now: () => number;
  log: Log;
  report: (event: LinkEvent) => void;
}): Dispatcher {
  const { store, registry, reconciler, outcomes, settings, now, log, report } = deps;
  const { mostPassed = MOST_PASSED } = settings;
  const unmatched = createRequeue(deps);
  const inFlight = new Set<Promise<void>>();
  /** Ejected downloaders that one link is trying now; the others wait for how that ends. */
  const probing = new Set<string>();
  let filling: Promise<void> | undefined;
  let moreIsDue = false;
  let draining = false;

  /** Claims at most `limit` links; `passed` is how many others were looked at. */
  function claim(limit: number): { claimed: Claim[]; passed: number } {
    const events: LinkEvent[] = [];
    const claimed: Claim[] = [];
    let passed = 0;

    function take(link: Link): void {
      const { names: candidates, allEjected } = link.state === "uncertain" ? holderOf(link) : registry.order(link);
      const isProbed = (name: string) =>
        probing.has(name) || claimed.some((other) => other.allEjected && other.names.includes(name));
      const names = allEjected ? candidates.filter((name) => !isProbed(name)) : candidates;
      const [first] = names;
      if (first !== undefined) {
        store.links.update(link.id, { state: "sending" });
        if (link.state === "queued") store.attempts.open({ linkId: link.id, downloader: first, startedAt: now() });
        log.debug(`Link ${link.id} is due`, { order: names.join(", ") });
        claimed.push({ link, names, allEjected });
        return;
      }
      passed += 1;
      if (candidates.length > 0) {
        store.links.update(link.id, { sendAt: now() + settings.intervalMs });
        return;
      }
      const left = store.links.update(link.id, { state: "unmatched" });
      if (left !== undefined) events.push({ kind: "unmatched", link: left });
    }

    store.transaction(() => {
      do {
        const room = limit - claimed.length;
        const due = store.links.due(now(), room);
        moreIsDue = due.length === room;
        for (const link of due) {
          // Its duplicate goes first; once that is delivered, this one follows it to the same downloader.
          if (!claimed.some((other) => other.link.key === link.key)) take(link);
        }
        // Many in one transaction: each one waits for the disk.
      } while (moreIsDue && claimed.length < limit && passed < mostPassed.inAStep);
    });
    for (const { allEjected, names } of claimed) if (allEjected) for (const name of names) probing.add(name);
    for (const event of events) report(event);
    return { claimed, passed };
  }

  /** The one downloader that may have an uncertain link. */
  function holderOf(link: Link): Order {
    const holder = store.attempts.byLink(link.id)?.downloader ?? "";
    return { names: [holder], allEjected: registry.isEjected(holder) };
  }

  async function run({ link, names, allEjected }: Claim): Promise<void> {
    try {
      await reconciler.reconcile(link, names);
    } catch (error) {
      log.error(`Link ${link.id} stays claimed until the next start`, { error });
    } finally {
      if (allEjected) for (const name of names) probing.delete(name);
    }
  }

  /** Claims in small steps and lets the event loop turn in between, so that thousands of due links stop nobody. */
  async function fill(): Promise<void> {
    if (!outcomes.flushPending()) return;
    let looked = 0;
    do {
      looked += unmatched.step();
      const room = settings.concurrency - inFlight.size;
      if (draining || room <= 0) return;
      const { claimed, passed } = claim(room);
      looked += passed;
      for (const one of claimed) {
        const running = run(one).finally(() => {
          inFlight.delete(running);
          if (moreIsDue) void tick();
        });
        inFlight.add(running);
      }
      await setImmediate();
    } while ((moreIsDue || unmatched.isUnderWay) && looked < mostPassed.inATick);
  }

  /** One at a time; what comes meanwhile is seen by the one that is under way, since it looks at the room that there is. */
  function tick(): Promise<void> {
    filling ??= fill()
      .catch((error) => log.error("Cannot claim due links", { error }))
      .finally(() => {
        filling = undefined;
      });
    return filling;
  }

  return {
    tick,
    recover() {
      store.transaction(() => {
        for (const link of store.links.beingHandedOver()) {
          const attempt = store.attempts.byLink(link.id);
          // The hold counts from now: while nobody ran, nobody could ask.
          if (attempt !== undefined) store.attempts.open({ ...attempt, startedAt: now() });
          store.links.update(link.id, { state: attempt === undefined ? "queued" : "uncertain", sendAt: now() });
        }
      });
    },
    requeue(...downloaders) {
      unmatched.begin(downloaders);
      unlessUnavailable(unmatched.step, ({ code }) =>
        log.warn("Cannot look for links of a new downloader now; the next tick tries again", { code }),
      );
    },
    async drain() {
      draining = true;
      await filling;
      await Promise.all(inFlight);
    },
  };
}
