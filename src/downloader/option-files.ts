import { readFileSync } from "node:fs";
import { isSilentPipe, type PipePatience, readPatiently } from "../patient-read.ts";

/** The text of a file, and what it stands for; undefined if it cannot be read or understood. Throws as `textOf` does. */
export function pemIn<T>(
  file: string,
  parse: (pem: string) => T,
  patience?: PipePatience,
): { readonly pem: Buffer; readonly parsed: T } | undefined {
  const text = textOf(file, patience);
  try {
    return text === undefined ? undefined : { pem: Buffer.from(text), parsed: parse(text) };
  } catch {
    return undefined;
  }
}

/**
 * The content of a file, or of a file that is already open, trimmed; undefined if that is nothing, or it cannot be read. Throws for a pipe
 * that nobody writes into: see `isSilentPipe`.
 */
export function textOf(file: string | number, patience?: PipePatience): string | undefined {
  try {
    const text = typeof file === "number" ? readFileSync(file) : readPatiently(file, patience);
    return text.toString().trim() || undefined;
  } catch (error) {
    if (isSilentPipe(error)) throw error;
    return undefined;
  }
}
