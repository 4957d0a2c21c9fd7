import * as v from "valibot";

const number = v.nullable(v.number());
const text = v.nullable(v.string());
const language = v.nullable(v.picklist(["en", "ru"]));

/** What a chat has chosen, in the copy of what must be known without the database; an earlier version wrote less. */
export const knownChat = v.object({
  chatId: v.number(),
  language,
  seenLanguage: language,
  quality: v.nullable(v.union([v.literal("best"), v.number()])),
  folder: text,
  lifetimeMs: number,
  notices: v.nullable(v.picklist(["message", "reaction", "off"])),
  quiet: v.optional(text, null),
  zone: v.optional(text, null),
  blockedAt: number,
  menu: text,
});
