import { accessSync, constants } from "node:fs";
import { spellAddress } from "../domain/downloader.ts";
import { codeOf } from "../domain/error-code.ts";
import { REMOTE_KINDS, type RemoteKinds } from "./back-ends/registry.ts";
import type { FoundProgram } from "./back-ends/search.ts";
import { askBot } from "./bot-channel.ts";
import { joinedIn } from "./folders.ts";
import { adopting } from "./joining.ts";
import { type Membership, readMembership } from "./membership.ts";
import type { DownloaderOptions } from "./options.ts";
import { lookAtProgram, type ProgramCheck, programsOf } from "./programs.ts";

/** The folder of a downloader. `code` is the system's. */
export type FolderCheck =
  | { readonly kind: "writable" | "missing" }
  | { readonly kind: "refused"; readonly code: string };

/** What a downloader would find when it starts. */
export interface SelfCheck {
  readonly folder: FolderCheck;
  readonly program: /** `others`: to which links could be handed instead. */
    | { readonly kind: "yt_dlp"; readonly path: string | undefined; readonly others: readonly FoundProgram[] }
    | ProgramCheck;
  readonly bot:
    | { readonly kind: "answers"; readonly address: string }
    | { readonly kind: "silent"; readonly address: string; readonly detail: string }
    /** It is to join and has not yet. */
    | { readonly kind: "joins" }
    /** The file by which both recognise each other. */
    | { readonly kind: "unreadable"; readonly path: string };
}

/**
 * Checks what a downloader with these options needs, even beside a running one, and changes nothing. If it is to download itself, programs
 * of these kinds are looked for on this machine.
 */
export async function checkSelf(options: DownloaderOptions, kinds: RemoteKinds = REMOTE_KINDS): Promise<SelfCheck> {
  const [program, bot] = await Promise.all([programOf(options, kinds), lookAtBot(options)]);
  return { folder: lookAtFolder(options.dir), program, bot };
}

/** Whether a downloader could write there. */
export function lookAtFolder(dir: string): FolderCheck {
  try {
    accessSync(dir, constants.W_OK | constants.X_OK);
    return { kind: "writable" };
  } catch (error) {
    const code = codeOf(error);
    return code === "ENOENT" ? { kind: "missing" } : { kind: "refused", code };
  }
}

async function programOf({ backEnd, ytDlp }: DownloaderOptions, kinds: RemoteKinds): Promise<SelfCheck["program"]> {
  if (backEnd !== undefined) return lookAtProgram(backEnd);
  return { kind: "yt_dlp", path: ytDlp, others: await programsOf(kinds).find() };
}

async function lookAtBot(options: DownloaderOptions): Promise<SelfCheck["bot"]> {
  const path = joinedIn(options.dir);
  let known: Membership | undefined;
  try {
    known = readMembership(path);
  } catch {
    return { kind: "unreadable", path };
  }
  if (known === undefined && options.join !== undefined) return { kind: "joins" };
  const place = known === undefined ? options : adopting(options, known);
  const address = spellAddress(place.bot);
  const detail = await askBot(place);
  return detail === undefined ? { kind: "answers", address } : { kind: "silent", address, detail };
}
