import type { ChatPlace } from "../../domain/chat.ts";
import type { WorkMessage } from "../../domain/in-work.ts";
import type { LateWrites, Store } from "../../domain/storage.ts";

/** The messages that show what is in work, one in each chat or topic. */
export interface WorkMessageKeeper {
  /** Those of an earlier run. May throw `StoreUnavailable`. */
  all(): WorkMessage[];
  /** A new one is there, `instead` of another one, which is deleted. Never throws. */
  keep(message: WorkMessage, instead: WorkMessage | undefined): void;
  /** It is deleted: nothing is in work there. Never throws. */
  retire(message: WorkMessage): void;
  /** It is gone, or stays there as it is. Never throws. */
  forget(place: ChatPlace): void;
}

/**
 * Changes are stored within some ms, together with others, or later while the database cannot be used, so that no message is left behind.
 */
export function createWorkMessageKeeper(deps: {
  store: Pick<Store, "workMessages" | "deletions" | "transaction">;
  lateWrites: LateWrites;
  now: () => number;
  /** Called when there is a message to delete at once. */
  onDeletion: () => void;
}): WorkMessageKeeper {
  const { store, lateWrites, now, onDeletion } = deps;
  const deleteNow = ({ chatId, messageId }: WorkMessage) => store.deletions.add({ chatId, messageId, deleteAt: now() });

  /** Stores a change that comes with a message to delete. */
  function replace(what: string, change: () => void, gone: WorkMessage): void {
    const both = () =>
      store.transaction(() => {
        change();
        deleteNow(gone);
      });
    lateWrites.writeSoon(what, both, onDeletion);
  }

  return {
    all: () => store.workMessages.all(),
    keep(message, instead) {
      const what = "which message shows what is in work";
      const save = () => store.workMessages.save(message);
      if (instead === undefined) lateWrites.writeSoon(what, save);
      else replace(what, save, instead);
    },
    retire(message) {
      replace("that nothing is in work", () => store.workMessages.remove(message), message);
    },
    forget: (place) =>
      lateWrites.writeSoon("that a message about what is in work is gone", () => store.workMessages.remove(place)),
  };
}
