import { closeSync, openSync, readdirSync, readFileSync, readSync } from "node:fs";

/** Linux: USER_HZ, the unit of the times in /proc. */
const TICKS_PER_S = 100;
/** SQLite, "WAL-Index File Format": `iChange`, which counts transactions that have written. */
const COMMITS_AT = 8;

/** Processor time that the process has used in all its threads, in ms; in steps of 10 ms. */
export function cpuMs(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The name, in brackets, may hold spaces; utime and stime are the 14th and 15th field.
  const [user = 0, system = 0] = text
    .slice(text.lastIndexOf(")") + 2)
    .split(" ")
    .slice(11, 13)
    .map(Number);
  return ((user + system) * 1000) / TICKS_PER_S;
}

/** How often threads are looked at, so that hardly anything of a thread that ends is missed. */
const FINE_EVERY_MS = 2_000;

/** Processor time of a Bun process by what its threads are for, in ms. */
export interface ThreadTimes {
  /** The event loop: runs the program, in the interpreter while its code is new. */
  readonly main: number;
  /** Compile code that has run often. */
  readonly compilers: number;
  /** Help the main thread to collect garbage. */
  readonly collectors: number;
  /** Gives memory that is no longer used back to the system. */
  readonly allocator: number;
  readonly others: number;
}

/** Processor time of the process from now on, to the nanosecond: for a process that uses less than `cpuMs` can show. */
export function createFineCpu(pid: number): Disposable & { ms(): number; byThread(): ThreadTimes } {
  let sums = NO_TIME;
  let known = nanosecondsOf(pid);
  const look = () => {
    const now = nanosecondsOf(pid);
    sums = added(sums, since(known, now));
    known = now;
  };
  const timer = setInterval(look, FINE_EVERY_MS);
  const byThread = () => {
    look();
    return sums;
  };
  return {
    ms: () => Object.values(byThread()).reduce((sum, ms) => sum + ms, 0),
    byThread,
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

/** Processor time of the process since it began, without that of threads that have ended. */
export function cpuByThread(pid: number): ThreadTimes {
  return since(new Map(), nanosecondsOf(pid));
}

/** The share of each one in what was done for the given number. */
export function eachOf(times: ThreadTimes, count: number): ThreadTimes {
  return { ...NO_TIME, ...Object.fromEntries(Object.entries(times).map(([thread, ms]) => [thread, ms / count])) };
}

const NO_TIME: ThreadTimes = { main: 0, compilers: 0, collectors: 0, allocator: 0, others: 0 };

function added(one: ThreadTimes, other: ThreadTimes): ThreadTimes {
  const sums = Object.entries(one).map(([thread, ms]) => [thread, ms + other[thread as keyof ThreadTimes]]);
  return { ...NO_TIME, ...Object.fromEntries(sums) };
}

interface ThreadTime {
  readonly of: keyof ThreadTimes;
  readonly ns: number;
}

function since(before: ReadonlyMap<string, ThreadTime>, after: ReadonlyMap<string, ThreadTime>): ThreadTimes {
  return [...after]
    .map(([thread, { of, ns }]) => ({ ...NO_TIME, [of]: (ns - (before.get(thread)?.ns ?? 0)) / 1e6 }))
    .reduce(added, NO_TIME);
}

function nanosecondsOf(pid: number): ReadonlyMap<string, ThreadTime> {
  return new Map(
    threadsOf(pid).flatMap((thread) => {
      try {
        // The first field: time on a processor.
        const ns = Number(readFileSync(`${thread}/schedstat`, "utf8").split(" ")[0]);
        const name = readFileSync(`${thread}/comm`, "utf8").trim();
        return [[thread, { of: thread.endsWith(`/${pid}`) ? "main" : (THREADS[name] ?? "others"), ns }]];
      } catch {
        // It has ended since it was listed.
        return [];
      }
    }),
  );
}

/** The names that JavaScriptCore and mimalloc give their threads; the main one has the program's. */
const THREADS: Readonly<Record<string, keyof ThreadTimes>> = {
  JITWorker: "compilers",
  HeapHelper: "collectors",
  "mi-scavenger": "allocator",
};

/** Resident memory in MiB: all of it, or the part without a file (`RssAnon`), or that of files (`RssFile`), mainly the executable. */
export function rssMiB(pid: number, part: "VmRSS" | "RssAnon" | "RssFile" = "VmRSS"): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(new RegExp(`^${part}:\\s+(\\d+)`, "m").exec(status)?.[1]) / 1024;
}

/** How often each thread was put on a processor because it had something to do. */
export function wakeUps(pid: number): ReadonlyMap<string, number> {
  return new Map(
    threadsOf(pid).map((thread) => {
      const status = readFileSync(`${thread}/status`, "utf8");
      return [thread, Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(status)?.[1])];
    }),
  );
}

/** The difference between two looks at threads, without those that have ended meanwhile. */
export function increase(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): number {
  return [...after].reduce((sum, [thread, count]) => sum + count - (before.get(thread) ?? 0), 0);
}

function threadsOf(pid: number): string[] {
  return readdirSync(`/proc/${pid}/task`).map((thread) => `/proc/${pid}/task/${thread}`);
}

/** Bytes that were written to the disk for the process. */
export function writtenBytes(pid: number): number {
  return Number(/^write_bytes: (\d+)/m.exec(readFileSync(`/proc/${pid}/io`, "utf8"))?.[1]);
}

/** Transactions that have written since the database's log last started over; some program must have the database open. */
export function commits(database: string): number {
  const file = openSync(`${database}-shm`, "r");
  try {
    const count = Buffer.alloc(4);
    readSync(file, count, 0, 4, COMMITS_AT);
    return count.readUInt32LE();
  } finally {
    closeSync(file);
  }
}
