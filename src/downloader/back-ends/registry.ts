import { PROGRAM_KINDS, type ProgramKind } from "../../domain/program-kind.ts";
import { createAria2 } from "./aria2.ts";
import { createMetube } from "./metube.ts";
import { createQbittorrent } from "./qbittorrent.ts";
import type { Remote, RemoteOptions } from "./remote.ts";
import { createTransmission } from "./transmission.ts";
import { createYtptube } from "./ytptube.ts";

/** A kind of program to which the downloader can hand links. */
export interface RemoteKind extends ProgramKind {
  /** Makes no call yet. */
  create(options: RemoteOptions): Remote;
}

/** By their names for `--backend`, in the order in which they are listed. */
export type RemoteKinds = Readonly<Record<string, RemoteKind>>;

/** All there are. */
export const REMOTE_KINDS = {
  aria2: { ...PROGRAM_KINDS.aria2, create: createAria2 },
  qbittorrent: { ...PROGRAM_KINDS.qbittorrent, create: createQbittorrent },
  transmission: { ...PROGRAM_KINDS.transmission, create: createTransmission },
  metube: { ...PROGRAM_KINDS.metube, create: createMetube },
  ytptube: { ...PROGRAM_KINDS.ytptube, create: createYtptube },
} satisfies Readonly<Record<keyof typeof PROGRAM_KINDS, RemoteKind>>;
