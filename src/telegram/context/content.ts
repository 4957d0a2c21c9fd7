import type { SendMessageParams } from "@gramio/types";
import type { FormattableString, InlineKeyboard } from "gramio";

/** A message as it is to stand in the chat. */
export interface Content {
  readonly text: FormattableString | string;
  readonly keyboard?: InlineKeyboard;
}

/** What a call that sends or edits the message says of it (Bot API: sendMessage, editMessageText); links never unfold. */
export function contentParams({
  text,
  keyboard,
}: Content): Pick<SendMessageParams, "text" | "link_preview_options"> & { reply_markup?: InlineKeyboard } {
  return { text, link_preview_options: { is_disabled: true }, ...(keyboard && { reply_markup: keyboard }) };
}
