import { unlessUnavailable } from "../domain/storage.ts";
import type { Access } from "../service/access/access.ts";
import type { Dispatcher } from "../service/dispatch/dispatcher.ts";
import type { Registry } from "../service/fleet/registry.ts";
import type { Foundation } from "./foundation.ts";

/** When the database comes into use, which may be after the bot's start (rule 4). */
export interface TakingUp {
  /** Opens the database if that is possible now, and takes up what an earlier run left in it; true once it is in use. */
  attempt(): boolean;
  readonly isInUse: boolean;
}

export function createTakingUp(
  foundation: Foundation,
  of: { registry: Registry; access: Access; dispatcher: Dispatcher },
): TakingUp {
  const { registry, access, dispatcher } = of;
  let isInUse = false;

  function begin(): void {
    // This comes first: downloaders that registered meanwhile are not written before it.
    registry.takeUp();
    access.takeUp();
    dispatcher.recover();
    isInUse = true;
    dispatcher.requeue.routingChanged();
  }

  return {
    attempt() {
      if (isInUse || !foundation.takeUp()) return isInUse;
      unlessUnavailable(begin, ({ code }) => foundation.log.warn("The database cannot be used yet", { code }));
      return isInUse;
    },
    get isInUse() {
      return isInUse;
    },
  };
}
