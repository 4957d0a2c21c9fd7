import { wait as realWait, type Wait } from "../../src/domain/wait.ts";

/** Waits of real time, except those of exactly `heldMs`: they last until `end` is called, and from then on no time. */
export function holdWaits(heldMs: number): { readonly wait: Wait; end(): void } {
  const over = Promise.withResolvers<void>();
  return {
    wait(ms, signal) {
      if (ms !== heldMs) return realWait(ms, signal);
      const aborted = Promise.withResolvers<void>();
      signal.addEventListener("abort", () => aborted.resolve());
      return signal.aborted ? Promise.resolve() : Promise.race([over.promise, aborted.promise]);
    },
    end: () => over.resolve(),
  };
}
