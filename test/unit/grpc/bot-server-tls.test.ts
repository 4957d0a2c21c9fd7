import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { connect } from "node:tls";
import { Client, credentials, type ServiceError, status } from "@grpc/grpc-js";
import { createBotServer } from "../../../src/grpc/bot-server.ts";
import { loadServices } from "../../../src/grpc/proto.ts";
import { type Authority, createAuthority, hasOpenssl, type Issued } from "../../support/authority.ts";
import { WAIT_LIMIT_MS } from "../../support/patience.ts";
import { createRecordingLog } from "../../support/recording-log.ts";

describe.skipIf(!hasOpenssl)("createBotServer() with mutual TLS", () => {
  let ours: Authority;
  let theirs: Authority;
  let server: Issued;
  const identities = new Map<string, Issued>();

  beforeAll(() => {
    ours = createAuthority();
    theirs = createAuthority();
    server = ours.issue("server", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost");
    identities.set("nas", ours.issue("nas", "/CN=nas"));
    identities.set("nameless", ours.issue("nameless", "/O=nas"));
    identities.set("garbled", ours.issue("garbled", "/CN=дом"));
    identities.set("utf8", ours.issue("utf8", "/CN=дом", "-utf8"));
    identities.set("stranger", theirs.issue("stranger", "/CN=nas"));
    identities.set("expired", ours.issueExpired("expired", "/CN=nas"));
  });
  afterAll(() => {
    ours[Symbol.dispose]();
    theirs[Symbol.dispose]();
  });

  async function register(
    identityName: string | undefined,
    serverName: string,
    { stops = false, isPlain = false }: { stops?: boolean; isPlain?: boolean } = {},
  ) {
    const names: string[] = [];
    const log = createRecordingLog();
    const ca = await Bun.file(ours.caFile).bytes();
    await using bot = await createBotServer({
      listen: { host: "localhost", port: 0 },
      register({ name }) {
        if (stops) void bot.stop();
        names.push(name);
      },
      tls: { cert: server.cert, key: server.key, clientCa: Buffer.from(ca) },
      log,
    });
    const identity = identities.get(identityName ?? "");
    const client = new Client(
      `localhost:${bot.address.port}`,
      isPlain
        ? credentials.createInsecure()
        : credentials.createSsl(Buffer.from(ca), identity?.key ?? null, identity?.cert ?? null),
    );
    const { bot: service } = loadServices();
    const method = service.RegisterDownloader;
    const { promise, resolve } = Promise.withResolvers<ServiceError | null>();
    const claim = { server_name: serverName, allowed_roots: ["*"], server_host: "10.0.0.7", server_port: 8888 };
    const options = { deadline: Date.now() + WAIT_LIMIT_MS };
    client.makeUnaryRequest(method.path, method.requestSerialize, method.responseDeserialize, claim, options, (error) =>
      resolve(error),
    );
    const error = await promise;
    client.close();
    return {
      code: error?.code ?? status.OK,
      details: error?.details,
      names,
      warned: log.lines.filter(({ level }) => level === "warn"),
    };
  }

  test("lets a downloader register under its certificate's name only", async () => {
    expect(await register("nas", "nas")).toMatchObject({ code: status.OK, names: ["nas"] });
    expect(await register("nas", "box")).toMatchObject({ code: status.PERMISSION_DENIED, names: [] });
  });

  test.each([
    ["nas", "nas"],
    ["nameless", ""],
    // How openssl reads a UTF-8 name unless it is told the encoding.
    ["garbled", "Ð´Ð¾Ð¼"],
  ])("tells a caller of another name whose certificate it shows: %s", async (identity, name) => {
    const details = `server_name must be the common name of the certificate, which is "${name}"`;
    expect(await register(identity, "дом")).toMatchObject({ code: status.PERMISSION_DENIED, details });
  });

  test("accepts a name that is not ASCII", async () => {
    expect(await register("utf8", "дом")).toMatchObject({ code: status.OK, names: ["дом"] });
  });

  test("lets a running call end when it stops", async () => {
    expect(await register("nas", "nas", { stops: true })).toMatchObject({ code: status.OK, names: ["nas"] });
  });

  test("lets nobody register whose certificate has no name", async () => {
    expect(await register("nameless", "nas")).toMatchObject({ code: status.PERMISSION_DENIED, names: [] });
  });

  test.each([undefined, "stranger", "expired"])("does not talk to a caller whose certificate is %p", async (name) => {
    expect(await register(name, "nas")).toMatchObject({ code: status.UNAVAILABLE, names: [] });
  });

  test.each([
    ["stranger", "unable to verify the first certificate"],
    ["expired", "certificate has expired"],
  ])("logs why a certificate is refused, since the caller's connection just ends (%s)", async (who, problem) => {
    const { warned } = await register(who, "nas");
    expect(warned).toMatchObject([
      { message: "Refused a certificate", fields: { caller: expect.stringMatching(/127\.0\.0\.1|::1/), problem } },
    ]);
  });

  test("logs that a caller has shown no certificate", async () => {
    const { warned } = await register(undefined, "nas");
    expect(warned).toMatchObject([
      { message: "Refused a caller without a certificate", fields: { caller: expect.any(String) } },
    ]);
  });

  test("logs that a caller does not speak TLS", async () => {
    const { code, warned } = await register(undefined, "nas", { isPlain: true });
    expect(code).toBe(status.UNAVAILABLE);
    expect(warned).toMatchObject([
      { message: "Refused a caller that does not use TLS", fields: { caller: expect.any(String) } },
    ]);
  });

  test.each([
    ["no protocol", undefined],
    ["another protocol", ["http/1.1"]],
  ])("logs that a caller offers %s instead of HTTP/2", async (_, ALPNProtocols) => {
    const log = createRecordingLog();
    await using bot = await createBotServer({
      listen: { host: "127.0.0.1", port: 0 },
      register: () => {},
      tls: { cert: server.cert, key: server.key },
      log,
    });
    const ended = Promise.withResolvers<void>();
    const caller = connect({
      ...bot.address,
      ca: readFileSync(ours.caFile),
      servername: "localhost",
      ...(ALPNProtocols && { ALPNProtocols }),
    });
    caller.on("error", () => {});
    caller.on("close", () => ended.resolve());
    caller.resume();
    await ended.promise;
    expect(log.lines.filter(({ level }) => level === "warn")).toMatchObject([
      { message: "Refused a caller that does not offer HTTP/2 over TLS", fields: { caller: "127.0.0.1" } },
    ]);
  });

  test("logs nothing about a caller that it accepts", async () => {
    expect((await register("nas", "nas")).warned).toEqual([]);
  });
});
