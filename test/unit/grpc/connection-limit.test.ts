import { describe, expect, test } from "bun:test";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect as connectHttp2, constants } from "node:http2";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { type BotServerOptions, createBotServer } from "../../../src/grpc/bot-server.ts";
import { createAuthority, hasOpenssl } from "../../support/authority.ts";
import { registerDownloader } from "../../support/downloader/wire.ts";
import { createRecordingLog } from "../../support/recording-log.ts";
import { createStayingClient } from "../../support/staying-client.ts";

/** Another address of this machine. */
const ELSEWHERE = "127.0.0.2";
const HOUR_MS = 3_600_000;
/** The beginning of an HTTP/2 client's connection, with its settings. */
const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
/** An empty message of gRPC. */
const EMPTY_MESSAGE = Buffer.alloc(5);
const CLIENT = join(import.meta.dir, "stopped-client.ts");

/** A call without a message, to a method that is not there, as a raw frame of the nth stream (RFC 9113 §4.1, RFC 7541 §6). */
function rawCall(nth: number): Buffer {
  const stream = Buffer.alloc(4);
  stream.writeUInt32BE(2 * nth + 1);
  // `:method: POST`, `:scheme: http` and `:path: /` from the static table, and `:authority: x`.
  const head = Buffer.of(0x83, 0x86, 0x84, 0x01, 1, 0x78);
  return Buffer.concat([Buffer.of(0, 0, head.length, 1, 5), stream, head]);
}

async function startServer(options: Partial<BotServerOptions>) {
  const log = createRecordingLog();
  const names: string[] = [];
  const server = await createBotServer({
    listen: { host: "127.0.0.1", port: 0 },
    register: ({ name }) => void names.push(name),
    log,
    ...options,
  });
  const sockets: Socket[] = [];
  const staying = new DisposableStack();
  const { port } = server.address;
  return {
    log,
    names,
    port,
    stop: server.stop,
    register: (name: string) =>
      registerDownloader(`127.0.0.1:${port}`, { name, roots: ["*"], host: "127.0.0.1", port: 9 }),
    /** Holds a connection from elsewhere; `ended` resolves when the server has hung up. */
    hold(how: { allowHalfOpen?: boolean } = {}) {
      const { promise: ended, resolve } = Promise.withResolvers<true>();
      const socket = connect({ port, host: "127.0.0.1", localAddress: ELSEWHERE, ...how });
      sockets.push(socket);
      socket.on("error", () => resolve(true));
      socket.on("close", () => resolve(true));
      socket.resume();
      return { socket, ended };
    },
    /** Connects from elsewhere and speaks HTTP/2: whether the server answers or hangs up. */
    async comes(): Promise<"served" | "refused"> {
      const { socket, ended } = this.hold();
      const isServed = new Promise<"served">((resolve) => socket.once("data", () => resolve("served")));
      socket.write(PREFACE);
      return await Promise.race([isServed, ended.then(() => "refused" as const)]);
    },
    /** A client that keeps a connection of its own. */
    stays(ca?: Buffer) {
      return staying.use(createStayingClient(`localhost:${port}`, { ca }));
    },
    setServing: server.setServing,
    async [Symbol.asyncDispose]() {
      staying.dispose();
      for (const socket of sockets) socket.destroy();
      await server.stop();
    },
  };
}

function createHttp2Client(port: number) {
  const session = connectHttp2(`http://127.0.0.1:${port}`).on("error", () => {});
  return {
    call: (path: string) =>
      session
        .request({ ":method": "POST", ":path": path, "content-type": "application/grpc", te: "trailers" })
        .on("error", () => {}),
    [Symbol.dispose]: () => session.destroy(),
  };
}

describe("a connection", () => {
  test("that is one too many from its address is ended at once, and logged; others are served", async () => {
    await using bot = await startServer({ connections: { inAll: 8, fromOneAddress: 3 } });
    for (let held = 0; held < 3; held += 1) bot.hold();
    expect(await bot.hold().ended).toBe(true);
    expect(bot.log.lines).toMatchObject([{ level: "warn", fields: { caller: ELSEWHERE, open: 3 } }]);
    await bot.register("nas");
    expect(bot.names).toEqual(["nas"]);
  });

  test.skipIf(!hasOpenssl)("that is one too many is ended at once with TLS as well", async () => {
    using authority = createAuthority();
    const { cert, key } = authority.issue("server", "/CN=localhost");
    await using bot = await startServer({ tls: { cert, key }, connections: { inAll: 8, fromOneAddress: 3 } });
    for (let held = 0; held < 3; held += 1) bot.hold();
    expect(await bot.hold().ended).toBe(true);
    expect(bot.log.lines).toMatchObject([{ level: "warn", fields: { caller: ELSEWHERE, open: 3 } }]);
  });

  test("that is one too many in all is ended at once, wherever it comes from", async () => {
    await using bot = await startServer({ connections: { inAll: 2, fromOneAddress: 2 } });
    const held = Array.from({ length: 2 }, () => bot.hold());
    await expect(bot.register("nas")).rejects.toThrow("UNAVAILABLE");
    expect(bot.names).toEqual([]);
    for (const { socket } of held) socket.destroy();
  });

  test("that never speaks and does not hang up either holds up no stop", async () => {
    await using bot = await startServer({ keepalive: { everyMs: HOUR_MS, patienceMs: HOUR_MS } });
    const { socket, ended } = bot.hold({ allowHalfOpen: true });
    await once(socket, "connect");
    // A later caller is answered after the one before was accepted.
    await bot.register("nas");
    await bot.stop(HOUR_MS);
    socket.end();
    expect(await ended).toBe(true);
  });

  test.each([
    ["in all", { inAll: 3, fromOneAddress: 9 }],
    ["of its address", { inAll: 9, fromOneAddress: 3 }],
  ])("that is closed frees one place %s, and no more", async (_, connections) => {
    await using bot = await startServer({ connections });
    const [first] = Array.from({ length: 3 }, () => bot.hold());
    expect(await bot.comes()).toBe("refused");
    first?.socket.destroy();
    // Until the server has noticed that it is closed.
    while ((await bot.comes()) === "refused");
    expect(await bot.comes()).toBe("refused");
  });

  test("that has been idle since its call makes room, the longest idle one first, without an alarm", async () => {
    const crowded: true[] = [];
    await using bot = await startServer({
      connections: { inAll: 9, fromOneAddress: 2 },
      onCrowded: () => void crowded.push(true),
    });
    const [first, second, third, fourth] = Array.from({ length: 4 }, () => bot.stays());
    await first?.register("first");
    await second?.register("second");
    await first?.register("first");
    const gone = second?.gone();
    await third?.register("third");
    await gone;
    const next = first?.gone();
    await fourth?.register("fourth");
    await next;
    expect(bot.names).toEqual(["first", "second", "first", "third", "fourth"]);
    expect([bot.log.lines, crowded]).toEqual([[], []]);
  });

  test("that is idle makes room for other addresses where there are too many in all", async () => {
    await using bot = await startServer({ connections: { inAll: 1, fromOneAddress: 1 } });
    const first = bot.stays();
    await first.register("first");
    const gone = first.gone();
    // Until the server has noticed that the call has ended.
    while ((await bot.comes()) === "refused");
    await gone;
  });

  test("of another address makes no room for an address that has its share", async () => {
    await using bot = await startServer({ connections: { inAll: 9, fromOneAddress: 1 } });
    await bot.stays().register("nas");
    bot.hold();
    expect(await bot.comes()).toBe("refused");
  });

  test.skipIf(!hasOpenssl)("that is idle makes room with TLS as well", async () => {
    using authority = createAuthority();
    const { cert, key } = authority.issue("server", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost");
    await using bot = await startServer({ tls: { cert, key }, connections: { inAll: 9, fromOneAddress: 2 } });
    const ca = readFileSync(authority.caFile);
    const [first, second, third] = Array.from({ length: 3 }, () => bot.stays(ca));
    await first?.register("first");
    const gone = first?.gone();
    await second?.register("second");
    await third?.register("third");
    await gone;
    expect(bot.names).toEqual(["first", "second", "third"]);
  });

  test("makes no room during a call or before its first one; then the refusal raises an alarm", async () => {
    const crowded: true[] = [];
    await using bot = await startServer({
      connections: { inAll: 9, fromOneAddress: 1 },
      onCrowded: () => void crowded.push(true),
    });
    const next = bot.stays().watch();
    expect(await next()).toBe(2);
    await expect(bot.stays().register("nas")).rejects.toThrow("UNAVAILABLE");
    bot.hold();
    expect(await bot.comes()).toBe("refused");
    const word = next();
    bot.setServing(true);
    expect([await word, bot.names]).toEqual([1, []]);
    expect(crowded).not.toEqual([]);
  });

  test("whose request is never completed loses that request, but not a watch", async () => {
    await using bot = await startServer({ keepalive: { everyMs: HOUR_MS, patienceMs: 30 } });
    using client = createHttp2Client(bot.port);
    const watching = client.call("/grpc.health.v1.Health/Watch");
    watching.end(EMPTY_MESSAGE);
    await once(watching, "data");
    const half = client.call("/grpc.v1.Bot/RegisterDownloader");
    half.write(Buffer.of(0, 0, 0, 0xff, 0xff, 1));
    await once(half, "close");
    expect(half.rstCode).toBe(constants.NGHTTP2_CANCEL);
    bot.setServing(true);
    await once(watching, "data");
    expect(watching.closed).toBe(false);
  });

  test("with thousands of calls at once is ended, and logged; later callers are served", async () => {
    await using bot = await startServer({});
    const { socket, ended } = bot.hold();
    socket.write(Buffer.concat([Buffer.from(PREFACE), ...Array.from({ length: 20_000 }, (_, nth) => rawCall(nth))]));
    expect(await ended).toBe(true);
    const told = { level: "warn", message: "Too many calls at once: hanging up", fields: { caller: ELSEWHERE } };
    expect(bot.log.lines[0]).toMatchObject(told);
    await bot.register("nas");
    expect(bot.names).toEqual(["nas"]);
  });

  test("of a client that was stopped is ended after a while", async () => {
    await using bot = await startServer({
      keepalive: { everyMs: 30, patienceMs: 30 },
      connections: { inAll: 8, fromOneAddress: 1 },
    });
    const child = Bun.spawn([process.execPath, CLIENT, String(bot.port), ELSEWHERE], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const { value } = await child.stdout.getReader().read();
    expect(new TextDecoder().decode(value)).toBe("connected\n");
    expect(await bot.hold().ended).toBe(true);
    child.kill("SIGSTOP");
    // Its place is free once the server has given it up: then the next caller is not refused, but ended for its silence.
    const refused = () => bot.log.lines.length;
    let before: number;
    do {
      before = refused();
      await bot.hold().ended;
    } while (refused() > before);
    await bot.register("nas");
    child.kill("SIGKILL");
    await child.exited;
  });
});
