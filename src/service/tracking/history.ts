import { setImmediate } from "node:timers/promises";
import type { Deliveries, Delivery, DonePlace } from "../../domain/delivery.ts";
import { type PagePlace, pagePlace } from "../../domain/page.ts";
import type { Actor } from "../../domain/role.ts";
import { createMatch } from "../../domain/search.ts";

/** One page of what has been downloaded. */
export interface HistoryPage extends PagePlace {
  readonly entries: readonly Delivery[];
  /** Of all pages together. */
  readonly total: number;
}

/** Which page; `word` is empty for everything. */
export interface HistoryRequest {
  readonly page: number;
  readonly word: string;
  readonly stop: AbortSignal;
}

/**
 * What was downloaded for a chat, latest first, as long as it is kept; with a word, only entries whose title, name or address contains it.
 * For the chat's own people alone, even if they are admins (rule 8). Resolves with undefined if it was stopped. May reject with
 * `StoreUnavailable`.
 */
export type History = (actor: Actor, of: HistoryRequest) => Promise<HistoryPage | undefined>;

/** Read at once during a search: a chat may have a hundred thousand. */
const SLICE = 500;

export function createHistory(deps: {
  deliveries: Pick<Deliveries, "byId" | "doneOf" | "countDoneOf" | "doneNamesOf">;
  /** Entries of a page. */
  size: number;
}): History {
  const { deliveries, size } = deps;

  /** In JavaScript, because SQLite's `lower` and `like` know only ASCII; undefined if it was stopped. */
  async function find(chatId: number, { word, stop }: HistoryRequest): Promise<number[] | undefined> {
    const fits = createMatch(word);
    const found: number[] = [];
    for (let after: DonePlace | undefined; !stop.aborted; await setImmediate()) {
      const slice = deliveries.doneNamesOf(chatId, { after, limit: SLICE });
      found.push(...slice.filter(fits).map(({ id }) => id));
      if (slice.length < SLICE) return found;
      after = slice.at(-1);
    }
    return undefined;
  }

  const placeIn = (total: number, wanted: number) => ({ total, ...pagePlace(total, { wanted, size }) });

  return async ({ chatId }, of) => {
    if (of.word === "") {
      const place = placeIn(deliveries.countDoneOf(chatId), of.page);
      return { entries: deliveries.doneOf(chatId, { offset: place.offset, limit: size }), ...place };
    }
    const found = await find(chatId, of);
    if (found === undefined) return undefined;
    const place = placeIn(found.length, of.page);
    const shown = found.slice(place.offset, place.offset + size);
    return { entries: shown.flatMap((id) => deliveries.byId(id) ?? []), ...place };
  };
}
