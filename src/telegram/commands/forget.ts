import type { ForgetChat } from "../../service/chats/forget-chat.ts";
import { answerRef } from "../context/answer-ref.ts";
import type { Background } from "../context/background.ts";
import type { ButtonHandler } from "../context/button-press.ts";
import type { ChatContext } from "../context/chat-context.ts";
import type { Content } from "../context/content.ts";
import type { Replies } from "../context/replies.ts";
import { forgetButton, readButton } from "../views/callback-data.ts";
import { keyboardOf } from "../views/keyboard.ts";

/** The button under a person's `/settings` that makes the bot forget what it keeps about them; it asks first. */
export function createForgetButton(deps: {
  forgetChat: ForgetChat;
  background: Background;
  replies: Replies;
}): ButtonHandler {
  const { forgetChat, background, replies } = deps;

  function question({ texts }: ChatContext): Content {
    const { forget } = texts.people;
    const choices = [
      { label: forget.yes, press: forgetButton.pack({ action: "yes" }) },
      { label: texts.people.users.button.cancel, press: forgetButton.pack({ action: "no" }) },
    ];
    return { text: forget.sure, keyboard: keyboardOf([{ choices }]) };
  }

  return (context, press) => {
    const carried = readButton(forgetButton, press);
    if (carried === undefined || press.message === undefined) return undefined;
    const { chatId, isPrivate, texts } = context;
    const answer = answerRef(context, press.message);
    // A group's history is not one person's.
    if (!isPrivate || carried.action === undefined) return { text: texts.pressed.outdated };
    if (carried.action === "ask") replies.edit(answer, question(context));
    if (carried.action === "no") replies.edit(answer, { text: texts.people.forget.kept });
    if (carried.action === "yes") {
      background.run(context, async () => {
        await forgetChat(chatId);
        replies.edit(answer, { text: texts.people.forget.done });
      });
    }
    return { text: "" };
  };
}
