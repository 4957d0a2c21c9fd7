import { type Client, type ClientUnaryCall, Metadata, status } from "@grpc/grpc-js";
import {
  type DownloaderClient,
  DownloaderUnreachable,
  type Exchange,
  type Outcome,
  type Submission,
  type Target,
} from "../domain/downloader.ts";
import type { Log } from "../domain/log.ts";
import type { Meter } from "../domain/monitoring.ts";
import { createConnections } from "./connections.ts";
import { type CallFailure, classify, describe, exchangeOf } from "./outcome.ts";
import { type DownloaderMethod, loadServices } from "./proto.ts";
import {
  fromHealthResponse,
  fromStatusResponse,
  fromTasksResponse,
  toDeleteFromQueueRequest,
  toSetToQueueRequest,
} from "./wire.ts";

export interface DownloaderClientOptions {
  /** `dispatch.deadline`: how long any call may take. `Status` and `Healtheck` get at most 5 s and 3 s of it. */
  readonly deadlineMs: number;
  readonly log: Log;
  /**
   * Called once after each call, before its promise settles (rule 12). Not called for a call that `close()` cancelled, nor
   * when the downloader has moved to another address meanwhile. What it throws is logged.
   */
  readonly onExchange: (name: string, exchange: Exchange) => void;
  /** Counts each try to hand a link over, with how it ended. */
  readonly meter?: Pick<Meter, "attempted">;
}

/** reliability.md §2.5. */
const STATUS_DEADLINE_MS = 5_000;
const HEALTH_DEADLINE_MS = 3_000;

type Ending = { readonly reply: unknown } | { readonly failure: CallFailure };

/** Calls downloaders, over one channel per name. `close()` cancels what is under way and resolves when it has ended. */
export function createDownloaderClient({
  deadlineMs,
  log,
  onExchange,
  meter,
}: DownloaderClientOptions): DownloaderClient & AsyncDisposable & { close(): Promise<void> } {
  const { downloader: service } = loadServices();
  const connections = createConnections();
  const underWay = new Map<ClientUnaryCall, Promise<Ending>>();
  let closed = false;

  /** Never throws, and settles when the call has ended. */
  function call(target: Target, method: DownloaderMethod, request: object, limitMs = deadlineMs): Promise<Ending> {
    if (closed) return Promise.resolve(notStarted("the bot is stopping"));
    try {
      return start(target, method, request, Math.min(deadlineMs, limitMs));
    } catch (error) {
      return Promise.resolve(notStarted(error instanceof Error ? error.message : String(error)));
    }
  }

  function start(target: Target, method: DownloaderMethod, request: object, limitMs: number): Promise<Ending> {
    const client = connections.to(target);
    const startedAt = performance.now();
    const { promise, resolve } = Promise.withResolvers<Ending>();
    const { path, requestSerialize, responseDeserialize } = service[method];
    const unaryCall = client.makeUnaryRequest(
      path,
      requestSerialize,
      // The reply to SetToQueue is the whole history, which nobody reads: a broken one must not hide an acceptance.
      method === "SetToQueue" ? () => ({}) : responseDeserialize,
      request,
      new Metadata(),
      // grpc-js compares the deadline with Date.now(), so an injected clock has no place here.
      { deadline: Date.now() + limitMs },
      (error, reply) => {
        underWay.delete(unaryCall);
        const afterMs = Math.round(performance.now() - startedAt);
        const failure = error === null ? undefined : { code: error.code, details: error.details, afterMs };
        if (!closed) note(target, client, failure);
        resolve(failure === undefined ? { reply } : { failure });
      },
    );
    underWay.set(unaryCall, promise);
    return promise;
  }

  function note(target: Target, client: Client, failure: CallFailure | undefined): void {
    if (!connections.leadsTo(target)) return;
    const exchange = exchangeOf(failure);
    // A channel in back-off fails calls to a downloader that is back, and a connection that a router has forgotten
    // swallows them for minutes. How often to try is the registry's business, so each next try connects anew.
    if (exchange !== "answered") connections.renew(target, client);
    try {
      onExchange(target.name, exchange);
    } catch (error) {
      log.error(`Cannot note an exchange with "${target.name}"`, { error });
    }
  }

  async function ask<Reply>(
    target: Target,
    method: DownloaderMethod,
    { request = {}, limitMs, read }: { request?: object; limitMs?: number; read: (reply: unknown) => Reply },
  ): Promise<Reply> {
    const ending = await call(target, method, request, limitMs);
    if ("failure" in ending) throw new DownloaderUnreachable(target.name, describe(ending.failure));
    return read(ending.reply);
  }

  async function submit(target: Target, submission: Submission): Promise<Outcome> {
    const startedAt = performance.now();
    const ending = await call(target, "SetToQueue", toSetToQueueRequest(submission));
    const outcome = classify("failure" in ending ? ending.failure : undefined);
    meter?.attempted({ downloader: target.name, outcome: outcome.kind, ms: performance.now() - startedAt });
    return outcome;
  }

  async function close(): Promise<void> {
    closed = true;
    const endings = [...underWay.values()];
    for (const unaryCall of underWay.keys()) unaryCall.cancel();
    connections.close();
    await Promise.all(endings);
  }

  return {
    submit,
    remove: (target, url) =>
      ask(target, "DeleteFromQueue", { request: toDeleteFromQueueRequest(url), read: fromTasksResponse }),
    cleanHistory: (target) => ask(target, "CleanHistory", { read: fromTasksResponse }),
    status: (target) => ask(target, "Status", { limitMs: STATUS_DEADLINE_MS, read: fromStatusResponse }),
    queue: (target) => ask(target, "Queue", { read: fromTasksResponse }),
    health: (target) => ask(target, "Healtheck", { limitMs: HEALTH_DEADLINE_MS, read: fromHealthResponse }),
    forget: connections.forget,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Words that `classify` knows for "never sent". */
const notStarted = (reason: string): Ending => ({
  failure: { code: status.UNAVAILABLE, details: `No connection established: ${reason}` },
});
