import type { Chats } from "./chats.ts";
import type { Methods } from "./message-methods.ts";
import { integer, isRecord, list, text } from "./parameters.ts";
import { badRequest } from "./refusal.ts";

/** Bot API: `ReactionTypeEmoji.emoji`, the whole fixed list. */
const EMOJI = new Set(
  `❤ 👍 👎 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤‍🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈
  😴 😭 🤓 👻 👨‍💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡`.split(/\s+/),
);
/** Bot API: `sendChatAction.action`. */
const ACTIONS = new Set(
  `typing upload_photo record_video upload_video record_voice upload_voice upload_document choose_sticker find_location
  record_video_note upload_video_note`.split(/\s+/),
);

/** setMessageReaction and sendChatAction. */
export function createReactionMethods(chats: Chats): Methods {
  return {
    setMessageReaction(params) {
      const reactions = (list(params.reaction) ?? []).map((reaction) => {
        const emoji = isRecord(reaction) && reaction.type === "emoji" ? text(reaction.emoji) : undefined;
        if (emoji === undefined || !EMOJI.has(emoji)) throw badRequest("REACTION_INVALID");
        return emoji;
      });
      // Bot API: a bot may set one reaction per message.
      if (reactions.length > 1) throw badRequest("REACTIONS_TOO_MANY");
      const chat = chats.readable(params.chat_id);
      const id = integer(params.message_id) ?? 0;
      if (!chat.messages.has(id)) throw badRequest("message to react not found");
      chat.reactions.set(id, reactions);
      return true;
    },
    sendChatAction(params) {
      const chat = chats.writable(params.chat_id);
      if (!ACTIONS.has(text(params.action) ?? "")) throw badRequest("wrong parameter action in request");
      const thread = integer(params.message_thread_id) ?? 0;
      if (thread !== 0 && !chat.topics.has(thread)) throw badRequest("message thread not found");
      return true;
    },
  };
}
