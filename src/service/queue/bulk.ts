import { readInParts, slicesOf } from "../../domain/in-parts.ts";
import { type Link, type Links, partOf, type QueuePart } from "../../domain/link.ts";
import type { Actor } from "../../domain/role.ts";
import { StoreUnavailable } from "../../domain/storage.ts";
import { type Changed, type Queue, UNDO_MS } from "./queue.ts";

/** The outcome of changing many links: each of them is counted once. */
export interface BulkResult {
  /** The links as they are now. */
  readonly changed: readonly Link[];
  /** A downloader has them, or is being given them. */
  readonly sent: number;
  /** Others sent them, so the actor may not change them. */
  readonly foreign: number;
  /** They are no longer in that part of the queue. */
  readonly gone: number;
  /** The database could not be used any more. */
  readonly unstored: number;
}

/** Which links of a part of a chat's queue are meant. */
export interface BulkTarget {
  readonly part: QueuePart;
  readonly ids: readonly number[];
  readonly mayChange: (link: Link) => boolean;
}

/**
 * Changes to many links, as a list has shown them: some in one write, after which the event loop turns. Links that have left the list
 * meanwhile are not touched. Each function rejects with, or throws, `StoreUnavailable` if it could not change anything.
 */
export interface Bulk {
  /** All links of the actor's chat in that part of the queue. */
  idsOf(actor: Actor, part: QueuePart): number[];
  change(actor: Actor, of: BulkTarget, make: (queue: Queue, linkId: number) => Changed): Promise<BulkResult>;
  /** They can be brought back together until the instant that it resolves with, which identifies exactly these. */
  remove(actor: Actor, of: BulkTarget): Promise<BulkResult & { readonly until: number }>;
  /** Brings back links that were removed together. */
  undo(actor: Actor, of: { until: number; mayChange: BulkTarget["mayChange"] }): Promise<BulkResult>;
}

/** More in one write would hold up the event loop. */
const AT_ONCE = 50;

/** What became of one link: it is changed, or counted as one of these. */
type Met = Link | Exclude<keyof BulkResult, "changed">;

export function createBulk(deps: {
  queue: Queue;
  links: Pick<Links, "idsOf" | "removedTogether">;
  now: () => number;
}): Bulk {
  const { queue, links, now } = deps;

  async function each<One>(slices: Iterable<readonly One[]>, meet: (one: One) => Met): Promise<BulkResult> {
    let isBegun = false;
    const met = await readInParts(slices, (slice): Met[] => {
      try {
        const some = queue.together(() => slice.map(meet));
        isBegun = true;
        return some;
      } catch (error) {
        if (!isBegun || !(error instanceof StoreUnavailable)) throw error;
        return slice.map(() => "unstored");
      }
    });
    const changed: Link[] = [];
    const count = { sent: 0, foreign: 0, gone: 0, unstored: 0 };
    for (const one of met.flat()) {
      if (typeof one === "string") count[one] += 1;
      else changed.push(one);
    }
    return { changed, ...count };
  }

  function change(actor: Actor, { part, ids, mayChange }: BulkTarget, make: (linkId: number) => Changed) {
    return each(slicesOf(ids, AT_ONCE), (id): Met => {
      const before = queue.look(actor, id);
      if (before.kind === "being_sent" || before.kind === "sent") return "sent";
      if (before.kind !== "changed" || partOf(before.link) !== part) return "gone";
      return mayChange(before.link) ? made(make(id)) : "foreign";
    });
  }

  /** An instant that no other removal in the chat has. It leaves time for the last of thousands, too. */
  function undoEnd({ chatId }: Actor, count: number): number {
    let until = now() + UNDO_MS + count;
    while (links.removedTogether({ chatId, until, after: 0, limit: 1 }).length > 0) until += 1;
    return until;
  }

  function* removed({ chatId }: Actor, until: number): Generator<readonly Link[]> {
    for (let after: number | undefined = 0; after !== undefined; ) {
      const slice: Link[] = links.removedTogether({ chatId, until, after, limit: AT_ONCE });
      if (slice.length > 0) yield slice;
      after = slice.at(-1)?.id;
    }
  }

  return {
    idsOf: ({ chatId }, part) => links.idsOf({ chatId, part }),
    change: (actor, of, make) => change(actor, of, (id) => make(queue, id)),
    async remove(actor, of) {
      const until = undoEnd(actor, of.ids.length);
      return { ...(await change(actor, of, (id) => queue.remove(actor, id, until))), until };
    },
    undo: (actor, { until, mayChange }) =>
      each(removed(actor, until), (link) => (mayChange(link) ? made(queue.undo(actor, link.id)) : "foreign")),
  };
}

function made(changed: Changed): Met {
  switch (changed.kind) {
    case "changed":
    case "removed":
      return changed.link;
    case "being_sent":
    case "sent":
      return "sent";
    case "not_yours":
      return "gone";
  }
}
