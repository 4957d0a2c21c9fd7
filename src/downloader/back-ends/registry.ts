import { createAria2 } from "./aria2.ts";
import { createMetube } from "./metube.ts";
import { createQbittorrent } from "./qbittorrent.ts";
import type { Remote, RemoteOptions } from "./remote.ts";
import { createYtptube } from "./ytptube.ts";

/** A kind of program that can be put behind the downloader. */
export interface RemoteKind {
  /** What the downloader registers for where nobody says otherwise: what such a program is there for. */
  readonly roots: readonly string[];
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
export const REMOTE_KINDS: RemoteKinds = {
  aria2: {
    roots: ["*", "ftp:", "magnet:"],
    defaultUrl: "http://127.0.0.1:6800/jsonrpc",
    settings: [],
    create: createAria2,
  },
  qbittorrent: {
    roots: ["magnet:"],
    defaultUrl: "http://127.0.0.1:8080",
    settings: ["category"],
    create: createQbittorrent,
  },
  metube: {
    roots: ["*"],
    defaultUrl: "http://127.0.0.1:8081/",
    settings: ["format", "preset", "records"],
    create: createMetube,
  },
  ytptube: {
    roots: ["*"],
    defaultUrl: "http://127.0.0.1:8081/",
    settings: ["preset"],
    create: createYtptube,
  },
};
