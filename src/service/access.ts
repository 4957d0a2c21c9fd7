import type { Role } from "../domain/role.ts";

export interface Access {
  /** The best role that the chat or the person in it has. */
  roleOf(who: { chatId: number; userId: number | undefined }): Role;
  /** Chats that get the messages for admins. */
  readonly admins: readonly number[];
}

/** Roles from the config: ids of chats or of people (rule 9). */
export function createAccess(settings: { admins: readonly number[]; users: readonly number[] }): Access {
  const admins = new Set(settings.admins);
  const users = new Set(settings.users);
  const has = (ids: ReadonlySet<number>, who: { chatId: number; userId: number | undefined }) =>
    ids.has(who.chatId) || (who.userId !== undefined && ids.has(who.userId));
  return {
    admins: settings.admins,
    roleOf: (who) => (has(admins, who) ? "admin" : has(users, who) ? "user" : "nobody"),
  };
}
