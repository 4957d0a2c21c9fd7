import { existsSync, mkdirSync, readdirSync, rmSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { createCopies } from "./copies.ts";
import { WHOLE } from "./fetcher.ts";
import { safeName } from "./file-names.ts";
import { moveFile } from "./move-file.ts";
import { syncToDisk } from "./sync.ts";

/** The folder of downloads, with the hidden folder for what only the downloader needs. Functions throw the system's errors. */
export interface Folders {
  /** The file of the list. */
  readonly list: string;
  /** The file by which this downloader and a bot recognise each other; exists only after it has joined. */
  readonly joined: string;
  /** The same file for a bot to which it was presented but that has not answered. */
  readonly joining: string;
  /** The folder with the parts of all links. */
  readonly parts: string;
  /** The folder of a link's parts, which is created. */
  partsOf(id: number): string;
  /** The complete files of a link, and folders of files. */
  wholeOf(id: number): readonly string[];
  /**
   * Moves complete files to their place in `DIR/<userName>/`, never replacing another: `name (2).ext`. Called again after a kill, it goes
   * on with what is left, and moves nothing twice. If that folder is on another disk it takes its time, and rejects when the signal aborts.
   */
  deliver(id: number, of: { readonly userName: string; readonly signal: AbortSignal }): Promise<void>;
  /** Deletes a link's parts, and what a kill has left of its copy on another disk. */
  dropParts(id: number): void;
  /** Deletes the parts of links that are no longer in the list. */
  dropOrphans(known: readonly number[]): void;
  space(): { readonly free: number; readonly total: number };
}

/** Hidden, and on the same file system as most files, so that complete files are only renamed. */
const HIDDEN = ".dwld-bot";

/** `Folders.joined` of this folder, without creating anything. */
export function joinedIn(dir: string): string {
  return join(dir, HIDDEN, "joined.json");
}

/** Creates the folder if there is none. Throws the system's error. */
export function openFolders(dir: string): Folders {
  const parts = join(dir, HIDDEN, "parts");
  // The list shows who downloads what.
  mkdirSync(join(dir, HIDDEN), { recursive: true, mode: 0o700 });
  mkdirSync(parts, { recursive: true });
  const own = (id: number) => join(parts, String(id));
  const wholeOf = (id: number) => {
    const folder = join(own(id), WHOLE);
    return existsSync(folder) ? readdirSync(folder).sort() : [];
  };
  const copies = createCopies({ dir, folderOf: own });
  const dropParts = (id: number) => {
    copies.drop(id);
    rmSync(own(id), { recursive: true, force: true });
  };
  return {
    list: join(dir, HIDDEN, "downloader.db"),
    joined: joinedIn(dir),
    joining: join(dir, HIDDEN, "joining.json"),
    parts,
    partsOf(id) {
      mkdirSync(own(id), { recursive: true });
      return own(id);
    },
    wholeOf,
    async deliver(id, { userName, signal }) {
      const owner = safeName(userName, "_");
      const folder = join(dir, owner);
      mkdirSync(folder, { recursive: true });
      copies.finish(id);
      copies.drop(id);
      for (const name of wholeOf(id)) {
        const from = join(own(id), WHOLE, name);
        await moveFile(from, { folder, name: safeName(name, "_"), copying: copies.for(id, { owner, name }), signal });
      }
      syncToDisk(folder);
    },
    dropParts,
    dropOrphans(known) {
      const mine = known.map(String);
      for (const name of readdirSync(parts)) {
        if (mine.includes(name)) continue;
        copies.drop(Number(name));
        rmSync(join(parts, name), { recursive: true, force: true });
      }
    },
    space() {
      const { bavail, bsize, blocks } = statfsSync(dir);
      return { free: bavail * bsize, total: blocks * bsize };
    },
  };
}
