import type { Log } from "../../domain/log.ts";
import type { Grant, GrantedRole } from "../../domain/role.ts";
import { ifAvailable, type Store, unlessUnavailable } from "../../domain/storage.ts";
import type { Access } from "./access.ts";
import type { AccessRequests } from "./requests.ts";

/** A change of somebody's access that came about by itself, and that the person is to be told. */
export type AccessEvent =
  /** The access is gone, and that can no longer be undone. */
  | { readonly kind: "removed"; readonly id: number }
  | { readonly kind: "promoted"; readonly id: number; readonly role: GrantedRole }
  /** A guest's time ends in less than a day. `until`: epoch ms. */
  | { readonly kind: "ends_soon"; readonly id: number; readonly until: number }
  /** A guest's time is over. */
  | { readonly kind: "ended"; readonly id: number };

/** Changes to members that admins make and may undo for a while, and what time does to guests. */
export interface AccessChanges {
  /** How many links the chat has in the queue; undefined if they cannot be counted. */
  waiting(id: number): number | undefined;
  /** Removes the access at once; its links leave the queue too, or stay. Throws `StoreUnavailable`. */
  remove(of: { id: number; by: number; links: "remove" | "keep" }): void;
  /** Makes somebody an admin, at once. Throws `StoreUnavailable`. */
  promote(of: { id: number; by: number }): void;
  /** Undoes either of these; false if it is too late. Throws `StoreUnavailable`. */
  undo(id: number): boolean;
  /** What is to be told now; each event is returned once. Never throws: what cannot be stored now waits. */
  settle(): readonly AccessEvent[];
}

const DAY_MS = 24 * 3_600_000;

export function createAccessChanges(deps: {
  store: Pick<Store, "links" | "transaction">;
  access: Pick<Access, "grants" | "revise" | "revoke" | "wholly">;
  requests: Pick<AccessRequests, "refuse">;
  /** How long a removal of links, and a change here, can be undone. */
  undoMs: number;
  now: () => number;
  log: Log;
}): AccessChanges {
  const { store, access, requests, undoMs, now, log } = deps;
  const transaction: Store["transaction"] = (work) => access.wholly(() => store.transaction(work));
  const grantOf = (id: number) => access.grants().find((grant) => grant.id === id);

  function change(id: number, kind: "promoted" | "removed", by: number): number {
    const grant = grantOf(id);
    const until = now() + undoMs;
    if (grant === undefined) return until;
    const { role, until: end } = grant;
    const changed = kind === "promoted" ? { role: "admin" as const, until: null } : {};
    access.revise(id, { ...changed, undo: { kind, by, until, before: { role, until: end } } });
    log.info(kind === "removed" ? `Removed the access of ${id}` : `Made ${id} an admin`, { by });
    return until;
  }

  /** What is due about one grant, once it is stored. */
  function settled(grant: Grant): AccessEvent | undefined {
    const { id, role, until, undo } = grant;
    if (undo !== null) {
      // A clock that was set back must not keep this open.
      if (now() < undo.until && now() >= undo.until - undoMs) return undefined;
      return transaction((): AccessEvent => {
        if (undo.kind === "removed") requests.refuse({ id, name: grant.name, by: undo.by });
        if (undo.kind === "removed") access.revoke(id);
        else access.revise(id, { undo: null });
        return undo.kind === "removed" ? { kind: "removed", id } : { kind: "promoted", id, role };
      });
    }
    if (until === null) return undefined;
    if (until <= now()) {
      access.revoke(id);
      return { kind: "ended", id };
    }
    if (grant.warned || until - now() > DAY_MS) return undefined;
    access.revise(id, { warned: true });
    return { kind: "ends_soon", id, until };
  }

  return {
    waiting: (id) => ifAvailable(() => store.links.count({ chatId: id })),
    remove: ({ id, by, links }) =>
      transaction(() => {
        if (links === "remove") store.links.removeAllOf(id, now() + undoMs);
        change(id, "removed", by);
      }),
    promote: ({ id, by }) => void change(id, "promoted", by),
    undo: (id) =>
      transaction(() => {
        const undo = grantOf(id)?.undo;
        if (!undo) return false;
        if (undo.kind === "removed") store.links.restoreAllOf(id, undo.until);
        access.revise(id, { ...undo.before, undo: null });
        return true;
      }),
    settle: () =>
      access.grants().flatMap((grant) =>
        unlessUnavailable(
          () => settled(grant) ?? [],
          ({ code }) => {
            log.debug("Cannot store a change of somebody's access now", { code });
            return [];
          },
        ),
      ),
  };
}
