import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { createSecureServer, type ServerHttp2Stream } from "node:http2";
import type { Exchange, Unusable } from "../../../src/domain/downloader.ts";
import { createTlsOf, type ServerTls } from "../../../src/domain/tls.ts";
import { createDownloaderClient } from "../../../src/grpc/downloader-client.ts";
import { type Authority, createAuthority, hasOpenssl, type Issued } from "../../support/authority.ts";
import { startForwarder } from "../../support/forwarder.ts";
import { WAIT_LIMIT_MS } from "../../support/patience.ts";
import { createRecordingLog } from "../../support/recording-log.ts";
import { type Handler, startPeer } from "./peer.ts";

const SUBMISSION = { url: "https://a.example/1", userName: "[anna] films", maxQuality: 1080 };

describe.skipIf(!hasOpenssl)("createDownloaderClient() over TLS", () => {
  let ours: Authority;
  let theirs: Authority;
  beforeAll(() => {
    ours = createAuthority();
    theirs = createAuthority();
  });
  afterAll(() => {
    ours[Symbol.dispose]();
    theirs[Symbol.dispose]();
  });

  /** Hands a link to "abroad", which the config calls over TLS, and which serves TLS. */
  async function submit(of: {
    tls?: ServerTls;
    ca?: Buffer;
    name?: string;
    token?: string;
    shows?: Issued;
    /** A port that leads to it. */
    through?: number | undefined;
  }) {
    const got: { authorization: unknown; caller: unknown }[] = [];
    const take: Handler = (call, callback) => {
      const { authorization } = call.metadata.getMap();
      got.push({ authorization, caller: call.getAuthContext().sslPeerCertificate?.subject?.CN });
      callback(null, { tasks: [] });
    };
    using peer = await startPeer({ SetToQueue: take }, { name: of.name ?? "abroad", ...(of.tls && { tls: of.tls }) });
    const exchanges: Exchange[] = [];
    const problems: [string, Unusable | undefined][] = [];
    await using client = createDownloaderClient({
      deadlineMs: WAIT_LIMIT_MS,
      tlsOf: createTlsOf([
        { name: "abroad", ca: of.ca ?? readFileSync(ours.caFile), identity: of.shows, token: of.token },
      ]),
      log: createRecordingLog(),
      onExchange: (_, exchange) => void exchanges.push(exchange),
      onAnswer: (_, method, problem) => void problems.push([method, problem]),
    });
    const outcome = await client.submit({ ...peer.target, port: of.through ?? peer.target.port }, SUBMISSION);
    return { kind: outcome.kind, outcome, got, exchanges, problems };
  }

  test("hands links to the holder of that name's certificate, at any address, and sends it the token", async () => {
    const accepted = await submit({ tls: ours.issue("abroad", "/CN=abroad"), token: "sesame" });
    expect(accepted).toMatchObject({
      kind: "accepted",
      got: [{ authorization: "Bearer sesame", caller: undefined }],
      exchanges: ["answered"],
      problems: [
        ["TLS", undefined],
        ["SetToQueue", undefined],
      ],
    });
  });

  test("trusts a self-signed certificate only if it is the very one", async () => {
    using abroad = createAuthority("abroad");
    using impostor = createAuthority("abroad");
    const ca = abroad.itself.cert;
    expect(await submit({ tls: abroad.itself, ca })).toMatchObject({ kind: "accepted" });
    expect(await submit({ tls: impostor.itself, ca })).toMatchObject({ kind: "never_sent", got: [] });
  });

  test("shows the bot's certificate if it is asked for", async () => {
    const tls = { ...ours.issue("abroad", "/CN=abroad"), clientCa: readFileSync(ours.caFile) };
    expect(await submit({ tls, shows: ours.issue("bot", "/CN=bot") })).toMatchObject({
      kind: "accepted",
      got: [{ caller: "bot" }],
    });
    expect(await submit({ tls })).toMatchObject({
      kind: "never_sent",
      got: [],
      exchanges: ["unconnected"],
      problems: [["TLS", "not_let_in"]],
    });
  });

  test.each([
    ["another authority's", () => theirs.issue("bot", "/CN=bot")],
    ["expired", () => ours.issueExpired("bot", "/CN=bot")],
  ])("takes a connection that ends without a word for a refusal, if the bot's certificate is %s", async (_, issue) => {
    const tls = { ...ours.issue("abroad", "/CN=abroad"), clientCa: readFileSync(ours.caFile) };
    expect(await submit({ tls, shows: issue() })).toMatchObject({
      kind: "never_sent",
      got: [],
      problems: [["TLS", "not_let_in"]],
    });
  });

  test.each([
    ["another authority's", () => theirs.issue("abroad", "/CN=abroad"), "unable to verify"],
    ["expired", () => ours.issueExpired("expired", "/CN=abroad"), "certificate has expired"],
    ["another server's", () => ours.issue("home", "/CN=home"), 'its certificate is issued to "home"'],
    ["nobody's", () => ours.issue("nameless", "/O=abroad"), "its certificate is issued to"],
  ])("sends nothing to a server whose certificate is %s", async (_, issue, why) => {
    const { outcome, ...rest } = await submit({ tls: issue(), token: "sesame" });
    expect(rest).toMatchObject({ kind: "never_sent", got: [], exchanges: ["unconnected"] });
    expect(rest.problems).toEqual([["TLS", "not_trusted"]]);
    expect(outcome).toMatchObject({ detail: expect.stringContaining(why) });
  });

  test("takes it for a refusal if whatever does TLS for the server answers 400, as nginx does without a certificate", async () => {
    using authority = createAuthority();
    const { cert, key } = authority.issue("abroad", "/CN=abroad");
    const server = createSecureServer({ cert, key });
    server.on("stream", (stream: ServerHttp2Stream) =>
      stream.respond({ ":status": 400, "content-type": "text/html" }, { endStream: true }),
    );
    const { promise, resolve } = Promise.withResolvers<void>();
    server.listen(0, "127.0.0.1", resolve);
    await promise;
    const bound = server.address();
    const through = typeof bound === "object" ? bound?.port : undefined;
    expect(await submit({ through, ca: readFileSync(authority.caFile) })).toMatchObject({
      kind: "unknown",
      exchanges: ["unanswered"],
      problems: [["TLS", "not_let_in"]],
    });
    server.close();
  });

  test.each([
    ["names no protocol", undefined],
    ["names another protocol", ["http/1.1"]],
  ])("says that HTTP/2 is missing if whatever does TLS for the server %s", async (_, ALPNProtocols) => {
    const abroad = ours.issue("abroad", "/CN=abroad");
    using proxy = startForwarder({ leadsTo: 9, tls: { ...abroad, ...(ALPNProtocols && { ALPNProtocols }) } });
    expect(await submit({ through: proxy.port })).toMatchObject({
      kind: "never_sent",
      exchanges: ["unconnected"],
      problems: [["TLS", "no_http2"]],
    });
  });

  test.each(["abroad", "ABROAD", "ａｂｒｏａｄ"])("sends nothing in plain text to %p", async (name) => {
    expect(await submit({ name, token: "sesame" })).toMatchObject({
      kind: "never_sent",
      got: [],
      problems: [["TLS", "not_trusted"]],
    });
  });

  test("does not take a server without TLS that hangs up for one that refuses the bot", async () => {
    using busy = Bun.listen({
      hostname: "127.0.0.1",
      port: 0,
      socket: { open: (caller) => void caller.end(), data() {} },
    });
    const problems: unknown[] = [];
    await using client = createDownloaderClient({
      deadlineMs: WAIT_LIMIT_MS,
      log: createRecordingLog(),
      onExchange: () => {},
      onAnswer: (...problem) => void problems.push(problem),
    });
    const target = { name: "home", host: "127.0.0.1", port: busy.port };
    expect(await client.submit(target, SUBMISSION)).toMatchObject({
      kind: "never_sent",
      detail: expect.stringContaining("Failed to connect"),
    });
    expect(problems).toEqual([]);
  });

  test("calls servers that the config does not name without TLS and token", async () => {
    expect(await submit({ name: "home", token: "sesame" })).toMatchObject({
      kind: "accepted",
      got: [{ authorization: undefined }],
    });
  });
});
