import type { Profiler as Inspected } from "node:inspector";
import { setTimeout as sleep } from "node:timers/promises";

/** How often JavaScriptCore samples the stack. */
export const SAMPLING_INTERVAL_US = 1_000;

/** As in V8's inspector protocol; Chrome opens it. */
export type CpuProfile = Inspected.Profile;

/** Takes profiles of this process; one at a time. */
export interface Profiler {
  /** Samples the program for `ms`, or until `stop` aborts; undefined if that is already being done. Ends a run of `--cpu-prof`. */
  cpu(ms: number, stop: AbortSignal): Promise<CpuProfile | undefined>;
  /** All objects, in the format of V8's heap snapshots; undefined while a CPU profile is taken. Blocks the event loop. */
  heap(): string | undefined;
}

/** Profiles of this process (runtime.md §7). */
export function createProfiler(): Profiler {
  let isWatching = false;
  return {
    async cpu(ms, stop) {
      if (isWatching) return undefined;
      isWatching = true;
      // The inspector is loaded on demand: it would take a thirtieth of each start.
      const { Session } = await import("node:inspector/promises");
      const session = new Session();
      session.connect();
      try {
        await session.post("Profiler.enable");
        await session.post("Profiler.setSamplingInterval", { interval: SAMPLING_INTERVAL_US });
        await session.post("Profiler.start");
        await sleep(ms, undefined, { signal: stop, ref: false }).catch(() => undefined);
        const { profile } = await session.post("Profiler.stop");
        return profile;
      } finally {
        session.disconnect();
        isWatching = false;
      }
    },
    heap: () => (isWatching ? undefined : Bun.generateHeapSnapshot("v8")),
  };
}
