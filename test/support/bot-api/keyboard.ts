import type { Button, Keyboard } from "./message.ts";
import { isRecord, list, text } from "./parameters.ts";
import { badRequest } from "./refusal.ts";
import { assertUrl } from "./text.ts";

const MOST_BUTTONS = 100;
/** tginfo/Telegram-Limits #187: all buttons together. */
const MOST_BYTES = 10_000;
/** Bot API: `InlineKeyboardButton.callback_data`, 1–64 bytes. */
const LONGEST_CALLBACK_DATA = 64;
/** Bot API: `CopyTextButton.text`, 1–256 characters. */
const LONGEST_COPIED = 256;
const OTHER_ACTIONS = [
  "web_app",
  "login_url",
  "switch_inline_query",
  "switch_inline_query_current_chat",
  "copy_text",
  "pay",
];

/** `reply_markup`; undefined if there is none or it contains no button, which is the same for Telegram. */
export function readKeyboard(markup: unknown): Keyboard | undefined {
  if (markup === undefined || markup === null) return undefined;
  if (!isRecord(markup)) throw badRequest("object expected as reply markup");
  if (!("inline_keyboard" in markup)) return undefined;
  const rows = list(markup.inline_keyboard);
  if (rows === undefined)
    throw badRequest(`field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays`);
  const keyboard = rows.map(readRow).filter((row) => row.length > 0);
  const isTooLarge = Buffer.byteLength(JSON.stringify(keyboard)) > MOST_BYTES;
  if (isTooLarge || keyboard.flat().length > MOST_BUTTONS) throw badRequest("reply markup is too long");
  return keyboard.length === 0 ? undefined : { inline_keyboard: keyboard };
}

function readRow(row: unknown): readonly Button[] {
  const buttons = list(row);
  if (buttons === undefined) {
    throw badRequest(`field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays`);
  }
  return buttons.map(readButton);
}

function readButton(button: unknown): Button {
  if (!isRecord(button)) throw badRequest("can't parse inline keyboard button: InlineKeyboardButton must be an Object");
  const label = text(button.text);
  if (label === undefined) throw badRequest(`can't parse inline keyboard button: Can't find field "text"`);
  if (label.trim() === "") throw badRequest("inline keyboard button text must be non-empty");
  const data = text(button.callback_data) ?? "";
  const url = text(button.url) ?? "";
  if (url !== "") assertUrl(url, "inline keyboard button URL");
  if (data === "" && url === "" && !OTHER_ACTIONS.some((action) => action in button)) {
    throw badRequest("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard");
  }
  const copied = isRecord(button.copy_text) ? text(button.copy_text.text) : undefined;
  if ("copy_text" in button && (copied === undefined || copied.length < 1 || copied.length > LONGEST_COPIED)) {
    throw badRequest("BUTTON_COPY_TEXT_INVALID");
  }
  if (Buffer.byteLength(data) > LONGEST_CALLBACK_DATA) throw badRequest("BUTTON_DATA_INVALID");
  return { ...button, text: label };
}
