import { accessSync, constants } from "node:fs";
import { isAbsolute } from "node:path";
import { codeOf } from "../domain/error-code.ts";
import { askWithoutProxy, type BackEndChoice, remoteOf } from "./back-end-options.ts";
import { REMOTE_KINDS, type RemoteKinds } from "./back-ends/registry.ts";
import { type Remote, RemoteUnreachable } from "./back-ends/remote.ts";
import { whySilent } from "./back-ends/request.ts";
import { type FoundProgram, searchPrograms } from "./back-ends/search.ts";

export type { FoundProgram };

/** The folder in which a program saves files, as it sees the path, and what this machine has at that path. */
export interface SharedFolder {
  readonly path: string;
  readonly here: "writable" | "readable" | "missing";
  /** The parts of removed entries are deleted only by this process, if it may. */
  readonly partsAreOurs: boolean;
}

/** What a program turns out to be. `what`: with its version; `folder` is undefined if it does not say. `why`: see `whySilent`. */
export type ProgramCheck =
  | {
      readonly kind: "answers";
      /** The name that people know. */
      readonly name: string;
      readonly what: string;
      readonly url: string;
      readonly folder: SharedFolder | undefined;
    }
  | {
      readonly kind: "silent";
      readonly why: ReturnType<typeof whySilent>;
      readonly name: string;
      readonly detail: string;
      readonly url: string;
    };

/** Asks a program once, and changes nothing there. */
export async function lookAtProgram(choice: BackEndChoice): Promise<ProgramCheck> {
  const remote = remoteOf(choice);
  const { url, dir } = choice.options;
  const { signal } = new AbortController();
  try {
    const what = await remote.health(signal);
    return { kind: "answers", name: remote.name, what, url: url.href, folder: await folderOf(remote, dir, signal) };
  } catch (error) {
    if (!(error instanceof RemoteUnreachable)) throw error;
    return { kind: "silent", why: whySilent(error), name: remote.name, detail: error.detail, url: url.href };
  }
}

async function folderOf(
  remote: Remote,
  dir: string | undefined,
  signal: AbortSignal,
): Promise<SharedFolder | undefined> {
  const path = dir ?? (await remote.ownDir?.(signal));
  // MeTube's folder is one inside its own.
  if (path === undefined || !isAbsolute(path)) return undefined;
  return { path, here: onThisMachine(path), partsAreOurs: remote.cleanParts !== undefined };
}

function onThisMachine(path: string): SharedFolder["here"] {
  try {
    accessSync(path, constants.W_OK | constants.X_OK);
    return "writable";
  } catch (error) {
    return codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR" ? "missing" : "readable";
  }
}

/** The login for a program that is not chosen yet. */
export interface ProgramLogin {
  readonly kind: string;
  readonly url: string;
  readonly user: string | undefined;
  readonly secret: string | undefined;
}

/** Programs to which links could be handed. */
export interface Programs {
  /** Those found on this machine, each at the usual address of its kind; one address may fit two kinds (see `searchPrograms`). */
  find(): Promise<readonly FoundProgram[]>;
  /** Whether a program that was found answers, and accepts this login. */
  ask(login: ProgramLogin): Promise<ProgramCheck>;
}

/** Programs of these kinds. */
export function programsOf(kinds: RemoteKinds = REMOTE_KINDS): Programs {
  return {
    find() {
      askWithoutProxy();
      return searchPrograms(kinds);
    },
    ask({ kind: name, url, user, secret }) {
      const kind = kinds[name];
      if (kind === undefined) throw new RangeError(`There is no kind ${name}`);
      return lookAtProgram({ kind, options: { url: new URL(url), user, secret, dir: undefined, settings: new Map() } });
    },
  };
}
