import type { Links } from "../../domain/link.ts";
import type { Actor } from "../../domain/role.ts";
import { StoreUnavailable } from "../../domain/storage.ts";

/** What a chat has in its queue, and how much it may have. */
export interface Excess {
  readonly open: number;
  readonly most: number;
}

/**
 * Whether the chat would have more open links than `links.max_open` with these keys; undefined when it may add them. Links
 * that it has already count once. Admins may always, and so may everyone while nobody can count (rule 4).
 */
export type CheckQuota = (actor: Actor, keys: readonly string[]) => Excess | undefined;

/** `maxOpen` 0: no limit. */
export function createCheckQuota({ links, maxOpen }: { links: Links; maxOpen: number }): CheckQuota {
  return ({ chatId, role }, keys) => {
    if (maxOpen === 0 || role === "admin") return undefined;
    try {
      const open = links.count({ chatId });
      const added = keys.filter((key) => links.byKey(chatId, key) === undefined).length;
      return added > 0 && open + added > maxOpen ? { open, most: maxOpen } : undefined;
    } catch (error) {
      if (error instanceof StoreUnavailable) return undefined;
      throw error;
    }
  };
}
