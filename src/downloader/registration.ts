import { type ChannelOptions, Client, type ServiceError, status } from "@grpc/grpc-js";
import type { Address, Registration } from "../domain/downloader.ts";
import type { Log } from "../domain/log.ts";
import { nextAttemptAt } from "../domain/retry.ts";
import type { Identity } from "../domain/tls.ts";
import type { Wait } from "../domain/wait.ts";
import { channelTarget } from "../grpc/connections.ts";
import { inOneLine } from "../grpc/outcome.ts";
import { loadServices } from "../grpc/proto.ts";
import { bearing } from "../grpc/tls.ts";
import { toRegisterRequest } from "../grpc/wire.ts";
import { channelToBot } from "./bot-channel.ts";

export interface RegistrationOptions {
  /** Where the bot listens for downloaders. */
  readonly bot: Address;
  readonly registration: Registration;
  /** Whether nothing is there that could download. The bot takes a downloader that registers to be back. */
  readonly isAway?: () => boolean;
  /** The token that the bot requires (`grpc.token`); undefined if it requires none. */
  readonly token?: string | undefined;
  /** The authority of the certificate of a bot whose gRPC uses TLS; undefined if it does not. */
  readonly botCa?: Buffer | undefined;
  /** See `KnownBot`. */
  readonly isBotPinned?: boolean;
  /** For a bot that requires a certificate. */
  readonly tls?: Identity | undefined;
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
  "grpc.enable_http_proxy": 0,
  "grpc.use_local_subchannel_pool": 1,
  "grpc.service_config_disable_resolution": 1,
  // The bot's machine may vanish without a word; the bot's server allows pings this often.
  "grpc.keepalive_time_ms": 60_000,
  "grpc.keepalive_timeout_ms": 20_000,
  "grpc.max_reconnect_backoff_ms": 10_000,
};

/**
 * Registers until the bot has accepted, and again whenever the bot has been away: a watch of its health ends with it. Never throws;
 * disposing it ends what is in progress.
 */
export function startRegistration(options: RegistrationOptions): AsyncDisposable {
  const { bot, botCa, isBotPinned = false, tls: identity, registration, token, log, wait, now, random } = options;
  const { isAway = () => false } = options;
  const { bot: contract, health } = loadServices();
  const channel = channelToBot({ bot, botCa, isBotPinned, tls: identity });
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
      bearing(token),
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
      // Only after the bot has accepted it.
      if (isKnown && isAway()) {
        await wait(BACK_EVERY_MS, signal);
        continue;
      }
      const client = new Client(channelTarget(bot), channel.credentials, { ...CHANNEL, ...channel.options });
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
