import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createWatch } from "./watch.ts";

/** A request that the server got: its path, and the headers that ask for a part. */
export interface FileRequest {
  readonly path: string;
  readonly range: string | undefined;
  readonly ifRange: string | undefined;
}

/** How a file is served; by default as a good server does it. */
export interface ServedFile {
  readonly bytes: Buffer;
  readonly type?: string;
  readonly etag?: string;
  readonly disposition?: string;
  /** It ignores If-Range: a part comes from the file that it has now. */
  readonly heedsNoIfRange?: boolean;
  /** A partial response only contains its range, and no validator. */
  readonly tellsNothingOfParts?: boolean;
  /** The whole file comes, no matter which part the response claims to be. */
  readonly sendsAll?: boolean;
  /** The most bytes of a requested rest in one response. */
  readonly mostOfRest?: number;
  /** No length is sent, so only the end shows it. */
  readonly tellsNoLength?: boolean;
  /** Nothing comes after so many bytes of an answer until `goOn`, or `breaks`. */
  readonly waitsAfter?: number;
}

/** A real HTTP server on loopback that supports ranges and can be made to fail. */
export interface FileServer extends AsyncDisposable {
  /** `http://127.0.0.1:port` */
  readonly root: string;
  readonly requests: readonly FileRequest[];
  serves(path: string, file: ServedFile): void;
  /** Answers with a status, and for a redirect with a location. */
  answers(path: string, status: number, location?: string): void;
  /** Lets waiting responses continue. */
  goOn(): void;
  /** Breaks every connection. */
  breaks(): void;
  waitFor(wanted: (request: FileRequest) => boolean, what: string): Promise<FileRequest>;
}

export async function startFileServer(): Promise<FileServer> {
  const files = new Map<string, ServedFile>();
  const statuses = new Map<string, { status: number; location?: string | undefined }>();
  const requests: FileRequest[] = [];
  const watch = createWatch();
  let gate = Promise.withResolvers<void>();

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? "";
    const { range, "if-range": ifRange } = request.headers;
    requests.push({ path, range, ifRange: ifRange?.toString() });
    watch.changed();
    const fixed = statuses.get(path);
    const file = files.get(path);
    if (fixed !== undefined || file === undefined) {
      response.writeHead(fixed?.status ?? 404, fixed?.location === undefined ? {} : { location: fixed.location });
      response.end();
      return;
    }
    const { bytes, type = "video/mp4", etag, disposition, mostOfRest, waitsAfter } = file;
    const { heedsNoIfRange = false, tellsNothingOfParts = false, sendsAll = false } = file;
    const [, first = 0, named] = /^bytes=(\d+)-(\d+)?$/.exec(range ?? "") ?? [];
    const isAsKnown = ifRange === undefined || ifRange === etag || heedsNoIfRange;
    const from = isAsKnown ? Number(first) : 0;
    const end = isAsKnown && named !== undefined ? Number(named) + 1 : bytes.length;
    // RFC 9110 §14.1.2: also if nothing is left to send.
    if (from > 0 && from >= bytes.length) {
      response.writeHead(416, { "content-range": `bytes */${bytes.length}` }).end();
      return;
    }
    const rest = bytes.subarray(from, from > 0 && mostOfRest !== undefined ? from + mostOfRest : end);
    // Also where what was asked for by its two ends is all of it: Transmission 4 takes no other answer for one.
    const isPart = from > 0 || (isAsKnown && named !== undefined);
    const body = sendsAll ? bytes : rest;
    response.writeHead(isPart ? 206 : 200, {
      "content-type": type,
      ...(file.tellsNoLength !== true && { "content-length": body.length }),
      ...(etag !== undefined && !(isPart && tellsNothingOfParts) && { etag }),
      ...(disposition !== undefined && !(isPart && tellsNothingOfParts) && { "content-disposition": disposition }),
      ...(isPart && { "content-range": `bytes ${from}-${from + rest.length - 1}/${bytes.length}` }),
    });
    const stop = waitsAfter ?? body.length;
    await new Promise((resolve) => response.write(body.subarray(0, stop), resolve));
    if (waitsAfter !== undefined) await gate.promise;
    response.end(body.subarray(stop));
  }

  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    root: `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`,
    requests,
    serves(path, file) {
      statuses.delete(path);
      files.set(path, file);
    },
    answers: (path, status, location) => void statuses.set(path, { status, location }),
    goOn() {
      gate.resolve();
      gate = Promise.withResolvers();
    },
    breaks: () => server.closeAllConnections(),
    waitFor: (wanted, what) =>
      watch.until(() => requests.find(wanted), { what, seen: () => JSON.stringify(requests, undefined, 1) }),
    async [Symbol.asyncDispose]() {
      watch.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
