import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { reservePort } from "../reserved-port.ts";
import type { Faults } from "./faults.ts";
import type { Answer, Call, Journal } from "./journal.ts";
import { type Params, readParams } from "./parameters.ts";
import { Refused } from "./refusal.ts";

const DROPPED: Answer = { status: 0, body: undefined };

/** A method as the server runs it; `gone` fires when the bot's connection is closed. */
export type Method = (params: Params, gone: AbortSignal) => unknown;

interface Parts {
  readonly token: string;
  readonly methods: Readonly<Record<string, Method>>;
  readonly journal: Journal;
  readonly faults: Faults;
  /** For `/file/bot<token>/<path>`; faults for it are armed for the method `file`. */
  readonly file: (path: string) => Buffer | undefined;
  /** Called when a request is held, so that waiters can see it before it is answered. */
  readonly held: () => void;
}

/** The HTTP side: `/bot<token>/<method>` on a loopback port that is reserved until it is disposed. */
export interface ApiServer extends AsyncDisposable {
  readonly port: number;
  /** Listens; again on the same port after `close`. */
  open(): Promise<void>;
  /** Refuses connections from now on, and drops those that are open. */
  close(): Promise<void>;
}

/** node:http instead of Bun.serve, because only that can drop a single connection without an answer. */
export function createApiServer({ token, methods, journal, faults, file, held }: Parts): ApiServer {
  const names = new Map(Object.keys(methods).map((name) => [name.toLowerCase(), name]));
  const server = createServer((request, response) => void respond(request, response));
  const reserved = reservePort();

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const gone = new AbortController();
    response.once("close", () => gone.abort());
    const url = new URL(request.url ?? "/", "http://127.0.0.1");
    const [, ofToken, path] = /^\/file\/bot([^/]+)\/(.+)$/.exec(decodeURIComponent(url.pathname)) ?? [];
    if (path !== undefined) return give(path, { isToken: ofToken === token, request, response });
    const [, given, asked] = /^\/bot([^/]+)\/([^/]+)$/.exec(decodeURIComponent(url.pathname)) ?? [];
    const name = names.get(asked?.toLowerCase() ?? "") ?? asked;
    if (given === undefined || name === undefined) return write(response, refused(new Refused(404, "Not Found")));
    const read = await readParams(request, url.searchParams).then(
      (params) => ({ params, error: undefined }),
      (error: unknown) => ({ params: {}, error }),
    );
    // The bot died while sending the request: there is nobody to answer.
    if (gone.signal.aborted) return;
    const call = journal.begin(name, read.params);
    const run = async (): Promise<Answer> => {
      try {
        if (given !== token) throw new Refused(401, "Unauthorized");
        if (read.error !== undefined) throw read.error;
        const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
        if (method === undefined) throw new Refused(404, "Not Found: method not found");
        const running = method(read.params, gone.signal);
        if (running instanceof Promise) held();
        return { status: 200, body: { ok: true, result: await running } };
      } catch (error) {
        if (error instanceof Refused) return refused(error);
        throw error;
      }
    };
    const answer = await meet(call, run, gone.signal);
    journal.end(call, answer);
    if (answer.status === 0) request.socket.destroy();
    else write(response, answer);
  }

  async function give(
    path: string,
    of: { isToken: boolean; request: IncomingMessage; response: ServerResponse },
  ): Promise<void> {
    const gone = new AbortController();
    of.response.once("close", () => gone.abort());
    const call = journal.begin("file", { path });
    const content = of.isToken ? file(path) : undefined;
    const found = content === undefined ? refused(new Refused(404, "Not Found")) : { status: 200, body: content };
    const answer = await meet(call, () => Promise.resolve(found), gone.signal);
    journal.end(call, answer);
    if (answer.status === 0) of.request.socket.destroy();
    else write(of.response, answer);
  }

  /** The answer after applying an armed fault; without a fault, the method's own. */
  async function meet(call: Call, run: () => Promise<Answer>, gone: AbortSignal): Promise<Answer> {
    const met = faults.meet(call);
    if (met === undefined) return run();
    const { fault } = met;
    const applied = fault.applied === true ? await run() : undefined;
    if (fault.kind === "answer") return { ...fault, armed: true };
    if (fault.kind === "reset") return DROPPED;
    held();
    // If the bot gives up on a held request, it was not carried out, unless the fault says so.
    const left = Promise.withResolvers<typeof DROPPED>();
    gone.addEventListener("abort", () => left.resolve(DROPPED));
    return (await Promise.race([met.held, left.promise])) === DROPPED ? DROPPED : (applied ?? run());
  }

  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return {
    port: reserved.port,
    open: () =>
      new Promise((resolve, reject) => {
        server.once("error", reject);
        // Bun binds at once, so calls succeed from now on.
        server.listen(reserved.port, "127.0.0.1", () => {
          server.off("error", reject);
          resolve();
        });
      }),
    close,
    async [Symbol.asyncDispose]() {
      await close();
      reserved[Symbol.dispose]();
    },
  };
}

function refused({ code, message, parameters }: Refused): Answer {
  return {
    status: code,
    body: { ok: false, error_code: code, description: message, ...(parameters && { parameters }) },
  };
}

function write(response: ServerResponse, { status, body, contentType = "application/json" }: Answer): void {
  response.writeHead(status, { "content-type": contentType });
  response.end(typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body));
}
