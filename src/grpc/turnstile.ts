/** Lets in some at a time; the others wait in line. */
export interface Turnstile {
  /** How many are inside. */
  readonly inside: number;
  /** False if there was no room within this many ms; without them, it waits as long as it takes. */
  enter(withinMs?: number): Promise<boolean>;
  leave(): void;
}

/** `most`: how many may be inside; when it has become larger, those in line notice as soon as somebody leaves. */
export function createTurnstile(most: () => number): Turnstile {
  let inside = 0;
  const waiting = new Set<() => void>();
  return {
    get inside() {
      return inside;
    },
    enter(withinMs) {
      if (inside < most()) {
        inside += 1;
        return Promise.resolve(true);
      }
      const { promise, resolve } = Promise.withResolvers<boolean>();
      const letIn = () => {
        clearTimeout(timer);
        resolve(true);
      };
      const goAway = () => {
        waiting.delete(letIn);
        resolve(false);
      };
      const timer = withinMs === undefined ? undefined : setTimeout(goAway, withinMs);
      waiting.add(letIn);
      return promise;
    },
    leave() {
      inside -= 1;
      for (const next of waiting) {
        if (inside >= most()) return;
        waiting.delete(next);
        inside += 1;
        next();
      }
    },
  };
}
