import { obey } from "./commands.ts";

/*
 * Ends processes that would outlive whoever began them: a bench that is killed can end none itself, but its end ends this one's stdin.
 */

const kept = new Set<number>();

// Who ends a group of processes ends this one before it can do anything.
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
