import type { Callbacks } from "./callbacks.ts";
import type { Chat, Chats } from "./chats.ts";
import { readKeyboard } from "./keyboard.ts";
import type { Account, Message } from "./message.ts";
import { integer, isRecord, type Params, text } from "./parameters.ts";
import { badRequest, Refused } from "./refusal.ts";
import { readText } from "./text.ts";

/** Bot API: how long after a person's action a bot that is not an admin may send an ephemeral message. */
const ELIGIBLE_MS = 15_000;

/** Messages that only one member of a group sees (Bot API: "Ephemeral Messages and Commands"). */
export interface Ephemeral {
  /** False for a self-hosted server that is older: it knows neither the methods nor the fields. */
  isKnown: boolean;
  /** The only recipient of a `sendMessage`; undefined if everybody sees it. Refuses what is not eligible. */
  receiver(chat: Chat, params: Params): Account | undefined;
  /** Answers with `true`, or throws `Refused`. */
  editText(params: Params): true;
}

export function createEphemeral({
  bot,
  chats,
  callbacks,
  now,
}: {
  bot: Account;
  chats: Chats;
  callbacks: Callbacks;
  now: () => number;
}): Ephemeral {
  const isRecent = (at: number | undefined) => at !== undefined && now() - at <= ELIGIBLE_MS;

  function assertEligible(chat: Chat, receiver: Account, of: { command: number | undefined; press: string }): void {
    if (of.command !== undefined) {
      const command = chat.ephemeral.get(of.command);
      const isTheirs = command?.from?.id === receiver.id;
      if (!isTheirs || !isRecent(command.date * 1000)) throw badRequest("message to be replied not found");
    } else if (of.press !== "") {
      if (!isRecent(callbacks.pressedAt(of.press, receiver.id))) throw badRequest("QUERY_ID_INVALID");
    } else if (!chat.botIsAdmin) throw badRequest("BOT_NOT_ADMIN");
  }

  return {
    isKnown: true,
    receiver(chat, params) {
      const { ephemeral_message_parameters: given, reply_parameters: reply } = params;
      const command = isRecord(reply) ? integer(reply.ephemeral_message_id) : undefined;
      if (!this.isKnown || (given === undefined && command === undefined)) return undefined;
      if (!isRecord(given)) throw badRequest("a reply to an ephemeral message must be ephemeral");
      if (!chat.record.type.endsWith("group")) throw badRequest("BOT_NOT_ADMIN");
      const receiver = chat.members.get(integer(given.receiver_user_id) ?? 0);
      if (receiver === undefined || receiver.is_bot) throw badRequest("user not found");
      assertEligible(chat, receiver, { command, press: text(given.callback_query_id) ?? "" });
      return receiver;
    },
    editText(params) {
      if (!this.isKnown) throw new Refused(404, "Not Found: method not found");
      const chat = chats.writable(params.chat_id);
      const message = chat.ephemeral.get(integer(params.ephemeral_message_id) ?? 0);
      const isTheirs = message?.receiver_user?.id === integer(params.receiver_user_id);
      if (!isTheirs || message?.from?.id !== bot.id) throw badRequest("message to edit not found");
      const edited: Message = { ...message, ...readText(params), reply_markup: readKeyboard(params.reply_markup) };
      chat.ephemeral.set(integer(params.ephemeral_message_id) ?? 0, edited);
      return true;
    },
  };
}

/** The ephemeral messages of a chat that a person has written or received. */
export function ephemeralOf({ ephemeral }: Chat, personId: number | undefined): Message[] {
  return [...ephemeral.values()].filter(({ from, receiver_user }) => (receiver_user ?? from)?.id === personId);
}
