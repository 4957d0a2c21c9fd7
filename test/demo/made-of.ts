import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { LiveMessage } from "../support/bot-api/message.ts";

const PAGE = join(import.meta.dir, "page");

/** What the pictures in `docs/pictures` show; if it changes, they are out of date. */
export interface MadeOf {
  /** SHA-256 of the page's sources. */
  readonly page: string;
  /** The messages of the tour in each language, with their buttons. */
  readonly en: readonly string[];
  readonly ru: readonly string[];
}

/** Made from the messages that the tour has seen, in both languages, and the present page. */
export function madeOf(seen: Readonly<Record<"en" | "ru", readonly LiveMessage[]>>): MadeOf {
  return { page: pageDigest(), en: seen.en.map(lasting), ru: seen.ru.map(lasting) };
}

function pageDigest(): string {
  const digest = createHash("sha256");
  for (const name of readdirSync(PAGE).sort()) digest.update(`${name}\n`).update(readFileSync(join(PAGE, name)));
  return digest.digest("hex");
}

/** Without what differs each time: ports, times, which server was drawn, progress. */
function lasting({ text, buttons }: LiveMessage): string {
  const keyboard = buttons.map((row) => row.map((button) => `[${button.text}]`).join(" "));
  return [text, ...keyboard]
    .join("\n")
    .replace(/127\.0\.0\.1:\d+/g, "127.0.0.1:PORT")
    .replace(/(?:\d{1,2} \p{L}+\.?,? (?:at |в )?)?\b\d{1,2}:\d\d\b/gu, "HH:MM")
    .replace(/\b(home|attic)\b/g, "SERVER")
    .replace(/\d+ %[^\n]* · /g, "N % · ");
}
