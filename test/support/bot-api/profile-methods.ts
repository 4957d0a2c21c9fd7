import type { Chats } from "./chats.ts";
import type { Account } from "./message.ts";
import type { Methods } from "./message-methods.ts";
import { flag, integer, isRecord, list, type Params, text } from "./parameters.ts";
import type { Privacy } from "./privacy.ts";
import { badRequest, forbidden } from "./refusal.ts";

/** Bot API: `BotCommand`. */
export interface Command {
  readonly command: string;
  readonly description: string;
  readonly is_ephemeral?: true;
}

const MOST_COMMANDS = 100;
const SCOPES_OF_NO_CHAT = ["default", "all_private_chats", "all_group_chats", "all_chat_administrators"];
const SCOPES_OF_A_CHAT = ["chat", "chat_administrators", "chat_member"];

/** What the bot says about itself. */
export interface Profile {
  readonly methods: Methods;
  /** The commands of a scope (`default`, `all_private_chats`, `chat:42`, `chat_member:42:7`) and a language ("" = any). */
  commands(scope: string, language?: string): readonly Command[];
  /** The content of `description` or `short_description`, in a language ("" = any); "" for nothing. */
  description(name: "description" | "short_description", language?: string): string;
}

/** getMe, the commands, the descriptions, and queries about chats. */
export function createProfile(bot: Account, chats: Chats, privacy: Pick<Privacy, "isOn">): Profile {
  const commands = new Map<string, readonly Command[]>();
  const descriptions = new Map<string, string>();
  const keyOf = (params: Params) => `${scopeOf(params.scope, chats)}|${languageOf(params)}`;
  const describe = (name: string, longest: number) => (params: Params) => {
    const description = text(params[name]) ?? "";
    if (description.length > longest) throw badRequest(`${name.replaceAll("_", " ")} is too long`);
    descriptions.set(`${name}|${languageOf(params)}`, description);
    return true;
  };
  const described = (name: string) => (params: Params) => ({
    [name]: descriptions.get(`${name}|${languageOf(params)}`) ?? "",
  });
  return {
    description: (name, language = "") => descriptions.get(`${name}|${language}`) ?? "",
    commands: (scope, language = "") => commands.get(`${scope}|${language}`) ?? [],
    methods: {
      getMe: () => ({
        ...bot,
        can_join_groups: true,
        can_read_all_group_messages: !privacy.isOn,
        supports_inline_queries: false,
      }),
      setMyCommands(params) {
        const given = list(params.commands);
        if (given === undefined) throw badRequest("can't parse commands JSON object");
        const scope =
          isRecord(params.scope) && params.scope.type === "chat" ? chats.reachable(params.scope.chat_id) : undefined;
        if (scope?.record.type === "channel") throw badRequest("can't change commands in channel chats");
        if (given.length > MOST_COMMANDS) throw badRequest("BOT_COMMANDS_TOO_MUCH");
        commands.set(keyOf(params), given.map(readCommand));
        return true;
      },
      getMyCommands: (params) => commands.get(keyOf(params)) ?? [],
      deleteMyCommands: (params) => commands.delete(keyOf(params)) || true,
      setMyDescription: describe("description", 512),
      setMyShortDescription: describe("short_description", 120),
      getMyDescription: described("description"),
      getMyShortDescription: described("short_description"),
      getChat: (params) => chats.readable(params.chat_id).record,
      getChatMember(params) {
        const id = integer(params.user_id);
        const chat = id === bot.id ? chats.readable(params.chat_id) : chats.reachable(params.chat_id);
        if (id === bot.id && chat.closedBecause === undefined) {
          return { status: chat.botIsAdmin ? "administrator" : "member", user: bot };
        }
        const user = chat.members.get(id ?? 0);
        if (user === undefined) throw badRequest("member not found");
        return { status: chat.admins.has(user.id) ? "administrator" : "member", user };
      },
      getChatAdministrators(params) {
        const chat = chats.named(params.chat_id);
        if (chat.record.type === "private") throw badRequest("there are no administrators in the private chat");
        if (chat.closedBecause !== undefined) throw chat.closedBecause;
        const people = [...chat.admins].flatMap((id) => chat.members.get(id) ?? []);
        return [...(chat.botIsAdmin ? [bot] : []), ...people].map((user) => ({ status: "administrator", user }));
      },
      leaveChat(params) {
        const chat = chats.writable(params.chat_id);
        if (chat.record.type === "private") throw badRequest("chat member status can't be changed in private chats");
        chat.closedBecause = forbidden(`bot is not a member of the ${chat.record.type} chat`);
        return true;
      },
    },
  };
}

function readCommand(given: unknown): Command {
  if (!isRecord(given)) throw badRequest("can't parse BotCommand: expected an Object");
  const command = (text(given.command) ?? "").replace(/^\//, "");
  const description = text(given.description) ?? "";
  if (command === "") throw badRequest("command must be non-empty");
  if (command.length > 32) throw badRequest("command length must not exceed 32");
  if (!/^[a-z0-9_]+$/.test(command)) throw badRequest("BOT_COMMAND_INVALID");
  if (description.trim() === "") throw badRequest("command description must be non-empty");
  if (description.length > 256) throw badRequest("command description length must not exceed 256");
  return { command, description, ...(flag(given.is_ephemeral) && { is_ephemeral: true }) };
}

function scopeOf(scope: unknown, chats: Chats): string {
  if (scope === undefined) return "default";
  const type = isRecord(scope) ? (text(scope.type) ?? "") : "";
  if (SCOPES_OF_NO_CHAT.includes(type)) return type;
  if (!isRecord(scope) || !SCOPES_OF_A_CHAT.includes(type)) {
    throw badRequest("can't parse BotCommandScope: Unsupported type specified");
  }
  const { record } = chats.reachable(scope.chat_id);
  return type === "chat_member" ? `${type}:${record.id}:${integer(scope.user_id)}` : `${type}:${record.id}`;
}

function languageOf(params: Params): string {
  const language = text(params.language_code) ?? "";
  if (language !== "" && !/^[a-z]{2}$/.test(language)) throw badRequest("invalid language code specified");
  return language;
}
