import { readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

const SRC = join(import.meta.dir, "../../src");

/** One name that a file imports from another; `*` for an import of the whole file. Paths are relative to `src`. */
export interface Imported {
  readonly file: string;
  readonly from: string;
  readonly name: string;
}

/** Every TypeScript file of `src`, relative to it. */
export const files: readonly string[] = [...new Bun.Glob("**/*.ts").scanSync(SRC)].sort();

export const source = (file: string): string => readFileSync(join(SRC, file), "utf8");

/** A file's text without the lines that are comments. */
export const withoutComments = (file: string): string => source(file).replace(/^\s*(\/\/|\/?\*).*$/gm, "");

/** The project files that a file imports, with any kind of import. */
export function importsOf(file: string): string[] {
  const found = withoutComments(file).matchAll(/(?:\bfrom\s+|\bimport\s*\(\s*|\bimport\s+)"(\.[^"]+)"/g);
  return [...found].map(([, specifier = ""]) => pathOf(file, specifier));
}

/** What a file imports from the project, name by name. */
export function namesImportedBy(file: string): Imported[] {
  const text = withoutComments(file);
  const named = [...text.matchAll(/\{([^{}]*)\}\s+from\s+"(\.[^"]+)"/g)].flatMap(([, list = "", from = ""]) =>
    list.split(",").map((entry) => ({ name: entry.trim().replace(/^type\s+|\s+as\s.*$/g, ""), from })),
  );
  const whole = [...text.matchAll(/(?:\*[\s\w]*\sfrom\s+|\bimport\s*\(\s*)"(\.[^"]+)"/g)];
  return [...named, ...whole.map(([, from = ""]) => ({ name: "*", from }))]
    .filter(({ name }) => name !== "")
    .map(({ name, from }) => ({ file, name, from: pathOf(file, from) }));
}

/** The types that a file exports. */
export function typesExportedBy(file: string): string[] {
  const found = withoutComments(file).matchAll(/^export (?:abstract )?(?:interface|type|class) (\w+)/gm);
  return [...found].map(([, name = ""]) => name);
}

const pathOf = (file: string, specifier: string): string => normalize(join(dirname(file), specifier));
