import type { Language } from "../../domain/chat.ts";
import { type DownloaderTexts, en } from "./en.ts";
import { ru } from "./ru.ts";

export type { DownloaderTexts };

/** What people read of the downloader, by language. */
export const downloaderTexts: Readonly<Record<Language, DownloaderTexts>> = { en, ru };
