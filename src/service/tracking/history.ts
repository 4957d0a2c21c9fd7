import { setImmediate } from "node:timers/promises";
import type { Deliveries, Delivery, DonePlace } from "../../domain/delivery.ts";
import type { Actor } from "../../domain/role.ts";
import { createMatch } from "../../domain/search.ts";

/** What came, a page of it. */
export interface HistoryPage {
  readonly entries: readonly Delivery[];
  /** Of all pages. */
  readonly total: number;
  /** From 0 on; the nearest that there is to the one that was asked for. */
  readonly page: number;
  readonly pages: number;
  /** How many stand before it. */
  readonly offset: number;
}

/** Which page; `word` is empty for all that came. */
export interface HistoryRequest {
  readonly page: number;
  readonly word: string;
  readonly stop: AbortSignal;
}

/**
 * What came to a chat, the latest first, as long as it is kept; those whose title, name or address has the word in it, where
 * there is one. For the chat's own people alone, admins included (rule 8). Resolves with undefined when it was stopped. May
 * reject with `StoreUnavailable`.
 */
export type History = (actor: Actor, of: HistoryRequest) => Promise<HistoryPage | undefined>;

/** Read at once while a word is looked for: a chat may have a hundred thousand. */
const SLICE = 500;

export function createHistory(deps: {
  deliveries: Pick<Deliveries, "byId" | "doneOf" | "countDoneOf" | "doneNamesOf">;
  /** Entries of a page. */
  size: number;
}): History {
  const { deliveries, size } = deps;

  /** In JavaScript, since SQLite's `lower` and `like` know ASCII only; undefined when it was stopped. */
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

  /** Where the page is in a list so long. */
  function cut(wanted: number, total: number) {
    const pages = Math.max(1, Math.ceil(total / size));
    const page = Math.min(Math.max(wanted, 0), pages - 1);
    return { total, page, pages, offset: page * size };
  }

  return async ({ chatId }, of) => {
    if (of.word === "") {
      const place = cut(of.page, deliveries.countDoneOf(chatId));
      return { entries: deliveries.doneOf(chatId, { offset: place.offset, limit: size }), ...place };
    }
    const found = await find(chatId, of);
    if (found === undefined) return undefined;
    const place = cut(of.page, found.length);
    const shown = found.slice(place.offset, place.offset + size);
    return { entries: shown.flatMap((id) => deliveries.byId(id) ?? []), ...place };
  };
}
