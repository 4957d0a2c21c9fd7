import { status } from "@grpc/grpc-js";
import { ALREADY_QUEUED, type Failure } from "./mode.ts";
import type { OnWork, Task } from "./wire.ts";

const EMPTY_LINK: Failure = { code: status.UNKNOWN, details: "SetToQueue: SetToQueue: empty link" };

/** wire.md §2.3: the prefix of a failure's useful part. */
const FAILED = "download failed on stage #2 with retries on stage 3. Reason: ";
const WARNING =
  "WARNING: External Downloader arguments given without specifying name. The arguments will be given to all external downloaders.";

/** The links that one downloader and its sender have, as the Go ones keep them (wire.md §2). */
export interface DownloadList {
  /** Every link that was ever accepted, in order; a link that is not in the downloader's own list is taken again. */
  readonly accepted: readonly string[];
  /** Additional entries of `Queue`, foreign or empty ones; a test changes them in place. */
  readonly extraTasks: Task[];
  /** Additional entries of `Status`. */
  readonly extraWork: Partial<OnWork>[];
  /** Takes a link into its own list, or says why not. */
  add(link: string, maxQuality: number): Failure | undefined;
  /** DeleteFromQueue: removes it from its own list. A running download goes on, and what the sender has is delivered. */
  drop(link: string): void;
  /** Neither has it any more, as some minutes after a link is done. */
  forget(link: string): void;
  /** What CleanHistory does: drops what is done. */
  clean(): void;
  /**
   * Changes a link's entry; throws if there is none. With `TO_SEND`, `SENDING` or `DONE` it moves to the sender, replacing the sender's
   * entry of that link.
   */
  change(link: string, changes: Partial<Task>): void;
  /** The link is done; it stays in the sender's list until it is forgotten. */
  finish(link: string): void;
  /** The link's entry says that it failed, with what yt-dlp says on stderr. */
  fail(link: string, error: string): void;
  /** The link is being downloaded: it also shows in `Status`. */
  work(link: string, progress?: Partial<OnWork>): void;
  /** The sender becomes unreachable, or reachable again: while it is not, its part is missing from the list. */
  senderAnswers(answers: boolean): void;
  /** The own list, then the sender's. */
  tasks(): Task[];
  /** The own list, which is what DeleteFromQueue replies with. */
  ownTasks(): Task[];
  running(): Partial<OnWork>[];
}

const WITH_SENDER = ["TO_SEND", "SENDING", "DONE"];

/** A list that starts with links that an earlier run accepted. */
export function createDownloadList(links: readonly string[]): DownloadList {
  const accepted: string[] = [];
  const own = new Map<string, Task>();
  const sender = new Map<string, Task>();
  const running = new Map<string, Partial<OnWork>>();
  const extraTasks: Task[] = [];
  const extraWork: Partial<OnWork>[] = [];
  let isSenderUp = true;

  const tasks = () => [...own.values(), ...(isSenderUp ? sender.values() : []), ...extraTasks];
  const add = (link: string, maxQuality: number): Failure | undefined => {
    if (link === "") return EMPTY_LINK;
    if (own.has(link)) return ALREADY_QUEUED;
    accepted.push(link);
    own.set(link, { link, status: "NEW", max_quality: String(maxQuality), name: "COMING SOON" });
    return undefined;
  };
  const change = (link: string, changes: Partial<Task>) => {
    const isSenders = WITH_SENDER.includes(changes.status ?? "DONE");
    const task = own.get(link) ?? (isSenders ? sender.get(link) : undefined);
    if (task === undefined) throw new Error(`The downloader has not ${link} but: ${[...own.keys(), ...sender.keys()]}`);
    const changed = { ...task, ...changes };
    if (changed.status !== "WORK") running.delete(link);
    if (!WITH_SENDER.includes(changed.status)) return void own.set(link, changed);
    own.delete(link);
    sender.set(link, changed);
  };
  for (const link of links) add(link, 0);
  return {
    accepted,
    extraTasks,
    extraWork,
    add,
    drop: (link) => void own.delete(link),
    forget(link) {
      for (const part of [own, sender, running]) part.delete(link);
    },
    clean() {
      for (const { link, status } of [...sender.values()]) if (status === "DONE") sender.delete(link);
    },
    change,
    finish: (link) => change(link, { status: "DONE", message: "download complete on stage #1" }),
    fail: (link, error) => change(link, { message: `${FAILED}${WARNING}\nERROR: ${error}` }),
    work(link, progress = {}) {
      const message = "downloading [mp4 - unknown]";
      change(link, { status: "WORK", message });
      running.set(link, { filename: "video.mp4", percentage: 0, status: "WORK", message, ...progress, link });
    },
    senderAnswers(answers) {
      isSenderUp = answers;
    },
    tasks,
    ownTasks: () => [...own.values()],
    running: () => [...running.values(), ...extraWork],
  };
}
