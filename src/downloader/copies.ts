import { randomUUID } from "node:crypto";
import { lstatSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as v from "valibot";
import { WHOLE } from "./fetcher.ts";
import { syncToDisk } from "./sync.ts";

const copyRecord = v.object({
  /** The incomplete copy, relative to the folder of downloads; others may have theirs in the same place. */
  part: v.pipe(v.string(), v.regex(/^[^/]+\/\.dwld-bot-[0-9a-f-]{36}$/)),
  /** The name of the link's complete file, or folder of files, that is copied. */
  of: v.string(),
  /** The name that the complete copy is about to get, beside `part`; null until it is complete. */
  place: v.nullable(v.string()),
});

type CopyRecord = v.InferOutput<typeof copyRecord>;

/** One file on its way to another disk. Both functions throw the system's errors. */
export interface Copying {
  /** Stores that the file is about to be copied, and returns a hidden and unused name for its incomplete copy. */
  begin(): string;
  /** Stores that the copy is complete and is about to get this name. */
  complete(place: string): void;
}

/**
 * What is stored beside the parts of links about files that are copied to another disk, so that a kill neither leaves a copy there nor
 * delivers a file twice.
 */
export interface Copies {
  /** For the link's complete file of this name, which goes to this folder of a user. */
  for(id: number, of: { readonly owner: string; readonly name: string }): Copying;
  /** Deletes a file here whose complete copy had its name before a kill. Throws the system's errors. */
  finish(id: number): void;
  /** Deletes an incomplete copy. Never throws. */
  drop(id: number): void;
}

/** `dir` is the folder of downloads, and `folderOf` returns the folder with a link's parts. */
export function createCopies({ dir, folderOf }: { dir: string; folderOf: (id: number) => string }): Copies {
  const fileOf = (id: number) => join(folderOf(id), "copy.json");

  function read(id: number): CopyRecord | undefined {
    try {
      const parsed = v.safeParse(copyRecord, JSON.parse(readFileSync(fileOf(id), "utf8")));
      return parsed.success ? parsed.output : undefined;
    } catch {
      return undefined;
    }
  }

  function write(id: number, record: CopyRecord): void {
    writeFileSync(`${fileOf(id)}.new`, JSON.stringify(record));
    renameSync(`${fileOf(id)}.new`, fileOf(id));
  }

  return {
    for(id, { owner, name }) {
      const hidden = `.dwld-bot-${randomUUID()}`;
      const record = { part: `${owner}/${hidden}`, of: name };
      return {
        begin() {
          write(id, { ...record, place: null });
          return hidden;
        },
        complete: (place) => write(id, { ...record, place }),
      };
    },
    finish(id) {
      const { part = "", of = "", place = null } = read(id) ?? {};
      if (place === null || isThere(join(dir, part))) return;
      const [from, folder] = [join(folderOf(id), WHOLE, of), dirname(join(dir, part))];
      // Whoever has removed the copy, or whose disk is not there, must still get the file.
      if (!isThere(from) || !isCopy(from, join(folder, place))) return;
      syncToDisk(folder);
      rmSync(from, { recursive: true, force: true });
    },
    drop(id) {
      try {
        const record = read(id);
        if (record === undefined) return;
        // Otherwise what takes that name later would pass for the copy.
        if (record.place !== null) write(id, { ...record, place: null });
        rmSync(join(dir, record.part), { recursive: true, force: true });
      } catch {
        // Its disk is not mounted: no reason to keep the link.
      }
    },
  };
}

const statOf = (path: string) => lstatSync(path, { throwIfNoEntry: false });
const isThere = (path: string): boolean => statOf(path) !== undefined;

/** Whether everything that is left of `from` is in `to`, with the same size. */
function isCopy(from: string, to: string): boolean {
  const [one, other] = [statOf(from), statOf(to)];
  if (one === undefined || other === undefined || one.isDirectory() !== other.isDirectory()) return false;
  if (!one.isDirectory()) return one.size === other.size;
  return readdirSync(from).every((name) => isCopy(join(from, name), join(to, name)));
}
