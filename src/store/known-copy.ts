import { statSync } from "node:fs";
import type { Downloader, Downloaders } from "../domain/downloader.ts";
import type { Log } from "../domain/log.ts";
import type { Grants } from "../domain/role.ts";
import { type StoreUnavailable, unlessUnavailable } from "../domain/storage.ts";
import { wait as realWait, type Wait } from "../domain/wait.ts";
import { type Known, readKnown, writeKnown } from "./known-file.ts";
import type { SqliteStore } from "./store.ts";

/**
 * What the bot must know even if its database cannot be read, in a file beside it: which downloaders are registered, who may do what, and
 * what chats have chosen.
 */
export interface KnownCopy {
  /** The same tables; if the database cannot be read, the copy answers. */
  readonly tables: Copied;
  /**
   * Writes the copy into a database that was emptied, or whose content is older than the copy (epoch ms). Until that has succeeded, the
   * copy answers, and each change throws `StoreUnavailable`. So does this function; then call it again.
   */
  restore(contentFrom: number): void;
  /**
   * Writes the copy as a whole or not at all, if anything in it has changed; not if neither it nor the database could be read before.
   * Never throws.
   */
  save(): void;
  /** The same, but changes that the database has too wait until a second after the previous write: hundreds may register in that time. */
  saveInTurn(): void;
}

const EVERY_MS = 1_000;

/** The parts of the store that are copied, or that change rows of those. */
type Copied = Pick<SqliteStore, "downloaders" | "grants" | "chats" | "moveChat">;

/** Registrations are in the copy even while the database cannot be written, because existing downloaders register only once. */
export function openKnownCopy(
  path: string,
  store: Copied & Pick<SqliteStore, "transaction">,
  log: Log,
  { monotonic = () => performance.now(), wait = realWait }: { monotonic?: () => number; wait?: Wait } = {},
): KnownCopy {
  const read = readKnown(path, log);
  let copy = read ?? { downloaders: [], unsaved: [], grants: [], chats: [] };
  /** False as long as neither the file nor the whole of the database could be read. */
  let isTrue = read !== undefined;
  let written = read === undefined ? "" : JSON.stringify(copy);
  const writtenAt = read === undefined ? Number.NEGATIVE_INFINITY : statSync(path).mtimeMs;
  let hasChanged = true;
  /** By `monotonic`. */
  let savedAt = Number.NEGATIVE_INFINITY;
  let later: AbortController | undefined;
  /** Undefined: it was removed. */
  const unsaved = new Map(copy.unsaved.map((name) => [name, copy.downloaders.find((one) => one.name === name)]));

  /** Why the database still lacks what is in the copy. */
  let behind: StoreUnavailable | undefined;
  /** Some of the latest answers came from the copy. */
  let isRepeating = false;

  function reading<T>(work: () => T, otherwise: () => T): T {
    function repeated(): T {
      isRepeating = true;
      return otherwise();
    }
    return behind === undefined ? unlessUnavailable(work, repeated) : repeated();
  }

  /** A change made before the copy is in the database would be undone by it. */
  function writing(work: () => void, { isNews } = { isNews: true }): void {
    hasChanged ||= isNews;
    if (behind !== undefined) throw behind;
    work();
  }

  const storedDownloaders = () => reading(store.downloaders.all, () => copy.downloaders);

  function downloadersNow(): Downloader[] {
    const all = new Map<string, Downloader>(storedDownloaders().map((one) => [one.name, one]));
    for (const [name, downloader] of unsaved) {
      if (downloader === undefined) all.delete(name);
      else all.set(name, downloader);
    }
    return [...all.values()];
  }

  /** Whether the next run would lack it. */
  function isNews(name: string, downloader: Downloader | undefined): boolean {
    if (downloader === undefined) return true;
    const before = unsaved.has(name) ? unsaved.get(name) : copy.downloaders.find((one) => one.name === name);
    return !Bun.deepEquals(before && kept(before), kept(downloader));
  }

  function changing(name: string, downloader: Downloader | undefined, work: () => void): void {
    if (isNews(name, downloader)) unsaved.set(name, downloader && kept(downloader));
    writing(work);
    unsaved.delete(name);
  }

  function noting<Args extends unknown[]>(work: (...args: Args) => void): (...args: Args) => void {
    return (...args) => writing(() => work(...args));
  }

  function collect(): Known {
    const byName = (a: Downloader, b: Downloader) => (a.name < b.name ? -1 : 1);
    return {
      downloaders: downloadersNow().sort(byName).map(kept),
      unsaved: [...unsaved.keys()].sort(),
      grants: grants.all(),
      chats: chats.all(),
    };
  }

  function save(): void {
    later?.abort();
    later = undefined;
    if (!hasChanged) return;
    savedAt = monotonic();
    isRepeating = false;
    const now = collect();
    // What could not be read would be lost from a file that the next run may read, or from a backup that is older than this.
    if (isRepeating && !isTrue) return;
    isTrue = true;
    const text = JSON.stringify(now);
    if (text !== written && !writeKnown(path, text, log)) return;
    copy = now;
    written = text;
    // What could not be read may have changed as well.
    hasChanged = isRepeating;
  }

  async function saveLater(ms: number): Promise<void> {
    if (later !== undefined) return;
    later = new AbortController();
    const { signal } = later;
    await wait(ms, signal);
    if (!signal.aborted) save();
  }

  const downloaders: Downloaders = {
    all: storedDownloaders,
    unsaved: () => unsaved,
    save: (downloader) => changing(downloader.name, downloader, () => store.downloaders.save(downloader)),
    remove: (name) => changing(name, undefined, () => store.downloaders.remove(name)),
  };
  const grants: Grants = {
    all: () => reading(store.grants.all, () => copy.grants),
    save: noting(store.grants.save),
    remove: noting(store.grants.remove),
  };
  const chats: Copied["chats"] = {
    all: () => reading(store.chats.all, () => copy.chats),
    byId: (chatId) =>
      reading(
        () => store.chats.byId(chatId),
        () => copy.chats.find((chat) => chat.chatId === chatId),
      ),
    // If it is not known which menu a chat has, the chat gets one again; at a start hundreds may, one after another.
    update: (chatId, change) =>
      writing(() => store.chats.update(chatId, change), {
        isNews: Object.keys(change).some((name) => name !== "menu"),
      }),
    remove: noting(store.chats.remove),
  };

  return {
    tables: { downloaders, grants, chats, moveChat: noting(store.moveChat) },
    restore(contentFrom) {
      if (behind === undefined && writtenAt <= contentFrom) return;
      unlessUnavailable(
        () => store.transaction(() => replaceAll(store, copy)),
        (trouble) => {
          behind = trouble;
          throw trouble;
        },
      );
      behind = undefined;
      log.warn("Restored downloaders, access and settings from the copy beside the database", { file: path });
    },
    save,
    saveInTurn() {
      const leftMs = savedAt + EVERY_MS - monotonic();
      const isInDatabase = unsaved.size === 0 && behind === undefined;
      if (hasChanged && isInDatabase && leftMs > 0) void saveLater(leftMs);
      else save();
    },
  };
}

/** What the copy keeps of it: when it was last heard from changes all the time, and is not needed. */
function kept({ name, roots, host, port, registeredAt, paused }: Downloader) {
  return { name, roots: [...roots], host, port, registeredAt, lastSeenAt: null, failures: 0, paused };
}

/** In a transaction: stores what is in the copy, and nothing else. */
function replaceAll(store: Copied, copy: Known): void {
  const names = new Set(copy.downloaders.map(({ name }) => name));
  for (const { name } of store.downloaders.all()) if (!names.has(name)) store.downloaders.remove(name);
  for (const downloader of copy.downloaders) store.downloaders.save(downloader);
  const ids = new Set(copy.grants.map(({ id }) => id));
  for (const { id } of store.grants.all()) if (!ids.has(id)) store.grants.remove(id);
  for (const grant of copy.grants) store.grants.save(grant);
  const chatIds = new Set(copy.chats.map(({ chatId }) => chatId));
  for (const { chatId } of store.chats.all()) if (!chatIds.has(chatId)) store.chats.remove(chatId);
  for (const { chatId, ...choices } of copy.chats) store.chats.update(chatId, choices);
}
