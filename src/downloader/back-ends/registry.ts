import type { Remote } from "./remote.ts";

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

/** A kind of program that can be put behind the downloader. */
export interface RemoteKind {
  /** Where it usually is. */
  readonly defaultUrl: string;
  /** The names of its own settings. */
  readonly settings: readonly string[];
  /** Calls nobody yet. */
  create(options: RemoteOptions): Remote;
}

/** By what `--backend` calls them, in the order in which they are told. */
export type RemoteKinds = Readonly<Record<string, RemoteKind>>;

/** All there are. */
export const REMOTE_KINDS: RemoteKinds = {};
