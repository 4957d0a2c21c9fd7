import type { SetMyCommandsParams } from "@gramio/types";
import type { Language } from "../../domain/chat.ts";
import type { Log } from "../../domain/log.ts";
import type { Role } from "../../domain/role.ts";
import { StoreUnavailable } from "../../domain/storage.ts";
import type { Access } from "../../service/access/access.ts";
import type { Preferences } from "../../service/chats/preferences.ts";
import { type CommandName, commandsFor, isForTheAsker } from "../context/command.ts";
import { texts } from "../locales/locales.ts";
import type { BotApi, Outbox } from "../outbox/outbox.ts";
import { VARIANTS } from "./variants.ts";

/**
 * The commands that Telegram offers while somebody is typing (Bot API: `setMyCommands`): only `/start` for strangers, and in every chat
 * with access whatever its role allows. What a chat has is stored, so that it is not sent again.
 */
export interface CommandMenu {
  /** Brings one chat's menu in line with its role; sends in the background. Never throws. */
  update(chatId: number): void;
  /** Does so for everyone, and again for those about whom Telegram could not be told. */
  sync(): void;
}

type Commands = Pick<SetMyCommandsParams, "commands" | "language_code">;

/** One menu for each language of Telegram; `text` is the same in a form for comparing. */
interface Menus {
  readonly all: readonly Commands[];
  readonly text: string;
}

/** Calls that are not about a chat need a queue of their own in the outbox. */
const NO_CHAT = 0;

const offeredTo = (role: Role): readonly CommandName[] => (role === "nobody" ? ["start"] : commandsFor(role));

export function createCommandMenu(deps: {
  outbox: Outbox;
  access: Access;
  preferences: Pick<Preferences, "menu" | "setMenu">;
  /** What is stored says nothing about another bot's menus. */
  botId: string;
  log: Log;
}): CommandMenu {
  const { outbox, access, preferences, log } = deps;
  const underWay = new Set<number>();
  let strangersHaveTheirs = false;

  /** By what they depend on. Each message checks whether its chat has the right ones, and there are few. */
  const known = new Map<string, Menus>();

  /** A language that the chat has chosen applies to every member's Telegram. */
  function menusFor(role: Role, { chosen, isGroup }: { chosen: Language | null; isGroup: boolean }): Menus {
    const name = `${role} ${chosen} ${isGroup}`;
    const before = known.get(name);
    if (before !== undefined) return before;
    const all = VARIANTS.map(({ language, code }) => ({
      ...code,
      commands: offeredTo(role).map((name) => ({
        command: name,
        description: texts[chosen ?? language].commands[name],
        ...(isGroup && isForTheAsker(name) && { is_ephemeral: true }),
      })),
    }));
    const menus = { all, text: JSON.stringify(all) };
    known.set(name, menus);
    return menus;
  }

  /** Resolves with false if one of them has to be tried again. */
  async function sendAll(chatId: number, calls: readonly ((api: BotApi) => Promise<true>)[]): Promise<boolean> {
    const results = await Promise.all(calls.map((call) => outbox.send(chatId, { priority: "cleanup" }, call)));
    // A menu that is refused for good, as in a channel, is not sent again.
    return results.every((result) => result.ok || result.kind === "bad_request");
  }

  async function showTo(chatId: number): Promise<void> {
    const role = access.roleOf({ chatId, userId: undefined });
    const { language, menu } = preferences.menu(chatId);
    const menus = menusFor(role, { chosen: language, isGroup: chatId < 0 });
    // Spelt as JSON of the three, because earlier versions have stored the hash of that.
    const mark = role === "nobody" ? null : Bun.hash(`["${deps.botId}",${chatId},${menus.text}]`).toString(36);
    if (mark === menu) return;
    const scope = { type: "chat", chat_id: chatId } as const;
    const calls = menus.all.map(({ commands: offered, ...code }) => (api: BotApi) => {
      return role === "nobody"
        ? api.deleteMyCommands({ scope, ...code })
        : api.setMyCommands({ scope, commands: offered, ...code });
    });
    // Bot API: for a person who never wrote to the bot, the chat is not found; the next message brings the next try.
    if (!(await sendAll(chatId, calls))) return;
    preferences.setMenu(chatId, mark);
    // The role may have changed in the meantime.
    await showTo(chatId);
  }

  async function showToStrangers(): Promise<void> {
    const calls = menusFor("nobody", { chosen: null, isGroup: false }).all.map(
      (menu) => (api: BotApi) => api.setMyCommands(menu),
    );
    strangersHaveTheirs = await sendAll(NO_CHAT, calls);
  }

  function once(id: number, show: () => Promise<void>): void {
    if (underWay.has(id)) return;
    underWay.add(id);
    void show()
      .catch((error) => {
        if (error instanceof StoreUnavailable) log.debug("Cannot look up which menu a chat has", { code: error.code });
        else log.error("Cannot update a chat's menu", { error });
      })
      .finally(() => underWay.delete(id));
  }
  const update = (chatId: number) => once(chatId, () => showTo(chatId));

  return {
    update,
    sync() {
      if (!strangersHaveTheirs) once(NO_CHAT, showToStrangers);
      for (const { id } of access.members()) update(id);
    },
  };
}
