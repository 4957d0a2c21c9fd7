import { obey } from "./commands.ts";

/*
 * Ends processes that would outlive the bench that started them: if it is killed it cannot end them itself, but then this one's stdin ends.
 */

const kept = new Set<number>();

// If a whole group of processes is killed, this one would be killed before it can do anything.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => {});
process.on("exit", () => {
  for (const pid of kept) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It has ended at the same moment.
    }
  }
});

await obey({
  keep: ({ pid }: { pid: number }) => void kept.add(pid),
  hasEnded: ({ pid }: { pid: number }) => void kept.delete(pid),
});
