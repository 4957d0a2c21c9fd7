import type { QueuePart } from "../../domain/link.ts";
import type { Actor } from "../../domain/role.ts";
import type { Bulk } from "../../service/queue/bulk.ts";
import { codeOf } from "../views/callback-data.ts";

/**
 * What lists of links have shown, each with a code that its buttons carry, so that a press changes nothing else. After a restart a list is
 * known again for as long as nothing in it has changed. Each function may throw `StoreUnavailable`.
 */
export interface ShownLists {
  /** The list as it is now. */
  show(actor: Actor, part: QueuePart): { readonly list: string; readonly count: number };
  /** The links that a list showed; undefined for one that is no longer known, or is another chat's. */
  idsOf(actor: Actor, part: QueuePart, list: string): readonly number[] | undefined;
}

/** In all lists together: a few MB. */
const MOST_IDS = 500_000;

export function createShownLists(current: Bulk["idsOf"]): ShownLists {
  const shown = new Map<string, readonly number[]>();
  let kept = 0;

  function keep(list: string, ids: readonly number[]): void {
    kept += ids.length - (shown.get(list)?.length ?? 0);
    shown.delete(list);
    shown.set(list, ids);
    for (const [oldest, { length }] of shown) {
      if (kept <= MOST_IDS) break;
      shown.delete(oldest);
      kept -= length;
    }
  }

  return {
    show(actor, part) {
      const ids = current(actor, part);
      const list = listCode(actor, part, ids);
      keep(list, ids);
      return { list, count: ids.length };
    },
    idsOf(actor, part, list) {
      const ids = shown.get(list) ?? current(actor, part);
      return listCode(actor, part, ids) === list ? ids : undefined;
    },
  };
}

function listCode({ chatId }: Actor, part: QueuePart, ids: readonly number[]): string {
  return codeOf(`${chatId} ${part} ${ids.join()}`);
}
