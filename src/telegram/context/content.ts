import type { SendMessageParams } from "@gramio/types";
import type { FormattableString, InlineKeyboard } from "gramio";

/** A message as it is to stand in the chat. */
export interface Content {
  readonly text: FormattableString | string;
  readonly keyboard?: InlineKeyboard;
  /** An address that may unfold, small; left out where nothing does. */
  readonly preview?: string | undefined;
}

/** What a call that sends or edits the message says of it (Bot API: sendMessage, editMessageText). */
export function contentParams({
  text,
  keyboard,
  preview,
}: Content): Pick<SendMessageParams, "text" | "link_preview_options"> & { reply_markup?: InlineKeyboard } {
  const unfolded = preview === undefined ? { is_disabled: true } : { url: preview, prefer_small_media: true };
  return { text, link_preview_options: unfolded, ...(keyboard && { reply_markup: keyboard }) };
}
