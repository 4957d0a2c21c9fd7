import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Kills what an earlier life of the downloader, which was killed itself, has left running: programs whose command line names a
 * place under `folder`. They would write into the same files. Linux only; elsewhere it finds nothing.
 */
export function killLeftovers(folder: string, proc = "/proc"): void {
  // Where it begins: that of `/data` would be found in what another downloader does in `/mnt/data`.
  const place = new RegExp(`(?<![^\\0\\s:='",])${RegExp.escape(`${folder}/`)}`);
  for (const pid of processesIn(proc)) {
    if (pid === process.pid || !place.test(commandLineOf(join(proc, String(pid))))) continue;
    // As they were started they lead a group, with whatever they have started in it.
    for (const target of [-pid, pid]) kill(target);
  }
}

function kill(target: number): void {
  try {
    process.kill(target, "SIGKILL");
  } catch {
    // Gone, no group, or another's.
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
