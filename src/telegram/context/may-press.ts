import type { Link } from "../../domain/link.ts";
import type { ButtonReply } from "./button-press.ts";
import type { ChatContext } from "./chat-context.ts";

/** Whether somebody may act for a whole group. Must not reject. */
export type IsGroupAdmin = (chatId: number, userId: number) => Promise<boolean>;

/** Whether somebody may press the buttons of these links: in a group only whoever sent them, and admins, also anonymous ones. */
export type MayPress = (context: ChatContext, links: readonly Pick<Link, "senderId" | "chatId">[]) => Promise<boolean>;

/** `isGroupAdmin` is called only for groups; links whose sender is not known are everybody's. */
export function createMayPress({ isGroupAdmin }: { isGroupAdmin: IsGroupAdmin }): MayPress {
  return async ({ actor, userId, speaksForChat }, links) => {
    const others = links.filter(({ senderId }) => senderId !== null && senderId !== userId);
    const [one] = others;
    if (one === undefined || one.chatId > 0 || actor.role === "admin" || speaksForChat) return true;
    return userId !== undefined && isGroupAdmin(one.chatId, userId);
  };
}

/** What somebody who may not press the buttons of these links is told; undefined for those who may. */
export async function refusal(
  mayPress: MayPress,
  context: ChatContext,
  links: Parameters<MayPress>[1],
): Promise<ButtonReply | undefined> {
  return (await mayPress(context, links)) ? undefined : { text: context.texts.panels.pressed.foreign, alert: true };
}

/** Which of many links somebody may change with a press, by the same rule as `MayPress`. Only people press, never chats. */
export type MayChange = (context: ChatContext) => Promise<(link: Pick<Link, "senderId">) => boolean>;

/** `isGroupAdmin` is called once, however many links there are. */
export function createMayChange({ isGroupAdmin }: { isGroupAdmin: IsGroupAdmin }): MayChange {
  return async ({ actor, userId, chatId }) => {
    const isForAll =
      chatId > 0 || actor.role === "admin" || (userId !== undefined && (await isGroupAdmin(chatId, userId)));
    return ({ senderId }) => isForAll || senderId === null || senderId === userId;
  };
}
