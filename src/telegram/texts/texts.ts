import type { Language } from "../../domain/chat.ts";
import { en, type Texts } from "./en.ts";
import { ru } from "./ru.ts";

/** Everything a person reads, by language. */
export const texts: Readonly<Record<Language, Texts>> = { en, ru };
