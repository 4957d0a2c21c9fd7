import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Kills programs that an earlier run of the downloader, which was killed itself, has left running: those whose command line names a place
 * under `folder`. They would write into the same files. Linux only; elsewhere it finds nothing.
 */
export function killLeftovers(folder: string, proc = "/proc"): void {
  // Where the path begins: `/data` would otherwise be found in what another downloader does in `/mnt/data`.
  const place = new RegExp(`(?<![^\\0\\s:='",])${RegExp.escape(`${folder}/`)}`);
  for (const pid of processesIn(proc)) {
    if (pid === process.pid || !place.test(commandLineOf(join(proc, String(pid))))) continue;
    // They were started as leaders of a group that contains whatever they have started.
    for (const target of [-pid, pid]) kill(target);
  }
}

function kill(target: number): void {
  try {
    process.kill(target, "SIGKILL");
  } catch {
    // It is gone, is not a group, or belongs to somebody else.
  }
}

function processesIn(proc: string): number[] {
  try {
    return readdirSync(proc).map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

function commandLineOf(entry: string): string {
  try {
    return readFileSync(join(entry, "cmdline"), "utf8");
  } catch {
    return "";
  }
}
