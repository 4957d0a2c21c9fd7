/** Knows of each activity that must not stand still by when its next step has to come. */
export interface Heartbeat {
  /** The activity lives; what it does next takes no longer than `ms`. */
  step(activity: string, ms: number): void;
  /** The activities whose next step is overdue. */
  late(): string[];
}

/** `elapsed` is a clock that nobody sets, in ms (`performance.now`): a leap of the wall clock must not look like a standstill. */
export function createHeartbeat(elapsed: () => number): Heartbeat {
  const dueBy = new Map<string, number>();
  return {
    step(activity, ms) {
      dueBy.set(activity, elapsed() + ms);
    },
    late: () => [...dueBy].filter(([, by]) => elapsed() > by).map(([activity]) => activity),
  };
}
