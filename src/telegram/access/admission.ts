import type { TelegramMessage } from "gramio";
import type { Log } from "../../domain/log.ts";
import { StoreUnavailable } from "../../domain/storage.ts";
import { createThrottle } from "../../domain/throttle.ts";
import type { Access } from "../../service/access/access.ts";
import type { InviteDesk } from "../../service/access/invites.ts";
import type { RunCommand } from "../context/command.ts";
import type { Conversation } from "../context/context.ts";
import type { Admins } from "../notify/admin-alerts.ts";
import type { Menu } from "../notify/command-menu.ts";
import type { Speaker } from "../outbox/replies.ts";
import { knownAs } from "../views/display-name.ts";
import type { StrangerCards } from "./access-requests.ts";

/** A message as it arrives, with the command that it is, if it is one. */
export interface Arriving {
  readonly message: TelegramMessage;
  readonly command: { readonly name: string; readonly args: string } | undefined;
}

/** Stands before everything that people write. */
export interface Door {
  /** True when the message is to be handled; else whoever wrote it has been answered, as far as that is due. Never throws. */
  lets(who: Conversation, arriving: Arriving): boolean;
}

const AGAIN_MS = 600_000;
const BAD_INVITE_AGAIN_MS = 60_000;

export function createDoor(deps: {
  access: Access;
  invites: InviteDesk;
  cards: StrangerCards;
  menu: Menu;
  speaker: Speaker;
  admins: Admins;
  start: RunCommand;
  now: () => number;
  log: Log;
}): Door {
  const { access, cards, menu, speaker, now, log } = deps;
  const mayTell = createThrottle<number>(AGAIN_MS, now);
  const mayTellOfInvite = createThrottle<number>(BAD_INVITE_AGAIN_MS, now);

  function turnAway(who: Conversation, id: number, name: string): void {
    if (access.farewell(id)) {
      menu.update(id);
      speaker.answer(who, { text: who.texts.admin.you.timeIsUp });
    } else if (mayTell(id)) {
      log.info("Turned a stranger away", { id });
      speaker.answer(who, { text: who.texts.noAccess(id) });
    } else return;
    cards.ask({ id, name, language: who.language });
  }

  /** True when the invite was good. */
  function useInvite(who: Conversation, code: string, person: { id: number; name: string }): boolean {
    try {
      const invite = deps.invites.redeem(code, person);
      if (invite !== undefined) {
        log.info(`Let ${person.id} in by an invite`, { role: invite.role, by: invite.createdBy });
        cards.refresh(person.id);
        menu.update(person.id);
        deps.admins.tell({ kind: "came_in", ...person, role: invite.role });
        void deps.start({
          who: { ...who, actor: { ...who.actor, role: invite.role } },
          messageId: null,
          args: "",
          repliedTo: undefined,
        });
        return true;
      }
      if (mayTellOfInvite(person.id)) speaker.answer(who, { text: who.texts.admin.you.badInvite });
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      log.error("Cannot look up an invite", { code: error.code });
      speaker.answer(who, { text: who.texts.storeTrouble });
    }
    return false;
  }

  return {
    lets(who, { message, command }) {
      const { role } = who.actor;
      const id = who.isPrivate && who.userId !== undefined ? who.userId : who.chatId;
      const name = knownAs(who.isPrivate && message.from !== undefined ? message.from : message.chat) || String(id);
      const brings = who.isPrivate && command?.name === "start" && command.args !== "";
      if (brings && (role === "nobody" || role === "guest")) {
        if (useInvite(who, command.args, { id, name })) {
          speaker.forgetCommand(who.chatId, message.message_id);
          return false;
        }
        if (role === "guest") return false;
      }
      if (role === "nobody") {
        // In a group people also talk to each other.
        if (who.isPrivate || command !== undefined) turnAway(who, id, name);
        return false;
      }
      access.saw(who.chatId, knownAs(message.chat));
      if (message.from !== undefined) access.saw(message.from.id, knownAs(message.from));
      menu.update(who.chatId);
      return true;
    },
  };
}
