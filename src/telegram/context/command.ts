import type { TelegramMessage } from "gramio";
import type { Role } from "../../domain/role.ts";
import type { Texts } from "../locales/locales.ts";
import type { ChatContext } from "./chat-context.ts";

/** A command as somebody wrote or pressed it. */
export interface CommandCall {
  readonly context: ChatContext;
  /** The person's message with the command; null for a pressed button, and for what the bot alone sees. */
  readonly messageId: number | null;
  /** What follows the command, trimmed. */
  readonly args: string;
  /** The message that the command answers, if any. */
  readonly repliedTo: TelegramMessage | undefined;
}

export type CommandName = keyof Texts["commands"];

/** Carries out one command; who may use it is seen to before. */
export type RunCommand = (call: CommandCall) => void | Promise<void>;

/** Everyone who is let in. */
const MEMBERS: readonly Role[] = ["admin", "user", "guest"];
const ADMINS: readonly Role[] = ["admin"];

/**
 * Every command of the bot and who may use it; `/help`, the commands' menu and the routing read the same table, in this
 * order.
 */
const COMMANDS: Readonly<Record<CommandName, readonly Role[]>> = {
  start: MEMBERS,
  help: MEMBERS,
  queue: MEMBERS,
  done: MEMBERS,
  status: MEMBERS,
  links: MEMBERS,
  remove: MEMBERS,
  settings: MEMBERS,
  servers: ADMINS,
  users: ADMINS,
  invite: ADMINS,
  clean: ADMINS,
  where: ADMINS,
};

const FOR_THE_ASKER: ReadonlySet<CommandName> = new Set(["queue", "status", "settings"]);

/** Whether the answer is for who asks, so that in a group nobody else need see either of them. */
export function isForTheAsker(name: CommandName): boolean {
  return FOR_THE_ASKER.has(name);
}

/** What this role may use. */
export function commandsFor(role: Role): CommandName[] {
  return Object.keys(COMMANDS)
    .filter(isCommandName)
    .filter((name) => COMMANDS[name].includes(role));
}

export function isCommandName(name: string): name is CommandName {
  return Object.hasOwn(COMMANDS, name);
}

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

/**
 * Whether a text or caption begins with a command that names another bot, `/name@other_bot …`: what follows is meant for
 * that one. False while this bot does not know its own name.
 */
export function isForAnotherBot({ text, caption }: TelegramMessage, username: string | undefined): boolean {
  const [, bot] = /^\/\w{1,32}@(\w+)/.exec((text ?? caption ?? "").trim()) ?? [];
  return bot !== undefined && username !== undefined && bot.toLowerCase() !== username.toLowerCase();
}
