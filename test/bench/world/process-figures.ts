import { closeSync, openSync, readdirSync, readFileSync, readSync } from "node:fs";

/** Linux: USER_HZ, the unit of the times in /proc. */
const TICKS_PER_S = 100;
/** SQLite, "WAL-Index File Format": `iChange`, which counts transactions that have written. */
const COMMITS_AT = 8;

/** Processor time that the process has used with all its threads, in ms; in steps of 10 ms. */
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

/** The same in steps of microseconds, without threads that have ended. */
export function exactCpuMs(pid: number): number {
  return threadsOf(pid).reduce((sum, thread) => {
    const [onCpuNs = 0] = readFileSync(`${thread}/schedstat`, "utf8").split(" ").map(Number);
    return sum + onCpuNs / 1e6;
  }, 0);
}

/** Resident memory, in MiB. */
export function rssMiB(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
}

/** How often any of the process's threads was put on a processor because it had something to do. */
export function wakeUps(pid: number): number {
  return threadsOf(pid).reduce((sum, thread) => {
    const status = readFileSync(`${thread}/status`, "utf8");
    return sum + Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(status)?.[1]);
  }, 0);
}

function threadsOf(pid: number): string[] {
  return readdirSync(`/proc/${pid}/task`).map((thread) => `/proc/${pid}/task/${thread}`);
}

/** Bytes that the process has had written to the disk. */
export function writtenBytes(pid: number): number {
  return Number(/^write_bytes: (\d+)/m.exec(readFileSync(`/proc/${pid}/io`, "utf8"))?.[1]);
}

/** Transactions that have written since the database's log was begun anew; a program has it open. */
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
