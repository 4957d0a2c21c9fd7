import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { WHOLE } from "./fetcher.ts";
import { safeName } from "./file-names.ts";
import { placed } from "./placing.ts";
import { synced } from "./synced.ts";

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
   * goes on with what is left. Where that folder is on another disk it takes its time, and rejects when the signal aborts.
   */
  deliver(id: number, of: { readonly userName: string; readonly signal: AbortSignal }): Promise<void>;
  /** Also what a kill has left of a copy on another disk. */
  dropParts(id: number): void;
  /** Drops the parts of links that are not in the list any more. */
  dropStrangers(known: readonly number[]): void;
  space(): { readonly free: number; readonly total: number };
}

/** Hidden, and on the same file system as most files: whatever is whole is only renamed. */
const HIDDEN = ".dwld-bot";

/** A copy that is not whole, from the folder of downloads; others may have theirs in the same place. */
const COPY = /^[^/]+\/\.dwld-bot-[0-9a-f-]{36}$/;

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
  const noteOfCopy = (id: number) => join(own(id), "copy");
  const dropCopy = (id: number) => {
    try {
      const copy = readFileSync(noteOfCopy(id), "utf8");
      // A note that was torn names nothing that may be deleted.
      if (COPY.test(copy)) rmSync(join(dir, copy), { recursive: true, force: true });
    } catch {
      // There is none, or its disk is away: no reason to keep the link.
    }
  };
  const dropParts = (id: number) => {
    dropCopy(id);
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
      dropCopy(id);
      const part = () => {
        const name = `.dwld-bot-${randomUUID()}`;
        writeFileSync(noteOfCopy(id), `${owner}/${name}`);
        return name;
      };
      for (const name of wholeOf(id)) {
        const from = join(own(id), WHOLE, name);
        await placed(from, { folder, name: safeName(name, "_"), part, signal });
      }
      synced(folder);
    },
    dropParts,
    dropStrangers(known) {
      const mine = known.map(String);
      for (const name of readdirSync(parts)) {
        if (mine.includes(name)) continue;
        dropCopy(Number(name));
        rmSync(join(parts, name), { recursive: true, force: true });
      }
    },
    space() {
      const { bavail, bsize, blocks } = statfsSync(dir);
      return { free: bavail * bsize, total: blocks * bsize };
    },
  };
}
