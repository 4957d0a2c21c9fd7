import type { Link } from "../../domain/link.ts";
import type { Log } from "../../domain/log.ts";
import type { Store } from "../../domain/storage.ts";
import type { Registry } from "../registry.ts";
import type { Settlement } from "./outcomes.ts";
import type { Handed, Handover } from "./submitter.ts";

/** Brings one claimed link to a downloader, and writes down how that ended. */
export interface Carrier {
  /** `order` is the order that was drawn; a link that was `uncertain` is asked for first. Never rejects because of the downloaders. */
  carry(link: Link, order: readonly string[]): Promise<void>;
}

/** Rules 12, 13 and 16, and what one downloader may already have (reliability.md §2.4). */
export function createCarrier(deps: {
  store: Store;
  registry: Registry;
  handover: Handover;
  settlement: Settlement;
  /** How long an uncertain link stays with the downloader that may have it. */
  uncertainHoldMs: number;
  now: () => number;
  log: Log;
}): Carrier {
  const { store, registry, handover, settlement, now, log } = deps;

  /** A link that another chat has sent already goes to the downloader that has it, before any other (wire.md). */
  async function followTwin(link: Link, order: readonly string[]): Promise<Handed> {
    const twin = store.deliveries.latestByKey(link.key);
    const mayHaveIt = twin?.state === "open" || twin?.state === "done";
    if (!mayHaveIt || registry.byName(twin.downloader) === undefined) return handOver(link, order);
    const rest = order.filter((name) => name !== twin.downloader);
    if (twin.state !== "open") return handOver(link, [twin.downloader, ...rest]);
    const handed = await handOver({ ...link, url: twin.url }, [twin.downloader]);
    if (handed.kind === "accepted") return handed;
    // It took the twin and is still at it: being silent now is no reason for a second download.
    const isSilent = handed.kind === "uncertain" || handed.failure.reason === "unreachable";
    const hasTwin = isSilent || (await handover.has(twin.downloader, link.key)) === true;
    if (hasTwin) return { kind: "accepted", downloader: twin.downloader };
    return rest.length > 0 ? handOver(link, rest) : handed;
  }

  function handOver(link: Link, order: readonly string[]): Promise<Handed> {
    return handover.handOver(link, order, (downloader) => {
      if (store.attempts.byLink(link.id)?.downloader !== downloader) hold(link, downloader);
    });
  }

  /** From now on this downloader may have it. */
  function hold(link: Link, downloader: string): void {
    store.attempts.open({ linkId: link.id, downloader, startedAt: now() });
  }

  async function ask(link: Link): Promise<void> {
    const attempt = store.attempts.byLink(link.id);
    if (attempt === undefined) {
      store.links.update(link.id, { state: "queued" });
      return;
    }
    const { downloader, startedAt } = attempt;
    const there = await handover.has(downloader, link.key);
    if (there === true) return settlement.settle(link, { kind: "accepted", downloader });
    const others = registry.order(link).names.filter((name) => name !== downloader);
    if (there === false) {
      // What may come of the next call is held for its own time.
      hold(link, downloader);
      return settlement.settle(link, await followTwin(link, [downloader, ...others]));
    }
    // The clock has leapt back.
    if (now() < startedAt) hold(link, downloader);
    if (now() < startedAt + deps.uncertainHoldMs) return settlement.askLater(link);
    // Should it come back with the link, it must not download it as well as somebody else.
    store.strays.add({ key: link.key, downloader, since: now() });
    if (others.length > 0) return settlement.settle(link, await handOver(link, others));
    settlement.settle(link, { kind: "rejected", failure: { reason: "silent", downloader } });
  }

  return {
    async carry(link, order) {
      try {
        if (link.state === "uncertain") await ask(link);
        else settlement.settle(link, await followTwin(link, order));
      } catch (error) {
        // Whoever was recorded last may have it: it is asked before anyone else is tried.
        log.error(`Handing over link ${link.id} broke off`, { error });
        settlement.askLater(link);
      }
    },
  };
}
