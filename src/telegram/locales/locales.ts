import type { Language } from "../../domain/chat.ts";
import { en, type Texts } from "./en/en.ts";
import { ru } from "./ru/ru.ts";

export type { Texts };

/** Everything a person reads, by language. */
export const texts: Readonly<Record<Language, Texts>> = { en, ru };
