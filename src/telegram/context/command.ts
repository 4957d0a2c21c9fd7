import type { TelegramMessage } from "gramio";
import type { Role } from "../../domain/role.ts";
import type { Texts } from "../locales/locales.ts";
import type { ChatContext } from "./chat-context.ts";

/** A command as somebody wrote or pressed it. */
export interface CommandCall {
  readonly context: ChatContext;
  /** The person's message with the command; null for a pressed button, and for a message that only the bot sees. */
  readonly messageId: number | null;
  /** What follows the command, trimmed. */
  readonly args: string;
  /** The message that the command replies to, if any. */
  readonly repliedTo: TelegramMessage | undefined;
}

export type CommandName = keyof Texts["commands"];

/** A command as it stands in a text. */
export interface WrittenCommand {
  readonly name: string;
  /** What follows it, trimmed. */
  readonly args: string;
  /** It names this bot; any bot in a group may be meant by one that names none. */
  readonly namesBot: boolean;
}

/** Carries out one command; who may use it has been checked before. */
export type RunCommand = (call: CommandCall) => void | Promise<void>;

/** Everyone with access. */
const MEMBERS: readonly Role[] = ["admin", "user", "guest"];
const ADMINS: readonly Role[] = ["admin"];

/** Every command of the bot and who may use it; `/help`, the menu of commands and the routing read the same table, in this order. */
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

/** Whether the answer is for the asker, so that nobody else in a group need see the command or the answer. */
export function isForTheAsker(name: CommandName): boolean {
  return FOR_THE_ASKER.has(name);
}

/** What this role may use. */
export function commandsFor(role: Role): CommandName[] {
  return Object.keys(COMMANDS)
    .filter(isCommandName)
    .filter((name) => COMMANDS[name].includes(role));
}

/** Whether a command of a group can be meant for this bot; other bots there have commands of their own. */
export function isForThisBot({ name, namesBot }: WrittenCommand): boolean {
  return namesBot || isCommandName(name);
}

export function isCommandName(name: string): name is CommandName {
  return Object.hasOwn(COMMANDS, name);
}

/**
 * Reads `/name@bot args` at the beginning of a text. Undefined if it is not a command, or one for another bot. Read from the text, not
 * from entities: a forwarded or pasted command may lack them.
 */
export function parseCommand(text: string, username: string | undefined): WrittenCommand | undefined {
  const [, name, bot, args = ""] = /^\/([a-z0-9_]{1,32})(?:@(\w+))?(?:\s+([\s\S]*))?$/i.exec(text.trim()) ?? [];
  if (name === undefined) return undefined;
  if (bot !== undefined && bot.toLowerCase() !== username?.toLowerCase()) return undefined;
  return { name: name.toLowerCase(), args: args.trim(), namesBot: bot !== undefined };
}

/**
 * Whether a text or caption begins with a command that names another bot, `/name@other_bot …`: everything after it is meant for that bot.
 * False while this bot does not know its own name.
 */
export function isForAnotherBot({ text, caption }: TelegramMessage, username: string | undefined): boolean {
  const [, bot] = /^\/\w{1,32}@(\w+)/.exec((text ?? caption ?? "").trim()) ?? [];
  return bot !== undefined && username !== undefined && bot.toLowerCase() !== username.toLowerCase();
}
