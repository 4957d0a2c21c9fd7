import type { Log } from "../../domain/log.ts";
import { safeName } from "../file-names.ts";
import type { HandedEntry, HandOvers } from "../hand-overs.ts";
import type { List } from "../list.ts";
import type { DownloaderTexts } from "../locales/locales.ts";
import type { Memory } from "./memory.ts";
import { type Acceptance, type Remote, type RemoteSubmission, RemoteUnreachable } from "./remote.ts";

const AT_ONCE = 4;
/** How often something is called for again because the program went away in the middle. */
const MOST_CUTS = 3;

/** Calls that hand entries of the list to a program. Its answer is stored before a call counts as ended. */
export interface Submissions {
  /** Keys of the entries for which it is being called. */
  keys(): ReadonlySet<string>;
  /** How many more calls may be started. */
  room(): number;
  /** Stores that the program is about to be called, in this session, and calls it. Returns at once. */
  begin(entry: HandedEntry, of: { readonly session: string } & Pick<RemoteSubmission, "isBegun" | "anyLines">): void;
  /** Why the latest call for it failed for good; undefined if none has ended like that. By key. */
  failure(key: string): string | undefined;
  /** Whether the program went away in the middle of the latest call for it, and may be called again for that reason. By key. */
  wasCut(key: string): boolean;
  /** Resolves when no call is in progress. */
  settled(): Promise<void>;
}

/** After an abort of `stop` calls end, and nothing of theirs is stored any more. `ended` is called after each. */
export function createSubmissions(of: {
  readonly list: Pick<List, "fail">;
  readonly handOvers: HandOvers;
  readonly remote: Pick<Remote, "name" | "submit">;
  readonly texts: DownloaderTexts;
  readonly memory: Memory;
  readonly log: Log;
  readonly stop: AbortSignal;
  /** The program has said which of its entries this is. */
  readonly answered: (key: string) => void;
  readonly ended: () => void;
  /** The program was not there, or went away in the middle. */
  readonly away: () => void;
}): Submissions {
  const { list, handOvers, remote, texts, log, stop } = of;
  const calls = new Map<string, Promise<void>>();
  const failures = of.memory.map<string>();
  const cuts = of.memory.map<{ readonly times: number; readonly isLatest: boolean }>();

  function note({ id, key, link }: HandedEntry, acceptance: Acceptance): void {
    cuts.delete(key);
    if (acceptance.kind === "taken") {
      if (acceptance.id !== undefined) {
        handOvers.markPresent(key, { remoteId: acceptance.id });
        of.answered(key);
      }
      log.info(`${remote.name} has taken ${link}`);
      return;
    }
    handOvers.markAbsent(key);
    list.fail(id, acceptance.kind === "refused" ? acceptance.detail : texts.backEnd.isThere(remote.name));
  }

  function unanswered(entry: HandedEntry, error: unknown): void {
    if (stop.aborted) return;
    const { isHarmless = false, isAway, isOver, detail = "" } = error instanceof RemoteUnreachable ? error : {};
    log.warn(`${remote.name} did not answer when it was given ${entry.link}`, { error });
    if (isAway) of.away();
    const { times = 0 } = cuts.get(entry.key) ?? {};
    if (isAway && !isHarmless) cuts.set(entry.key, { times: times + 1, isLatest: true });
    if (isOver) failures.set(entry.key, detail);
    // Otherwise the program may have it, which the next look shows.
    if (!isHarmless) return;
    try {
      handOvers.markAbsent(entry.key);
    } catch (error) {
      // For example, the disk is full: then it is asked all the same, and called again if it does not have the link.
      log.error(`Cannot record that ${remote.name} does not have ${entry.link}`, { error });
    }
  }

  return {
    keys: () => new Set(calls.keys()),
    room: () => AT_ONCE - calls.size,
    begin(entry, { session, ...again }) {
      handOvers.markSent(entry.key, session);
      const { key, link, maxQuality, userName } = entry;
      const mayBeThere = entry.sentAt !== null || entry.tries > 0;
      failures.delete(key);
      const cut = cuts.get(key);
      if (cut !== undefined) cuts.set(key, { ...cut, isLatest: false });
      const call = remote
        .submit({ key, link, maxQuality, folder: folderOf(userName), mayBeThere, ...again }, stop)
        .then((acceptance) => note(entry, acceptance))
        .catch((error) => unanswered(entry, error))
        .finally(() => {
          calls.delete(key);
          of.ended();
        });
      calls.set(key, call);
    },
    wasCut(key) {
      const { times = 0, isLatest = false } = cuts.get(key) ?? {};
      return isLatest && times <= MOST_CUTS;
    },
    failure: (key) => failures.get(key),
    settled: async () => void (await Promise.all(calls.values())),
  };
}

/** Programs replace `$HOME` and the like in a folder with what the environment says. */
function folderOf(userName: string): string {
  return safeName(userName.replaceAll("$", "_"), "_");
}
