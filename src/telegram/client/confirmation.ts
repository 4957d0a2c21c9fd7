import type { TelegramUpdate } from "gramio";

/**
 * From which update on Telegram is to keep them. Bot API: getUpdates confirms everything before its `offset`, so one update that must come
 * again keeps all after it; those have been handled, and are skipped when they come along.
 */
export interface Confirmation {
  /** The offset to ask with. */
  readonly offset: number;
  /** Whether any update that was handled must not be confirmed yet. */
  readonly isHeld: boolean;
  /** Resolves once none is held any more. */
  readonly released: Promise<void>;
  /** Those updates of a list, from `offset` on, that are to be handled now. */
  toHandle(updates: readonly TelegramUpdate[]): TelegramUpdate[];
  /** The list was handled, except for `unhandled`. */
  handled(updates: readonly TelegramUpdate[], unhandled: readonly TelegramUpdate[]): void;
  /** See `Poll.confirmAfter`. */
  confirmAfter(updateId: number, isSafe: Promise<boolean>): void;
}

/** It remembers only update numbers, as many as one list has. */
export function createConfirmation(): Confirmation {
  /** The number after the latest list. */
  let next = 0;
  const done = new Set<number>();
  /** Updates that must not be confirmed yet; `again`: to be handled once more. */
  const held = new Map<number, "waits" | "again">();
  let released = Promise.withResolvers<void>();

  function release(id: number): void {
    held.delete(id);
    if (held.size === 0) released.resolve();
  }

  return {
    get offset() {
      return Math.min(next, ...held.keys());
    },
    get isHeld() {
      return held.size > 0;
    },
    get released() {
      return released.promise;
    },
    toHandle(updates) {
      const ids = new Set(updates.map(({ update_id }) => update_id));
      const newest = Math.max(...ids);
      // Telegram keeps an update for a day, and another instance may have confirmed it.
      for (const id of held.keys()) if (id < newest && !ids.has(id)) release(id);
      const wanted = updates.filter(({ update_id: id }) => !done.has(id) || held.get(id) === "again");
      for (const { update_id } of wanted) release(update_id);
      return wanted;
    },
    handled(updates, unhandled) {
      const left = new Set(unhandled.map(({ update_id }) => update_id));
      const ids = updates.map(({ update_id }) => update_id);
      if (ids.length > 0) next = left.size > 0 ? Math.min(...left) : Math.max(...ids) + 1;
      if (held.size === 0) return done.clear();
      for (const id of ids) if (!left.has(id)) done.add(id);
    },
    confirmAfter(id, isSafe) {
      if (held.size === 0) released = Promise.withResolvers();
      held.set(id, "waits");
      void isSafe.then((may) => {
        if (may) release(id);
        else if (held.has(id)) held.set(id, "again");
      });
    },
  };
}
