import type { Log } from "../../domain/log.ts";
import { ApiNetworkError, describeApiError, kindOfApiError } from "../api/api-error.ts";

/** How long Telegram is to wait for updates in one getUpdates. */
export interface PollLength {
  readonly seconds: number;
  /** A poll was answered after this long. */
  answered(afterMs: number): void;
  /** A poll that was to wait for this many seconds failed after this long; a proxy on its way may have ended it because it was silent. */
  failed(error: unknown, of: { readonly waits: number; readonly afterMs: number }): void;
  /** Another way was taken, or this one is back: what was learnt may no longer be right. */
  forget(): void;
}

const USUAL_SECONDS = 30;
/** Bot API: the same offset within 3 s waits for 3 s, whatever is asked for. */
const LEAST_SECONDS = 3;
/** A poll that fails sooner has failed for another reason. */
const LEAST_CUT_MS = 4_000;
/**
 * An answer that comes this soon after the time at which another poll was cut proves nothing against a limit there. And a poll that fails
 * this much later than its end was not cut for being silent: nobody has answered, or the clock has leapt.
 */
const SLACK_MS = 1_000;
/** Nothing was on its way that could have been cut: a dead line looks like this if a resolver takes its time. */
const NEVER_BEGUN = ["ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH"];
/** The length of shorter polls, relative to the time after which polls were cut. */
const SHORTER = 0.8;
/** How long shorter polls are kept up before the usual length is tried again. */
const SHORT_FOR_MS = 3_600_000;

/**
 * Proxies and front ends may end a call that has been silent for less time than a poll waits. After two such polls, with none in between
 * that waited longer, polls become short enough to get through. Otherwise each would count as a failure, and the pauses after failures
 * would grow.
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
