import { format } from "gramio";
import type { Calendar } from "../../domain/calendar.ts";
import type { Language } from "../../domain/chat.ts";
import type { Link } from "../../domain/link.ts";
import type { Content } from "../context/content.ts";
import { type Texts, texts } from "../locales/locales.ts";
import { linkButton } from "./callback-data.ts";
import { keyboardOf } from "./keyboard.ts";
import { linkText } from "./link-text.ts";
import { choicesOf, type PromptSettings } from "./prompt-buttons.ts";

/** One line on how a link stands. */
export function stateLine(link: Link, of: { texts: Texts; language: Language; calendar: Calendar }): string {
  const { prompt } = of.texts;
  const at = of.calendar.format(link.sendAt, of.language);
  if (link.state === "removed") return prompt.removed;
  if (link.state === "sending") return prompt.sending;
  if (link.state === "uncertain") return prompt.uncertain;
  if (link.state === "unmatched") {
    return link.downloader === null ? prompt.unmatched : prompt.unmatchedChosen(link.downloader);
  }
  if (link.state === "unreachable") return prompt.unreachable(link.lastError);
  if (link.state === "failed") return prompt.failed(link.attempts, link.lastError);
  if (link.sendAt <= of.calendar.now()) return prompt.goingOut;
  return link.lastError === null ? prompt.waiting(at) : prompt.retry(link.attempts, link.lastError, at);
}

/**
 * A link's prompt: how it stands, and the buttons for what can be chosen (rule 6), the chosen ones marked. While it is being
 * handed over they stay, lest the message jumps, and answer that it is already being sent.
 */
export function prompt(link: Link, language: Language, settings: PromptSettings): Content {
  const words = texts[language];
  const state = stateLine(link, { texts: words, language, calendar: settings.calendar });
  const shown = linkText(link.url);
  if (link.state === "removed") {
    const undo = { label: words.prompt.button.undo, press: linkButton.pack({ id: link.id, action: "undo" }) };
    return { text: format`${shown}\n${state}`, keyboard: keyboardOf([{ choices: [undo] }]) };
  }
  const text = format`${shown}\n${state}\n${words.prompt.details(link)}`;
  return { text, keyboard: keyboardOf(choicesOf(link, { words, settings })) };
}
