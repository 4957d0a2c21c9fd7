import type { TelegramMessage } from "gramio";
import type { Role } from "../domain/role.ts";
import type { Conversation } from "./conversation.ts";
import type { Texts } from "./texts/en.ts";

/** A command as somebody wrote or pressed it. */
export interface Turn {
  readonly who: Conversation;
  /** The person's message with the command; null for a pressed button. */
  readonly messageId: number | null;
  /** What follows the command, trimmed. */
  readonly args: string;
  /** The message that the command answers, if any. */
  readonly repliedTo: TelegramMessage | undefined;
}

/** One command of the bot; `/help`, the commands' menu and the routing read the same list. */
export interface Command {
  readonly name: keyof Texts["commands"];
  readonly roles: readonly Role[];
  run(turn: Turn): void | Promise<void>;
}

/** Everyone who is let in. */
export const MEMBERS: readonly Role[] = ["admin", "user", "guest"];

/**
 * Reads `/name@bot args` at the beginning of a text. Undefined when it is no command, or one for another bot.
 * Read from the text, not from entities: a forwarded or pasted command may come without them.
 */
export function parseCommand(text: string, username: string | undefined): { name: string; args: string } | undefined {
  const [, name, bot, args = ""] = /^\/([a-z0-9_]{1,32})(?:@(\w+))?(?:\s+([\s\S]*))?$/i.exec(text.trim()) ?? [];
  if (name === undefined) return undefined;
  if (bot !== undefined && bot.toLowerCase() !== username?.toLowerCase()) return undefined;
  return { name: name.toLowerCase(), args: args.trim() };
}
