import { CANCEL_UNDO_MS, type Cancellation } from "../../service/tracking/cancellation.ts";
import type { ButtonHandler } from "../context/button-press.ts";
import { type MayPress, refusal } from "../context/may-press.ts";
import type { WorkDisplay } from "../notify/in-work.ts";
import { readButton, workButton } from "../views/callback-data.ts";
import { downloadName } from "../views/work-list.ts";

/** The buttons under the message of what is in work: cancel, and undo for as long as no downloader has been told. */
export function createCancelButton(deps: {
  cancellation: Pick<Cancellation, "look" | "plan" | "undo">;
  mayPress: MayPress;
  work: Pick<WorkDisplay, "pressed">;
}): ButtonHandler {
  return async (context, press) => {
    const { actor, texts } = context;
    const carried = readButton(workButton, press);
    if (carried === undefined) return undefined;
    const { action, id } = carried;
    if (!Number.isSafeInteger(id) || action === undefined) return { text: texts.pressed.outdated };
    const looked = deps.cancellation.look(actor, id);
    const refused = looked && (await refusal(deps.mayPress, context, [looked]));
    if (refused !== undefined) return refused;
    const cancelled = deps.cancellation[action === "cancel" ? "plan" : "undo"](actor, id);
    if (cancelled.kind === "not_yours") return { text: texts.pressed.notYours };
    const { kind, delivery } = cancelled;
    const { message } = press;
    if (message !== undefined) deps.work.pressed(delivery, { chatId: message.chat.id, messageId: message.message_id });
    const words = texts.work.pressed;
    if (kind === "over") return { text: words.over };
    const what = downloadName(delivery);
    return { text: kind === "planned" ? words.planned(what, CANCEL_UNDO_MS / 1000) : words.undone(what) };
  };
}
