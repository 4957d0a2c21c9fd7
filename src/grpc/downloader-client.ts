import type { Client, ClientUnaryCall } from "@grpc/grpc-js";
import {
  type Download,
  type DownloaderClient,
  DownloaderUnreachable,
  type Exchange,
  type Outcome,
  type Submission,
  type Target,
  type Unusable,
} from "../domain/downloader.ts";
import { readInParts } from "../domain/in-parts.ts";
import type { Log } from "../domain/log.ts";
import type { Meter } from "../domain/monitoring.ts";
import type { TlsOf } from "../domain/tls.ts";
import { type CallEnd, type CallFailure, failureOf } from "./call-failure.ts";
import { createCallTurns } from "./call-turns.ts";
import { createConnections } from "./connections.ts";
import { classify, describe, exchangeOf, mistrust, notStarted, unusable } from "./outcome.ts";
import { type DownloaderMethod, loadServices } from "./proto.ts";
import { partsOf } from "./reply-parts.ts";
import { bearing } from "./tls.ts";
import {
  fromHealthResponse,
  fromStatusResponse,
  fromTasksResponse,
  joinedStatus,
  toDeleteFromQueueRequest,
  toSetToQueueRequest,
} from "./wire.ts";

export interface DownloaderClientOptions {
  /** `dispatch.deadline`: how long any call may take. `Status` and `Healtheck` get at most 5 s and 3 s of it. */
  readonly deadlineMs: number;
  /** TLS of a downloader by name; undefined: no TLS. */
  readonly tlsOf?: TlsOf;
  readonly log: Log;
  /**
   * Where a name is registered now: a call goes there, even if it was elsewhere when the call was planned; if it is gone, nobody is
   * called. Without this function, calls go where the caller says.
   */
  readonly registered?: (name: string) => Target | undefined;
  /**
   * Called once after each call, before its promise settles (rule 12). Not called for a call that `close()` cancelled, nor if the
   * downloader has moved to another address in the meantime. Its errors are logged.
   */
  readonly onExchange: (name: string, exchange: Exchange) => void;
  /**
   * Called as well if the downloader answered: `problem` says why it is of no use, as this method found; undefined: it is of use. `TLS`
   * stands for trouble before any method. Its errors are logged.
   */
  readonly onAnswer?: (name: string, method: string, problem: Unusable | undefined) => void;
  /** Called after each try to hand over a link, with how it ended. */
  readonly onAttempt?: Meter["attempted"];
}

/** See reliability.md §2.5. */
const STATUS_DEADLINE_MS = 5_000;
const HEALTH_DEADLINE_MS = 3_000;
/** Its reply is the whole list, for every link, and is not used: one that cannot be read must not hide an acceptance. */
const UNREAD = "SetToQueue" satisfies DownloaderMethod;
type Ending = CallEnd<Buffer>;

/** Calls downloaders, over one channel per name. `close()` cancels running calls and resolves when they have ended. */
export function createDownloaderClient({
  deadlineMs,
  tlsOf = () => undefined,
  log,
  registered,
  onExchange,
  onAnswer,
  onAttempt,
}: DownloaderClientOptions): DownloaderClient & AsyncDisposable & { close(): Promise<void> } {
  const { downloader: service } = loadServices();
  const connections = createConnections({ tlsOf, registered, unread: service[UNREAD].path });
  const turns = createCallTurns({ unread: UNREAD });
  const underWay = new Map<ClientUnaryCall, Promise<Ending>>();
  let closed = false;

  /** Never throws; settles when the call has ended and `take` has processed the reply. */
  async function call<Reply>(
    target: Target,
    method: DownloaderMethod,
    { request, limitMs, take }: { request: object; limitMs: number; take: (reply: Buffer) => Promise<Reply> | Reply },
  ): Promise<CallEnd<Reply>> {
    const of = { method, limitMs: Math.min(deadlineMs, limitMs) };
    const ended = await turns.pass<Reply>(target.name, of, async (leftMs) => {
      const ending = await begin(target, method, request, leftMs);
      return "failure" in ending ? ending : { reply: await take(ending.reply) };
    });
    return ended ?? notStarted("it had no turn in time beside other calls, or replies that are large");
  }

  /** Never throws; settles when the call has ended. */
  async function begin(target: Target, method: DownloaderMethod, request: object, limitMs: number): Promise<Ending> {
    if (closed) return notStarted("the bot is stopping");
    // The downloader may have moved while the call waited for its turn.
    const there = connections.present(target);
    if (there === undefined) return notStarted("it is registered no more");
    try {
      return await start(there, method, request, limitMs);
    } catch (error) {
      return notStarted(error instanceof Error ? error.message : String(error));
    }
  }

  function start(target: Target, method: DownloaderMethod, request: object, limitMs: number): Promise<Ending> {
    const client = connections.to(target);
    const startedAt = performance.now();
    const { promise, resolve } = Promise.withResolvers<Ending>();
    const { path, requestSerialize } = service[method];
    const unaryCall = client.makeUnaryRequest(
      path,
      requestSerialize,
      // Read afterwards, a part at a time: it arrives as one piece of up to 16 MiB.
      (bytes: Buffer) => {
        turns.received(target.name, method, bytes.length);
        return bytes;
      },
      request,
      bearing(tlsOf(target.name)?.token),
      // grpc-js compares the deadline with Date.now(), so an injected clock is of no use here.
      { deadline: Date.now() + limitMs },
      (error, reply) => {
        underWay.delete(unaryCall);
        const afterMs = Math.round(performance.now() - startedAt);
        const failure = error === null ? undefined : failureOf(error, afterMs);
        if (!closed) note({ target, client, method }, failure);
        resolve(failure === undefined ? { reply: reply ?? Buffer.alloc(0) } : { failure });
      },
    );
    underWay.set(unaryCall, promise);
    return promise;
  }

  function note(
    { target, client, method }: { target: Target; client: Client; method: DownloaderMethod },
    failure: CallFailure | undefined,
  ): void {
    if (!connections.leadsTo(target)) return;
    const exchange = exchangeOf(failure);
    // A channel in back-off fails calls to a downloader that is back, and a connection that a router has forgotten swallows them for
    // minutes. The registry decides how often to try, so each next try connects anew.
    if (exchange !== "answered") connections.renew(target, client);
    try {
      onExchange(target.name, exchange);
      const distrust = tlsOf(target.name) && mistrust(failure);
      if (exchange === "answered" || distrust !== undefined) onAnswer?.(target.name, "TLS", distrust);
      if (exchange === "answered") onAnswer?.(target.name, method, unusable(method, failure));
    } catch (error) {
      log.error(`Cannot record an exchange with "${target.name}"`, { error });
    }
  }

  /** `read` gets one part of the reply at a time, and `join` all of them. */
  async function ask<Part, Reply>(
    target: Target,
    method: DownloaderMethod,
    of: {
      request?: object;
      limitMs?: number;
      read: (part: unknown) => Part;
      join: (parts: readonly Part[]) => Reply;
    },
  ): Promise<Reply> {
    const { request = {}, limitMs = deadlineMs, read, join } = of;
    const { responseDeserialize } = service[method];
    try {
      const take = (reply: Buffer) =>
        turns.read(reply.length, () => readInParts(partsOf(reply), (part) => read(responseDeserialize(part))));
      const ending = await call(target, method, { request, limitMs, take });
      if ("failure" in ending) throw new DownloaderUnreachable(target.name, describe(ending.failure));
      return join(ending.reply);
    } catch (error) {
      if (error instanceof DownloaderUnreachable) throw error;
      const why = error instanceof Error ? error.message : String(error);
      throw new DownloaderUnreachable(target.name, `its reply to ${method} cannot be read: ${why}`);
    }
  }

  async function submit(target: Target, submission: Submission): Promise<Outcome> {
    const startedAt = performance.now();
    const of = { request: toSetToQueueRequest(submission), limitMs: deadlineMs, take: () => undefined };
    const ending = await call(target, UNREAD, of);
    const outcome = classify("failure" in ending ? ending.failure : undefined);
    onAttempt?.({ downloader: target.name, outcome: outcome.kind, ms: performance.now() - startedAt });
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
    remove: (target, url) => ask(target, "DeleteFromQueue", { request: toDeleteFromQueueRequest(url), ...TASKS }),
    cleanHistory: (target) => ask(target, "CleanHistory", TASKS),
    status: (target) =>
      ask(target, "Status", { limitMs: STATUS_DEADLINE_MS, read: fromStatusResponse, join: joinedStatus }),
    queue: (target) => ask(target, "Queue", TASKS),
    health: (target) =>
      ask(target, "Healtheck", {
        limitMs: HEALTH_DEADLINE_MS,
        read: fromHealthResponse,
        join: (parts) => parts.join(""),
      }),
    forget(name) {
      turns.forget(name);
      connections.forget(name);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

const TASKS = { read: fromTasksResponse, join: (parts: readonly (readonly Download[])[]) => parts.flat() };
