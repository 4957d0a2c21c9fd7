import type { EndpointStatus } from "../../domain/endpoint.ts";
import type { Log } from "../../domain/log.ts";
import type { Meter } from "../../domain/monitoring.ts";
import type { Wait } from "../../domain/wait.ts";
import { type Api, createApi } from "../api/bot-api.ts";
import { type EndpointSettings, openEndpoints } from "../api/endpoints.ts";
import { createFailover } from "./failover.ts";
import { createPoll, type Poll, type PollHealth, type PollOptions, type PollStep } from "./long-poll.ts";
import { createProbe } from "./probe.ts";
import { kindOf, type UpdatesInProgress } from "./update-batch.ts";

/**
 * The bot's side of the Bot API: outgoing calls, incoming updates, and what keeps it on a working endpoint. Dispose of it after `run` has
 * ended; that closes the bridges to SOCKS proxies.
 */
export interface Client extends AsyncDisposable {
  /** Always uses the current endpoint. */
  readonly api: Api;
  readonly health: PollHealth;
  /** Every endpoint, in order of preference. */
  readonly endpoints: readonly EndpointStatus[];
  /** Takes updates until `stop` aborts; resolves with `unauthorized` if the very first contact says that the token is wrong. */
  run(stop: AbortSignal): Promise<"stopped" | "unauthorized">;
  readonly confirmAfter: Poll["confirmAfter"];
}

/**
 * What the operator must know about the updates: another instance takes them, one that ended the process was skipped, or Telegram gives
 * none for a while.
 */
export type UpdateAlarm =
  | { readonly kind: "conflict" | "poison" }
  | { readonly kind: "flooded"; readonly waitMs: number };

/** Together with the look before it and the second opinion, this is less than the 15 s within which another endpoint is to be taken. */
const PROBE_MS = 3_500;

export interface ClientOptions {
  readonly settings: EndpointSettings & { readonly token: string };
  /** The kinds of update to ask for (Bot API: `allowed_updates`). */
  readonly kinds: PollOptions["kinds"];
  readonly updatesInProgress: UpdatesInProgress;
  /** See `BatchOptions`. */
  readonly writable: () => Promise<void>;
  /** See `BatchOptions`. */
  readonly storeEarlier: () => void;
  readonly meter: Pick<Meter, "telegramFailed" | "updated">;
  readonly onStep: (step: PollStep) => void;
  readonly onAlarm: (alarm: UpdateAlarm) => void;
  readonly now: () => number;
  readonly random: () => number;
  readonly wait: Wait;
  readonly log: Log;
}

export function openClient(options: ClientOptions): Client {
  const { settings, meter, now, random, wait, log } = options;
  const { token } = settings;
  let watching: Promise<void> | undefined;
  const opened = openEndpoints(settings);
  const api = createApi({ token, ...opened.all[0].route, onFailure: meter.telegramFailed });
  const probe = createProbe({ token, limitMs: PROBE_MS });
  const failover = createFailover({ endpoints: opened.all, probe, go: api.reroute, now, wait, log });
  api.onEnd(failover.noted);
  const poll = createPoll({
    api,
    kinds: options.kinds,
    handle(update) {
      meter.updated(kindOf(update) ?? "none");
      return api.bot.updates.handleUpdate(update);
    },
    updatesInProgress: options.updatesInProgress,
    writable: options.writable,
    storeEarlier: options.storeEarlier,
    now,
    random,
    wait,
    log,
    onStep: options.onStep,
    renewed: () => failover.renewed,
    isRefusedEverywhere: failover.isRefusedEverywhere,
    onConflict: () => options.onAlarm({ kind: "conflict" }),
    onFlooded: (waitMs) => options.onAlarm({ kind: "flooded", waitMs }),
    onPoison: () => options.onAlarm({ kind: "poison" }),
  });

  return {
    api,
    get health() {
      return poll.health;
    },
    get endpoints() {
      return failover.states;
    },
    run(stop) {
      watching = failover.watch(stop);
      return poll.run(stop);
    },
    confirmAfter: poll.confirmAfter,
    async [Symbol.asyncDispose]() {
      await watching;
      opened[Symbol.dispose]();
    },
  };
}
