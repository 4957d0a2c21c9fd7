import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import * as v from "valibot";
import type { DirectEntry, DirectJournal } from "../domain/direct.ts";
import { errorCode } from "../domain/error-code.ts";
import type { Log } from "../domain/log.ts";
import { keyOf } from "../domain/url.ts";

const nullableNumber = v.nullable(v.number());
const link = v.object({
  chatId: v.number(),
  threadId: nullableNumber,
  messageId: nullableNumber,
  keepsMessage: v.exactOptional(v.boolean()),
  sender: v.string(),
  // Lines of an earlier version lack these.
  senderId: v.exactOptional(nullableNumber),
  title: v.exactOptional(v.nullable(v.string())),
  url: v.string(),
  key: v.string(),
  quality: v.union([v.literal("best"), v.number()]),
  folder: v.nullable(v.string()),
  sendAt: v.number(),
  createdAt: v.number(),
});
const entry = v.object({
  link,
  state: v.picklist(["waiting", "calling", "accepted"]),
  downloader: v.nullable(v.string()),
  superseded: v.array(v.string()),
  alsoIn: v.optional(v.array(v.number())),
});
const line = v.object({ id: v.number(), entry: v.nullable(entry) });

/**
 * The file beside the database that is used while the database cannot be: one JSON value per line, and the last one for an id counts. Each
 * is on the disk when `write` returns. A line that a kill has cut off is skipped.
 */
export function openDirectJournal(path: string, log: Log): DirectJournal {
  /** False if the file cannot be used now, which is logged as a warning. */
  function attempt(work: () => void): boolean {
    try {
      work();
      return true;
    } catch (error) {
      const code = errorCode(error);
      if (code === undefined) throw error;
      log.warn("Cannot use the journal of links that bypass the queue", { code });
      return false;
    }
  }

  function read(): Map<number, DirectEntry> {
    const entries = new Map<number, DirectEntry>();
    let text = "";
    attempt(() => {
      if (existsSync(path)) text = readFileSync(path, "utf8");
    });
    for (const json of text.split("\n")) {
      const said = parse(json);
      if (said === undefined) continue;
      if (said.entry === null) entries.delete(said.id);
      // Another version may have written it, with other rules.
      else entries.set(said.id, { ...said.entry, link: { ...said.entry.link, key: keyOf(said.entry.link.url) } });
    }
    return entries;
  }

  function append(lines: ReadonlyMap<number, DirectEntry | null>): boolean {
    return attempt(() => {
      const file = openSync(path, "a", 0o600);
      try {
        // The line break comes first, so that a line that was cut off spoils no other. If a full disk takes only part of this, nothing is
        // kept.
        writeWhole(file, [...lines].map(([id, entry]) => `\n${JSON.stringify({ id, entry })}`).join(""));
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
    });
  }

  return {
    left: read,
    add: append,
    write: (id, entry) => append(new Map([[id, entry]])),
    forget: (ids) => append(new Map(ids.map((id) => [id, null]))),
    clear: () => !existsSync(path) || attempt(() => truncateSync(path)),
  };
}

/** Appends all of a text, or nothing. Throws the system's errors. */
function writeWhole(file: number, text: string): void {
  const { size } = fstatSync(file);
  try {
    writeFileSync(file, text);
  } catch (error) {
    ftruncateSync(file, size);
    throw error;
  }
}

function parse(json: string): v.InferOutput<typeof line> | undefined {
  if (json === "") return undefined;
  try {
    const parsed = v.safeParse(line, JSON.parse(json));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}
