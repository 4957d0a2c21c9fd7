import type { LinkEvent } from "../../domain/link.ts";
import type { Log } from "../../domain/log.ts";
import type { Store, Together } from "../../domain/storage.ts";
import type { Registry } from "../fleet/registry.ts";
import { createRestWatch } from "./at-rest.ts";
import { type Claim, createClaimDue } from "./claims.ts";
import type { Outcomes } from "./outcomes.ts";
import type { Places } from "./places.ts";
import type { Reconciler } from "./reconciler.ts";
import { createRequeue, type Requeue } from "./requeue.ts";
import { createTurns } from "./turns.ts";

/** How many links are looked at without being claimed. */
export interface MostPassed {
  readonly inAStep: number;
  readonly inATick: number;
}

export interface Dispatcher {
  /**
   * Claims what is due, as far as there is room, and starts handing it over (rule 3). Does not wait for the calls; each one that ends
   * makes room for the next. Never rejects.
   */
  tick(): Promise<void>;
  /** Takes up what a stopped or killed process has left: call it once, before the first tick. */
  recover(): void;
  /** See `Requeue`: its steps run at the next tick, or at a later one while the database cannot be used. */
  readonly requeue: Pick<Requeue, "routingChanged" | "back">;
  /** Claims nothing more and waits for the running calls. */
  drain(): Promise<void>;
}

/** More in one step would hold up the event loop, and a tick must end: the rest is left for the next ticks. */
const MOST_PASSED: MostPassed = { inAStep: 50, inATick: 2_000 };
/** More links claimed in one transaction would hold it up as well. */
const MOST_CLAIMED = 64;

/** This many looks at links that stay where they are cost as much as changing one. */
const LOOKS_FOR_A_CHANGE = 20;

/** The core of the bot: due links → downloaders (rules 3, 14 and 16; "Accepting and failing, exactly"). */
export function createDispatcher(deps: {
  store: Store;
  registry: Registry;
  places: Places;
  reconciler: Reconciler;
  outcomes: Pick<Outcomes, "flushPending" | "settled">;
  together: Together;
  mostPassed?: MostPassed | undefined;
  now: () => number;
  log: Log;
  report: (event: LinkEvent) => void;
  /** Called when everything that was due has been handed over or is waiting, after the last `report` about it. */
  onRest?: () => void;
}): Dispatcher {
  const { store, registry, places, reconciler, outcomes, together, now, log, report } = deps;
  const { mostPassed = MOST_PASSED } = deps;
  const requeue = createRequeue(deps);
  const turns = createTurns(store.links, now);
  const claimDue = createClaimDue({ store, registry, places, turns, now, log });
  const inFlight = new Set<Promise<void>>();
  let filling: Promise<void> | undefined;
  let moreIsDue = false;
  let draining = false;
  const isBusy = () => moreIsDue || inFlight.size > 0 || filling !== undefined;
  const rest = createRestWatch({ isBusy, outcomes, onRest: deps.onRest ?? (() => {}), log });

  /**
   * How many links may be claimed in a step. A link whose call has ended makes room before its outcome is written, because the next claim
   * shares that commit.
   */
  const room = () => (draining ? 0 : Math.min(places.left, MOST_CLAIMED));

  async function run({ link, names }: Claim): Promise<void> {
    try {
      await reconciler.reconcile(link, names);
    } catch (error) {
      log.error(`Link ${link.id} stays claimed until the next start`, { error });
    }
  }

  /** Claims in small steps, between which the event loop turns, so that thousands of links block nobody. */
  async function fill(): Promise<void> {
    if (!outcomes.flushPending()) return;
    let looked = 0;
    let isDone = true;
    do {
      // What waits is looked at in every tick; more often only while nothing else can go.
      if (isDone) {
        const { links, requeued } = requeue.step();
        looked += requeued + links / LOOKS_FOR_A_CHANGE;
      }
      if (room() <= 0) {
        moreIsDue = true;
        return;
      }
      if (!requeue.isUnderWay && !turns.hasAny(places.hasRoom)) {
        moreIsDue = turns.passedOver > 0;
        return;
      }
      const step = await together(() => claimDue({ most: room(), mostPassed: mostPassed.inAStep }));
      const { claims, events, passed } = step;
      ({ isDone, moreIsDue } = step);
      if (claims.length > 0) rest.claimed();
      for (const claim of claims) begin(claim);
      looked += passed;
      for (const event of events) tell(event);
    } while ((!isDone || requeue.isUnderWay) && looked < mostPassed.inATick);
  }

  function begin(claim: Claim): void {
    const { link, names } = claim;
    places.take(link.id, names[0] ?? "");
    const running = run(claim).finally(() => {
      inFlight.delete(running);
      places.leave(link.id);
      if (moreIsDue) void goOn();
      else rest.look();
    });
    inFlight.add(running);
  }

  /** A listener that fails on one event must not keep others from hearing of the rest. */
  function tell(event: LinkEvent): void {
    try {
      report(event);
    } catch (error) {
      log.error("Cannot report what became of a link", { link: event.link.url, error });
    }
  }

  /** Runs one at a time; later calls share the running one, which checks for room again. */
  function goOn(): Promise<void> {
    filling ??= fill()
      .catch((error) => log.error("Cannot claim due links", { error }))
      .finally(() => {
        filling = undefined;
        rest.look();
      });
    return filling;
  }

  return {
    tick() {
      turns.lookAgain();
      if (registry.hasOpened()) requeue.routingChanged();
      return goOn();
    },
    requeue,
    recover() {
      store.transaction(() => {
        for (const link of store.links.beingHandedOver()) {
          const attempt = store.attempts.byLink(link.id);
          // The hold counts from now: while the bot was not running, nobody could ask.
          if (attempt !== undefined) store.attempts.open({ ...attempt, startedAt: now() });
          store.links.update(link.id, { state: attempt === undefined ? "queued" : "uncertain", sendAt: now() });
        }
      });
    },
    async drain() {
      draining = true;
      await filling;
      await Promise.all(inFlight);
      await outcomes.settled();
    },
  };
}
