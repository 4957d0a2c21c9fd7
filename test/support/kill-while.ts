import { existsSync, watch } from "node:fs";
import { dirname } from "node:path";

/** A process that can be killed. */
interface Mortal {
  readonly exited: Promise<number>;
  kill(signal: "SIGKILL"): unknown;
}

/**
 * Starts a process that first writes a file under another name, and kills it (SIGKILL) as soon as that file exists. Repeats this if the
 * process was faster than the kill, until one was interrupted: its unfinished file is then still there. Rejects after a hundred tries.
 */
export async function killWhile(unfinished: string, start: () => Mortal): Promise<void> {
  for (let times = 0; times < 100; times += 1) {
    let child: Mortal | undefined;
    const watched = watch(dirname(unfinished), () => existsSync(unfinished) && child?.kill("SIGKILL"));
    child = start();
    await child.exited;
    watched.close();
    if (existsSync(unfinished)) return;
  }
  throw new Error(`A hundred times there was no ${unfinished} to kill somebody at`);
}
