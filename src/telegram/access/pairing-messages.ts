import type { TelegramMessage } from "gramio";
import type { Log } from "../../domain/log.ts";
import { createThrottle } from "../../domain/throttle.ts";
import type { Access } from "../../service/access/access.ts";
import type { PairingDesk } from "../../service/access/pairing.ts";
import type { ChatContext } from "../context/chat-context.ts";
import { failureWords } from "../context/failure-words.ts";
import type { Replies } from "../context/replies.ts";
import type { AdminAlerts } from "../notify/admin-alerts.ts";
import type { Greet } from "./newcomer.ts";

/** How often one person is told that the code is no longer valid. */
const AGAIN_MS = 60_000;

/** Picks pairing codes out of what people write in private. */
export interface PairingMessages {
  /** True if the text was meant for a pairing, and the message needs no other handling. Never throws. */
  takes(context: ChatContext, message: TelegramMessage, of: { text: string; id: number; name: string }): boolean;
}

export function createPairingMessages(deps: {
  pairing: PairingDesk;
  access: Pick<Access, "admins">;
  replies: Replies;
  alerts: AdminAlerts;
  greet: Greet;
  now: () => number;
  log: Log;
}): PairingMessages {
  const { pairing, access, replies, log } = deps;
  const mayTell = createThrottle<number>(AGAIN_MS, deps.now);

  function welcome(context: ChatContext, { id, name }: { id: number; name: string }): void {
    const others = access.admins.filter((admin) => admin !== id);
    if (others.length > 0) deps.alerts.tell({ kind: "paired", id, name });
    replies.answer(context, { text: context.texts.people.in.admin });
    deps.greet(context, "admin");
  }

  function takes(context: ChatContext, { text, ...person }: { text: string; id: number; name: string }): boolean {
    const { pairing: words } = context.texts.people;
    const tried = pairing.attempt(text, person);
    switch (tried?.kind) {
      case undefined:
        return false;
      case "paired":
        welcome(context, person);
        break;
      case "already":
        replies.answer(context, { text: words.already });
        break;
      case "wrong":
        replies.answer(context, { text: words.wrong(tried.left) });
        break;
      case "over":
        if (mayTell(person.id) !== undefined) replies.answer(context, { text: words.over });
    }
    return true;
  }

  return {
    takes(context, message, of) {
      try {
        const isTaken = takes(context, of);
        // Right or nearly so: nobody who looks over a shoulder should read it.
        if (isTaken) replies.discard(context.chatId, message.message_id);
        return isTaken;
      } catch (error) {
        replies.answer(context, { text: failureWords(error, context, log) });
        return true;
      }
    },
  };
}
