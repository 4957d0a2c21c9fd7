import type { TelegramMessage, TelegramUser } from "gramio";
import { findLinks, isBareLink } from "../../domain/incoming.ts";
import { keepLatest } from "../../domain/keep-latest.ts";
import { texts } from "../locales/locales.ts";
import type { ChatContext } from "./chat-context.ts";
import { textPartsOf } from "./message-text.ts";
import type { Replies } from "./replies.ts";
import { readZone } from "./typed-zone.ts";

/** Commands that ask for what is missing: a link or, for `/settings`, a time zone. */
export type Questioned = "remove" | "where" | "settings";

/** Asks for what a command lacks, and takes it from the next message. */
export interface Questions {
  /** Asks for what the command needs; `replyTo` is the person's message with the command. */
  ask(context: ChatContext, command: Questioned, replyTo: number | null): void;
  /**
   * The command that a message completes: a reply to such a question, even after a restart, or in a private chat the next link or zone.
   * Undefined for all other messages, which end the wait.
   */
  answered(context: ChatContext, message: TelegramMessage): { name: Questioned; args: string } | undefined;
}

/** A link that comes later is meant to be downloaded. */
const WAITS_MS = 120_000;
const MOST_WAITING = 1_000;
const QUESTIONED: readonly Questioned[] = ["remove", "where", "settings"];

export function createQuestions(deps: {
  replies: Pick<Replies, "ask">;
  /** The bot itself; undefined until it has introduced itself to Telegram. */
  bot: () => TelegramUser | undefined;
  now: () => number;
}): Questions {
  const { replies, now } = deps;
  /** By private chat. */
  const waiting = new Map<number, { readonly command: Questioned; readonly askedAt: number }>();

  function expected(chatId: number): Questioned | undefined {
    const asked = waiting.get(chatId);
    waiting.delete(chatId);
    if (asked === undefined || now() < asked.askedAt || now() - asked.askedAt > WAITS_MS) return undefined;
    return asked.command;
  }

  function questionAnsweredBy({ reply_to_message: answered }: TelegramMessage): Questioned | undefined {
    if (answered?.from === undefined || answered.from.id !== deps.bot()?.id) return undefined;
    return QUESTIONED.find((command) =>
      Object.values(texts).some(({ people }) => people.question[command] === answered.text),
    );
  }

  return {
    ask(context, command, replyTo) {
      waiting.delete(context.chatId);
      if (context.isPrivate) waiting.set(context.chatId, { command, askedAt: now() });
      keepLatest(waiting, MOST_WAITING);
      replies.ask(context, context.texts.people.question[command], replyTo ?? undefined);
    },
    answered({ chatId }, message) {
      const next = expected(chatId);
      const { text = message.caption ?? "" } = message;
      if (text.startsWith("/")) return undefined;
      const links = findLinks(textPartsOf(message));
      const args = links.length > 0 ? links.join("\n") : text.trim();
      const isLink = links.length > 0 || isBareLink(args);
      const isMeant = next === "settings" ? readZone(args) !== undefined : isLink;
      const name = questionAnsweredBy(message) ?? (isMeant ? next : undefined);
      return name && { name, args };
    },
  };
}
