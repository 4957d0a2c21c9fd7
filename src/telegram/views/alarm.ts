import { InlineKeyboard } from "gramio";
import type { Texts } from "../locales/locales.ts";
import { alarmButton } from "./callback-data.ts";

/** Under what stays until it is read. */
export function alarmKeyboard(words: Texts["admin"]["alarm"]): InlineKeyboard {
  return new InlineKeyboard().text(words.ok, alarmButton.pack({ action: "ok" }));
}
