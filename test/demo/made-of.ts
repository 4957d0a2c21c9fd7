import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { LiveMessage } from "../support/bot-api/message.ts";

const PAGE = join(import.meta.dir, "page");

/** What the pictures of `docs/pictures` show; they are out of date when it is another. */
export interface MadeOf {
  /** SHA-256 of the page's sources. */
  readonly page: string;
  /** The messages of the tour in each language, with their buttons. */
  readonly en: readonly string[];
  readonly ru: readonly string[];
}

/** Of the messages that the tour has come by, in both languages, and the page as it is now. */
export function madeOf(seen: Readonly<Record<"en" | "ru", readonly LiveMessage[]>>): MadeOf {
  return { page: pageDigest(), en: seen.en.map(lasting), ru: seen.ru.map(lasting) };
}

function pageDigest(): string {
  const digest = createHash("sha256");
  for (const name of readdirSync(PAGE).sort()) digest.update(`${name}\n`).update(readFileSync(join(PAGE, name)));
  return digest.digest("hex");
}

/** Without what is another each time: ports, times, which server was drawn, how far it is. */
function lasting({ text, buttons }: LiveMessage): string {
  const keyboard = buttons.map((row) => row.map((button) => `[${button.text}]`).join(" "));
  return [text, ...keyboard]
    .join("\n")
    .replace(/127\.0\.0\.1:\d+/g, "127.0.0.1:PORT")
    .replace(/(?:\d{1,2} \p{L}+\.?,? (?:at |в )?)?\b\d{1,2}:\d\d\b/gu, "HH:MM")
    .replace(/\b(home|attic)\b/g, "SERVER")
    .replace(/\d+ %[^\n]* · /g, "N % · ");
}
