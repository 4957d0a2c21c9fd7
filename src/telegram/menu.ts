import type { Language } from "../domain/chat.ts";
import type { Role } from "../domain/role.ts";
import type { Api } from "./api.ts";
import type { Command } from "./command.ts";
import { texts } from "./texts/texts.ts";

/**
 * Registers the commands that Telegram offers while one is typing (Bot API: `setMyCommands`): in each language, for
 * everyone what users may do, and more for the chats of admins. Rejects when Telegram cannot be reached.
 */
export async function registerCommands(deps: {
  api: Api;
  commands: readonly Command[];
  admins: readonly number[];
}): Promise<void> {
  const { api, commands, admins } = deps;
  const menu = (role: Role, language: Language) =>
    commands
      .filter(({ roles }) => roles.includes(role))
      .map(({ name }) => ({ command: name, description: texts[language].commands[name] }));

  for (const language of ["en", "ru"] as const) {
    // Bot API: without a language code they are for every language that has none of its own.
    const code = language === "en" ? {} : { language_code: language };
    await api.bot.api.setMyCommands({ commands: menu("user", language), ...code });
    for (const chatId of admins) {
      const scope = { type: "chat", chat_id: chatId } as const;
      // A person who has never written to the bot is a chat not found.
      await api.bot.api.setMyCommands({ commands: menu("admin", language), scope, ...code, suppress: true });
    }
  }
}
