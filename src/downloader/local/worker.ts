import { codeOf, isDiskFull } from "../../domain/error-code.ts";
import type { Log } from "../../domain/log.ts";
import { nextAttemptAt } from "../../domain/retry.ts";
import type { Wait } from "../../domain/wait.ts";
import type { BackEnd } from "../back-end.ts";
import type { ListEntry } from "../entry.ts";
import { type FetchEnd, type Fetcher, type FetchFailure, isFinal, isForAnother, type Stage } from "../fetcher.ts";
import type { Folders } from "../folders.ts";
import type { List } from "../list.ts";
import type { DownloaderTexts } from "../locales/locales.ts";
import { progressOf } from "../report.ts";
import { createBackoffs, LONGEST_BACKOFF_MS } from "./backoffs.ts";

export interface WorkerOptions {
  readonly list: List;
  readonly folders: Folders;
  /** Tried in turn until one can do something with the link. */
  readonly fetchers: readonly Fetcher[];
  readonly concurrency: number;
  /** Bytes that must stay free on the disk. */
  readonly minFree: number;
  readonly texts: DownloaderTexts;
  readonly log: Log;
  readonly wait: Wait;
  readonly now: () => number;
  /** In [0, 1). */
  readonly random: () => number;
}

interface Running {
  readonly entry: ListEntry;
  readonly abort: AbortController;
  stage: Stage;
  /** The disk would get too full with it. */
  lacksSpace: boolean;
  ended: Promise<void>;
}

/** The wait after the first try that has failed; the longest is `LONGEST_BACKOFF_MS`. */
const FIRST_MS = 30_000;
const MOST_TRIES = 5;
/** For how long a link is not tried if its state could not be stored. */
const PAUSE_MS = 60_000;
/** An unforeseen error that occurs this often in a row will not go away. */
const MOST_SURPRISES = 10;

/** The back end that downloads what the list holds by itself, with a limit of so many at a time. */
export function createWorker(options: WorkerOptions): BackEnd {
  const { list, folders, concurrency, minFree, texts, log, wait, now, random } = options;
  const running = new Map<number, Running>();
  const stopping = new AbortController();
  const full = createBackoffs({ now, random });
  const surprises = createBackoffs({ now, random });
  let sleep = new AbortController();

  function trigger(): void {
    if (stopping.signal.aborted) return;
    sleep.abort();
    try {
      startDue();
    } catch (error) {
      log.error("Cannot read the list", { error });
      triggerAfter(PAUSE_MS);
    }
  }

  function startDue(): void {
    const open = list.open().filter(({ id }) => !running.has(id));
    const due = open.filter(isDue).slice(0, concurrency - running.size);
    for (const entry of due) start(entry);
    const next = open.find((entry) => !due.includes(entry));
    if (next !== undefined && running.size < concurrency) triggerAfter(Math.max(0, next.dueAt - now()));
  }

  /** An instant further away than the longest wait was stored by a clock that was ahead. */
  function isDue({ dueAt }: ListEntry): boolean {
    return dueAt <= now() || dueAt - now() > LONGEST_BACKOFF_MS;
  }

  function triggerAfter(ms: number): void {
    sleep = new AbortController();
    const { signal } = sleep;
    void wait(ms, signal).then(() => signal.aborted || trigger());
  }

  function start(entry: ListEntry): void {
    const job: Running = {
      entry,
      abort: new AbortController(),
      stage: {},
      lacksSpace: false,
      ended: Promise.resolve(),
    };
    running.set(entry.id, job);
    job.ended = work(job)
      .catch((error) => {
        log.error(`Cannot continue with ${entry.link}`, { error });
        return putOff(entry, error);
      })
      .finally(() => {
        running.delete(entry.id);
        trigger();
      });
  }

  /** Lets others have their turn. An entry that cannot even be put off stays running for a while, or it would be tried without a pause. */
  async function putOff({ id }: ListEntry, error: unknown): Promise<void> {
    try {
      // For example, its folder is on another disk, which is full.
      if (isDiskFull(error)) return list.delay(id, full.count(id).until);
      const { times, until } = surprises.count(id);
      if (times < MOST_SURPRISES) return list.delay(id, until);
      surprises.forget(id);
      list.fail(id, texts.failure({ kind: "surprise", detail: codeOf(error) }));
      folders.dropParts(id);
    } catch {
      await wait(PAUSE_MS, stopping.signal);
    }
  }

  async function work(job: Running): Promise<void> {
    const { entry } = job;
    if (entry.status === "WHOLE") return deliver(job);
    const end = await fetch(job);
    if (!list.has(entry.id)) return folders.dropParts(entry.id);
    if (stopping.signal.aborted) return;
    if (job.lacksSpace) return postpone(entry, { kind: "no_space" });
    if (end.kind !== "fetched") return failed(job, end.kind === "page" ? { kind: "page" } : end.failure);
    list.markWhole(entry.id, null);
    await deliver(job);
  }

  async function fetch(job: Running): Promise<FetchEnd> {
    const { entry, abort } = job;
    const { id, link, maxQuality } = entry;
    const wanted = { link, maxQuality, folder: folders.partsOf(id) };
    let end: FetchEnd = { kind: "page" };
    for (const fetcher of options.fetchers) {
      end = await fetcher(wanted, { onStage: (stage) => note(job, stage), signal: abort.signal });
      if (!isForAnother(end)) break;
    }
    return end;
  }

  function note(job: Running, stage: Stage): void {
    const { name, currentSize = 0, totalSize = currentSize } = stage;
    try {
      if (folders.space().free - (totalSize - currentSize) < minFree) {
        job.lacksSpace = true;
        job.abort.abort();
        return;
      }
      if (name !== undefined && name !== (job.stage.name ?? job.entry.name)) list.rename(job.entry.id, name);
      job.stage = { ...job.stage, ...stage };
    } catch (error) {
      log.warn("Cannot record the progress of a download", { error });
    }
  }

  async function deliver({ entry, abort: { signal } }: Running): Promise<void> {
    await folders.deliver(entry.id, { userName: entry.userName, signal }).catch((error) => {
      if (!signal.aborted) throw error;
    });
    // It may have been on its way to another disk; then the next start continues.
    if (signal.aborted) return list.has(entry.id) ? undefined : folders.dropParts(entry.id);
    folders.dropParts(entry.id);
    list.markDone(entry.id);
    surprises.forget(entry.id);
    log.info(`Done: ${entry.link}`);
  }

  async function failed(job: Running, failure: FetchFailure): Promise<void> {
    const { entry } = job;
    if (failure.kind === "no_space") return postpone(entry, failure);
    full.forget(entry.id);
    const tries = entry.tries + 1;
    const trouble = texts.failure(failure);
    log.warn(`Cannot download ${entry.link}`, { failure, tries });
    if (tries < MOST_TRIES && !isFinal(failure)) {
      const dueAt = nextAttemptAt({ attempts: tries, now: now(), first: FIRST_MS, cap: LONGEST_BACKOFF_MS, random });
      list.postpone(entry.id, { trouble, tries, dueAt });
      return;
    }
    // What has come of a playlist is worth having, even if a part of it cannot be had.
    if (folders.wholeOf(entry.id).length > 0) {
      list.markWhole(entry.id, trouble);
      return deliver(job);
    }
    folders.dropParts(entry.id);
    list.fail(entry.id, trouble);
  }

  /** It is nobody's fault, so it costs no try. */
  function postpone({ id, tries, link }: ListEntry, failure: FetchFailure): void {
    log.warn("Not enough space on the disk", { link });
    list.postpone(id, { trouble: texts.failure(failure), tries, dueAt: full.count(id).until });
  }

  return {
    submit: trigger,
    remove({ id }) {
      if (running.has(id)) running.get(id)?.abort.abort();
      else folders.dropParts(id);
    },
    // Of entries that have ended, only the files are left.
    cleanHistory() {},
    isRunning: (id) => running.has(id),
    progress: () =>
      [...running.values()]
        .filter(({ entry }) => list.has(entry.id))
        .map(({ entry, stage }) => progressOf(entry, stage, texts)),
    away: () => undefined,
    async [Symbol.asyncDispose]() {
      stopping.abort();
      sleep.abort();
      for (const { abort } of running.values()) abort.abort();
      await Promise.all([...running.values()].map(({ ended }) => ended));
    },
  };
}
