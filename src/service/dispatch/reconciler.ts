import { type Attempt, type Delivery, isInWork } from "../../domain/delivery.ts";
import type { Link } from "../../domain/link.ts";
import type { Log } from "../../domain/log.ts";
import type { Store } from "../../domain/storage.ts";
import { isAloneAhead } from "../../domain/time.ts";
import type { Registry } from "../fleet/registry.ts";
import type { Outcomes } from "./outcomes.ts";
import type { SubmissionResult, Submitter } from "./submitter.ts";

/** Brings one claimed link into line with what the downloaders have of it, and has the result recorded. */
export interface Reconciler {
  /**
   * Submits the link to the candidates, in their order. An `uncertain` one is asked about first, and a duplicate of another chat's link
   * goes to the downloader that has it. Never rejects because of the downloaders.
   */
  reconcile(link: Link, candidates: readonly string[]): Promise<void>;
}

/** Rules 12, 13 and 16, and what one downloader may already have (reliability.md §2.4). */
export function createReconciler(deps: {
  store: Store;
  registry: Registry;
  submitter: Submitter;
  outcomes: Outcomes;
  /** How long an uncertain link stays with the downloader that may have it. */
  uncertainHoldMs: number;
  now: () => number;
  log: Log;
}): Reconciler {
  const { store, registry, submitter, outcomes, now, log } = deps;
  const { submit } = submitter;

  /** The delivery of this link to a registered downloader, for anybody, that is in work or done. */
  function duplicateOf({ key }: Link): Delivery | undefined {
    const duplicate = store.deliveries.latestByKey(key);
    if (duplicate === undefined || registry.byName(duplicate.downloader) === undefined) return undefined;
    return isInWork(duplicate) || duplicate.state === "done" ? duplicate : undefined;
  }

  /**
   * A link that another chat has already sent goes first to the downloader that has it (wire.md). No other gets it while that one is on
   * record as working on it and does not deny having it. `candidates` may be empty if there is such a downloader.
   */
  async function followDuplicate(link: Link, candidates: readonly string[]): Promise<SubmissionResult> {
    const duplicate = duplicateOf(link);
    if (duplicate === undefined) return submit(link, candidates);
    const holder = duplicate.downloader;
    const others = candidates.filter((name) => name !== holder);
    if (duplicate.state !== "open") return submitAgain(link, duplicate, others);
    const { result, isRefused } = await submitter.submitToHolder(link, duplicate);
    if (isRefused) return others.length > 0 ? submit(link, others) : result;
    const isMissing = result.kind === "uncertain" && result.isMissing;
    return isMissing ? result : { kind: "accepted", downloader: holder };
  }

  /** A downloader tells links apart by their text: one that is done with the link is asked with the address that it knows. */
  async function submitAgain(link: Link, { downloader, url }: Delivery, others: string[]): Promise<SubmissionResult> {
    const request = { ...link, url, holder: downloader };
    if (url === link.url) return submit(request, [downloader, ...others]);
    const result = await submit(request, [downloader]);
    if (result.kind !== "rejected" || others.length === 0) return result;
    const next = await submit(link, others);
    return next.kind === "rejected" && next.failure.reason === "unreachable" ? result : next;
  }

  /** From now on this downloader may have it. */
  function hold(link: Link, downloader: string): void {
    store.attempts.open({ linkId: link.id, downloader, startedAt: now() });
  }

  /** Whether its list already lacked the link after this very call (reliability.md §2.4). */
  function wasMissing({ key }: Link, { downloader, startedAt }: Attempt): boolean {
    const superseded = store.supersededSubmissions.of(downloader).find((one) => one.key === key);
    if (superseded === undefined || superseded.since < startedAt) return false;
    return !isAloneAhead(superseded.since, { other: startedAt, now: now() });
  }

  /** Noted before any other downloader is called: should this one get the link after all, it must not download it as well. */
  function supersede(link: Link, downloader: string): void {
    if (duplicateOf(link)?.downloader === downloader) return;
    store.supersededSubmissions.add({ key: link.key, downloader, since: now() });
  }

  /**
   * Offers the link again to the downloader whose list lacks it, before any other: its earlier call may still be carried out, whatever it
   * says to this one.
   */
  async function offerAgain(
    link: Link,
    { downloader, others }: { readonly downloader: string; readonly others: readonly string[] },
  ): Promise<SubmissionResult> {
    // What may come of the next call has its own hold.
    hold(link, downloader);
    const holder = duplicateOf(link)?.downloader ?? downloader;
    if (holder !== downloader) {
      supersede(link, downloader);
      return followDuplicate(link, [downloader, ...others]);
    }
    const again = await followDuplicate(link, [downloader]);
    if (again.kind !== "rejected") return again;
    supersede(link, downloader);
    if (others.length === 0) return again;
    const next = await submit(link, others);
    return next.kind === "rejected" && next.failure.reason === "unreachable" ? again : next;
  }

  /** Asks the one downloader that may have the link, and acts on its answer. */
  async function askHolder(link: Link): Promise<void> {
    const attempt = store.attempts.byLink(link.id);
    if (attempt === undefined) {
      store.links.update(link.id, { state: "queued" });
      return;
    }
    const { downloader, startedAt } = attempt;
    const listed = await submitter.isListed(downloader, link.key, startedAt);
    if (listed === true) return outcomes.record(link, { kind: "accepted", downloader });
    const others = registry.order(link).names.filter((name) => name !== downloader);
    if (listed === false && !wasMissing(link, attempt)) {
      return outcomes.record(link, await offerAgain(link, { downloader, others }));
    }
    if (listed === undefined) {
      // The clock has leapt back.
      if (now() < startedAt) hold(link, downloader);
      if (now() < startedAt + deps.uncertainHoldMs) return outcomes.askLater(link);
    }
    const duplicate = duplicateOf(link);
    supersede(link, downloader);
    if (others.length > 0 || duplicate?.state === "open") {
      return outcomes.record(link, await followDuplicate(link, others));
    }
    outcomes.record(link, { kind: "rejected", failure: { reason: "silent", downloader } });
  }

  return {
    async reconcile(link, candidates) {
      try {
        if (link.state === "uncertain") await askHolder(link);
        else outcomes.record(link, await followDuplicate(link, candidates));
      } catch (error) {
        // The downloader recorded last may have it: it is asked before any other is tried.
        log.error(`Submitting link ${link.id} failed`, { error });
        outcomes.askLater(link);
      }
    },
  };
}
