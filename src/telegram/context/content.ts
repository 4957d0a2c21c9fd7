import type { SendMessageParams } from "@gramio/types";
import { FormattableString, type InlineKeyboard } from "gramio";

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
  return {
    text: withAffordableLinks(text),
    link_preview_options: unfolded,
    ...(keyboard && { reply_markup: keyboard }),
  };
}

/** telegram-bot-api #165: at about 9,500 bytes of marks Telegram refuses a message (ENTITIES_TOO_LONG); addresses may be of 2,048 each. */
const MOST_MARK_BYTES = 8_000;
/** Of a mark without its address: what it is, where it begins, how long it is. */
const MARK_BYTES = 16;

/** The text with as many links to press as Telegram takes. Of the others, which have the longest addresses, the words stay. */
function withAffordableLinks(text: FormattableString | string): FormattableString | string {
  if (typeof text === "string") return text;
  const lengths = text.entities.map(({ url }) => Buffer.byteLength(url ?? ""));
  let bytes = MARK_BYTES * lengths.length;
  if (lengths.reduce((sum, length) => sum + length, bytes) <= MOST_MARK_BYTES) return text;
  const affordable = new Set<number>();
  for (const [at, length] of [...lengths.entries()].sort(([, one], [, other]) => one - other)) {
    bytes += length;
    if (bytes <= MOST_MARK_BYTES) affordable.add(at);
  }
  return new FormattableString(
    text.text,
    text.entities.filter((_, at) => affordable.has(at)),
  );
}
