import type { TelegramMessage } from "gramio";
import type { Log } from "../../domain/log.ts";
import { createThrottle } from "../../domain/throttle.ts";
import type { Access } from "../../service/access/access.ts";
import { MOST_HELD_LINKS } from "../../service/access/held-messages.ts";
import type { InviteDesk } from "../../service/access/invites.ts";
import type { Asked } from "../../service/access/requests.ts";
import type { ChatContext } from "../context/chat-context.ts";
import { isCommandName, isForThisBot, type WrittenCommand } from "../context/command.ts";
import { failureWords } from "../context/failure-words.ts";
import type { Replies } from "../context/replies.ts";
import type { AdminAlerts } from "../notify/admin-alerts.ts";
import type { CommandMenu } from "../notify/command-menu.ts";
import { displayName } from "../views/display-name.ts";
import type { AccessNews } from "./access-news.ts";
import type { HeldLinks } from "./held-links.ts";
import type { Greet } from "./newcomer.ts";
import type { PairingMessages } from "./pairing-messages.ts";
import type { RequestMessages } from "./request-messages.ts";

/** A message as it arrives, with its command, if it is one. */
export interface IncomingMessage {
  readonly message: TelegramMessage;
  readonly command: WrittenCommand | undefined;
}

/** Decides, before any handler, whether a message is handled at all. */
export interface Admission {
  /** True if the message is to be handled; otherwise its sender has been answered, as far as that is due. Never throws. */
  admits(context: ChatContext, arriving: IncomingMessage): boolean;
  /** The same for an edited message, about which nobody is told. Never throws. */
  admitsEdit(context: ChatContext, message: TelegramMessage): boolean;
}

/** How often a stranger is told the same. */
const AGAIN_MS = 60_000;

export function createAdmission(deps: {
  access: Access;
  invites: InviteDesk;
  requestMessages: RequestMessages;
  pairing: PairingMessages;
  held: HeldLinks;
  news: AccessNews;
  menu: CommandMenu;
  replies: Replies;
  alerts: AdminAlerts;
  greet: Greet;
  now: () => number;
  log: Log;
}): Admission {
  const { access, requestMessages, menu, replies, now, log } = deps;
  const mayTell = createThrottle<string>(AGAIN_MS, now);
  const mayTellOfInvite = createThrottle<number>(AGAIN_MS, now);

  /** See `HeldLinks`. Links after a command of the bot are not to be downloaded. */
  function keep({ message, command }: IncomingMessage): number | undefined {
    return command !== undefined && isCommandName(command.name) ? 0 : deps.held.keep(message);
  }

  function turnAway(context: ChatContext, arriving: IncomingMessage, { id, name }: { id: number; name: string }): void {
    // A person whose time has just ended hears that first.
    deps.news.attend();
    if (access.isLeaving(id)) {
      keep(arriving);
      return;
    }
    const { language, threadId, isPrivate } = context;
    const { kind: asked, isShown } = requestMessages.ask({ id, name, language, threadId });
    const keeps = isPrivate && (asked === "asked" || asked === "waiting");
    const kept = keeps ? keep(arriving) : 0;
    const outcome = kept === undefined ? "full" : kept > 0 ? "kept" : "";
    if (asked === "asked") log.info("Turned a stranger away", { id });
    else if (mayTell(`${id} ${asked} ${outcome}`) === undefined) return;
    // Nobody is told that the admins have been asked before that is true.
    void isShown.then((isTrue) => {
      const { stranger } = context.texts.people;
      const words = isTrue ? strangerWords(context, { asked, kept, id }) : stranger.notNow(id);
      replies.answer(context, { text: context.actor.role === "nobody" ? words : `${words} ${stranger.onlyMembers}` });
    });
  }

  /** Somebody with access, who may not know that a group has none, and that its other members are not heard. */
  function asksForGroup({ isPrivate, chatId }: ChatContext, { command }: IncomingMessage): boolean {
    if (isPrivate || command?.name !== "start") return false;
    return access.roleOf({ chatId, userId: undefined }) === "nobody";
  }

  /** True if the invite was valid. */
  function useInvite(context: ChatContext, code: string, person: { id: number; name: string }): boolean {
    try {
      const invite = deps.invites.redeem(code, person);
      if (invite !== undefined) {
        log.info(`Let ${person.id} in with an invite`, { role: invite.role, by: invite.createdBy });
        deps.alerts.tell({ kind: "came_in", ...person, role: invite.role });
        deps.greet(context, invite.role);
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
      if (isToChannel(message)) return false;
      const { role } = context.actor;
      const id = context.isPrivate && context.userId !== undefined ? context.userId : context.chatId;
      const name =
        displayName(context.isPrivate && message.from !== undefined ? message.from : message.chat) || String(id);
      const brings = context.isPrivate && command?.name === "start" && command.args !== "";
      const text = brings ? command.args : (message.text ?? "");
      if (context.isPrivate && deps.pairing.takes(context, message, { text, id, name })) return false;
      if (brings && (role === "nobody" || role === "guest")) {
        if (useInvite(context, command.args, { id, name })) {
          replies.scheduleDeletion(context.chatId, message.message_id);
          return false;
        }
        if (role === "guest") return false;
      }
      if (role === "nobody") {
        // In a group people also talk to each other, and to other bots.
        const isMeant = command !== undefined && isForThisBot(command);
        if (context.isPrivate || isMeant) turnAway(context, { message, command }, { id, name });
        return false;
      }
      if (asksForGroup(context, { message, command })) {
        turnAway(context, { message, command }, { id, name });
        replies.scheduleDeletion(context.chatId, message.message_id);
        return false;
      }
      access.saw(context.chatId, displayName(message.chat));
      if (message.from !== undefined) access.saw(message.from.id, displayName(message.from));
      // Bot API: a channel has no menu of commands.
      if (message.chat.type !== "channel") menu.update(context.chatId);
      return true;
    },
    admitsEdit({ actor }, message) {
      if (isToChannel(message)) return false;
      if (actor.role === "nobody") deps.held.renew(message);
      return actor.role !== "nobody";
    },
  };
}

/** Bot API: `is_direct_messages`. Who writes to a channel directly talks with its admins; a bot that is one of them sees it too. */
function isToChannel({ chat }: TelegramMessage): boolean {
  return chat.is_direct_messages === true;
}

function strangerWords(
  { texts, isPrivate }: ChatContext,
  /** `kept`: see `HeldLinks`. */
  { asked, kept, id }: { asked: Asked["kind"]; kept: number | undefined; id: number },
): string {
  const { stranger } = texts.people;
  const links = kept === undefined ? stranger.full(MOST_HELD_LINKS) : kept > 0 ? stranger.kept(kept) : undefined;
  switch (asked) {
    case "asked":
      return `${stranger.asked(!isPrivate)}${isPrivate ? ` ${links ?? stranger.willKeep}` : ""}`;
    case "waiting":
      return links ?? stranger.waiting;
    case "refused":
      return stranger.refused;
    case "not_now":
      return stranger.notNow(id);
  }
}
