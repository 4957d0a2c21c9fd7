import { describe, expect, test } from "bun:test";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { type BotServerOptions, createBotServer } from "../../../src/grpc/bot-server.ts";
import { createAuthority, hasOpenssl } from "../../support/authority.ts";
import { registerDownloader } from "../../support/downloader/wire.ts";
import { createRecordingLog } from "../../support/recording-log.ts";

/** Another address of this machine. */
const ELSEWHERE = "127.0.0.2";
const HOUR_MS = 3_600_000;
const CLIENT = join(import.meta.dir, "stopped-client.ts");

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
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await server.stop();
    },
  };
}

describe("a connection", () => {
  test("that is one too many from its address is ended at once, and told; others are served", async () => {
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

  test("that never speaks, and does not hang up either, holds up no stop", async () => {
    await using bot = await startServer({ keepalive: { everyMs: HOUR_MS, patienceMs: HOUR_MS } });
    const { socket, ended } = bot.hold({ allowHalfOpen: true });
    await once(socket, "connect");
    // Whoever comes later is told after the one before was let in.
    await bot.register("nas");
    await bot.stop(HOUR_MS);
    socket.end();
    expect(await ended).toBe(true);
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
    // Its place is free once the server has given it up: who comes then is not refused, and ended for its silence.
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
