import type { WorkMessage, WorkPlace } from "../../domain/in-work.ts";
import type { LateWrites, Store } from "../../domain/storage.ts";

/** The messages that show what is in work, one in each chat or topic. */
export interface WorkMessageKeeper {
  /** Those of a former life. May throw `StoreUnavailable`. */
  all(): WorkMessage[];
  /** A new one stands there; `instead` of another one, which goes. Never throws. */
  keep(message: WorkMessage, instead: WorkMessage | undefined): void;
  /** It goes: nothing is in work there. Never throws. */
  retire(message: WorkMessage): void;
  /** It is gone, or will stay there as it is. Never throws. */
  forget(place: WorkPlace): void;
}

/** Stored within some ms, with what else is, or later while the database cannot be used, so that none is left behind. */
export function createWorkMessageKeeper(deps: {
  store: Pick<Store, "workMessages" | "deletions" | "transaction">;
  lateWrites: LateWrites;
  now: () => number;
  /** Told that there is a message to delete at once. */
  onDeletion: () => void;
}): WorkMessageKeeper {
  const { store, lateWrites, now, onDeletion } = deps;
  const deleteNow = ({ chatId, messageId }: WorkMessage) => store.deletions.add({ chatId, messageId, deleteAt: now() });

  /** With a message that goes. */
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
