/** From most to least: an admin manages everything, a user and a guest their own chat, a stranger nothing (rule 9). */
export type Role = "admin" | "user" | "guest" | "nobody";

/** Who asks: the chat that a press or message came from, with the role of the chat or the person in it. */
export interface Actor {
  readonly chatId: number;
  readonly role: Role;
}

/** A chat sees and manages only its own links; an admin all of them (rules 8 and 9). */
export function mayManage(actor: Actor, owned: { readonly chatId: number }): boolean {
  return actor.role === "admin" || (actor.role !== "nobody" && actor.chatId === owned.chatId);
}
