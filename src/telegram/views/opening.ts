import type { Calendar } from "../../domain/calendar.ts";
import type { Language } from "../../domain/chat.ts";
import type { NextOpening } from "../../domain/window.ts";
import type { Texts } from "../locales/locales.ts";

/** What a link waits for while its servers are shut, in the chat's time zone. */
export function openingFacts(
  { downloader, from, to }: NextOpening,
  { calendar, language }: { readonly calendar: Calendar; readonly language: Language },
): Parameters<Texts["prompt"]["opens"]>[0] {
  return { downloader, at: calendar.format(from, language), from: calendar.clock(from), to: calendar.clock(to) };
}
