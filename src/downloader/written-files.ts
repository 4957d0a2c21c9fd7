import { readFileSync } from "node:fs";

/** A file's text, and what it stands for; undefined where it cannot be read or understood. */
export function pemIn<T>(
  file: string,
  parse: (pem: string) => T,
): { readonly pem: Buffer; readonly parsed: T } | undefined {
  const text = textOf(file);
  try {
    return text === undefined ? undefined : { pem: Buffer.from(text), parsed: parse(text) };
  } catch {
    return undefined;
  }
}

/** What stands in a file, or in what was opened already, without what surrounds it; undefined where that is nothing, or it cannot be read. */
export function textOf(file: string | number): string | undefined {
  try {
    return readFileSync(file, "utf8").trim() || undefined;
  } catch {
    return undefined;
  }
}
