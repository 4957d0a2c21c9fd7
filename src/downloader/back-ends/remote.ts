import type { Handed } from "../hand-overs.ts";

/** What whoever starts the downloader says about the program that it hands links to. */
export interface RemoteOptions {
  /** Its address; by default that of its kind. */
  readonly url: URL;
  readonly user: string | undefined;
  /** A password or key; it comes from a file or the environment, never from the command line. */
  readonly secret: string | undefined;
  /** The folder into which files are to go, as the program sees it; undefined: its own default. */
  readonly dir: string | undefined;
  /** Settings that only this kind has, by name. */
  readonly settings: ReadonlyMap<string, string>;
}

/** A link that a program with its own queue is to download. */
export interface RemoteSubmission {
  /** Our key for this entry. A program that lets us name what it takes gets it: as a gid, a tag. */
  readonly key: string;
  readonly link: string;
  /** One safe name: of a folder, category or tag, as the program allows. */
  readonly folder: string;
  /** Most lines of picture; 10000 means the best there is. */
  readonly maxQuality: number;
  /** The program had begun with it, and has lost it: an incomplete file of this name is its own. */
  readonly isBegun?: boolean;
  /** It was called for this before, and may have it from then. */
  readonly mayBeThere?: boolean;
  /** There is nothing with so few lines of picture: the limit does not count. */
  readonly anyLines?: boolean;
}

/** A user's folder in the one into which the program puts files; it may run on another machine, and that on Windows. */
export function folderIn(dir: string, folder: string): string {
  return `${dir.trim().replace(/[/\\]+$/, "")}/${folder}`;
}

/**
 * `taken`: the program has it, according to its answer; its id may be known only a moment later. `is_there`: it already had this link,
 * from others. `refused`: it will never take it, for a reason in its own words.
 */
export type Acceptance =
  | { readonly kind: "taken"; readonly id: string | undefined }
  | { readonly kind: "is_there" }
  | { readonly kind: "refused"; readonly detail: string };

/** What a program says about one entry of ours. Sizes in bytes; what it does not know is left out. */
export interface RemoteEntry {
  /** By which it is removed; it may change from look to look. */
  readonly id: string;
  /** It was found by its link, because the program keeps no key: if nothing was handed over, it belongs to others. */
  readonly isAlike?: boolean;
  /** `done` only if all its files are complete and in their place. */
  readonly state: "waiting" | "running" | "done" | "failed";
  /** For `done`: the program carries on with it by itself, such as a seeding torrent, and is left to do so. */
  readonly staysOn?: boolean;
  /**
   * For an entry that waits, or has failed and is tried again: the program removes it, and puts it back under another id within
   * `settlesMs`.
   */
  readonly comesBack?: boolean;
  /** For `failed`: there is a file of this name, perhaps its own beginning, which the program no longer knows. */
  readonly isInTheWay?: boolean;
  /** For `failed`: the disk is full, whatever the program's own words for that are. */
  readonly lacksSpace?: boolean;
  /** For `failed`: the program no longer finds the files, perhaps because their disk is not connected. */
  readonly lacksFiles?: boolean;
  /** For `failed`: there is none with as few lines of picture as requested. Without that request it may succeed. */
  readonly hasMoreLines?: boolean;
  readonly name?: string | undefined;
  readonly currentSize?: number | undefined;
  readonly totalSize?: number | undefined;
  /** 0 to 100, from a program that tells no sizes. */
  readonly percentage?: number | undefined;
  /** About what failed, or what is missing from what is done: its own words, unchanged. */
  readonly detail?: string | undefined;
  /** The link has led to another address: there may be more of it, as in a list of videos. */
  readonly isElsewhere?: boolean;
  /** For a list of videos: how many of them the program does not have, or not yet. */
  readonly missing?: number;
  /** For `done`: nothing was downloaded, because a file with that name was there before, whatever it is. */
  readonly isOld?: boolean;
}

/** Whether the program no longer works on it. */
export function hasEnded({ state }: Pick<RemoteEntry, "state">): boolean {
  return state === "done" || state === "failed";
}

/** What a program has of what it was asked about. */
export interface RemoteList {
  /** By our keys. Entries that the program does not have are not in it. */
  readonly entries: ReadonlyMap<string, RemoteEntry>;
  /** Differs after a restart that may have lost what was in the program; undefined if it does not tell, see `SeenStarts`. */
  readonly session: string | undefined;
  /** It has more than at the previous look: it may still be reading what it keeps, one by one. */
  readonly isReading?: boolean;
  /** For a program with no `session`: which of its starts it is. It may not have read yet what it keeps. */
  readonly start?: string | undefined;
}

/**
 * A program that downloads by itself and has its own queue, such as aria2. Each call asks it at once, keeps nothing, ends with the signal,
 * and rejects only with `RemoteUnreachable`, if there is no answer that can be understood.
 */
export interface Remote {
  /** The name that people know. */
  readonly name: string;
  /** The schemes of the links that it takes, with the colon. */
  readonly schemes: readonly string[];
  /**
   * For a program that leaves the parts of removed and failed entries: deletes them, in the folder that `ownDir` returns. What another
   * download writes to stays, and so does what has not failed.
   */
  cleanParts?(ids: readonly string[], signal: AbortSignal): Promise<void>;
  /** When it is started, it begins again with failed entries, unless they were removed. */
  readonly beginsFailedAnew?: boolean;
  /** It does not say how much of a list of videos is missing; called again, it takes the rest, and nothing twice. */
  readonly takesRest?: boolean;
  /** Two downloads that start at the same moment and have the same file name may end up in one file. */
  readonly mixesNames?: boolean;
  /** For this long after a call it may have a link before `list` finds it. */
  readonly settlesMs: number;
  /**
   * Hands over one link, once. Never called for an entry that `list` has found, unless it `takesRest`. An earlier call for the same key may
   * have been on its way until now: then the link is `taken`, not refused.
   */
  submit(wanted: RemoteSubmission, signal: AbortSignal): Promise<Acceptance>;
  /**
   * What it has of these, found by the key if the program keeps that, otherwise by id, otherwise by the link. An entry with no `sentAt`
   * was not handed over, or counts as not taken: what is found of it by its link came from others, and is never touched.
   */
  list(asked: readonly Handed[], signal: AbortSignal): Promise<RemoteList>;
  /** Stops an incomplete entry, and deletes its parts. Also resolves if it is no longer there. */
  remove(id: string, signal: AbortSignal): Promise<void>;
  /** Makes the program forget an entry that has ended; complete files stay. Also resolves if it is no longer there. */
  cleanHistory(id: string, signal: AbortSignal): Promise<void>;
  /** Checks its health, including whether it lets us in, and resolves with what it is: `aria2 1.37.0`. */
  health(signal: AbortSignal): Promise<string>;
  /**
   * For a program that tells neither session nor start: resolves when it has closed a connection that it keeps for as long as it lives, or
   * with the signal; rejects if there is none.
   */
  holdOn?(signal: AbortSignal): Promise<void>;
  /** Where it puts files by default, as it sees it; missing for a program that does not tell. */
  ownDir?(signal: AbortSignal): Promise<string>;
}

/** A program gave no useful answer; `detail` says why, for people. */
export class RemoteUnreachable extends Error {
  override readonly name = "RemoteUnreachable";
  readonly detail: string;
  /** The program has not looked at the request: there was no connection, it let nobody in, or it was asked too often. */
  readonly isHarmless: boolean;
  /** Nobody was there, or went away in the middle: who is there next may have been restarted. */
  readonly isAway: boolean;
  /** It has answered that something went wrong in it: it no longer works on the request, whatever it has made of it. */
  readonly isOver: boolean;

  constructor(
    detail: string,
    of: { readonly isHarmless: boolean; readonly isAway?: boolean; readonly isOver?: boolean },
  ) {
    super(detail);
    this.detail = detail;
    this.isHarmless = of.isHarmless;
    this.isAway = of.isAway ?? false;
    this.isOver = of.isOver ?? false;
  }
}
