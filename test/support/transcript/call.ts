import type { Call } from "../bot-api/journal.ts";
import { flag, isRecord, list } from "../bot-api/parameters.ts";

/** The texts of deleted messages, by chat and id. */
export type Seen = ReadonlyMap<string, string | undefined>;

interface Surroundings {
  readonly names: ReadonlyMap<number, string>;
  textOf(chatId: number, messageId: number): string;
}

/** One call of the bot in words; empty if nobody sees it. */
export function callOf({ method, params, response }: Call, { names, textOf }: Surroundings): string[] {
  if (response?.status !== 200) return [];
  const chatId = Number(params.chat_id);
  const chat = names.get(chatId) ?? String(chatId);
  const words = String(params.text ?? "").replace(/[\u2066-\u2069]/g, "");
  if (method === "sendMessage") {
    return [`  bot → ${chat}${isReply(params)}${ring(params)}`, ...bubble(words, params.reply_markup)];
  }
  if (method === "editMessageText") return [`  bot, in place → ${chat}`, ...bubble(words, params.reply_markup)];
  if (method === "answerCallbackQuery") return words === "" ? [] : [`  bot, briefly: “${words}”`];
  if (method === "deleteMessages") {
    const ids = (list(params.message_ids) ?? []).map(Number);
    return ids.map((id) => `  gone from ${chat}: ${firstLine(textOf(chatId, id))}`);
  }
  if (method === "setMessageReaction") return [`  bot reacts in ${chat}: ${JSON.stringify(params.reaction)}`];
  return [];
}

function isReply({ reply_parameters: reply }: Call["params"]): string {
  return isRecord(reply) ? " (as a reply)" : "";
}

function ring(params: Call["params"]): string {
  return flag(params.disable_notification) ? "" : " (with a sound)";
}

function bubble(words: string, markup: unknown): string[] {
  const rows = isRecord(markup) ? (list(markup.inline_keyboard) ?? []) : [];
  const buttons = rows.map((row) =>
    (list(row) ?? []).map((button) => `[${isRecord(button) ? button.text : ""}]`).join(" "),
  );
  return [...words.split("\n"), ...buttons].map((line) => `    │ ${line}`);
}

function firstLine(words: string): string {
  return words.split("\n")[0] ?? "";
}
