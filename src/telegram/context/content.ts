import type { SendMessageParams } from "@gramio/types";
import { FormattableString, type InlineKeyboard } from "gramio";

/** A message as it is to appear in the chat. */
export interface Content {
  readonly text: FormattableString | string;
  readonly keyboard?: InlineKeyboard;
  /** An address whose preview may be shown, small; without it there is none. */
  readonly preview?: string | undefined;
}

/** The parameters of a call that sends or edits the message (Bot API: sendMessage, editMessageText). */
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

/**
 * telegram-bot-api #165: with about 9,500 bytes of entities, Telegram refuses a message (ENTITIES_TOO_LONG); each address may have 2,048.
 */
const MOST_MARK_BYTES = 8_000;
/** An entity without its address: its type, offset and length. */
const MARK_BYTES = 16;

/** The text with as many links as Telegram takes. Of the others, which have the longest addresses, only the words stay. */
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
