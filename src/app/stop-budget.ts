import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "../domain/log.ts";

/** What a stop may take in all, in ms: some seconds less than systemd waits for (`TimeoutStopSec` in dwld-bot.service). */
export const STOP_MS = 40_000;

/**
 * In the order in which a stop comes to them, in ms: the most that each step takes, and what it is left at least, however long
 * those before it have taken.
 */
export const STOP_STEPS = {
  /** What is being handled (15 s for an update, a second before it for a locked database), and its confirmation (2 s). */
  updates: { most: 18_000, least: 18_000 },
  /** Answers to HTTP requests. */
  http: { most: 3_000, least: 1_000 },
  /** Registrations that are under way. */
  registrations: { most: 5_000, least: 1_000 },
  /** Links that are being handed over. */
  calls: { most: 10_000, least: 5_000 },
  /** Writing what became of them. */
  outcomes: { most: 5_000, least: 2_000 },
  /** The runs of what is done again and again, the nightly backup among them. */
  schedules: { most: 5_000, least: 2_000 },
  /** What goes on in the background and may still find something to say. */
  lastWords: { most: 1_000, least: 1_000 },
  /** Messages that wait. */
  sending: { most: 3_000, least: 2_000 },
  /** Answers to calls that are with Telegram: a message's id is known by them alone. */
  answers: { most: 3_000, least: 3_000 },
  /** Writing those ids, and what else could not be written before. */
  lateWrites: { most: 5_000, least: 3_000 },
} as const;

/** A part of a stop that has to wait for somebody. */
export type StopStep = keyof typeof STOP_STEPS;

/** The time of a stop, which its steps share: what one does not need is there for those after it. */
export interface StopBudget {
  /** For how many ms from now the step may wait. The first one begins the stop. */
  allow(step: StopStep): number;
  /** Waits for the end of the step, as long as it may take. Rejects as it does. */
  bound(step: StopStep, end: PromiseLike<unknown>): Promise<void>;
}

/** `monotonic`: ms of a clock that nobody sets. */
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
      const ended = new AbortController();
      const over = sleep(allow(step), undefined, { signal: ended.signal }).catch(() => undefined);
      await Promise.race([end, over]).finally(() => ended.abort());
    },
  };
}
