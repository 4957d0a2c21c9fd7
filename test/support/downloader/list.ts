import { status } from "@grpc/grpc-js";
import { ALREADY_QUEUED, type Failure } from "./mode.ts";
import type { OnWork, Task } from "./wire.ts";

const EMPTY_LINK: Failure = { code: status.UNKNOWN, details: "SetToQueue: SetToQueue: empty link" };

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
  /** The link's entry gets an error message. */
  fail(link: string, message: string): void;
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
    finish: (link) => change(link, { status: "DONE" }),
    fail: (link, message) => change(link, { message }),
    work(link, progress = {}) {
      change(link, { status: "WORK" });
      running.set(link, { filename: "video.mp4", percentage: 0, status: "WORK", ...progress, link });
    },
    tasks: () => [...tasks.values(), ...extraTasks],
    running: () => [...running.values(), ...extraWork],
  };
}
