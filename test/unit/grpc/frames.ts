import { createServer, type Socket } from "node:net";

const PREFACE_BYTES = 24;
const HEADER_BYTES = 9;
const DATA = 0;
const HEADERS = 1;
const RST_STREAM = 3;
const SETTINGS = 4;
const GOAWAY = 7;
const END_STREAM = 1;
const END_HEADERS = 4;
const ACK = 1;

/** One connection to a server made of frames. */
export interface FrameConnection {
  /** Answers a call with an empty message and status OK. */
  answer(stream: number): void;
  /** Ends a call with an error code of HTTP/2. */
  reset(stream: number, code: number): void;
  /** Takes no calls after this one, and tells the error code. */
  goAway(last: number, code: number): void;
  /** Ends the connection. */
  drop(): void;
}

export interface FrameServer extends Disposable {
  readonly port: number;
  /** Complete requests so far, and connections. */
  seen(): { readonly requests: number; readonly connections: number };
}

/**
 * A server on 127.0.0.1 that sends whatever frames `handle` wants, as Bun's own HTTP/2 server does not. `handle` gets each complete
 * request, and how many came before it.
 */
export async function startFrameServer(
  handle: (connection: FrameConnection, request: { stream: number; before: number }) => void,
): Promise<FrameServer> {
  const sockets = new Set<Socket>();
  let requests = 0;
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => sockets.delete(socket));
    socket.write(frame(SETTINGS, 0, 0));
    const connection = writingTo(socket);
    eachFrame(socket, ({ type, flags, stream }) => {
      if (type === SETTINGS && (flags & ACK) === 0) socket.write(frame(SETTINGS, ACK, 0));
      if (![DATA, HEADERS].includes(type) || (flags & END_STREAM) === 0) return;
      requests += 1;
      handle(connection, { stream, before: requests - 1 });
    });
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", resolve);
  await promise;
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    port: address.port,
    seen: () => ({ requests, connections }),
    [Symbol.dispose]() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

function writingTo(socket: Socket): FrameConnection {
  const send = (...frames: readonly Buffer[]) => void socket.write(Buffer.concat(frames));
  return {
    answer: (stream) =>
      send(
        frame(HEADERS, END_HEADERS, stream, header(":status", "200"), header("content-type", "application/grpc")),
        frame(DATA, 0, stream, Buffer.alloc(5)),
        frame(HEADERS, END_HEADERS | END_STREAM, stream, header("grpc-status", "0")),
      ),
    reset: (stream, code) => send(frame(RST_STREAM, 0, stream, uint32(code))),
    goAway: (last, code) => send(frame(GOAWAY, 0, 0, uint32(last), uint32(code))),
    drop: () => void socket.destroy(),
  };
}

function eachFrame(socket: Socket, take: (frame: { type: number; flags: number; stream: number }) => void): void {
  let left = Buffer.alloc(0);
  let at = PREFACE_BYTES;
  socket.on("data", (chunk: Buffer) => {
    left = Buffer.concat([left, chunk]);
    while (left.length >= at + HEADER_BYTES) {
      const end = at + HEADER_BYTES + left.readUIntBE(at, 3);
      if (left.length < end) return;
      take({ type: left.readUInt8(at + 3), flags: left.readUInt8(at + 4), stream: left.readUInt32BE(at + 5) });
      left = left.subarray(end);
      at = 0;
    }
  });
}

function frame(type: number, flags: number, stream: number, ...payload: readonly Buffer[]): Buffer {
  const body = Buffer.concat(payload);
  const head = Buffer.alloc(HEADER_BYTES);
  head.writeUIntBE(body.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, body]);
}

/** HPACK: a literal that is not added to the table. */
function header(name: string, value: string): Buffer {
  return Buffer.concat([
    Buffer.from([0, name.length]),
    Buffer.from(name),
    Buffer.from([value.length]),
    Buffer.from(value),
  ]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
