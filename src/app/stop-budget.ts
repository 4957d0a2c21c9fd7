import type { Log } from "../domain/log.ts";
import { wait, within } from "../domain/wait.ts";

/** How long a stop may take in all, in ms: some seconds less than systemd waits (`TimeoutStopSec` in dwld-bot.service). */
export const STOP_MS = 40_000;

/** The steps of a stop in their order, in ms: the most that each may take, and the least that earlier steps must leave for it. */
export const STOP_STEPS = {
  /** The update that is being handled (15 s, with a second for a locked database before it), and its confirmation (2 s). */
  updates: { most: 18_000, least: 18_000 },
  /** Answers to HTTP requests. */
  http: { most: 3_000, least: 1_000 },
  /** Registrations in progress. */
  registrations: { most: 5_000, least: 1_000 },
  /** Links that are being handed over. */
  calls: { most: 10_000, least: 5_000 },
  /** Storing what became of them. */
  outcomes: { most: 5_000, least: 2_000 },
  /** The current runs of everything that runs at intervals, including the nightly backup. */
  schedules: { most: 5_000, least: 2_000 },
  /** Background work that may still have something to say. */
  lastWords: { most: 1_000, least: 1_000 },
  /** Messages that still wait to be sent. */
  sending: { most: 3_000, least: 2_000 },
  /** Answers to calls that Telegram has already got: only they tell a message's id. */
  answers: { most: 3_000, least: 3_000 },
  /** Storing those ids, and whatever else could not be stored before. */
  lateWrites: { most: 5_000, least: 3_000 },
} as const;

/** A part of a stop that has to wait for something. */
export type StopStep = keyof typeof STOP_STEPS;

/** The time for a stop, which its steps share: what one does not use is left for those after it. */
export interface StopBudget {
  /** How many ms from now the step may wait. The first call begins the stop. */
  allow(step: StopStep): number;
  /** Waits for the end of the step, for as long as it may take. Rejects as `end` does. */
  bound(step: StopStep, end: PromiseLike<unknown>): Promise<void>;
}

/** `monotonic`: ms by a clock that nobody sets. */
export function createStopBudget(deps: { monotonic: () => number; log: Log }): StopBudget {
  const { monotonic, log } = deps;
  const steps = Object.keys(STOP_STEPS) as StopStep[];
  let begunAt: number | undefined;

  function allow(step: StopStep): number {
    begunAt ??= monotonic();
    const left = STOP_MS - (monotonic() - begunAt);
    const later = steps.slice(steps.indexOf(step) + 1).reduce((sum, other) => sum + STOP_STEPS[other].least, 0);
    const ms = Math.max(0, Math.min(STOP_STEPS[step].most, left - later));
    log.debug(`Waiting for the end of: ${step}`, { forMs: Math.round(ms) });
    return ms;
  }

  return {
    allow,
    async bound(step, end) {
      await within(end, { ms: allow(step), wait });
    },
  };
}
