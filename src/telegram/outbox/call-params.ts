import { MessageLeftBehind } from "../api/api-error.ts";
import type { BotApi, Extra, Omission } from "./send-result.ts";

/** How a repeated call differs from what its sender wrote. */
export interface Adjustment {
  readonly omissions: ReadonlySet<Omission>;
  /** Collects which of these the call has. */
  readonly extras: Set<Extra>;
  /** Bot API: a group that became a supergroup has a new id. */
  readonly chatId: { readonly from: number; readonly to: number };
  /** Called when a call goes out. */
  readonly onCall: () => void;
}

/** Colours, and buttons that copy. */
const HAS_BUTTON_EXTRAS = /"(style|copy_text)":/;
const PARSED = ["parse_mode", "entities", "caption_entities"];
/** Bot API: the methods that deliver a message, and take `disable_notification`. */
const BRINGS_A_MESSAGE = /^(send(?!ChatAction)|copyMessage|forwardMessage)/;

/**
 * The same API with every call's parameters adjusted, so that a sender's closure can be repeated unchanged. A message makes no sound
 * unless its sender says `disable_notification: false`. A supergroup numbers its messages from the start: a call about a message of the
 * old group fails with `MessageLeftBehind`, so that it does not hit somebody else's.
 */
export function adjusted(api: BotApi, adjustment: Adjustment): BotApi {
  return new Proxy(api, {
    get(target, method) {
      const call: unknown = Reflect.get(target, method);
      if (typeof call !== "function") return call;
      const silence = BRINGS_A_MESSAGE.test(String(method)) ? { disable_notification: true } : {};
      return (params?: Readonly<Record<string, unknown>>) => {
        const adjustedParams = params && adjust({ ...silence, ...params }, adjustment);
        adjustment.onCall();
        return call(adjustedParams);
      };
    },
  });
}

function adjust(params: Readonly<Record<string, unknown>>, { omissions, extras, chatId }: Omit<Adjustment, "onCall">) {
  const rest = { ...params };
  if (rest.chat_id === chatId.from && chatId.from !== chatId.to) {
    if (["message_id", "message_ids", "ephemeral_message_id"].some((id) => id in rest)) throw new MessageLeftBehind();
    rest.chat_id = chatId.to;
    delete rest.reply_parameters;
  }
  if (omissions.has("thread_not_found")) {
    delete rest.message_thread_id;
    // An answer goes into the topic of the message that it answers.
    if (rest.ephemeral_message_parameters === undefined) delete rest.reply_parameters;
  }
  if (omissions.has("reply_not_found")) delete rest.reply_parameters;
  if (omissions.has("preview_refused")) rest.link_preview_options = { is_disabled: true };
  if (omissions.has("cant_parse")) {
    for (const name of PARSED) delete rest[name];
    // GramIO's formatted strings bring their own entities.
    for (const name of ["text", "caption"]) if (name in rest) rest[name] = String(rest[name]);
  }
  const open = withoutAside(rest);
  if (open !== undefined) extras.add("aside");
  if (open !== undefined && omissions.has("aside")) Object.assign(rest, open);
  const keyboard = writtenKeyboard(rest.reply_markup);
  if (HAS_BUTTON_EXTRAS.test(keyboard)) {
    extras.add("button_extras");
    if (omissions.has("button_extras")) rest.reply_markup = withoutButtonExtras(keyboard);
  }
  return rest;
}

/** How a message for one person, or commands for such messages, can go to everybody instead; undefined for a call that does anyway. */
function withoutAside({ ephemeral_message_parameters: aside, commands }: Readonly<Record<string, unknown>>) {
  // Bot API: only an ephemeral message answers an ephemeral one.
  if (aside !== undefined) return { ephemeral_message_parameters: undefined, reply_parameters: undefined };
  if (!Array.isArray(commands) || !commands.some((command) => "is_ephemeral" in command)) return undefined;
  return { commands: commands.map(({ is_ephemeral: _, ...command }) => command) };
}

type Buttons = readonly (readonly Readonly<Record<string, unknown>>[])[];

/** A keyboard as it goes to Telegram; empty if there is none. */
function writtenKeyboard(markup: unknown): string {
  return typeof markup === "object" && markup !== null ? JSON.stringify(markup) : "";
}

/** The keyboard without colours and without buttons that copy. */
function withoutButtonExtras(keyboard: string): { inline_keyboard: Buttons } {
  const { inline_keyboard: rows = [] }: { inline_keyboard?: Buttons } = JSON.parse(keyboard);
  const plain = rows.map((row) =>
    row.filter((button) => !("copy_text" in button)).map(({ style: _, ...button }) => button),
  );
  return { inline_keyboard: plain.filter((row) => row.length > 0) };
}
