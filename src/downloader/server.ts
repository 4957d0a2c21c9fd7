import { isIP } from "node:net";
import { Server, ServerCredentials, status, type UntypedServiceImplementation } from "@grpc/grpc-js";
import type { Address, Download, DownloaderStatus, Submission } from "../domain/downloader.ts";
import { ListenError } from "../domain/listening.ts";
import type { Log } from "../domain/log.ts";
import { isPrivateAddress } from "../domain/network.ts";
import { answering, type UnaryReply } from "../grpc/answer.ts";
import { parsePeer } from "../grpc/caller.ts";
import { type DownloaderMethod, loadServices } from "../grpc/proto.ts";
import { fromDeleteFromQueueRequest, fromSetToQueueRequest, toStatusResponse, toTasksResponse } from "../grpc/wire.ts";

/** What the bot asks of a downloader (wire.md §1.2), without its spelling. */
export interface Service {
  /** Stores the link before it returns. */
  take(wanted: Submission): "taken" | "is_there" | "no_link";
  drop(link: string): void;
  clean(): void;
  list(): readonly Download[];
  /** The bot has asked for the list, and gets it. */
  told(): void;
  status(): DownloaderStatus;
  health(): string;
}

export interface DownloaderServer extends AsyncDisposable {
  /** With the port that was taken where any was asked for. */
  readonly address: Address;
}

const GRACE_MS = 2_000;

/** Serves `grpc.v1.Downloader` to callers from private addresses: the bot shows neither a token nor a certificate. Throws `ListenError`. */
export async function startServer(listen: Address, service: Service, log: Log): Promise<DownloaderServer> {
  const tasks = () => toTasksResponse(service.list());
  const methods: Record<DownloaderMethod, (request: unknown) => UnaryReply> = {
    SetToQueue(request) {
      switch (service.take(fromSetToQueueRequest(request))) {
        case "taken":
          return { ok: true, reply: tasks() };
        case "is_there":
          return { ok: false, code: status.ALREADY_EXISTS, details: "The link is here already" };
        case "no_link":
          return { ok: false, code: status.INVALID_ARGUMENT, details: "That is no link that may be downloaded here" };
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
      service.told();
      return { ok: true, reply };
    },
    Status: () => ({ ok: true, reply: toStatusResponse(service.status()) }),
    Healtheck: () => ({ ok: true, reply: { message: service.health() } }),
  };
  const handlers: UntypedServiceImplementation = Object.fromEntries(
    Object.entries(methods).map(([name, method]) => [
      name,
      answering((call) => {
        const caller = parsePeer(call.getPeer());
        if (caller !== undefined && isPrivateAddress(caller)) return method(call.request);
        return { ok: false, code: status.PERMISSION_DENIED, details: "Only private addresses may call" };
      }, log),
    ]),
  );

  const server = new Server();
  server.addService(loadServices().downloader, handlers);
  const port = await bind(server, listen);
  return {
    address: { host: listen.host, port },
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        const timer = setTimeout(() => {
          server.forceShutdown();
          resolve();
        }, GRACE_MS);
        server.tryShutdown(() => {
          clearTimeout(timer);
          resolve();
        });
      }),
  };
}

function bind(server: Server, address: Address): Promise<number> {
  const { host, port } = address;
  const target = `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
  return new Promise((resolve, reject) => {
    server.bindAsync(target, ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(new ListenError("Cannot listen for the bot on", address, error.message, error));
    });
  });
}
