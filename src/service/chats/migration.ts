import type { Log } from "../../domain/log.ts";
import { unlessUnavailable } from "../../domain/storage.ts";
import type { Access, Member } from "../access/access.ts";

/** Groups that get another id. Neither function throws; both return true if the new chat now owns links whose prompts are to be sent. */
export interface ChatMigration {
  /**
   * Bot API: a group became a supergroup, which has another id. Its role goes along at once, stored data when the database takes it; its
   * messages stay behind. May be called more than once for the same move.
   */
  moved(from: number, to: number): boolean;
  /** Moves what the database did not take before; cheap if there is nothing. */
  finish(to: number): boolean;
}

export function createChatMigration(deps: {
  access: Pick<Access, "admins" | "member" | "moved" | "grant">;
  /** Makes a chat's new id the owner of everything stored that the old one owned. May throw `StoreUnavailable`. */
  moveChat: (move: { from: number; to: number }) => void;
  log: Log;
}): ChatMigration {
  const { access, log } = deps;
  /** Moves that the database has not taken yet, by the new id. `configured`: what the config says about the old one. */
  const unwritten = new Map<number, { readonly from: number; readonly configured: Member | undefined }>();
  /** Telegram reports a move up to three times. */
  const told = new Set<number>();

  /** The config still names the old id: without a grant, a restart would lock the group out. */
  function keep(to: number, { role, until, name = String(to) }: Member): void {
    access.grant({ id: to, name, role, until, by: access.admins[0] ?? to });
  }

  function finish(to: number): boolean {
    const move = unwritten.get(to);
    if (move === undefined) return false;
    const { from, configured } = move;
    const isStored = stored(() => {
      // An admin may have given it another role since.
      if (configured !== undefined && access.member(to)?.granted === undefined) keep(to, configured);
      deps.moveChat({ from, to });
    });
    if (isStored) unwritten.delete(to);
    return isStored;
  }

  function stored(work: () => void): boolean {
    return unlessUnavailable(
      () => {
        work();
        return true;
      },
      ({ code }) => {
        log.error("Cannot store a group's new id now", { code });
        return false;
      },
    );
  }

  return {
    moved(from, to) {
      if (!told.has(to)) {
        told.add(to);
        const member = access.member(from);
        const configured = member?.granted === undefined ? member : undefined;
        unwritten.set(to, { from, configured });
        access.moved(from, to);
        if (configured !== undefined)
          log.warn("A group in the config has a new id; replace it there", { chat: from, newChat: to });
      }
      return finish(to);
    },
    finish,
  };
}
