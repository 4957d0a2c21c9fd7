import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const ROOT = join(import.meta.dir, "../..");
export const LANGUAGES = ["en", "ru"] as const;
export type Language = (typeof LANGUAGES)[number];

/** A page of the guide, or a README. */
export interface Page {
  readonly language: Language;
  /** Relative to the repository: `docs/en/start.md`. */
  readonly path: string;
  readonly text: string;
}

/** Fenced code with its kind (`sh`, `yaml` …). */
export interface Block {
  readonly kind: string;
  readonly text: string;
}

/** The page of this name in `docs/<language>`; throws when there is none. */
export function page(language: Language, name: string): Page {
  const path = `docs/${language}/${name}`;
  return { language, path, text: readFileSync(join(ROOT, path), "utf8") };
}

/** Every page of a language, its README at the top of the repository first. */
export function pagesOf(language: Language): Page[] {
  const path = language === "en" ? "README.md" : "README.ru.md";
  const top = { language, path, text: readFileSync(join(ROOT, path), "utf8") };
  const names = readdirSync(join(ROOT, "docs", language)).filter((name) => name.endsWith(".md"));
  return [top, ...names.sort().map((name) => page(language, name))];
}

/** What is new in each version, in a language. */
export function changelogIn(language: Language): Page {
  const path = language === "en" ? "CHANGELOG.md" : "CHANGELOG.ru.md";
  return { language, path, text: readFileSync(join(ROOT, path), "utf8") };
}

/** The pages of `docs/internals`: for contributors, so in English only. */
export function contributorPages(): Page[] {
  const folder = "docs/internals";
  const names = readdirSync(join(ROOT, folder)).filter((name) => name.endsWith(".md"));
  return names.sort().map((name) => englishPage(`${folder}/${name}`));
}

/** A page that exists in English only; throws when there is none. */
export function englishPage(path: string): Page {
  return { language: "en", path, text: readFileSync(join(ROOT, path), "utf8") };
}

export function blocksOf(text: string): Block[] {
  return [...text.matchAll(/^ *```(\w*)\n(.*?)^ *```$/gms)].map(([, kind = "", content = ""]) => ({
    kind,
    text: content,
  }));
}

/** The text without fenced code. */
export function proseOf(text: string): string {
  return text.replace(/^ *```\w*\n.*?^ *```$/gms, "");
}

/** The texts in backticks. */
export function spansOf(prose: string): string[] {
  return [...prose.matchAll(/`([^`\n]+)`/g)].map(([, span = ""]) => span);
}

/** The cells of every row of every table, headings left out. */
export function rowsOf(text: string): string[][] {
  const lines = proseOf(text).split("\n");
  const isRow = (line: string | undefined) => line?.startsWith("|") === true;
  const isRuler = (line: string | undefined) => /^\|[-|]+$/.test(line ?? "");
  return lines
    .filter((line, at) => isRow(line) && !isRuler(line) && !isRuler(lines[at + 1]))
    .map((line) =>
      line
        .slice(1, -1)
        .split("|")
        .map((cell) => cell.trim()),
    );
}

/** The lines that a reader types, without comments; one that continues after a backslash is a single line. */
export function commandsOf(text: string): string[] {
  return blocksOf(text)
    .filter(({ kind }) => kind === "sh")
    .flatMap((block) => block.text.replace(/\\\n\s*/g, "").split("\n"))
    .map((line) => line.trim().replace(/\s+#.*$/, ""))
    .filter((line) => line !== "");
}
