import type { Links } from "../../domain/link.ts";
import type { Actor, Role } from "../../domain/role.ts";
import { ifAvailable } from "../../domain/storage.ts";

/** What a chat has in its queue, and how much it may have. */
export interface Excess {
  readonly open: number;
  readonly most: number;
}

/**
 * Whether these keys would give the chat more open links than `links.max_open` (a guest: `links.max_open_guest`, if that is less);
 * undefined if it may add them. Links that it already has are counted once. Admins always may, and so may everyone while nobody can count
 * (rule 4).
 */
export type CheckQuota = (actor: Actor, keys: readonly string[]) => Excess | undefined;

/** 0: no limit. */
export function createCheckQuota(deps: { links: Links; maxOpen: number; maxOpenGuest: number }): CheckQuota {
  const { links } = deps;
  const most = deps.maxOpen || Number.POSITIVE_INFINITY;
  const limits: Readonly<Record<Role, number>> = {
    admin: Number.POSITIVE_INFINITY,
    user: most,
    guest: Math.min(most, deps.maxOpenGuest || Number.POSITIVE_INFINITY),
    nobody: most,
  };

  function excess(chatId: number, keys: readonly string[], maxOpen: number): Excess | undefined {
    const open = links.count({ chatId });
    if (open + keys.length <= maxOpen) return undefined;
    const added = keys.filter((key) => links.byKey(chatId, key) === undefined).length;
    return added > 0 && open + added > maxOpen ? { open, most: maxOpen } : undefined;
  }

  return ({ chatId, role }, keys) => {
    const maxOpen = limits[role];
    return maxOpen === Number.POSITIVE_INFINITY ? undefined : ifAvailable(() => excess(chatId, keys, maxOpen));
  };
}
