import type { Link, LinkEvent } from "../../domain/link.ts";
import type { Log } from "../../domain/log.ts";
import type { Store } from "../../domain/storage.ts";
import type { Registry } from "../fleet/registry.ts";
import type { Turns } from "./turns.ts";

/** A claimed link as it was before: in the database its state is now `sending`, and the first downloader it goes to is recorded. */
export interface Claim {
  readonly link: Link;
  readonly names: readonly string[];
}

/** One step of claiming. */
export interface Claimed {
  readonly claims: readonly Claim[];
  /** About links that nobody can get now. */
  readonly events: readonly LinkEvent[];
  /** How many links were looked at and not claimed. */
  readonly passed: number;
  /** Whether more links may be due. */
  readonly moreIsDue: boolean;
}

/**
 * In a transaction: claims up to `most` due links, and looks at no more than `mostPassed` others. If it
 * is run again, turns that chats have had in the first run are not given back.
 */
export type ClaimDue = (of: { readonly most: number; readonly mostPassed: number }) => Claimed;

export function createClaimDue(deps: {
  store: Pick<Store, "links" | "attempts">;
  registry: Pick<Registry, "order">;
  turns: Turns;
  now: () => number;
  log: Log;
}): ClaimDue {
  const { store, registry, turns, now, log } = deps;

  /** The one downloader that may have an uncertain link. */
  const holderOf = (link: Link) => [store.attempts.byLink(link.id)?.downloader ?? ""];

  function leave(link: Link, [awaited]: readonly string[]): LinkEvent[] {
    const change: Partial<Link> =
      awaited === undefined
        ? { state: "unmatched" }
        : { state: "unreachable", lastError: { reason: "unreachable", downloader: awaited } };
    const left = store.links.update(link.id, change);
    return left === undefined ? [] : [{ kind: awaited === undefined ? "unmatched" : "unreachable", link: left }];
  }

  return ({ most, mostPassed }) => {
    const claims: Claim[] = [];
    const events: LinkEvent[] = [];
    let passed = 0;

    function claim(link: Link, names: readonly string[]): void {
      store.links.claim(link.id);
      const [downloader = ""] = names;
      if (link.state === "queued") store.attempts.open({ linkId: link.id, downloader, startedAt: now() });
      log.debug(`Link ${link.id} is due`, { order: names.join(", ") });
      claims.push({ link, names });
    }

    function look(link: Link): void {
      const { names, unreachable } = registry.order(link);
      if (names.length > 0) {
        claim(link, names);
        return;
      }
      passed += 1;
      events.push(...leave(link, unreachable));
    }

    let moreIsDue = true;
    while (moreIsDue && claims.length < most && passed < mostPassed) {
      // A duplicate of a link that was just claimed is not due: once that is delivered, it follows to the same downloader.
      const link = turns.next();
      if (link === undefined) moreIsDue = false;
      else if (link.state === "uncertain") claim(link, holderOf(link));
      else look(link);
    }
    return { claims, events, passed, moreIsDue };
  };
}
