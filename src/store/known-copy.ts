import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import * as v from "valibot";
import type { Chats } from "../domain/chat.ts";
import type { Downloader, Downloaders } from "../domain/downloader.ts";
import type { Log } from "../domain/log.ts";
import type { Grants } from "../domain/role.ts";
import { unlessUnavailable } from "../domain/storage.ts";
import { UNFINISHED } from "./copy.ts";
import type { SqliteStore } from "./store.ts";

const nullableNumber = v.nullable(v.number());
const nullableText = v.nullable(v.string());
const language = v.nullable(v.picklist(["en", "ru"]));
const known = v.object({
  downloaders: v.array(
    v.object({
      name: v.string(),
      roots: v.array(v.string()),
      host: v.string(),
      port: v.number(),
      registeredAt: v.number(),
      lastSeenAt: nullableNumber,
      failures: v.number(),
      paused: v.boolean(),
    }),
  ),
  /** Names that the database has otherwise. */
  unsaved: v.array(v.string()),
  grants: v.array(
    v.object({
      id: v.number(),
      role: v.picklist(["admin", "user", "guest"]),
      until: nullableNumber,
      name: v.string(),
      grantedBy: v.number(),
      grantedAt: v.number(),
    }),
  ),
  chats: v.array(
    v.object({
      chatId: v.number(),
      language,
      seenLanguage: language,
      quality: v.nullable(v.union([v.literal("best"), v.number()])),
      folder: nullableText,
      lifetimeMs: nullableNumber,
      notices: v.nullable(v.picklist(["message", "reaction", "off"])),
      blockedAt: nullableNumber,
      menu: nullableText,
    }),
  ),
});

type Known = v.InferOutput<typeof known>;

/** What the bot must know although its database cannot be read, in a file beside it: who is registered, who may what, what chats chose. */
export interface KnownCopy {
  /** The same tables; where the database cannot be read, the copy answers. */
  readonly tables: Pick<SqliteStore, "downloaders" | "grants" | "chats">;
  /** Writes the copy, whole or not at all, when something of it has changed. Never throws. */
  save(): void;
}

/** Registrations are in the copy also while the database cannot be written: existing downloaders come only once. */
export function openKnownCopy(path: string, store: KnownCopy["tables"], log: Log): KnownCopy {
  const read = readCopy(path, log);
  let copy = read ?? { downloaders: [], unsaved: [], grants: [], chats: [] };
  let written = read === undefined ? "" : JSON.stringify(copy);
  let hasChanged = true;
  /** Undefined: it was removed. */
  const unsaved = new Map(copy.unsaved.map((name) => [name, copy.downloaders.find((one) => one.name === name)]));

  function downloadersNow(): Downloader[] {
    const all = new Map<string, Downloader>(
      unlessUnavailable(store.downloaders.all, () => copy.downloaders).map((one) => [one.name, one]),
    );
    for (const [name, downloader] of unsaved) {
      if (downloader === undefined) all.delete(name);
      else all.set(name, { ...downloader, roots: [...downloader.roots] });
    }
    return [...all.values()];
  }

  function changing(name: string, downloader: Downloader | undefined, work: () => void): void {
    hasChanged = true;
    unsaved.set(name, downloader && { ...downloader, roots: [...downloader.roots] });
    work();
    unsaved.delete(name);
  }

  function noting<Args extends unknown[]>(work: (...args: Args) => void): (...args: Args) => void {
    return (...args) => {
      hasChanged = true;
      work(...args);
    };
  }

  function collect(): Known {
    const byName = (a: Downloader, b: Downloader) => (a.name < b.name ? -1 : 1);
    return {
      // How it was last heard of changes all the time, and is not needed.
      downloaders: downloadersNow()
        .sort(byName)
        .map(({ name, roots, host, port, registeredAt, paused }) => ({
          ...{ name, roots: [...roots], host, port, registeredAt, paused },
          ...{ lastSeenAt: null, failures: 0 },
        })),
      unsaved: [...unsaved.keys()].sort(),
      grants: unlessUnavailable(store.grants.all, () => copy.grants),
      chats: unlessUnavailable(store.chats.all, () => copy.chats),
    };
  }

  const downloaders: Downloaders = {
    all: downloadersNow,
    save: (downloader) => changing(downloader.name, downloader, () => store.downloaders.save(downloader)),
    remove: (name) => changing(name, undefined, () => store.downloaders.remove(name)),
  };
  const grants: Grants = {
    all: () => unlessUnavailable(store.grants.all, () => copy.grants),
    save: noting(store.grants.save),
    remove: noting(store.grants.remove),
  };
  const chats: Chats = {
    byId: (chatId) =>
      unlessUnavailable(
        () => store.chats.byId(chatId),
        () => copy.chats.find((chat) => chat.chatId === chatId),
      ),
    update: noting(store.chats.update),
  };

  return {
    tables: { downloaders, grants, chats: { ...chats, all: store.chats.all } },
    save() {
      if (!hasChanged) return;
      const now = collect();
      const text = JSON.stringify(now);
      if (text !== written && !writeAtomically(path, text, log)) return;
      copy = now;
      written = text;
      hasChanged = false;
    },
  };
}

function readCopy(path: string, log: Log): Known | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return v.parse(known, JSON.parse(readFileSync(path, "utf8")));
  } catch (error) {
    log.warn("The copy of what the database knows cannot be read", { file: path, error });
    return undefined;
  }
}

function writeAtomically(path: string, text: string, log: Log): boolean {
  const part = path + UNFINISHED;
  try {
    writeFileSync(part, text, { mode: 0o600, flush: true });
    renameSync(part, path);
    return true;
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    log.warn("Cannot write the copy of what the database knows", { file: path, code: error.code });
    rmSync(part, { force: true });
    return false;
  }
}
