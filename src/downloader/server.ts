import { Server, status, type UntypedServiceImplementation } from "@grpc/grpc-js";
import type { Address, Download, DownloaderStatus, Submission } from "../domain/downloader.ts";
import type { Log } from "../domain/log.ts";
import { answering, type UnaryReply } from "../grpc/answer.ts";
import { parsePeer } from "../grpc/caller.ts";
import { type ConnectionLimit, limitConnections } from "../grpc/connection-limit.ts";
import { connectionPlaces, descriptorLimit } from "../grpc/connection-places.ts";
import { listen, shutDown } from "../grpc/listen.ts";
import { neverSent } from "../grpc/outcome.ts";
import { type DownloaderMethod, loadServices } from "../grpc/proto.ts";
import { tellRefusedConnections } from "../grpc/refused-connections.ts";
import { KEEPALIVE, serverOptions } from "../grpc/server-options.ts";
import { serverCredentials } from "../grpc/tls.ts";
import { fromDeleteFromQueueRequest, fromSetToQueueRequest, toStatusResponse, toTasksResponse } from "../grpc/wire.ts";
import type { KnownBot } from "./bot-identity.ts";
import { createCallerCheck } from "./callers.ts";

/** What the bot asks of a downloader (wire.md §1.2), without the message formats. */
export interface Service {
  /** Why there is nothing that could download, in words: then of the bot's calls only `drop` is carried out. */
  away(): string | undefined;
  /** Stores the link before it returns. */
  take(wanted: Submission): "taken" | "is_there" | "no_link" | { readonly notNow: string };
  drop(link: string): void;
  clean(): void;
  list(): readonly Download[];
  /** The bot has asked for the list, and gets it. */
  markTold(): void;
  status(): DownloaderStatus;
  health(): string;
}

export interface DownloaderServer extends AsyncDisposable {
  /** With the actual port if any was requested. */
  readonly address: Address;
}

const GRACE_MS = 2_000;
const DROPS = "DeleteFromQueue" satisfies DownloaderMethod;

/** Serves `grpc.v1.Downloader` to the bot. Throws `ListenError`. */
export async function startServer(
  address: Address,
  service: Service,
  {
    known,
    connections = connectionPlaces(descriptorLimit()),
    log,
  }: {
    readonly known: KnownBot;
    /** By default, as many as the process has descriptors for. */
    readonly connections?: Pick<ConnectionLimit, "inAll" | "fromOneAddress">;
    readonly log: Log;
  },
): Promise<DownloaderServer> {
  const refusalOf = createCallerCheck(known);
  const tasks = () => toTasksResponse(service.list());
  const methods: Record<DownloaderMethod, (request: unknown) => UnaryReply> = {
    SetToQueue(request) {
      const taken = service.take(fromSetToQueueRequest(request));
      // The bot offers it to another downloader.
      if (typeof taken === "object") return { ok: false, code: status.FAILED_PRECONDITION, details: taken.notNow };
      switch (taken) {
        case "taken":
          return { ok: true, reply: tasks() };
        case "is_there":
          return { ok: false, code: status.ALREADY_EXISTS, details: "The link is already here" };
        case "no_link":
          return { ok: false, code: status.INVALID_ARGUMENT, details: "Not a link that may be downloaded here" };
      }
    },
    DeleteFromQueue(request) {
      service.drop(fromDeleteFromQueueRequest(request));
      return { ok: true, reply: tasks() };
    },
    CleanHistory() {
      service.clean();
      return { ok: true, reply: tasks() };
    },
    Queue() {
      const reply = tasks();
      service.markTold();
      return { ok: true, reply };
    },
    Status: () => ({ ok: true, reply: toStatusResponse(service.status()) }),
    Healtheck: () => ({ ok: true, reply: { message: service.health() } }),
  };
  const handlers: UntypedServiceImplementation = Object.fromEntries(
    Object.entries(methods).map(([name, method]) => [
      name,
      answering((call) => {
        const refusal = refusalOf(call);
        if (refusal !== undefined) {
          log.warn("Refused a call", { caller: parsePeer(call.getPeer()), problem: refusal.details });
          return refusal;
        }
        const away = service.away();
        if (away === undefined) return method(call.request);
        // The bot asks only once to cancel a download, which would otherwise begin as soon as something can download.
        if (name === DROPS) method(call.request);
        // After any other answer this downloader would count as reachable, and be handed the links that wait for it.
        return { ok: false, code: status.UNAVAILABLE, details: neverSent(away) };
      }, log),
    ]),
  );

  const server = new Server(serverOptions(KEEPALIVE));
  server.addService(loadServices().downloader, handlers);
  const { tls, botCa } = known;
  const serving = serverCredentials(tls && { ...tls, clientCa: botCa });
  const port = await listen(server, { listener: "the bot", address, credentials: serving });
  if (tls) tellRefusedConnections(server, log);
  limitConnections(server, { ...connections, patienceMs: KEEPALIVE.patienceMs }, log);
  return {
    address: { host: address.host, port },
    [Symbol.asyncDispose]: () => shutDown(server, GRACE_MS),
  };
}
