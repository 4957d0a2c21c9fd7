import type { TelegramMessage } from "gramio";
import type { Log } from "../../domain/log.ts";
import { createThrottle } from "../../domain/throttle.ts";
import type { Access } from "../../service/access/access.ts";
import type { InviteDesk } from "../../service/access/invites.ts";
import type { ChatContext } from "../context/chat-context.ts";
import type { RunCommand } from "../context/command.ts";
import { failureWords } from "../context/failure-words.ts";
import type { Replies } from "../context/replies.ts";
import type { AdminAlerts } from "../notify/admin-alerts.ts";
import type { CommandMenu } from "../notify/command-menu.ts";
import { displayName } from "../views/display-name.ts";
import type { RequestMessages } from "./request-messages.ts";

/** A message as it arrives, with the command that it is, if it is one. */
export interface IncomingMessage {
  readonly message: TelegramMessage;
  readonly command: { readonly name: string; readonly args: string } | undefined;
}

/** Decides, before any handler, whether a message is handled at all. */
export interface Admission {
  /** True when the message is to be handled; else whoever wrote it has been answered, as far as that is due. Never throws. */
  admits(context: ChatContext, arriving: IncomingMessage): boolean;
}

const AGAIN_MS = 600_000;
const BAD_INVITE_AGAIN_MS = 60_000;

export function createAdmission(deps: {
  access: Access;
  invites: InviteDesk;
  requestMessages: RequestMessages;
  menu: CommandMenu;
  replies: Replies;
  alerts: AdminAlerts;
  start: RunCommand;
  now: () => number;
  log: Log;
}): Admission {
  const { access, requestMessages, menu, replies, now, log } = deps;
  const mayTell = createThrottle<number>(AGAIN_MS, now);
  const mayTellOfInvite = createThrottle<number>(BAD_INVITE_AGAIN_MS, now);

  function turnAway(context: ChatContext, id: number, name: string): void {
    if (access.farewell(id)) {
      menu.update(id);
      replies.answer(context, { text: context.texts.admin.you.timeIsUp });
    } else if (mayTell(id)) {
      log.info("Turned a stranger away", { id });
      replies.answer(context, { text: context.texts.noAccess(id) });
    } else return;
    requestMessages.ask({ id, name, language: context.language });
  }

  /** True when the invite was good. */
  function useInvite(context: ChatContext, code: string, person: { id: number; name: string }): boolean {
    try {
      const invite = deps.invites.redeem(code, person);
      if (invite !== undefined) {
        log.info(`Let ${person.id} in by an invite`, { role: invite.role, by: invite.createdBy });
        requestMessages.refresh(person.id);
        menu.update(person.id);
        deps.alerts.tell({ kind: "came_in", ...person, role: invite.role });
        void deps.start({
          context: { ...context, actor: { ...context.actor, role: invite.role } },
          messageId: null,
          args: "",
          repliedTo: undefined,
        });
        return true;
      }
      if (mayTellOfInvite(person.id)) replies.answer(context, { text: context.texts.admin.you.badInvite });
    } catch (error) {
      replies.answer(context, { text: failureWords(error, context, log) });
    }
    return false;
  }

  return {
    admits(context, { message, command }) {
      const { role } = context.actor;
      const id = context.isPrivate && context.userId !== undefined ? context.userId : context.chatId;
      const name =
        displayName(context.isPrivate && message.from !== undefined ? message.from : message.chat) || String(id);
      const brings = context.isPrivate && command?.name === "start" && command.args !== "";
      if (brings && (role === "nobody" || role === "guest")) {
        if (useInvite(context, command.args, { id, name })) {
          replies.scheduleDeletion(context.chatId, message.message_id);
          return false;
        }
        if (role === "guest") return false;
      }
      if (role === "nobody") {
        // In a group people also talk to each other.
        if (context.isPrivate || command !== undefined) turnAway(context, id, name);
        return false;
      }
      access.saw(context.chatId, displayName(message.chat));
      if (message.from !== undefined) access.saw(message.from.id, displayName(message.from));
      // Bot API: a channel has no menu of commands.
      if (message.chat.type !== "channel") menu.update(context.chatId);
      return true;
    },
  };
}
