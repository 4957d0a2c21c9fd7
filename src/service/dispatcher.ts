import { setImmediate } from "node:timers/promises";
import type { Link } from "../domain/link.ts";
import type { LinkEvent } from "../domain/link-event.ts";
import type { Log } from "../domain/log.ts";
import { type Store, StoreUnavailable } from "../domain/storage.ts";
import type { Carrier } from "./carrier.ts";
import type { Order, Registry } from "./registry.ts";
import type { Settlement } from "./settlement.ts";

/** Durations in ms. */
export interface DispatchSettings {
  readonly intervalMs: number;
  /** Most links that are being handed over at a time. */
  readonly concurrency: number;
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
  wake(...downloaders: string[]): void;
  /** Claims nothing more and waits for the calls under way. */
  drain(): Promise<void>;
}

/** A claimed link, as it was before: its state is `sending` now, and whom it is handed to first is recorded. */
interface Claim extends Order {
  readonly link: Link;
}

/** The core: due links → downloaders (rules 3, 14 and 16; "Accepting and failing, exactly"). */
export function createDispatcher(deps: {
  store: Store;
  registry: Registry;
  carrier: Carrier;
  settlement: Pick<Settlement, "catchUp">;
  settings: DispatchSettings;
  now: () => number;
  log: Log;
  report: (event: LinkEvent) => void;
}): Dispatcher {
  const { store, registry, carrier, settlement, settings, now, log, report } = deps;
  const inFlight = new Set<Promise<void>>();
  /** Ailing downloaders that one link is trying now; the others wait for how that ends. */
  const probing = new Set<string>();
  let filling: Promise<void> | undefined;
  let moreIsDue = false;
  /** Downloaders that have registered or were resumed, until what waits for them has been woken. */
  let toWake: Set<string> | undefined;
  let draining = false;

  function claim(limit: number): Claim[] {
    const events: LinkEvent[] = [];
    const claimed: Claim[] = [];
    const isProbed = (name: string) =>
      probing.has(name) || claimed.some((other) => other.ailing && other.names.includes(name));
    store.transaction(() => {
      const due = store.links.due(now(), limit);
      moreIsDue = due.length === limit;
      for (const link of due) {
        // Its twin goes first; once that is delivered, this one follows it to the same downloader.
        if (claimed.some((other) => other.link.key === link.key)) continue;
        const order = link.state === "uncertain" ? holderOf(link) : registry.order(link);
        const [first] = order.names;
        if (first === undefined) {
          const unmatched = store.links.update(link.id, { state: "unmatched" });
          if (unmatched !== undefined) events.push({ kind: "unmatched", link: unmatched });
        } else if (order.ailing && order.names.every(isProbed)) {
          store.links.update(link.id, { sendAt: now() + settings.intervalMs });
        } else {
          store.links.update(link.id, { state: "sending" });
          if (link.state === "queued") store.attempts.open({ linkId: link.id, downloader: first, startedAt: now() });
          log.debug(`Link ${link.id} is due`, { order: order.names.join(", ") });
          claimed.push({ link, ...order });
        }
      }
    });
    for (const { ailing, names } of claimed) if (ailing) for (const name of names) probing.add(name);
    for (const event of events) report(event);
    return claimed;
  }

  /** The one downloader that may have an uncertain link. */
  function holderOf(link: Link): Order {
    const holder = store.attempts.byLink(link.id)?.downloader ?? "";
    return { names: [holder], ailing: registry.isLeftAlone(holder) };
  }

  async function run({ link, names, ailing }: Claim): Promise<void> {
    try {
      await carrier.carry(link, names);
    } catch (error) {
      log.error(`Link ${link.id} stays claimed until the next start`, { error });
    } finally {
      if (ailing) for (const name of names) probing.delete(name);
    }
  }

  function wakeNow(): void {
    const woken = store.transaction(() => {
      for (const { id, state } of store.links.beingHandedOver()) {
        const mayBeBack = state === "uncertain" && toWake?.has(store.attempts.byLink(id)?.downloader ?? "");
        if (mayBeBack) store.links.update(id, { sendAt: now() });
      }
      return store.links
        .unmatched()
        .filter((link) => registry.matching(link).length > 0)
        .flatMap((link) => store.links.update(link.id, { state: "queued", sendAt: now() }) ?? []);
    });
    toWake = undefined;
    for (const link of woken) report({ kind: "woken", link });
  }

  /** Claims in small steps and lets the event loop turn in between, so that thousands of due links stop nobody. */
  async function fill(): Promise<void> {
    if (!settlement.catchUp()) return;
    if (toWake !== undefined) wakeNow();
    do {
      const room = settings.concurrency - inFlight.size;
      if (draining || room <= 0) return;
      for (const claimed of claim(room)) {
        const running = run(claimed).finally(() => {
          inFlight.delete(running);
          if (moreIsDue) void tick();
        });
        inFlight.add(running);
      }
      await setImmediate();
    } while (moreIsDue);
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
    wake(...downloaders) {
      toWake = new Set([...(toWake ?? []), ...downloaders]);
      try {
        wakeNow();
      } catch (error) {
        if (!(error instanceof StoreUnavailable)) throw error;
        log.warn("Cannot wake links for a new downloader now; the next tick tries again", { code: error.code });
      }
    },
    async drain() {
      draining = true;
      await filling;
      await Promise.all(inFlight);
    },
  };
}
