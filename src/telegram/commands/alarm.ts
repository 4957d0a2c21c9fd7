import { DELETABLE_MS } from "../../domain/message.ts";
import { plain } from "../../domain/text.ts";
import type { ButtonHandler } from "../context/button-press.ts";
import type { Replies } from "../context/replies.ts";
import { alarmButton, readButton } from "../views/callback-data.ts";

const LONGEST_LINE = 200;

/** The button under an alarm: it was read, so it is deleted; one that is too old for that shrinks to one line. */
export function createAlarmButton({ replies, now }: { replies: Replies; now: () => number }): ButtonHandler {
  return (context, press) => {
    if (readButton(alarmButton, press) === undefined || press.message === undefined) return undefined;
    if (context.actor.role !== "admin") return { text: context.texts.pressed.noAccess, alert: true };
    const { message_id: messageId, date } = press.message;
    const { alarm: words } = context.texts.admin;
    if (now() - date * 1000 < DELETABLE_MS) replies.discard(context.chatId, messageId);
    else {
      const text = "text" in press.message ? String(press.message.text) : words.pressed;
      const [line = ""] = text.split("\n");
      replies.edit({ chatId: context.chatId, messageId }, { text: words.read(plain(line, LONGEST_LINE)) });
    }
    return { text: words.pressed };
  };
}
