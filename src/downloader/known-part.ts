import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";

const knownPartSchema = v.object({ validator: v.nullable(v.string()), name: v.string() });

/** What is known about a file that has come in part: how its server recognises it, and the name that it will have. */
export type KnownPart = v.InferOutput<typeof knownPartSchema>;

const fileIn = (folder: string) => join(folder, "part.json");

/** Undefined if nothing was stored. */
export function knownPart(folder: string): KnownPart | undefined {
  try {
    const read = v.safeParse(knownPartSchema, JSON.parse(readFileSync(fileIn(folder), "utf8")));
    return read.success ? read.output : undefined;
  } catch {
    return undefined;
  }
}

/** Stores it so that it survives a kill. Throws the system's error. */
export function rememberPart(folder: string, part: KnownPart): void {
  const file = fileIn(folder);
  writeFileSync(`${file}.new`, JSON.stringify(part));
  renameSync(`${file}.new`, file);
}

export function forgetPart(folder: string): void {
  rmSync(fileIn(folder), { force: true });
}
