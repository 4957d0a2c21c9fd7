import { status } from "@grpc/grpc-js";
import { ALREADY_QUEUED, type Failure } from "./mode.ts";
import type { OnWork, Task } from "./wire.ts";

const EMPTY_LINK: Failure = { code: status.UNKNOWN, details: "SetToQueue: SetToQueue: empty link" };

/** wire.md §2.3: what stands before the useful part of a failure. */
const FAILED = "download failed on stage #2 with retries on stage 3. Reason: ";
const WARNING =
  "WARNING: External Downloader arguments given without specifying name. The arguments will be given to all external downloaders.";

/** The links that one downloader has, as the Go one keeps them. */
export interface DownloadList {
  /** Every link that was ever accepted, in order. */
  readonly accepted: readonly string[];
  /** Further entries of `Queue`, foreign or empty ones; a test changes them in place. */
  readonly extraTasks: Task[];
  /** Further entries of `Status`. */
  readonly extraWork: Partial<OnWork>[];
  /** Takes a link, or says why not. */
  add(link: string, maxQuality: number): Failure | undefined;
  /** DeleteFromQueue, and what the Go downloader does some minutes after a link is done. */
  forget(link: string): void;
  /** What CleanHistory does: drops what is done. */
  clean(): void;
  /** Changes a link's entry; throws when it is not there. */
  change(link: string, changes: Partial<Task>): void;
  /** The link is done; it stays in the list until it is forgotten. */
  finish(link: string): void;
  /** The link's entry says that it failed, with what yt-dlp says on stderr. */
  fail(link: string, error: string): void;
  /** The link is at work: it shows in `Status` as well. */
  work(link: string, progress?: Partial<OnWork>): void;
  tasks(): Task[];
  running(): Partial<OnWork>[];
}

/** A list that starts with links that an earlier life of the downloader has accepted. */
export function createDownloadList(links: readonly string[]): DownloadList {
  const accepted: string[] = [];
  const tasks = new Map<string, Task>();
  const running = new Map<string, Partial<OnWork>>();
  const extraTasks: Task[] = [];
  const extraWork: Partial<OnWork>[] = [];
  const add = (link: string, maxQuality: number): Failure | undefined => {
    if (link === "") return EMPTY_LINK;
    if (tasks.has(link)) return ALREADY_QUEUED;
    accepted.push(link);
    tasks.set(link, { link, status: "NEW", max_quality: String(maxQuality), name: "COMING SOON" });
    return undefined;
  };
  const change = (link: string, changes: Partial<Task>) => {
    const task = tasks.get(link);
    if (task === undefined) throw new Error(`The downloader has not ${link} but: ${[...tasks.keys()].join(", ")}`);
    tasks.set(link, { ...task, ...changes });
    if (changes.status !== "WORK") running.delete(link);
  };
  for (const link of links) add(link, 0);
  return {
    accepted,
    extraTasks,
    extraWork,
    add,
    forget(link) {
      tasks.delete(link);
      running.delete(link);
    },
    clean() {
      for (const { link, status } of [...tasks.values()]) if (status === "DONE") tasks.delete(link);
    },
    change,
    finish: (link) => change(link, { status: "DONE", message: "download complete on stage #1" }),
    fail: (link, error) => change(link, { message: `${FAILED}${WARNING}\nERROR: ${error}` }),
    work(link, progress = {}) {
      const message = "downloading [mp4 - unknown]";
      change(link, { status: "WORK", message });
      running.set(link, { filename: "video.mp4", percentage: 0, status: "WORK", message, ...progress, link });
    },
    tasks: () => [...tasks.values(), ...extraTasks],
    running: () => [...running.values(), ...extraWork],
  };
}
