import type { Handed } from "../hand-overs.ts";

/** What whoever starts the downloader says of the program that it stands before. */
export interface RemoteOptions {
  /** Where it is; the kind's own default where nothing was said. */
  readonly url: URL;
  readonly user: string | undefined;
  /** A password or key; it comes from a file or the environment, never from the command line. */
  readonly secret: string | undefined;
  /** Where files are to go, as the program sees it; undefined: where it puts them by itself. */
  readonly dir: string | undefined;
  /** What only this kind knows, by name. */
  readonly settings: ReadonlyMap<string, string>;
}

/** A link that a program with a queue of its own is to download. */
export interface RemoteSubmission {
  /** Ours for this entry. A program that lets us name what it takes gets it: a gid, a tag. */
  readonly key: string;
  readonly link: string;
  /** One safe name: of a folder, category or tag, as the program allows. */
  readonly folder: string;
  /** Most lines of picture; 10000 means the best there is. */
  readonly maxQuality: number;
  /** The program had begun with it, and has lost it: what lies where it would put it is the beginning of this link. */
  readonly isBegun?: boolean;
  /** There was none with so few lines of picture: the best there is will do. */
  readonly anyLines?: boolean;
}

/**
 * `taken`: the program has it, as far as it says; its id may be known a moment later only. `is_there`: it had this link before,
 * from others. `refused`: it will never take it, for a reason in its own words.
 */
export type Acceptance =
  | { readonly kind: "taken"; readonly id: string | undefined }
  | { readonly kind: "is_there" }
  | { readonly kind: "refused"; readonly detail: string };

/** What a program says of one entry of ours. Sizes in bytes; what it does not know is left out. */
export interface RemoteEntry {
  /** By which it is removed; it may differ from what it was the last time. */
  readonly id: string;
  /** Its link alone is ours, for the program keeps no key: where nothing was handed over it is of others. */
  readonly isAlike?: boolean;
  /** `done` only where every file of it is whole and in its place. */
  readonly state: "waiting" | "running" | "done" | "failed";
  /** Of what is done: the program goes on with it by itself, as with a torrent that seeds, and is left to do so. */
  readonly staysOn?: boolean;
  /** Of what waits, or has failed and is tried again: the program takes it out, and puts it back under another id within `settlesMs`. */
  readonly comesBack?: boolean;
  /** Of what failed: a file lies where it was to lie, which may be its own beginning that the program does not know any more. */
  readonly isInTheWay?: boolean;
  /** Of what failed: the disk is full, whatever the program's own words for that are. */
  readonly lacksSpace?: boolean;
  /** Of what failed: there is none with as few lines of picture as were asked for. Without that wish it may go well. */
  readonly hasMoreLines?: boolean;
  readonly name?: string | undefined;
  readonly currentSize?: number | undefined;
  readonly totalSize?: number | undefined;
  /** 0 to 100, of a program that tells no sizes. */
  readonly percentage?: number | undefined;
  /** Of what failed, or is missing from what is done: its own words, as they are. */
  readonly detail?: string | undefined;
  /** The link has led to another address: there may be more of it, as of a list of videos. */
  readonly isElsewhere?: boolean;
  /** Of a list of videos: so many of them the program does not have, or not yet. */
  readonly missing?: number;
  /** Of what is done: nothing has come, since a file that is called so lay there before, whatever it is. */
  readonly isOld?: boolean;
}

/** What a program has of what it was asked about. */
export interface RemoteList {
  /** By our keys. What the program does not have is not in it. */
  readonly entries: ReadonlyMap<string, RemoteEntry>;
  /** Another one after a restart that may have lost what was in the program; undefined where it does not tell, see `SeenStarts`. */
  readonly session: string | undefined;
  /** It has more than a look before: it may still be reading what it keeps, one by one. */
  readonly isReading?: boolean;
  /** Of a program with no `session`: which of its starts it is. What it keeps it may not have read yet. */
  readonly start?: string | undefined;
}

/**
 * A program that downloads by itself and has a queue of its own, such as aria2. Each call asks it at once, keeps nothing, ends
 * with the signal, and rejects with `RemoteUnreachable` and nothing else when there is no answer that can be understood.
 */
export interface Remote {
  /** As people call it. */
  readonly name: string;
  /** Of the links that it takes, with the colon. */
  readonly schemes: readonly string[];
  /**
   * Of a program that leaves the parts of what was removed and of what has failed: deletes them, in the folder that `ownDir`
   * tells. What another download writes to stays, and so does what has not failed.
   */
  cleanParts?(ids: readonly string[], signal: AbortSignal): Promise<void>;
  /** When it is started it begins again with what has failed there, unless that was taken out. */
  readonly beginsFailedAnew?: boolean;
  /** It does not say how much of a list of videos is missing; called again, it takes the rest, and nothing twice. */
  readonly takesRest?: boolean;
  /** Two downloads that begin at the same moment may get one file where theirs are called alike. */
  readonly mixesNames?: boolean;
  /** For so long it may have a link, after it was called, before `list` finds it. */
  readonly settlesMs: number;
  /** Hands over one link, once. Never called for an entry that `list` has found, unless it `takesRest`. */
  submit(wanted: RemoteSubmission, signal: AbortSignal): Promise<Acceptance>;
  /**
   * What it has of these, found by the key where the program keeps that, else by id, else by the link. An entry with no
   * `sentAt` was not handed over, or is taken for not taken: what is found of it by its link came from others, and is never touched.
   */
  list(asked: readonly Handed[], signal: AbortSignal): Promise<RemoteList>;
  /** Stops what is not whole yet, and deletes its parts. Resolves also where it is not there any more. */
  remove(id: string, signal: AbortSignal): Promise<void>;
  /** Has the program forget what has ended; files that are whole stay. Resolves also where it is not there any more. */
  cleanHistory(id: string, signal: AbortSignal): Promise<void>;
  /** Asks how it is, also whether it lets us in, and resolves with what it is: `aria2 1.37.0`. */
  health(signal: AbortSignal): Promise<string>;
  /**
   * Of a program that tells neither session nor start: resolves when it has let go of a connection that it keeps for as long as it
   * lives, or with the signal; rejects where there is none.
   */
  holdOn?(signal: AbortSignal): Promise<void>;
  /** Where it puts files that nobody sends elsewhere, as it sees it; a program that does not tell has no such call. */
  ownDir?(signal: AbortSignal): Promise<string>;
}

/** A program gave no answer that is of use; `detail` says why, for people. */
export class RemoteUnreachable extends Error {
  override readonly name = "RemoteUnreachable";
  readonly detail: string;
  /** The program has not looked at the request: there was no connection, it let nobody in, or it was asked too often. */
  readonly isHarmless: boolean;
  /** Nobody was there, or went away in the middle: who is there next may have been started anew. */
  readonly isAway: boolean;
  /** It has answered that something went wrong in it: it is not at the request any more, whatever it has made of it. */
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
