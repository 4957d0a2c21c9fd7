import type { Log } from "../../domain/log.ts";
import { nextAttemptAt } from "../../domain/retry.ts";
import { describeApiError, kindOfApiError } from "../api/api-error.ts";

/** What the poll does after a failed call. */
export type Remedy =
  | { readonly kind: "wait"; readonly ms: number }
  | { readonly kind: "delete_webhook" }
  | { readonly kind: "give_up" };

/** Why there are no updates now; undefined if there is no trouble. */
export type PollErrorState = "unreachable" | "flooded" | "conflict" | "unauthorized";

export interface PollErrorOptions {
  readonly log: Log;
  readonly now: () => number;
  readonly random: () => number;
  /** Another instance has been taking the updates for a minute; called once per conflict. */
  readonly onConflict?: () => void;
  /** Telegram makes the bot wait for updates for a minute or more; called once, until it gives some again. */
  readonly onFlooded?: (waitMs: number) => void;
}

const UNREACHABLE = { first: 1_000, cap: 30_000 };
const CONFLICT = { first: 5_000, cap: 30_000 };
const UNAUTHORIZED_MS = 60_000;
const CONFLICT_ALARM_MS = 60_000;
const FLOOD_ALARM_MS = 60_000;
const WEBHOOK_AGAIN_MS = 60_000;

/** Follows the poll's failures and picks the remedy for each (reliability.md §3.3, T1–T7). */
export function createPollErrors({ log, now, random, onConflict, onFlooded }: PollErrorOptions) {
  let contacted = false;
  let state: PollErrorState | undefined;
  let failures = 0;
  let sinceAt = 0;
  let alarmed = false;
  let webhookDeletedAt = Number.NEGATIVE_INFINITY;

  function enter(next: PollErrorState): void {
    if (state !== next) {
      state = next;
      sinceAt = now();
      failures = 0;
      alarmed = false;
    }
    failures += 1;
  }

  function alarmOnce(alarm: (() => void) | undefined): void {
    if (!alarmed) alarm?.();
    alarmed = true;
  }

  function conflict(error: unknown): Remedy {
    enter("conflict");
    if (failures === 1)
      log.warn("Another instance of this bot receives its updates", { error: describeApiError(error) });
    if (now() - sinceAt >= CONFLICT_ALARM_MS) alarmOnce(onConflict);
    return { kind: "wait", ms: Math.min(CONFLICT.cap, CONFLICT.first * 2 ** (failures - 1)) };
  }

  return {
    get state(): PollErrorState | undefined {
      return state;
    },

    remedyFor(error: unknown): Remedy {
      const failure = kindOfApiError(error);
      switch (failure.kind) {
        case "unauthorized":
          if (!contacted) return { kind: "give_up" };
          enter("unauthorized");
          if (failures === 1) log.error("Telegram no longer accepts the token", { error: describeApiError(error) });
          return { kind: "wait", ms: UNAUTHORIZED_MS };
        case "flood":
          enter("flooded");
          log.warn("Telegram asks the bot to wait", { waitMs: failure.retryAfterMs });
          if (now() - sinceAt + failure.retryAfterMs >= FLOOD_ALARM_MS) {
            alarmOnce(() => onFlooded?.(failure.retryAfterMs));
          }
          return { kind: "wait", ms: failure.retryAfterMs };
        case "conflict_poll":
          return conflict(error);
        case "conflict_webhook":
          // Somebody who keeps setting it is treated like any other conflict; by a clock that was set back, nobody knows how often.
          if (Math.abs(now() - webhookDeletedAt) < WEBHOOK_AGAIN_MS) return conflict(error);
          return { kind: "delete_webhook" };
        default: {
          enter("unreachable");
          const ms = nextAttemptAt({ ...UNREACHABLE, attempts: failures, now: 0, random });
          log.warn("Cannot get updates", { error: describeApiError(error), failures, retryMs: ms });
          return { kind: "wait", ms };
        }
      }
    },

    webhookDeleted(): void {
      webhookDeletedAt = now();
      log.warn("A webhook was set for this bot: deleted it, and kept the updates");
    },

    /** A call succeeded. */
    clear(): void {
      if (state !== undefined) log.info("Updates arrive again", { after: state, ms: now() - sinceAt });
      else if (!contacted) log.info("Telegram answers");
      contacted = true;
      state = undefined;
    },
  };
}
