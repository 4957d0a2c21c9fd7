import type { Role } from "../../domain/role.ts";
import type { Preferences } from "../../service/chats/preferences.ts";
import type { ChatContext } from "../context/chat-context.ts";
import type { RunCommand } from "../context/command.ts";
import type { CommandMenu } from "../notify/command-menu.ts";
import type { RequestMessages } from "./request-messages.ts";

/** What follows once somebody has come in by a message of their own in private: `role` is what they are from now on. Never throws. */
export type Greet = (context: ChatContext, role: Role) => void;

export function createGreet(deps: {
  requestMessages: Pick<RequestMessages, "refresh">;
  menu: CommandMenu;
  preferences: Pick<Preferences, "saw">;
  start: RunCommand;
}): Greet {
  return (context, role) => {
    const { chatId, language, actor } = context;
    deps.requestMessages.refresh(chatId);
    deps.menu.update(chatId);
    deps.preferences.saw(chatId, language);
    const newcomer = { ...context, actor: { ...actor, role } };
    void deps.start({ context: newcomer, messageId: null, args: "", repliedTo: undefined });
  };
}
