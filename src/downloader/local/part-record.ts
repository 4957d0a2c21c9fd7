import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";

const partRecord = v.object({ validator: v.nullable(v.string()), name: v.string() });

/** What is stored beside a partly downloaded file, to resume it: how its server recognises it, and its final name. */
export type PartRecord = v.InferOutput<typeof partRecord>;

const fileIn = (folder: string) => join(folder, "part.json");

/** Undefined if none was stored. */
export function readPartRecord(folder: string): PartRecord | undefined {
  try {
    const read = v.safeParse(partRecord, JSON.parse(readFileSync(fileIn(folder), "utf8")));
    return read.success ? read.output : undefined;
  } catch {
    return undefined;
  }
}

/** Stores it so that it survives a kill. Throws the system's error. */
export function writePartRecord(folder: string, part: PartRecord): void {
  const file = fileIn(folder);
  writeFileSync(`${file}.new`, JSON.stringify(part));
  renameSync(`${file}.new`, file);
}

export function deletePartRecord(folder: string): void {
  rmSync(fileIn(folder), { force: true });
}
