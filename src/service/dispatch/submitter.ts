import type { Attempts, Deliveries, Delivery } from "../../domain/delivery.ts";
import type { DownloaderClient, Outcome } from "../../domain/downloader.ts";
import { byKey } from "../../domain/downloads.ts";
import type { Failure, Link } from "../../domain/link.ts";
import type { Log } from "../../domain/log.ts";
import { toMaxQuality } from "../../domain/quality.ts";
import { ifAvailable } from "../../domain/storage.ts";
import { isAloneAhead } from "../../domain/time.ts";
import { userNameFor } from "../../domain/user-name.ts";
import type { Registry } from "../fleet/registry.ts";
import type { Places } from "./places.ts";

/**
 * What a downloader is told about a link. `id` is its id in the queue; null for a link that could not be put into it. `holder` has a
 * duplicate of it: this one is called even if it is full.
 */
export interface SubmissionRequest extends Pick<Link, "url" | "key" | "sender" | "quality" | "folder"> {
  readonly id: number | null;
  readonly holder?: string;
}

/**
 * How submitting a link ended. `uncertain` names the one downloader that may or may not have it; `isMissing`: its list could be read and
 * lacks the link, but a call that outlived its deadline may still be carried out. `full`: nobody took it, but not all were called,
 * because they are given as many links as they get at the same time.
 */
export type SubmissionResult =
  | { readonly kind: "accepted"; readonly downloader: string }
  | { readonly kind: "full" }
  | { readonly kind: "uncertain"; readonly downloader: string; readonly isMissing: boolean }
  | { readonly kind: "rejected"; readonly failure: Failure };

export interface Submitter {
  /**
   * Tries candidates one after another until one accepts the link or may have taken it (rule 16). Before each call it records which
   * downloader a queued link is about to be handed to, and throws `StoreUnavailable` if it cannot. Names that are no longer registered,
   * or have no room for a queued link, are skipped; at least one is expected.
   */
  submit(request: SubmissionRequest, candidates: readonly string[]): Promise<SubmissionResult>;
  /**
   * Submits a link to the downloader that has a duplicate of it, with the address that it knows it by. `isRefused`: it does not take the
   * link, and its list lacks it, so others may have it.
   */
  submitToHolder(
    request: SubmissionRequest,
    duplicate: { readonly downloader: string; readonly url: string },
  ): Promise<{ readonly result: SubmissionResult; readonly isRefused: boolean }>;
  /**
   * Whether the downloader's list has the link because of a call made at `since`, in epoch ms: a done entry may come from an earlier
   * submission. Undefined if the downloader cannot be asked.
   */
  isListed(downloader: string, key: string, since: number): Promise<boolean | undefined>;
}

/** Longer than a sender keeps a done entry (wire.md §2.3). */
const DONE_KEPT_MS = 10 * 60_000;
/** By then a download has ended even if nobody saw it end. */
const LONGEST_DOWNLOAD_MS = 24 * 3_600_000;

/** Submits one link to one of several downloaders, with the outcomes of reliability.md §2.3 and §2.4. */
export function createSubmitter(deps: {
  client: Pick<DownloaderClient, "submit" | "queue">;
  registry: Pick<Registry, "byName">;
  attempts: Pick<Attempts, "byLink" | "open">;
  deliveries: Pick<Deliveries, "ofKey">;
  places: Pick<Places, "mayGet" | "take" | "ended">;
  now: () => number;
  log: Log;
}): Submitter {
  const { client, registry, attempts, deliveries, places, now, log } = deps;

  /** From now on this downloader may have it. */
  function recordAttempt(linkId: number | null, downloader: string): void {
    if (linkId === null) return;
    places.take(linkId, downloader);
    if (attempts.byLink(linkId)?.downloader === downloader) return;
    attempts.open({ linkId, downloader, startedAt: now() });
  }

  /**
   * Whether a done entry may be left from before: a link that is finished is taken again and downloaded again (wire.md §2.2), so the entry
   * alone does not show that it was.
   */
  function mayBeDoneBefore(name: string, key: string, since: number): boolean {
    const isBefore = ({ downloader, state, closedAt }: Delivery) => {
      if (downloader !== name || closedAt === null) return false;
      if (closedAt > since && !isAloneAhead(closedAt, { other: since, now: now() })) return false;
      return now() - closedAt < (state === "done" ? DONE_KEPT_MS : LONGEST_DOWNLOAD_MS);
    };
    return ifAvailable(() => deliveries.ofKey(key).some(isBefore)) ?? false;
  }

  /** Its turn was at another downloader when it was claimed, and since then this one may have become full (rules.md §3.2). */
  const isFull = (name: string, { id, holder }: SubmissionRequest) =>
    id !== null && name !== holder && !places.mayGet(id, name);

  /** With `since` undefined, anything that its list has of the link counts. */
  async function isListed(name: string, key: string, since?: number): Promise<boolean | undefined> {
    const downloader = registry.byName(name);
    if (downloader === undefined) return undefined;
    try {
      const download = (await byKey(await client.queue(downloader))).get(key);
      if (download?.status !== "DONE" || since === undefined) return download !== undefined;
      return !mayBeDoneBefore(name, key, since);
    } catch (error) {
      log.debug(`Cannot ask "${name}" what it has`, { error });
      return undefined;
    }
  }

  async function submit(request: SubmissionRequest, candidates: readonly string[]): Promise<SubmissionResult> {
    let failure: Failure = { reason: "unreachable", downloader: candidates[0] ?? "" };
    let isWaiting = false;
    for (const name of candidates) {
      // Looked up at the last moment: its address may have changed since the order was drawn (rule 12).
      const downloader = registry.byName(name);
      if (downloader === undefined) continue;
      if (isFull(name, request)) {
        isWaiting = true;
        continue;
      }
      recordAttempt(request.id, name);
      const calledAt = now();
      const outcome = await client.submit(downloader, {
        url: request.url,
        userName: userNameFor(request.sender, request.folder),
        maxQuality: toMaxQuality(request.quality),
      });
      places.ended(name, outcome.kind);
      log.debug(`Offered a link to "${name}"`, { link: request.url, outcome: outcome.kind });
      if (outcome.kind === "accepted") return { kind: "accepted", downloader: name };
      const { kind, detail } = outcome;
      log.warn(`Cannot hand a link to "${name}"`, { link: request.url, outcome: kind, detail });
      if (kind === "unknown" || (kind === "refused" && outcome.mayHaveIt)) {
        const listed = await isListed(name, request.key, calledAt);
        if (listed === true) return { kind: "accepted", downloader: name };
        if (kind === "unknown") return { kind: "uncertain", downloader: name, isMissing: listed === false };
      }
      // A downloader that answered says more than one that cannot be reached: only if none could be reached is that the reason.
      const says = kind !== "never_sent" || failure.reason === "unreachable";
      if (says) failure = { reason: REASONS[kind], downloader: name, ...wordsOf(outcome) };
    }
    return isWaiting ? { kind: "full" } : { kind: "rejected", failure };
  }

  return {
    submit,
    async submitToHolder(request, { downloader, url }) {
      const result = await submit({ ...request, url, holder: downloader }, [downloader]);
      // It took the duplicate: silence now is no reason for a second download, nor is an error.
      const mayLackIt = result.kind === "rejected" && result.failure.reason !== "unreachable";
      const isRefused = mayLackIt && (await isListed(downloader, request.key)) === false;
      return { result, isRefused };
    },
    isListed,
  };
}

function wordsOf(outcome: Outcome): Pick<Failure, "says"> {
  return outcome.kind === "refused" && outcome.says !== "" ? { says: outcome.says } : {};
}

const REASONS = {
  never_sent: "unreachable",
  refused: "refused",
  incompatible: "incompatible",
} as const;
