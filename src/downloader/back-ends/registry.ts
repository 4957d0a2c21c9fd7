import { PROGRAM_KINDS, type ProgramKind } from "../../domain/program-kind.ts";
import { createAria2 } from "./aria2.ts";
import { createMetube } from "./metube.ts";
import { createQbittorrent } from "./qbittorrent.ts";
import type { Remote, RemoteOptions } from "./remote.ts";
import { createYtptube } from "./ytptube.ts";

/** A kind of program that can be put behind the downloader. */
export interface RemoteKind extends ProgramKind {
  /** Calls nobody yet. */
  create(options: RemoteOptions): Remote;
}

/** By what `--backend` calls them, in the order in which they are told. */
export type RemoteKinds = Readonly<Record<string, RemoteKind>>;

/** All there are. */
export const REMOTE_KINDS = {
  aria2: { ...PROGRAM_KINDS.aria2, create: createAria2 },
  qbittorrent: { ...PROGRAM_KINDS.qbittorrent, create: createQbittorrent },
  metube: { ...PROGRAM_KINDS.metube, create: createMetube },
  ytptube: { ...PROGRAM_KINDS.ytptube, create: createYtptube },
} satisfies Readonly<Record<keyof typeof PROGRAM_KINDS, RemoteKind>>;
