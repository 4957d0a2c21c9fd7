import type { MessageRef } from "./message.ts";

/** From most to least: an admin manages everything, a user and a guest their own chat, a stranger nothing (rule 9). */
export type Role = "admin" | "user" | "guest" | "nobody";

/** Roles that can be given at run time. */
export type GrantedRole = Exclude<Role, "nobody">;

/** Somebody who was let in at run time. */
export interface Grant {
  /** A person's id, or a group's. */
  readonly id: number;
  readonly role: GrantedRole;
  /** Epoch ms when it ends; null: never. */
  readonly until: number | null;
  /** As an admin knows the person: a name or username, from Telegram. */
  readonly name: string;
  readonly grantedBy: number;
  readonly grantedAt: number;
  /** What an admin can still undo; null: nothing. */
  readonly undo: GrantUndo | null;
  /** A guest has been told that the end is near, or need not be. */
  readonly warned: boolean;
}

/** A change to a grant that can be undone. The person is told once it no longer can. */
export interface GrantUndo {
  /** `removed`: the access has ended, and the grant is deleted when this can no longer be undone. */
  readonly kind: "promoted" | "removed";
  readonly by: number;
  /** Epoch ms. Links that were removed together with the access can be restored until then too. */
  readonly until: number;
  readonly before: Pick<Grant, "role" | "until">;
}

/** Lets one person in, once, who opens `t.me/<bot>?start=<code>`. */
export interface Invite {
  /** Bot API: a start parameter is 1–64 of `A-Za-z0-9_-`. */
  readonly code: string;
  readonly role: GrantedRole;
  /** How long the person stays, in ms; null: for good. */
  readonly lastsMs: number | null;
  readonly createdBy: number;
  /** Epoch ms after which it is no longer valid. */
  readonly expiresAt: number;
}

/** The tables of access. Each function may throw `StoreUnavailable`. */
export interface Grants {
  all(): Grant[];
  save(grant: Grant): void;
  remove(id: number): void;
}

export interface Invites {
  add(invite: Invite): void;
  /** Takes the invite out of the table, so that it works once; undefined if there is none that is valid at `now`. */
  redeem(code: string, now: number): Invite | undefined;
  forgetExpired(now: number): void;
}

/** How long a no of an admin counts, in ms. */
export const REFUSED_MS = 30 * 24 * 3_600_000;

/** A person or group without access that has asked for it. */
export interface Stranger {
  readonly id: number;
  /** As in `Grant`. */
  readonly name: string;
  /** Epoch ms at which the admins were asked. */
  readonly askedAt: number;
  /** The topic of a group in which the request was made; null for none and for General. */
  readonly threadId: number | null;
  /** The messages that show admins the request. */
  readonly shownIn: readonly MessageRef[];
  /** Epoch ms until which the admins are not asked again, because one said no; null: nobody did. */
  readonly refusedUntil: number | null;
  /** Who said no. */
  readonly refusedBy: number | null;
}

/** The table of strangers. Each function may throw `StoreUnavailable`. */
export interface Strangers {
  byId(id: number): Stranger | undefined;
  save(stranger: Stranger): void;
  remove(id: number): void;
  /** Strangers to whom an admin has said no that still holds at `now`, latest first; at most `limit`. */
  refused(now: number, limit: number): Stranger[];
  /** How many strangers the admins were asked about since then. */
  askedSince(askedAt: number): number;
  /** Forgets strangers about whom the admins were asked before then, unless they said no and that still holds at `now`. */
  forgetAskedBefore(askedAt: number, now: number): void;
  /** The admins were asked now about at most `limit` strangers about whom they were asked later than `latest`; returns how many. */
  bringBack(of: { now: number; latest: number; limit: number }): number;
  /** At most `limit` refusals that hold for longer than until `latest` hold until then; returns how many. */
  bringBackRefusals(of: { now: number; latest: number; limit: number }): number;
}

/** Who asks: the chat that a press or message came from, with the role of the chat or the person in it. */
export interface Actor {
  readonly chatId: number;
  readonly role: Role;
}

/** A chat sees and manages only its own links; an admin all of them (rules 8 and 9). */
export function mayManage(actor: Actor, owned: { readonly chatId: number }): boolean {
  return actor.role === "admin" || (actor.role !== "nobody" && actor.chatId === owned.chatId);
}
