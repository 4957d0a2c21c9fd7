/** Knows by when each activity that must not stall has to take its next step. */
export interface Heartbeat {
  /** Called when the activity makes progress; its next step takes at most `ms`. */
  step(activity: string, ms: number): void;
  /** The activities whose next step is overdue. */
  late(): string[];
}

/** `elapsed` is a monotonic clock in ms (`performance.now`): a jump of the wall clock must not look like a stall. */
export function createHeartbeat(elapsed: () => number): Heartbeat {
  const dueBy = new Map<string, number>();
  return {
    step(activity, ms) {
      dueBy.set(activity, elapsed() + ms);
    },
    late: () => [...dueBy].filter(([, by]) => elapsed() > by).map(([activity]) => activity),
  };
}
