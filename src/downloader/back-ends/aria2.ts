import * as v from "valibot";
import { nameInUrl, safeName } from "../file-names.ts";
import { type Aria2Call, createAria2Calls } from "./aria2-calls.ts";
import { hasParts, removeParts } from "./aria2-parts.ts";
import { type Aria2Status, entryOf, hasEnded, notUnderstood, STATUS_KEYS, statusSchema } from "./aria2-status.ts";
import { listOf } from "./lenient.ts";
import { folderIn, type Remote, type RemoteEntry, type RemoteOptions } from "./remote.ts";

/** A torrent leads to its download, a metalink to those of its files; none of these leads further. */
const MOST_STEPS = 3;
/**
 * Otherwise a kill before the next time that it saves its session would bring back what was removed. Without a session file it refuses
 * this.
 */
const SAVE: Aria2Call = { method: "aria2.saveSession", params: [] };
/** 255, less those for `.aria2`, and for a number if the name is taken. */
const MOST_NAME_BYTES = 240;
/** All of them. */
const MOST_WAITING = 1_000_000;

/** File endings, unlike tokens in addresses. */
const ENDING = /\.\w{1,5}$/;

/**
 * A shorter name for a link whose file name, with that of aria2's control file, is too long for any file system. Otherwise none, because
 * it would replace the name that the site gives.
 */
function shortName(link: string): { readonly out?: string } {
  const url = URL.parse(link);
  const name = url === null || url.protocol === "magnet:" ? "" : nameInUrl(url);
  return Buffer.byteLength(name) > MOST_NAME_BYTES && ENDING.test(name) ? { out: safeName(name, "file") } : {};
}

/**
 * aria2 over JSON-RPC. Each link gets our key as its gid, so that it can always be found by that; what a magnet, torrent or metalink leads
 * to is followed from there and counts as one with it. A torrent is done when it is complete, and goes on seeding as its owner has told
 * aria2 to. Files and parts are in a folder of the user in aria2's own `dir`, unless another one is named.
 */
export function createAria2(options: RemoteOptions): Remote {
  const { call, tryCall, callAll } = createAria2Calls(options);

  const ownDir = async (signal: AbortSignal) =>
    (await call("aria2.getGlobalOption", [], v.object({ dir: v.string() }), signal)).dir;

  async function folderFor(folder: string, signal: AbortSignal): Promise<string> {
    const dir = options.dir ?? (await ownDir(signal));
    return folderIn(dir, folder);
  }

  /** The downloads of each gid, in the order of the gids: the one with this gid, and what it has led to. Empty if there is none. */
  async function downloadsOf(gids: readonly string[], signal: AbortSignal): Promise<Aria2Status[][]> {
    const downloads: Aria2Status[][] = gids.map(() => []);
    let wanted = gids.map((gid, of) => ({ gid, of }));
    for (let step = 0; step < MOST_STEPS && wanted.length > 0; step++) {
      const calls = wanted.map(({ gid }): Aria2Call => ({ method: "aria2.tellStatus", params: [gid, STATUS_KEYS] }));
      const answers = await callAll(calls, v.fallback(v.nullable(statusSchema), null), signal);
      wanted = wanted.flatMap(({ gid, of }, nth) => {
        const answer = answers[nth];
        if (answer === undefined) return [];
        const status = answer ?? notUnderstood(gid);
        downloads[of]?.push(status);
        return status.followedBy.map((gid) => ({ gid, of }));
      });
    }
    return downloads;
  }

  /** All downloads that have not ended, whoever added them. */
  async function goingOn(signal: AbortSignal): Promise<Aria2Status[]> {
    const [active, waiting] = await Promise.all([
      call("aria2.tellActive", [STATUS_KEYS], listOf(statusSchema), signal),
      call("aria2.tellWaiting", [0, MOST_WAITING, STATUS_KEYS], listOf(statusSchema), signal),
    ]);
    return [...active, ...waiting];
  }

  async function removeHalves(downloads: readonly Aria2Status[], signal: AbortSignal): Promise<void> {
    const halves = downloads.filter((one) => hasEnded(one) && one.status !== "complete" && hasParts(one));
    // A torrent that was added twice fails once, and its files are those of the other one.
    const others = halves.length === 0 ? [] : await goingOn(signal);
    for (const one of halves) removeParts(one, others);
  }

  return {
    name: "aria2",
    schemes: ["http:", "https:", "ftp:", "magnet:"],
    settlesMs: 10_000,
    // Its session includes failed downloads.
    beginsFailedAnew: true,
    mixesNames: true,
    ownDir,
    async submit({ key, link, folder, isBegun = false }, signal) {
      const own = {
        gid: key,
        dir: await folderFor(folder, signal),
        // No existing file is overwritten.
        "allow-overwrite": "false",
        "auto-file-renaming": "true",
        // Not "mem": then a page that is only called a torrent would be complete, and nowhere.
        "follow-torrent": "true",
        "follow-metalink": "true",
        "parameterized-uri": "false",
        ...shortName(link),
        // Sites write names like this, and do not mean ISO 8859-1, in which aria2 reads no other alphabets.
        "content-disposition-default-utf8": "true",
        // Even if downloads from magnets are configured to wait for people.
        "pause-metadata": "false",
        // For a torrent it compares the existing files piece by piece, and continues. Otherwise it would not touch them without a control
        // file.
        "check-integrity": String(isBegun && link.startsWith("magnet:")),
      };
      const id = await tryCall("aria2.addUri", [[link], own], v.string(), signal);
      if (typeof id === "string") return { kind: "taken", id };
      // An earlier call may have come after all, long after it was given up. To a gid that it has, aria2 says "No URI to download."
      const [there = []] = await downloadsOf([key], signal);
      return there.length > 0 ? { kind: "taken", id: key } : { kind: "refused", detail: id.refusal };
    },
    async list(asked, signal) {
      const { sessionId } = await call("aria2.getSessionInfo", [], v.object({ sessionId: v.string() }), signal);
      const downloads = await downloadsOf(
        asked.map(({ key }) => key),
        signal,
      );
      const entries = asked.flatMap(({ key }, nth): [string, RemoteEntry][] => {
        const [first, ...followed] = downloads[nth] ?? [];
        return first === undefined ? [] : [[key, entryOf(first, followed)]];
      });
      return { entries: new Map(entries), session: sessionId };
    },
    async remove(id, signal) {
      const [downloads = []] = await downloadsOf([id], signal);
      const running = downloads.filter((one) => !hasEnded(one));
      const calls = running.map(({ gid }): Aria2Call => ({ method: "aria2.forceRemove", params: [gid] }));
      await callAll(calls, v.string(), signal);
    },
    async cleanParts(ids, signal) {
      const downloads = await downloadsOf(ids, signal);
      await removeHalves(downloads.flat(), signal);
    },
    async cleanHistory(id, signal) {
      const [downloads = []] = await downloadsOf([id], signal);
      await removeHalves(downloads, signal);
      // The files of a torrent that still seeds are complete, and stay.
      const calls = downloads.map((one): Aria2Call => {
        return { method: hasEnded(one) ? "aria2.removeDownloadResult" : "aria2.forceRemove", params: [one.gid] };
      });
      // The one that led to the others goes last: a kill in between leaves the way to them.
      await callAll([...calls.reverse(), SAVE], v.string(), signal);
    },
    async health(signal) {
      const { version } = await call("aria2.getVersion", [], v.object({ version: v.string() }), signal);
      return `aria2 ${version}`;
    },
  };
}
