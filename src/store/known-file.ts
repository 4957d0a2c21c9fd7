import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import * as v from "valibot";
import { errorCode } from "../domain/error-code.ts";
import type { Log } from "../domain/log.ts";
import { UNFINISHED } from "./copy.ts";

const number = v.nullable(v.number());
const text = v.nullable(v.string());
const role = v.picklist(["admin", "user", "guest"]);
const language = v.nullable(v.picklist(["en", "ru"]));

/** One that an earlier version wrote has no undo and no warning. */
const grant = v.object({
  id: v.number(),
  role,
  until: number,
  name: v.string(),
  grantedBy: v.number(),
  grantedAt: v.number(),
  undo: v.optional(
    v.nullable(
      v.object({
        kind: v.picklist(["promoted", "removed"]),
        by: v.number(),
        until: v.number(),
        before: v.object({ role, until: number }),
      }),
    ),
    null,
  ),
  warned: v.optional(v.boolean(), false),
});

/** What a chat has chosen; an earlier version wrote less. */
const chat = v.object({
  chatId: v.number(),
  language,
  seenLanguage: language,
  quality: v.nullable(v.union([v.literal("best"), v.number()])),
  folder: text,
  lifetimeMs: number,
  notices: v.nullable(v.picklist(["message", "reaction", "off"])),
  quiet: v.optional(text, null),
  zone: v.optional(text, null),
  blockedAt: number,
  menu: text,
});

const known = v.object({
  downloaders: v.array(
    v.object({
      name: v.string(),
      roots: v.array(v.string()),
      host: v.string(),
      port: v.number(),
      registeredAt: v.number(),
      lastSeenAt: number,
      failures: v.number(),
      paused: v.boolean(),
    }),
  ),
  /** Names whose entry in the database differs. */
  unsaved: v.array(v.string()),
  grants: v.array(grant),
  chats: v.array(chat),
});

/** Which downloaders are registered, who may do what, and what chats have chosen. */
export type Known = v.InferOutput<typeof known>;

/** The content of the file; undefined if there is none, or it cannot be read, which is logged. */
export function readKnown(path: string, log: Log): Known | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return v.parse(known, JSON.parse(readFileSync(path, "utf8")));
  } catch (error) {
    log.warn("Cannot read the copy of downloaders, access and settings", { file: path, error });
    return undefined;
  }
}

/** Writes the file as a whole or not at all; false if it could not be written, which is logged. */
export function writeKnown(path: string, text: string, log: Log): boolean {
  const part = path + UNFINISHED;
  try {
    writeFileSync(part, text, { mode: 0o600, flush: true });
    renameSync(part, path);
    return true;
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined) throw error;
    log.warn("Cannot write the copy of downloaders, access and settings", { file: path, code });
    rmSync(part, { force: true });
    return false;
  }
}
