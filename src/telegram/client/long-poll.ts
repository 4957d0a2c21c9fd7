import type { TelegramUpdate } from "gramio";
import { type Wait, within } from "../../domain/wait.ts";
import { ApiNetworkError } from "../api/api-error.ts";
import type { Api } from "../api/bot-api.ts";
import { createConfirmation } from "./confirmation.ts";
import { createPollErrors, type PollErrorOptions, type PollErrorState } from "./poll-errors.ts";
import { createPollLength } from "./poll-length.ts";
import { type BatchOptions, createBatchHandler } from "./update-batch.ts";

export interface PollOptions extends BatchOptions, PollErrorOptions {
  readonly api: Api;
  readonly wait: Wait;
  readonly onStep?: (step: PollStep) => void;
  /** A signal that aborts when a running call or wait had better start again; called for each round. */
  readonly renewed?: () => AbortSignal;
  /** Called when the first contact says that the token is wrong; false if that is not certain. */
  readonly isRefusedEverywhere?: (stop: AbortSignal) => Promise<boolean>;
}

/** What the loop does next, and the longest that this may take: a loop that is silent for longer hangs. */
export interface PollStep {
  readonly doing: "greet" | "poll" | "handle" | "recover";
  readonly withinMs: number;
}

/** For the health endpoints. */
export interface PollHealth {
  readonly state: "starting" | "polling" | PollErrorState | "stopped";
  /** Epoch ms of the latest answer to getUpdates; undefined before the first. */
  readonly lastSuccessAt: number | undefined;
}

export interface Poll {
  /**
   * Gets and handles updates until `stop` aborts; call it once. Resolves with `unauthorized` if the very first contact says that the token
   * is wrong (exit 78); survives everything else.
   */
  run(stop: AbortSignal): Promise<"stopped" | "unauthorized">;
  /**
   * Call it while the update is handled: the update is not confirmed before `isSafe`, which never rejects, has resolved, and is handled
   * again if that is false. Meanwhile others are handled, until Telegram lists no more of them.
   */
  confirmAfter(updateId: number, isSafe: Promise<boolean>): void;
  readonly health: PollHealth;
}

const POLL_LIMIT = 50;
/** Bot API: the maximum. Everything after an update that is not confirmed comes along each time. */
const HELD_POLL_LIMIT = 100;
/** From one empty poll to the next. */
const LEAST_GAP_MS = 1_000;
/** How long to wait for what holds updates before Telegram is asked for those after it; and at a stop. */
const HELD_PAUSE_MS = 1_000;
/** The links of all of them are stored in one transaction, and most of their time they wait for that. */
const CHATS_AT_ONCE = POLL_LIMIT;
const CONFIRM_MS = 2_000;
const WEBHOOK_PAUSE_MS = 1_000;
const UNCERTAIN_PAUSE_MS = 5_000;
/** Above the limit of every call (`ApiOptions`), and of every update. */
const CALL_MS = 30_000;
const LONG_CALL_MS = 60_000;
const UPDATE_MS = 20_000;

/**
 * The at-least-once poll: a batch is confirmed, by asking for what follows it, only after all of it has been handled (reliability.md
 * §3.3). The handler recognises a repeated update; ids are never compared with older ones, because Telegram may start again from a lower
 * number (Bot API: `update_id`).
 */
export function createPoll({ api, onStep, renewed, isRefusedEverywhere, ...options }: PollOptions): Poll {
  const { now, wait, kinds } = options;
  const batch = createBatchHandler(options);
  const pollErrors = createPollErrors(options);
  const confirmation = createConfirmation();
  const length = createPollLength(options);
  let firstBatch = true;
  let running: "starting" | "polling" | "stopped" = "starting";
  let lastSuccessAt: number | undefined;

  async function getUpdates(stop: AbortSignal, timeout: number): Promise<TelegramUpdate[]> {
    const { offset, isHeld } = confirmation;
    const limit = isHeld ? HELD_POLL_LIMIT : POLL_LIMIT;
    const askedAt = now();
    const updates: unknown = await api
      .within({ signal: stop }, () => api.bot.api.getUpdates({ offset, timeout, limit, allowed_updates: [...kinds] }))
      .catch((error) => {
        if (!stop.aborted) length.failed(error, { waits: timeout, afterMs: now() - askedAt });
        throw error;
      });
    length.answered(now() - askedAt);
    if (!Array.isArray(updates)) throw new ApiNetworkError("getUpdates", "BAD_ANSWER", "the result is not a list");
    // One without a number cannot be confirmed, only fetched again.
    return updates.filter((update) => Number.isSafeInteger(update?.update_id));
  }

  /** `step` aborts with `stop`, and when the round had better start again, but not while updates are handled. */
  async function round(step: AbortSignal, stop: AbortSignal): Promise<void> {
    // Strips `/command@name` and is the first contact; has no effect once it has succeeded.
    onStep?.({ doing: "greet", withinMs: CALL_MS });
    await api.within({ signal: step }, () => api.bot.init());
    await heldOrLate(step);
    onStep?.({ doing: "poll", withinMs: LONG_CALL_MS });
    const askedAt = now();
    // The first one returns at once, so that it is soon known that updates can be fetched.
    const isFirst = lastSuccessAt === undefined;
    const updates = await getUpdates(step, isFirst ? 0 : length.seconds);
    lastSuccessAt = now();
    running = "polling";
    pollErrors.clear();
    const wanted = confirmation.toHandle(updates);
    if (updates.length === 0) batch.nothingPending();
    if (updates.length === 0 && isFirst) return;
    if (updates.length === 0) {
      // A front end that answers a long poll at once must not make the loop spin, nor must a clock that was set back meanwhile stop it.
      await wait(Math.max(0, LEAST_GAP_MS - Math.abs(now() - askedAt)), step);
      return;
    }
    onStep?.({ doing: "handle", withinMs: UPDATE_MS * wanted.length });
    // Only the first batch after a start can contain the update that killed the last run: one at a time, so that it can be identified.
    const unhandled = await batch.handle(wanted, { chatsAtOnce: firstBatch ? 1 : CHATS_AT_ONCE, stop });
    firstBatch = false;
    confirmation.handled(updates, unhandled);
  }

  /** Waits a moment for what keeps updates from being confirmed. */
  async function heldOrLate(stop?: AbortSignal): Promise<void> {
    if (confirmation.isHeld) await within(confirmation.released, { ms: HELD_PAUSE_MS, wait, signal: stop });
  }

  async function deleteWebhook(stop: AbortSignal): Promise<void> {
    await api.within({ signal: stop }, () => api.bot.api.deleteWebhook({ drop_pending_updates: false }));
    pollErrors.webhookDeleted();
  }

  /** Resolves with false if it makes no sense to go on. */
  async function recover(error: unknown, stop: AbortSignal): Promise<boolean> {
    const remedy = pollErrors.remedyFor(error);
    if (remedy.kind === "give_up") {
      onStep?.({ doing: "greet", withinMs: CALL_MS });
      if ((await isRefusedEverywhere?.(stop)) ?? true) return false;
      onStep?.({ doing: "recover", withinMs: CALL_MS + UNCERTAIN_PAUSE_MS });
      await wait(UNCERTAIN_PAUSE_MS, stop);
      return true;
    }
    onStep?.({ doing: "recover", withinMs: CALL_MS + (remedy.kind === "wait" ? remedy.ms : WEBHOOK_PAUSE_MS) });
    if (remedy.kind === "wait") await wait(remedy.ms, stop);
    else {
      try {
        await deleteWebhook(stop);
        await wait(WEBHOOK_PAUSE_MS, stop);
      } catch (second) {
        return stop.aborted || recover(second, stop);
      }
    }
    return true;
  }

  /** Keeps what was handled from coming again after a restart; if this fails, it comes again and is recognised. */
  async function confirm(): Promise<void> {
    await heldOrLate();
    const { offset } = confirmation;
    if (offset === 0) return;
    await api
      .within({ timeoutMs: CONFIRM_MS }, () => api.bot.api.getUpdates({ offset, limit: 1, timeout: 0 }))
      .catch(() => undefined);
  }

  return {
    confirmAfter: confirmation.confirmAfter,
    get health() {
      const state = running === "stopped" ? running : (pollErrors.state ?? running);
      return { state, lastSuccessAt };
    },

    async run(stop) {
      let outcome: "stopped" | "unauthorized" = "stopped";
      let renewal: AbortSignal | undefined;
      while (!stop.aborted && outcome === "stopped") {
        if (renewal?.aborted) {
          length.forget();
          batch.mayBePending();
        }
        renewal = renewed?.();
        const step = renewal === undefined ? stop : AbortSignal.any([stop, renewal]);
        try {
          await round(step, stop);
        } catch (error) {
          if (!step.aborted && !(await recover(error, step))) outcome = "unauthorized";
        }
      }
      if (outcome === "stopped") await confirm();
      running = "stopped";
      return outcome;
    },
  };
}
