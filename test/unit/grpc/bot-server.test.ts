import { describe, expect, test } from "bun:test";
import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import { Client, credentials, Metadata, type MethodDefinition, type ServiceError, status } from "@grpc/grpc-js";
import type { Registration } from "../../../src/domain/downloader.ts";
import { ListenError } from "../../../src/domain/listening.ts";
import { RegistrationRefused } from "../../../src/domain/registration.ts";
import { type BotServerOptions, createBotServer } from "../../../src/grpc/bot-server.ts";
import { loadServices } from "../../../src/grpc/proto.ts";
import { WAIT_LIMIT_MS } from "../../support/patience.ts";
import { createRecordingLog } from "../../support/recording-log.ts";

/** Containers often have no IPv6. */
const hasIpv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === "::1"));
const TOKEN = "s3cret-token";
const CLAIM = { server_name: "nas", allowed_roots: ["a.com"], server_host: "127.0.0.1", server_port: 8888 };
const services = loadServices();

async function startServer(options: Partial<BotServerOptions> = {}) {
  const registered: Registration[] = [];
  const log = createRecordingLog();
  const server = await createBotServer({
    listen: { host: "127.0.0.1", port: 0 },
    register: (registration) => void registered.push(registration),
    log,
    ...options,
  });
  const { host, port } = server.address;
  const client = new Client(`${host}:${port}`, credentials.createInsecure(), {
    "grpc.use_local_subchannel_pool": 1,
    "grpc.max_send_message_length": -1,
  });

  const call = (method: MethodDefinition<unknown, unknown>, request: object, metadata: Metadata) => {
    const { promise, resolve } = Promise.withResolvers<{ error: ServiceError | null; reply: unknown }>();
    const { path, requestSerialize, responseDeserialize } = method;
    const options = { deadline: Date.now() + WAIT_LIMIT_MS };
    client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, metadata, options, (error, reply) =>
      resolve({ error, reply }),
    );
    return promise;
  };
  const watch = (service: string, by = client) => {
    const method = services.health.Watch as MethodDefinition<unknown, unknown>;
    const { path, requestSerialize, responseDeserialize } = method;
    return by.makeServerStreamRequest(path, requestSerialize, responseDeserialize, { service });
  };
  return {
    server,
    log,
    registered,
    watch,
    register: (claim: object = {}, metadata = new Metadata()) =>
      call(services.bot.RegisterDownloader, { ...CLAIM, ...claim }, metadata),
    /** Registers with these bytes. */
    sends(bytes: Buffer) {
      const method = { ...services.bot.RegisterDownloader, requestSerialize: (sent: object) => sent as Buffer };
      return call(method as MethodDefinition<unknown, unknown>, bytes, new Metadata());
    },
    check: (service: string) => call(services.health.Check, { service }, new Metadata()),
    async [Symbol.asyncDispose]() {
      client.close();
      await server.stop();
    },
  };
}

const bearer = (value: string): Metadata => {
  const metadata = new Metadata();
  metadata.set("authorization", value);
  return metadata;
};

describe("RegisterDownloader", () => {
  test("waits until a registration is stored before it answers", async () => {
    const kept = Promise.withResolvers<void>();
    const order: string[] = [];
    const register = async () => {
      await kept.promise;
      order.push("kept");
    };
    await using bot = await startServer({ register });
    const answer = bot.register().then(({ error }) => {
      order.push("answered");
      return error;
    });
    kept.resolve();
    expect(await answer).toBeNull();
    expect(order).toEqual(["kept", "answered"]);
  });

  test("passes on what a downloader says, with the caller's address for its own", async () => {
    await using bot = await startServer();
    await bot.register({ server_host: "0.0.0.0", allowed_roots: [" A.com", ""] });
    expect(bot.registered).toEqual([{ name: "nas", roots: ["a.com"], host: "127.0.0.1", port: 8888 }]);
  });

  test.each([
    [{ server_host: "unix:/run/x" }, "server_host"],
    [{ server_host: "dns://8.8.8.8/e" }, "server_host"],
    [{ server_host: "169.254.169.254" }, "link-local"],
    [{ server_port: 70_000 }, "server_port"],
    [{ server_port: 0 }, "server_port"],
    [{ server_name: "" }, "server_name"],
    [{ allowed_roots: [""] }, "allowed_roots"],
    [{ allowed_roots: Array.from({ length: 500 }, (_, n) => `a${n}.com`) }, "allowed_roots"],
  ])("refuses %j with an explanation", async (claim, words) => {
    await using bot = await startServer();
    const { error } = await bot.register(claim);
    expect(error).toMatchObject({ code: status.INVALID_ARGUMENT, details: expect.stringContaining(words) });
    expect(bot.registered).toEqual([]);
    expect(bot.log.lines).toMatchObject([{ level: "warn", fields: { caller: "127.0.0.1" } }]);
  });

  test("refuses the bot's own address", async () => {
    await using bot = await startServer();
    const { error } = await bot.register({ server_port: bot.server.address.port });
    expect(error).toMatchObject({
      code: status.INVALID_ARGUMENT,
      details: expect.stringContaining("is the bot itself"),
    });
  });

  test("warns of roots that are no addresses, and accepts the others", async () => {
    await using bot = await startServer();
    expect((await bot.register({ allowed_roots: ["a.com", "x:y@b.com"] })).error).toBeNull();
    expect(bot.registered[0]?.roots).toEqual(["a.com"]);
    expect(bot.log.lines).toMatchObject([{ level: "warn", fields: { ignored: ["x:y@b.com"] } }]);
  });

  test("says why the registry refused a registration", async () => {
    const register = () => {
      throw new RegistrationRefused("64 downloaders are registered, there is no room for more");
    };
    await using bot = await startServer({ register });
    const { error } = await bot.register();
    expect(error).toMatchObject({ code: status.FAILED_PRECONDITION, details: expect.stringContaining("no room") });
  });

  test("answers INTERNAL to a bug, without the error's text, and logs it", async () => {
    const register = async () => {
      throw new Error("near 'secret': syntax error");
    };
    await using bot = await startServer({ register });
    const { error } = await bot.register();
    expect(error?.code).toBe(status.INTERNAL);
    expect(error?.details).not.toContain("secret");
    expect(bot.log.lines).toMatchObject([{ level: "error" }]);
  });

  test("says that a request is not the contract's, and logs who made it", async () => {
    await using rig = await startServer();
    const { error } = await rig.sends(Buffer.from('{"server_name":"nas"}'));
    const details = "This is not a RegisterDownloaderRequest as in proto/bot.proto";
    expect(error).toMatchObject({ code: status.INVALID_ARGUMENT, details });
    expect(rig.log.lines).toContainEqual({
      level: "warn",
      message: "Refused a registration",
      fields: { caller: "127.0.0.1", problem: details },
    });
  });

  test("takes no request of more than 64 KiB, and goes on", async () => {
    await using bot = await startServer();
    const { error } = await bot.register({ allowed_roots: ["x".repeat(64 * 1024)] });
    expect(error?.code).toBe(status.RESOURCE_EXHAUSTED);
    expect((await bot.register()).error).toBeNull();
  });

  test.each(["", "Bearer", "Bearer wrong", TOKEN, `Basic ${TOKEN}`])(
    "refuses a caller that sends %j where a token is required",
    async (value) => {
      await using bot = await startServer({ token: TOKEN });
      const { error } = await bot.register({}, value === "" ? new Metadata() : bearer(value));
      expect(error?.code).toBe(status.UNAUTHENTICATED);
      expect(bot.registered).toEqual([]);
      expect(JSON.stringify(bot.log.lines)).not.toContain(TOKEN);
    },
  );

  test("accepts a caller with the token", async () => {
    await using bot = await startServer({ token: TOKEN });
    expect((await bot.register({}, bearer(`Bearer ${TOKEN}`))).error).toBeNull();
    expect((await bot.register({}, bearer(`bearer ${TOKEN}`))).error).toBeNull();
  });
});

describe("a connection to the server", () => {
  /** Opens a connection, sends this, and resolves when the server has closed it. */
  function ended(port: number, says: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const socket = connect(port, "127.0.0.1", () => socket.write(says));
    socket.on("error", () => resolve());
    socket.on("close", () => resolve());
    socket.resume();
    return promise;
  }
  const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

  test.each([
    ["never speaks", ""],
    ["stops in the middle of its first words", PREFACE.slice(0, 5)],
    ["says only its first words", PREFACE],
    ["speaks HTTP/1", "GET / HTTP/1.1\r\nHost: x\r\n\r\n"],
    ["speaks nonsense", "\0".repeat(1_000)],
  ])("that %s is ended after a while, and the others are served", async (_, says) => {
    await using bot = await startServer({ keepalive: { everyMs: 30, patienceMs: 30 } });
    await Promise.all(Array.from({ length: 20 }, () => ended(bot.server.address.port, says)));
    expect((await bot.register()).error).toBeNull();
  });
});

describe("a server that listens on a name", () => {
  const leadsTo = (address: string) => async () => [{ address }];

  test("listens at the name's address, and takes registrations there", async () => {
    await using bot = await startServer({ listen: { host: "localhost", port: 0 } });
    expect((await bot.register()).error).toBeNull();
  });

  test.each(["203.0.113.5", "2001:db8::1", "0.0.0.0"])(
    "does not listen where the name leads to %s and nothing keeps strangers out",
    async (address) => {
      const of = { listen: { host: "localhost", port: 0 }, lookup: leadsTo(address) };
      await expect(startServer(of)).rejects.toThrow("set grpc.token or grpc.allowed_networks");
      await expect(startServer(of)).rejects.toBeInstanceOf(ListenError);
      for (const guard of [{ token: TOKEN }, { allowedNetworks: ["127.0.0.0/8"] }]) {
        await using bot = await startServer({ ...of, ...guard });
        expect((await bot.register({}, bearer(`Bearer ${TOKEN}`))).error).toBeNull();
      }
    },
  );

  test("says when the name does not exist", async () => {
    const of = { listen: { host: "bot", port: 1 }, lookup: () => Promise.reject(new Error("ENOTFOUND")) };
    await expect(startServer(of)).rejects.toThrow("there is no such name now");
  });
});

describe("RegisterDownloader and networks", () => {
  test("accepts a caller from an allowed private network on a public address, without token or TLS", async () => {
    await using bot = await startServer({ listen: { host: "0.0.0.0", port: 0 }, allowedNetworks: ["127.0.0.0/8"] });
    expect((await bot.register()).error).toBeNull();
  });

  test("refuses a caller from a network that is not allowed, whatever token it sends", async () => {
    await using bot = await startServer({ token: TOKEN, allowedNetworks: ["10.8.0.0/24"] });
    const { error } = await bot.register({ server_host: "10.8.0.7" }, bearer(`Bearer ${TOKEN}`));
    expect(error).toMatchObject({
      code: status.PERMISSION_DENIED,
      details: expect.stringContaining("allowed_networks"),
    });
    expect(bot.registered).toEqual([]);
  });

  test("refuses a downloader at an address that is not allowed", async () => {
    await using bot = await startServer({ allowedNetworks: ["127.0.0.0/8"] });
    const { error } = await bot.register({ server_host: "192.168.1.7" });
    expect(error).toMatchObject({
      code: status.INVALID_ARGUMENT,
      details: expect.stringContaining("allowed_networks"),
    });
    expect((await bot.register({ server_host: "127.0.0.1" })).error).toBeNull();
  });

  test("answers every wrong token alike, logs them in the same words, and still accepts the right one", async () => {
    await using bot = await startServer({ token: TOKEN });
    const answers = new Set<string>();
    for (let tries = 0; tries < 8; tries += 1) {
      const { error } = await bot.register({}, bearer(`Bearer guess-${tries}`));
      answers.add(`${error?.code} ${error?.details}`);
    }
    expect(answers.size).toBe(1);
    expect(new Set(bot.log.lines.map(({ message }) => message))).toEqual(
      new Set(["Refused a registration without the token"]),
    );
    expect((await bot.register({}, bearer(`Bearer ${TOKEN}`))).error).toBeNull();
  });
});

describe("the health service", () => {
  test("reports SERVING once it is told to, for the server and for the bot", async () => {
    await using bot = await startServer();
    expect((await bot.check("")).reply).toEqual({ status: "NOT_SERVING" });
    bot.server.setServing(true);
    expect((await bot.check("")).reply).toEqual({ status: "SERVING" });
    expect((await bot.check("grpc.v1.Bot")).reply).toEqual({ status: "SERVING" });
  });

  test("does not know a service of another program", async () => {
    await using bot = await startServer();
    expect((await bot.check("grpc.v1.Downloader")).error?.code).toBe(status.NOT_FOUND);
  });

  test("tells a watcher of each change, and ends the watch at the stop", async () => {
    await using bot = await startServer();
    const seen: unknown[] = [];
    for await (const reply of bot.watch("grpc.v1.Bot")) {
      seen.push(reply);
      if (seen.length === 1) bot.server.setServing(true);
      if (seen.length === 2) void bot.server.stop();
    }
    expect(seen).toEqual([{ status: "NOT_SERVING" }, { status: "SERVING" }, { status: "NOT_SERVING" }]);
  });

  test("allows eight watches on a connection, and others on another connection", async () => {
    await using bot = await startServer();
    const { host, port } = bot.server.address;
    const other = new Client(`${host}:${port}`, credentials.createInsecure(), { "grpc.use_local_subchannel_pool": 1 });
    const answer = (watch: ReturnType<typeof bot.watch>) =>
      new Promise<unknown>((resolve) => {
        watch.once("data", resolve);
        watch.on("error", ({ code }: ServiceError) => resolve(code));
      });
    const answers = await Promise.all(Array.from({ length: 9 }, () => answer(bot.watch(""))));
    expect(answers.filter((said) => said === status.RESOURCE_EXHAUSTED)).toHaveLength(1);
    expect(await answer(bot.watch("", other))).toEqual({ status: "NOT_SERVING" });
    other.close();
  });

  test("tells a watcher that a service is unknown, and does not wait for it at the stop", async () => {
    await using bot = await startServer();
    const seen: unknown[] = [];
    for await (const reply of bot.watch("nobody")) {
      seen.push(reply);
      bot.server.setServing(true);
      void bot.server.stop();
    }
    expect(seen).toEqual([{ status: "SERVICE_UNKNOWN" }]);
  });
});

describe("stop()", () => {
  test("lets a running call end", async () => {
    const reached = Promise.withResolvers<void>();
    const kept = Promise.withResolvers<void>();
    const register = () => {
      reached.resolve();
      return kept.promise;
    };
    await using bot = await startServer({ register });
    const answer = bot.register();
    await reached.promise;
    const stopped = bot.server.stop();
    kept.resolve();
    expect((await answer).error).toBeNull();
    await stopped;
  });

  test("cuts off a call that does not end", async () => {
    const reached = Promise.withResolvers<void>();
    const register = () => {
      reached.resolve();
      return new Promise<void>(() => {});
    };
    await using bot = await startServer({ register });
    const answer = bot.register();
    await reached.promise;
    await bot.server.stop(50);
    const { error } = await answer;
    expect(error).not.toBeNull();
    expect(error?.code).not.toBe(status.DEADLINE_EXCEEDED);
  });

  test("frees the port, and may be called again", async () => {
    await using bot = await startServer();
    await Promise.all([bot.server.stop(), bot.server.stop()]);
    await using again = await startServer({ listen: bot.server.address });
    expect(again.server.address).toEqual(bot.server.address);
  });
});

describe("createBotServer()", () => {
  test("names the address that it cannot listen on", async () => {
    await using bot = await startServer();
    const failure = await startServer({ listen: bot.server.address }).catch((error) => error);
    expect(failure).toBeInstanceOf(ListenError);
    expect(failure.message).toStartWith(`Cannot listen for downloaders on 127.0.0.1:${bot.server.address.port}: `);
  });

  test.skipIf(!hasIpv6)("listens on IPv6", async () => {
    const bot = await createBotServer({
      listen: { host: "::1", port: 0 },
      register: () => {},
      log: createRecordingLog(),
    });
    expect(bot.address.port).toBeGreaterThan(0);
    await bot.stop();
  });
});
