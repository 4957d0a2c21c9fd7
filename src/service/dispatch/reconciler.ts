import type { Link } from "../../domain/link.ts";
import type { Log } from "../../domain/log.ts";
import type { Store } from "../../domain/storage.ts";
import type { Registry } from "../fleet/registry.ts";
import type { Outcomes } from "./outcomes.ts";
import type { SubmissionRequest, SubmissionResult, Submitter } from "./submitter.ts";

/** Brings one claimed link to the state that the downloaders have of it, and has it recorded. */
export interface Reconciler {
  /**
   * Submits the link to the candidates, in their order; one that was `uncertain` is asked for first, and a duplicate of
   * another chat's link goes to the downloader that has it. Never rejects because of the downloaders.
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

  async function submit(request: SubmissionRequest, candidates: readonly string[]): Promise<SubmissionResult> {
    const { result, tried } = await submitter.submit(request, candidates);
    const calls = tried.map(({ downloader, outcome }) => `${downloader}: ${outcome}`).join(", ");
    log.debug(`Submitted link ${request.id}`, { result: result.kind, calls });
    return result;
  }

  /** A link that another chat has sent already goes to the downloader that has it, before any other (wire.md). */
  async function followDuplicate(link: Link, candidates: readonly string[]): Promise<SubmissionResult> {
    const duplicate = store.deliveries.latestByKey(link.key);
    const mayBeThere = duplicate?.state === "open" || duplicate?.state === "done";
    if (!mayBeThere || registry.byName(duplicate.downloader) === undefined) return submit(link, candidates);
    const holder = duplicate.downloader;
    const others = candidates.filter((name) => name !== holder);
    if (duplicate.state !== "open") return submit(link, [holder, ...others]);
    const result = await submit({ ...link, url: duplicate.url }, [holder]);
    if (result.kind === "accepted") return result;
    // It took the duplicate and is still at it: being silent now is no reason for a second download.
    const isSilent = result.kind === "uncertain" || result.failure.reason === "unreachable";
    const hasIt = isSilent || (await submitter.isListed(holder, link.key)) === true;
    if (hasIt) return { kind: "accepted", downloader: holder };
    return others.length > 0 ? submit(link, others) : result;
  }

  /** From now on this downloader may have it. */
  function hold(link: Link, downloader: string): void {
    store.attempts.open({ linkId: link.id, downloader, startedAt: now() });
  }

  /** Asks the one downloader that may have the link, and goes on by its answer. */
  async function askHolder(link: Link): Promise<void> {
    const attempt = store.attempts.byLink(link.id);
    if (attempt === undefined) {
      store.links.update(link.id, { state: "queued" });
      return;
    }
    const { downloader, startedAt } = attempt;
    const listed = await submitter.isListed(downloader, link.key);
    if (listed === true) return outcomes.record(link, { kind: "accepted", downloader });
    const others = registry.order(link).names.filter((name) => name !== downloader);
    if (listed === false) {
      // What may come of the next call is held for its own time.
      hold(link, downloader);
      return outcomes.record(link, await followDuplicate(link, [downloader, ...others]));
    }
    // The clock has leapt back.
    if (now() < startedAt) hold(link, downloader);
    if (now() < startedAt + deps.uncertainHoldMs) return outcomes.askLater(link);
    // Should it come back with the link, it must not download it as well as somebody else.
    store.supersededSubmissions.add({ key: link.key, downloader, since: now() });
    if (others.length > 0) return outcomes.record(link, await submit(link, others));
    outcomes.record(link, { kind: "rejected", failure: { reason: "silent", downloader } });
  }

  return {
    async reconcile(link, candidates) {
      try {
        if (link.state === "uncertain") await askHolder(link);
        else outcomes.record(link, await followDuplicate(link, candidates));
      } catch (error) {
        // Whoever was recorded last may have it: it is asked before anyone else is tried.
        log.error(`Submitting link ${link.id} broke off`, { error });
        outcomes.askLater(link);
      }
    },
  };
}
