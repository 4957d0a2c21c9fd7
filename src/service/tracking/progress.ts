import {
  type DownloaderClient,
  type DownloaderStatus,
  DownloaderUnreachable,
  type Progress,
} from "../../domain/downloader.ts";
import type { Log } from "../../domain/log.ts";
import { ifAvailable } from "../../domain/storage.ts";
import { keyOf } from "../../domain/url.ts";
import type { Registry } from "../fleet/registry.ts";

/** The progress of a running download; undefined is what its downloader does not say. */
export interface Reading {
  /** 0…100. */
  readonly percentage: number | undefined;
  /** MiB a second. */
  readonly speed: number | undefined;
}

/** What downloaders say in `Status` about running downloads, for those who may see it. */
export interface ProgressReadings {
  /** Asks the downloaders whose turn it is. Does not wait for their answers, so that one that hangs holds up nobody. */
  tick(): void;
  /** Undefined if nothing is known, or only something old. */
  of(at: { downloader: string; key: string }): Reading | undefined;
  /** Later answers are ignored. */
  stop(): void;
}

/** How often one downloader is asked. */
const EVERY_MS = 10_000;
/** How often to check which downloaders may be running something. */
const LOOK_MS = 2_000;
const MOST_AT_ONCE = 8;
/** What was said longer ago is no longer shown. */
const FRESH_MS = 60_000;
/** No person has more downloads running than this; the rest of a downloader's list is not kept. */
const MOST_KEPT = 500;
/** Two readings closer together than this say nothing about the speed. */
const SHORTEST_MS = 1_000;
/** MiB a second: no line is faster than 100 Gbit/s, so the numbers were about two different things. */
const FASTEST = 12_000;

interface Sample extends Reading {
  readonly at: number;
  readonly of: Progress;
}

/** Asks `Status` (wire.md §2.3) while something may be running for a chat, and only of those downloaders. */
export function createProgressReadings(deps: {
  client: Pick<DownloaderClient, "status">;
  registry: Pick<Registry, "byName" | "stateOf">;
  /** Downloaders that may be running something for a chat. May throw `StoreUnavailable`. */
  downloaders: () => readonly string[];
  now: () => number;
  log: Log;
}): ProgressReadings {
  const { client, registry, now, log } = deps;
  /** By downloader: when it was asked, and what it said, by key. */
  const known = new Map<string, { askedAt: number; samples: ReadonlyMap<string, Sample> }>();
  const asking = new Set<string>();
  let lookedAt = Number.NEGATIVE_INFINITY;
  let stopped = false;

  /** After a leap of the clock it is due, rather than never. */
  const isOver = (at: number, ms: number) => Math.abs(now() - at) >= ms;

  async function ask(name: string): Promise<void> {
    const downloader = registry.byName(name);
    if (downloader === undefined || registry.stateOf(name) === "unreachable") return;
    const samples = known.get(name)?.samples ?? new Map<string, Sample>();
    known.set(name, { askedAt: now(), samples });
    asking.add(name);
    try {
      const status = await client.status(downloader);
      if (!stopped) known.set(name, { askedAt: known.get(name)?.askedAt ?? now(), samples: sampled(status, samples) });
    } catch (error) {
      if (error instanceof DownloaderUnreachable) log.debug(`Cannot see what "${name}" is running`, { error });
      else log.error(`Cannot see what "${name}" is running`, { error });
    } finally {
      asking.delete(name);
    }
  }

  function sampled(status: DownloaderStatus, before: ReadonlyMap<string, Sample>): Map<string, Sample> {
    const samples = new Map<string, Sample>();
    for (const progress of status.running.slice(0, MOST_KEPT)) {
      const key = keyOf(progress.url);
      // If a download has several parts, the largest says most.
      if ((samples.get(key)?.of.totalSize ?? -1) >= progress.totalSize) continue;
      const at = now();
      samples.set(key, { ...readingOf(progress, before.get(key), at), at, of: progress });
    }
    return samples;
  }

  return {
    tick() {
      if (stopped || !isOver(lookedAt, LOOK_MS)) return;
      lookedAt = now();
      const names = ifAvailable(deps.downloaders);
      if (names === undefined) return;
      for (const name of known.keys()) if (!names.includes(name)) known.delete(name);
      for (const name of names) {
        if (asking.size >= MOST_AT_ONCE) return;
        if (!asking.has(name) && isOver(known.get(name)?.askedAt ?? Number.NEGATIVE_INFINITY, EVERY_MS)) void ask(name);
      }
    },
    of({ downloader, key }) {
      const sample = known.get(downloader)?.samples.get(key);
      return sample === undefined || isOver(sample.at, FRESH_MS) ? undefined : sample;
    },
    stop() {
      stopped = true;
    },
  };
}

/** These are numbers from another machine: impossible ones are left out. */
function readingOf(progress: Progress, before: Sample | undefined, at: number): Reading {
  return { percentage: percentageOf(progress), speed: before && speedOf(progress, before, at) };
}

function percentageOf({ percentage, currentSize, totalSize }: Progress): number | undefined {
  if (percentage > 0) return percentage;
  // A downloader that does not count says 0 until the end.
  if (currentSize > 0 && totalSize >= currentSize) return (100 * currentSize) / totalSize;
  return currentSize === 0 && totalSize > 0 ? 0 : undefined;
}

/** Between two readings of the same file; a download in stages starts again with each. */
function speedOf(progress: Progress, { of: before, at: beforeAt }: Sample, at: number): number | undefined {
  const isSame = progress.filename === before.filename && progress.quality === before.quality;
  const ms = at - beforeAt;
  if (!isSame || ms < SHORTEST_MS || ms > FRESH_MS) return undefined;
  const speed = ((progress.currentSize - before.currentSize) / ms) * 1000;
  return speed > 0 && speed <= FASTEST ? speed : undefined;
}
