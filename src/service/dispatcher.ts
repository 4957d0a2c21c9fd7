import { setImmediate } from "node:timers/promises";
import type { Link } from "../domain/link.ts";
import type { LinkEvent } from "../domain/link-event.ts";
import type { Log } from "../domain/log.ts";
import type { Store } from "../domain/storage.ts";
import type { Handed, Handover } from "./handover.ts";
import type { Order, Registry } from "./registry.ts";
import type { Settlement } from "./settlement.ts";

/** Durations in ms. */
export interface DispatchSettings {
  readonly intervalMs: number;
  /** Most links that are being handed over at a time. */
  readonly concurrency: number;
  readonly uncertainHoldMs: number;
}

export interface Dispatcher {
  /**
   * Claims what is due, as far as there is room, and starts handing it over (rule 3). Does not wait for the calls; each
   * that ends makes room for the next. Never rejects.
   */
  tick(): Promise<void>;
  /** Takes up what a stopped or killed process left behind: call once, before the first tick. */
  recover(): void;
  /** Makes links that waited for a matching downloader due at once. */
  wakeUnmatched(): void;
  /** Claims nothing more and waits for the calls under way. */
  drain(): Promise<void>;
}

/** A claimed link: its state is `sending`, and whom it is handed to first is recorded. */
interface Claim extends Order {
  readonly link: Link;
}

/** The core: due links → downloaders (rules 3, 14 and 16; "Accepting and failing, exactly"). */
export function createDispatcher(deps: {
  store: Store;
  registry: Registry;
  handover: Handover;
  settlement: Settlement;
  settings: DispatchSettings;
  now: () => number;
  log: Log;
  report: (event: LinkEvent) => void;
}): Dispatcher {
  const { store, registry, handover, settlement, settings, now, log, report } = deps;
  const inFlight = new Set<Promise<void>>();
  /** Ailing downloaders that one link is trying now; the others wait for how that ends. */
  const probing = new Set<string>();
  let filling: Promise<void> | undefined;
  let moreIsDue = false;
  let draining = false;

  function claim(limit: number): Claim[] {
    const events: LinkEvent[] = [];
    const claims = store.transaction(() => {
      const due = store.links.due(now(), limit);
      moreIsDue = due.length === limit;
      const claimed: Claim[] = [];
      for (const link of due) {
        // Its twin goes first; once that is delivered, this one follows it to the same downloader.
        if (claimed.some((other) => other.link.key === link.key)) continue;
        if (link.state === "uncertain") {
          store.links.update(link.id, { state: "sending" });
          claimed.push({ link, names: [], ailing: false });
          continue;
        }
        const order = registry.order(link);
        const [first] = order.names;
        if (first === undefined) {
          const unmatched = store.links.update(link.id, { state: "unmatched" });
          if (unmatched !== undefined) events.push({ kind: "unmatched", link: unmatched });
        } else if (order.ailing && order.names.every((name) => probing.has(name))) {
          store.links.update(link.id, { sendAt: now() + settings.intervalMs });
        } else {
          if (order.ailing) for (const name of order.names) probing.add(name);
          store.links.update(link.id, { state: "sending" });
          store.attempts.open({ linkId: link.id, downloader: first, startedAt: now() });
          claimed.push({ link, ...order });
        }
      }
      return claimed;
    });
    for (const event of events) report(event);
    return claims;
  }

  async function run(claim: Claim): Promise<void> {
    const { link } = claim;
    try {
      if (link.state === "uncertain") await ask(link);
      else settlement.settle(link, await followTwin(link, claim.names));
    } catch (error) {
      // Whoever was recorded last may have it: it is asked before anyone else is tried.
      log.error(`Handing over link ${link.id} broke off`, { error });
      settlement.askLater(link);
    } finally {
      if (claim.ailing) for (const name of claim.names) probing.delete(name);
    }
  }

  /** A link that another chat has sent already goes to the downloader that has it, before any other (wire.md). */
  async function followTwin(link: Link, order: readonly string[]): Promise<Handed> {
    const twin = store.deliveries.latestByKey(link.key);
    if (twin === undefined || registry.byName(twin.downloader) === undefined) return handOver(link, order);
    const rest = order.filter((name) => name !== twin.downloader);
    if (twin.state !== "open") return handOver(link, [twin.downloader, ...rest]);
    const handed = await handOver({ ...link, url: twin.url }, [twin.downloader]);
    if (handed.kind === "accepted") return handed;
    // It took the twin and is still at it: being silent now is no reason for a second download.
    const refused = handed.kind === "rejected" && handed.failure.reason !== "unreachable" && rest.length > 0;
    return refused ? handOver(link, rest) : { kind: "accepted", downloader: twin.downloader };
  }

  function handOver(link: Link, order: readonly string[]): Promise<Handed> {
    return handover.handOver(link, order, (downloader) => {
      if (store.attempts.byLink(link.id)?.downloader === downloader) return;
      store.attempts.open({ linkId: link.id, downloader, startedAt: now() });
    });
  }

  /** A link that one downloader may have already (reliability.md §2.4). */
  async function ask(link: Link): Promise<void> {
    const attempt = store.attempts.byLink(link.id);
    if (attempt === undefined) {
      store.links.update(link.id, { state: "queued" });
      return;
    }
    const { downloader } = attempt;
    const there = await handover.has(downloader, link.key);
    const others = registry.order(link).names.filter((name) => name !== downloader);
    if (there === true) settlement.settle(link, { kind: "accepted", downloader });
    else if (there === false) settlement.settle(link, await followTwin(link, [downloader, ...others]));
    else if (now() < attempt.startedAt + settings.uncertainHoldMs) settlement.askLater(link);
    else if (others.length > 0) {
      // Should it come back with the link, it must not download it as well.
      store.strays.add({ key: link.key, downloader, since: now() });
      settlement.settle(link, await handOver(link, others));
    } else settlement.settle(link, { kind: "rejected", failure: { reason: "silent", downloader } });
  }

  /** Claims in small steps and lets the event loop turn in between, so that thousands of due links stop nobody. */
  async function fill(): Promise<void> {
    if (!settlement.catchUp()) return;
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
        for (const link of store.links.interrupted()) {
          const attempt = store.attempts.byLink(link.id);
          // The hold counts from now: while nobody ran, nobody could ask.
          if (attempt !== undefined) store.attempts.open({ ...attempt, startedAt: now() });
          store.links.update(link.id, { state: attempt === undefined ? "queued" : "uncertain", sendAt: now() });
        }
      });
    },
    wakeUnmatched() {
      const woken = store.transaction(() =>
        store.links
          .unmatched()
          .filter((link) => registry.matching(link).length > 0)
          .flatMap((link) => store.links.update(link.id, { state: "queued", sendAt: now() }) ?? []),
      );
      for (const link of woken) report({ kind: "woken", link });
    },
    async drain() {
      draining = true;
      await filling;
      await Promise.all(inFlight);
    },
  };
}
