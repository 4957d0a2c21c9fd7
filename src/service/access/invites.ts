import { randomBytes } from "node:crypto";
import type { GrantedRole, Invite } from "../../domain/role.ts";
import type { Store } from "../../domain/storage.ts";
import type { Access } from "./access.ts";

const VALID_MS = 24 * 3_600_000;
/** One that ends later than this was made while the clock was ahead, nobody knows when. */
const FURTHEST_MS = 2 * VALID_MS;
const CODE = /^[A-Za-z0-9_-]{22}$/;

/** Links with which somebody can let themselves in, once. Each function may throw `StoreUnavailable`. */
export interface InviteDesk {
  /** A new invite, valid for a day: for good, or for a guest who stays `lastsMs` from when it is used. */
  write(of: { lastsMs: number | null; by: number }): Invite;
  /** Uses an invite; undefined if it never existed, has been used, or is too old. */
  redeem(code: string, person: { id: number; name: string }): Invite | undefined;
  /** Forgets invites that nobody can use any more. */
  sweep(): void;
}

export function createInviteDesk(deps: { store: Store; access: Access; now: () => number }): InviteDesk {
  const { store, access, now } = deps;
  return {
    write({ lastsMs, by }) {
      const role: GrantedRole = lastsMs === null ? "user" : "guest";
      // Bot API: a start parameter is A-Z, a-z, 0-9, _ and -.
      const code = randomBytes(16).toString("base64url");
      const invite = { code, role, lastsMs, createdBy: by, expiresAt: now() + VALID_MS };
      store.invites.add(invite);
      return invite;
    },
    redeem(code, { id, name }) {
      if (!CODE.test(code)) return undefined;
      return access.wholly(() =>
        store.transaction(() => {
          const invite = store.invites.redeem(code, now());
          if (invite === undefined || invite.expiresAt > now() + FURTHEST_MS) return undefined;
          const until = invite.lastsMs === null ? null : now() + invite.lastsMs;
          access.grant({ id, name, role: invite.role, until, by: invite.createdBy });
          return invite;
        }),
      );
    },
    sweep: () => store.invites.forgetExpired(now()),
  };
}
