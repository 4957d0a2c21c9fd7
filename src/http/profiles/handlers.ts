import { download, type Handler, refuse } from "../answer.ts";
import { cpuToPprof } from "./cpu.ts";
import { heapToPprof } from "./heap.ts";
import type { Profiler } from "./profiler.ts";

const USUAL_SECONDS = 30;
const MOST_SECONDS = 120;
/** For converting and sending, on top of the time of sampling. */
const SPARE_MS = 30_000;

const BUSY = "Another profile is being taken; try again when it is done.";

/**
 * `GET /debug/pprof/profile?seconds=30` and `GET /debug/pprof/heap`: for `go tool pprof`, or for Chrome with `?format=cpuprofile` and
 * `?format=heapsnapshot`. One at a time; `stop` ends the one in progress.
 */
export function createProfileHandlers(deps: {
  profiler: Profiler;
  /** Removes secrets from a heap snapshot, which contains every string of the program. */
  redact: (text: string) => string;
  now: () => number;
  stop: AbortSignal;
}): { readonly cpu: Handler; readonly heap: Handler } {
  const { profiler, redact, now } = deps;
  return {
    async cpu(request, caller) {
      const query = new URL(request.url).searchParams;
      const seconds = Number(query.get("seconds") ?? USUAL_SECONDS);
      if (!(Number.isInteger(seconds) && seconds >= 1 && seconds <= MOST_SECONDS)) {
        return refuse(400, `seconds must be a whole number from 1 to ${MOST_SECONDS}.`);
      }
      const format = oneOf(["pprof", "cpuprofile"], query.get("format"));
      if (format === undefined) return refuse(400, "format must be pprof or cpuprofile.");
      caller.allowMs(seconds * 1_000 + SPARE_MS);
      const profile = await profiler.cpu(seconds * 1_000, AbortSignal.any([request.signal, deps.stop]));
      if (profile === undefined) return refuse(409, BUSY);
      return format === "cpuprofile"
        ? download(JSON.stringify(profile), "dwld-bot.cpuprofile")
        : download(cpuToPprof(profile), "profile.pb.gz");
    },

    heap(request, caller) {
      const format = oneOf(["pprof", "heapsnapshot"], new URL(request.url).searchParams.get("format"));
      if (format === undefined) return refuse(400, "format must be pprof or heapsnapshot.");
      caller.allowMs(SPARE_MS);
      const snapshot = profiler.heap();
      if (snapshot === undefined) return refuse(409, BUSY);
      return format === "heapsnapshot"
        ? download(redact(snapshot), "dwld-bot.heapsnapshot")
        : download(heapToPprof(snapshot, now()), "heap.pb.gz");
    },
  };
}

/** The given word if it is one of `words`, the first of them if none was given, otherwise undefined. */
function oneOf<const Word extends string>(words: readonly [Word, ...Word[]], given: string | null): Word | undefined {
  return given === null ? words[0] : words.find((word) => word === given);
}
