import type { TelegramMessage } from "gramio";
import type { TextPart } from "../../domain/incoming.ts";

/** Where people write links: text and caption. Buttons are not written. */
export function textPartsOf({ text, entities, caption, caption_entities }: TelegramMessage): TextPart[] {
  return [
    ...(text === undefined ? [] : [{ text, entities }]),
    ...(caption === undefined ? [] : [{ text: caption, entities: caption_entities }]),
  ];
}
