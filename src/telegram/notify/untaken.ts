import type { Wait } from "../../domain/wait.ts";
import { createPace } from "./pace.ts";

/** A fleet that registers at once changes the routing hundreds of times a second. */
const EVERY_MS = 1_000;
/** All of them are one thing to be done. */
const ALL = 0;

/** Looks at the prompts of all links that no server takes: at once, and one more time for all changes within a second after that. */
export function createUntakenLook(deps: { look: () => void; now: () => number; wait: Wait }): {
  look(): void;
  /** Stops looking. */
  stop(): void;
} {
  const pace = createPace({ everyMs: EVERY_MS, now: deps.now, wait: deps.wait });
  function look(): void {
    if (pace.mayNow(ALL, look)) deps.look();
  }
  return { look, stop: pace.stop };
}
