import type { Log } from "../../domain/log.ts";
import { ApiNetworkError, describeApiError, kindOfApiError } from "../api/api-error.ts";

/** How long Telegram is to wait for updates in one getUpdates. */
export interface PollLength {
  readonly seconds: number;
  /** A poll was answered after so long. */
  answered(afterMs: number): void;
  /** A poll that was to wait for so many seconds failed after so long; its way may have ended it because nothing was said on it. */
  failed(error: unknown, of: { readonly waits: number; readonly afterMs: number }): void;
  /** Another way was taken, or this one is back: what was learnt may be wrong now. */
  forget(): void;
}

const USUAL_SECONDS = 30;
/** Bot API: the same offset within 3 s waits for 3 s, whatever is asked for. */
const LEAST_SECONDS = 3;
/** What fails sooner has failed for another reason. */
const LEAST_CUT_MS = 4_000;
/**
 * An answer that comes so soon after the time at which another poll was cut proves nothing against a limit there; and a poll that
 * fails later than so after its end was not cut for being silent: nobody has answered, or the clock has leapt.
 */
const SLACK_MS = 1_000;
/** Nothing was on its way that could have been cut: a dead line looks so, where a resolver takes its time. */
const NEVER_BEGUN = ["ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH"];
/** Of what was cut. */
const SHORTER = 0.8;
/** So long a shorter poll is kept up before the usual one is tried again. */
const SHORT_FOR_MS = 3_600_000;

/**
 * Proxies and front ends may end a call on which nothing was said for less than a poll waits: after two such, and none between
 * them that waited longer, polls are so short that they get through. Each would count as a failure else, and the pauses after
 * failures grow.
 */
export function createPollLength({ now, log }: { readonly now: () => number; readonly log: Log }): PollLength {
  let seconds = USUAL_SECONDS;
  let shortenedAt = 0;
  let cutMs: number | undefined;

  return {
    get seconds() {
      if (seconds < USUAL_SECONDS && Math.abs(now() - shortenedAt) >= SHORT_FOR_MS) seconds = USUAL_SECONDS;
      return seconds;
    },
    answered(afterMs) {
      if (cutMs !== undefined && afterMs > cutMs + SLACK_MS) cutMs = undefined;
    },
    failed(error, { waits, afterMs }) {
      const wasCut = cutMs;
      const isCut = afterMs >= LEAST_CUT_MS && afterMs <= waits * 1000 + SLACK_MS;
      cutMs = isCut && mayBeCut(error) ? afterMs : undefined;
      if (wasCut === undefined || cutMs === undefined) return;
      const shortest = Math.min(wasCut, cutMs);
      cutMs = undefined;
      seconds = Math.max(LEAST_SECONDS, Math.floor(SHORTER * Math.min(seconds, shortest / 1000)));
      shortenedAt = now();
      log.info("Polls are cut off on the way to Telegram: asking for shorter ones", {
        afterMs: shortest,
        seconds,
        error: describeApiError(error),
      });
    },
    forget() {
      seconds = USUAL_SECONDS;
      cutMs = undefined;
    },
  };
}

function mayBeCut(error: unknown): boolean {
  if (error instanceof ApiNetworkError) return !NEVER_BEGUN.includes(error.code);
  return kindOfApiError(error).kind === "server";
}
