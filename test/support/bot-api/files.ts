import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { text } from "./parameters.ts";
import { badRequest } from "./refusal.ts";
import type { Method } from "./server.ts";

/** Bot API: the `Document` of a message. */
export interface Document {
  readonly file_id: string;
  readonly file_unique_id: string;
  readonly file_name: string;
  readonly mime_type: string;
  readonly file_size: number;
}

/** Files that people have sent, by their id, and by the path from `getFile`. */
export interface Files {
  /**
   * The folder of a self-hosted server with --local (Bot API, "Using a Local Bot API Server"): paths are on its disk, and nothing is served
   * over HTTP (telegram-bot-api #26). Undefined for Telegram's own server.
   */
  localFolder: string | undefined;
  readonly methods: Readonly<Record<string, Method>>;
  /** What a person uploads. */
  add(content: string | Uint8Array, name: string): Document;
  byPath(path: string): Buffer | undefined;
}

/** Bot API: bots can download files of up to 20 MB. */
const MOST_BYTES = 20 * 1024 * 1024;

export function createFiles(token: string): Files {
  const files = new Map<string, Buffer>();
  let localFolder: string | undefined;
  const pathOf = (id: string) => `documents/${createHash("sha256").update(id).digest("hex").slice(0, 12)}.txt`;
  const placed = (path: string, content: Buffer): string => {
    if (localFolder === undefined) return path;
    const place = join(localFolder, token, path);
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, content);
    return place;
  };
  return {
    get localFolder() {
      return localFolder;
    },
    set localFolder(folder) {
      localFolder = folder;
    },
    methods: {
      getFile(params) {
        const id = text(params.file_id) ?? "";
        const content = files.get(pathOf(id));
        if (content === undefined) throw badRequest("invalid file_id");
        if (content.length > MOST_BYTES) throw badRequest("file is too big");
        return {
          file_id: id,
          file_unique_id: `u${id}`,
          file_size: content.length,
          file_path: placed(pathOf(id), content),
        };
      },
    },
    add(content, name) {
      const id = `BQAC${files.size}`;
      const bytes = Buffer.from(content);
      files.set(pathOf(id), bytes);
      const of = { file_id: id, file_unique_id: `u${id}`, file_name: name, mime_type: "text/plain" };
      return { ...of, file_size: bytes.length };
    },
    byPath: (path) => (localFolder === undefined ? files.get(path) : undefined),
  };
}
