import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import * as v from "valibot";
import { errorCode } from "../domain/error-code.ts";
import type { Log } from "../domain/log.ts";
import { UNFINISHED } from "./copy.ts";
import { knownChat } from "./known-chat.ts";
import { knownGrant } from "./known-grant.ts";

const known = v.object({
  downloaders: v.array(
    v.object({
      name: v.string(),
      roots: v.array(v.string()),
      host: v.string(),
      port: v.number(),
      registeredAt: v.number(),
      lastSeenAt: v.nullable(v.number()),
      failures: v.number(),
      paused: v.boolean(),
    }),
  ),
  /** Names whose entry in the database differs. */
  unsaved: v.array(v.string()),
  grants: v.array(knownGrant),
  chats: v.array(knownChat),
});

/** Which downloaders are registered, who may do what, and what chats have chosen. */
export type Known = v.InferOutput<typeof known>;

/** The content of the file; undefined if there is none, or it cannot be read, which is logged. */
export function readKnown(path: string, log: Log): Known | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return v.parse(known, JSON.parse(readFileSync(path, "utf8")));
  } catch (error) {
    log.warn("The copy of what the database knows cannot be read", { file: path, error });
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
    log.warn("Cannot write the copy of what the database knows", { file: path, code });
    rmSync(part, { force: true });
    return false;
  }
}
