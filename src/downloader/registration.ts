import { type ChannelOptions, type Client, type ServiceError, status } from "@grpc/grpc-js";
import type { Registration } from "../domain/downloader.ts";
import type { Log } from "../domain/log.ts";
import { nextAttemptAt } from "../domain/retry.ts";
import type { Wait } from "../domain/wait.ts";
import { inOneLine } from "../grpc/outcome.ts";
import { loadServices } from "../grpc/proto.ts";
import { bearing } from "../grpc/tls.ts";
import { toRegisterRequest } from "../grpc/wire.ts";
import { createBotClients } from "./bot-channel.ts";
import type { KnownBot } from "./bot-identity.ts";

export interface RegistrationOptions {
  readonly known: KnownBot;
  readonly registration: Registration;
  /** Whether there is nothing that could download: to the bot, a downloader that registers is back. */
  readonly isAway: () => boolean;
  readonly log: Log;
  readonly wait: Wait;
  readonly now: () => number;
  /** In [0, 1). */
  readonly random: () => number;
}

const DEADLINE_MS = 10_000;
const BACK_EVERY_MS = 5_000;
const FIRST_MS = 1_000;
const CAP_MS = 60_000;
/** For a bot that does not show when it has restarted. */
const AGAIN_MS = 3_600_000;
/** A bot without the health service, and one with too many watchers: neither is gone. */
const SAYS_NOTHING_OF_ITS_END: readonly status[] = [status.UNIMPLEMENTED, status.RESOURCE_EXHAUSTED];
/** A watch that lasted longer than this ended because the bot did. */
const LASTING_MS = 60_000;

const CHANNEL: ChannelOptions = {
  // The bot's machine may vanish without a word; the bot's server allows pings this often.
  "grpc.keepalive_time_ms": 60_000,
  "grpc.keepalive_timeout_ms": 20_000,
  "grpc.max_reconnect_backoff_ms": 10_000,
};

/**
 * Registers until the bot has accepted, and again whenever the bot has been away: a watch of its health ends with it. Throws if TLS cannot
 * use a certificate; whatever goes wrong later is logged. Disposing it ends what is in progress.
 */
export function startRegistration(options: RegistrationOptions): AsyncDisposable {
  const { known, registration, isAway, log, wait, now, random } = options;
  const { bot: contract, health } = loadServices();
  const openClient = createBotClients(known, CHANNEL);
  const stop = new AbortController();
  const { signal } = stop;

  /** Lets a stop cancel what is awaited, and forgets that when it has ended, because this goes on for years. */
  function whileRunning<T>(awaited: Promise<T>, cancel: () => void): Promise<T> {
    signal.addEventListener("abort", cancel);
    return awaited.finally(() => signal.removeEventListener("abort", cancel));
  }

  /** Resolves with the bot's objection; undefined if it has accepted. */
  function register(client: Client): Promise<ServiceError | undefined> {
    const { path, requestSerialize, responseDeserialize } = contract.RegisterDownloader;
    const request = toRegisterRequest(registration);
    const { promise, resolve } = Promise.withResolvers<ServiceError | undefined>();
    const deadline = Date.now() + DEADLINE_MS;
    const call = client.makeUnaryRequest(
      path,
      requestSerialize,
      responseDeserialize,
      request,
      bearing(known.token),
      { deadline },
      (error) => resolve(error ?? undefined),
    );
    return whileRunning(promise, () => call.cancel());
  }

  /** Resolves when the bot has stopped, died or restarted. */
  function untilGone(client: Client): Promise<unknown> {
    const { path, requestSerialize, responseDeserialize } = health.Watch;
    const { promise, resolve } = Promise.withResolvers<unknown>();
    const watch = client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, {
      service: "grpc.v1.Bot",
    });
    watch.once("data", () => log.debug("Watching the bot's health"));
    watch.resume();
    watch.on("end", resolve);
    watch.on("error", (error: ServiceError) => {
      if (SAYS_NOTHING_OF_ITS_END.includes(error.code))
        log.debug("Cannot watch the bot's health", { code: error.code });
      else resolve(undefined);
    });
    const over = new AbortController();
    void wait(AGAIN_MS, AbortSignal.any([signal, over.signal])).then(resolve);
    return whileRunning(promise, () => watch.cancel()).finally(() => {
      over.abort();
      watch.cancel();
    });
  }

  async function run(): Promise<void> {
    let failures = 0;
    let isKnown = false;
    while (!signal.aborted) {
      // The first registration is made in any case, so that the bot knows this downloader.
      if (isKnown && isAway()) {
        await wait(BACK_EVERY_MS, signal);
        continue;
      }
      const client = openClient();
      const refusal = await register(client);
      const takenAt = now();
      if (refusal === undefined) {
        isKnown = true;
        log.info(`Registered as "${registration.name}"`);
        await untilGone(client);
      } else if (!signal.aborted) {
        log.warn("The bot does not accept the registration", { problem: inOneLine(refusal.details) });
      }
      client.close();
      failures = refusal === undefined && now() - takenAt > LASTING_MS ? 1 : failures + 1;
      const at = nextAttemptAt({ attempts: failures, now: now(), first: FIRST_MS, cap: CAP_MS, random });
      await wait(at - now(), signal);
    }
  }

  const ended = run();
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await ended;
    },
  };
}
