import {
  closeSync,
  existsSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statfsSync,
} from "node:fs";
import { join } from "node:path";
import { codeOf } from "./error-code.ts";
import { WHOLE } from "./fetcher.ts";
import { nextName, safeName } from "./file-names.ts";

/** The folder of downloads, and in it what nobody but the downloader needs to see. Functions throw the system's errors. */
export interface Folders {
  /** The file of the list. */
  readonly list: string;
  /** What this downloader and a bot know each other by; there only where it has joined. */
  readonly joined: string;
  /** The same, as it was shown to a bot that has not answered. */
  readonly joining: string;
  /** Under it lie the parts of all links. */
  readonly parts: string;
  /** The folder of a link's parts; it is made. */
  partsOf(id: number): string;
  /** What is whole of a link: files, and folders of files. */
  wholeOf(id: number): readonly string[];
  /**
   * Gives what is whole its place in `DIR/<userName>/`, never another's place: `name (2).ext`. Called again after a kill it
   * goes on with what is left.
   */
  deliver(id: number, userName: string): void;
  dropParts(id: number): void;
  /** Drops the parts of links that are not in the list any more. */
  dropStrangers(known: readonly number[]): void;
  space(): { readonly free: number; readonly total: number };
}

/** Hidden, and on the same file system as the files: whatever is whole is only renamed. */
const HIDDEN = ".dwld-bot";

/** The same as `Folders.joined`, and makes nothing. */
export function joinedIn(dir: string): string {
  return join(dir, HIDDEN, "joined.json");
}

/** Makes the folder where there is none. Throws the system's error. */
export function openFolders(dir: string): Folders {
  const parts = join(dir, HIDDEN, "parts");
  // The list tells who downloads what.
  mkdirSync(join(dir, HIDDEN), { recursive: true, mode: 0o700 });
  mkdirSync(parts, { recursive: true });
  const own = (id: number) => join(parts, String(id));
  const wholeOf = (id: number) => {
    const folder = join(own(id), WHOLE);
    return existsSync(folder) ? readdirSync(folder).sort() : [];
  };
  const dropParts = (id: number) => rmSync(own(id), { recursive: true, force: true });
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
    deliver(id, userName) {
      const folder = join(dir, safeName(userName, "_"));
      mkdirSync(folder, { recursive: true });
      for (const name of wholeOf(id)) {
        const from = join(own(id), WHOLE, name);
        // One process alone writes here, and does not wait in between: what is free now is free at the renaming.
        renameSync(from, join(folder, freeName(folder, safeName(name, "_"))));
      }
      synced(folder);
    },
    dropParts,
    dropStrangers(known) {
      const mine = known.map(String);
      for (const name of readdirSync(parts)) {
        if (!mine.includes(name)) rmSync(join(parts, name), { recursive: true, force: true });
      }
    },
    space() {
      const { bavail, bsize, blocks } = statfsSync(dir);
      return { free: bavail * bsize, total: blocks * bsize };
    },
  };
}

function freeName(folder: string, name: string): string {
  for (let nth = 1; ; nth += 1) {
    const candidate = nextName(name, nth);
    // A link that leads nowhere is somebody's, too.
    if (lstatSync(join(folder, candidate), { throwIfNoEntry: false }) === undefined) return candidate;
  }
}

/** Has the disk keep what was written or renamed, also over a loss of power, where its file system can be asked to. */
export function synced(path: string): void {
  const opened = openSync(path, "r");
  try {
    fsyncSync(opened);
  } catch (error) {
    // Some shares of a network or a virtual machine say so of each folder.
    if (!["EINVAL", "ENOTSUP"].includes(codeOf(error))) throw error;
  } finally {
    closeSync(opened);
  }
}
