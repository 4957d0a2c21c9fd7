import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import { openEndpoints } from "../../../../src/telegram/api/endpoints.ts";
import { startSocksBridge } from "../../../../src/telegram/api/socks-bridge.ts";
import { createProbe } from "../../../../src/telegram/client/probe.ts";
import { BAD_GATEWAY, HANG, refusal, tooManyRequests } from "../../../support/bot-api/faults.ts";
import { type BotApi, startBotApi } from "../../../support/bot-api.ts";
import { startSocksProxy } from "../../../support/socks-proxy.ts";

const TOKEN = "123456789:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr";
const never = new AbortController().signal;
const probe = createProbe({ token: TOKEN, limitMs: 5_000 });
const hasIPv6 = Object.values(networkInterfaces())
  .flat()
  .some((address) => address?.address === "::1");
let telegram: BotApi;
let port = 0;

beforeEach(() => {
  telegram = startBotApi({ token: TOKEN });
  port = Number(new URL(telegram.root).port);
});
afterEach(() => telegram[Symbol.asyncDispose]());

describe("startSocksBridge()", () => {
  test("reaches a host name through a SOCKS proxy that resolves it", async () => {
    using socks = startSocksProxy({ leadsTo: port });
    using bridge = startSocksBridge(`socks5h://${socks.address}`);
    expect(await probe({ root: "http://telegram.invalid:81", proxy: bridge.url }, never)).toEqual({ state: "ok" });
    expect(socks.asked).toEqual(["telegram.invalid:81"]);
  });

  test("resolves the host name itself for socks5", async () => {
    using socks = startSocksProxy({ leadsTo: port });
    using bridge = startSocksBridge(`socks5://${socks.address}`);
    expect(await probe({ root: "http://localhost:82", proxy: bridge.url }, never)).toEqual({ state: "ok" });
    expect(["127.0.0.1:82", "IPv6:82"]).toContain(socks.asked[0] ?? "");
    const unknown = await probe({ root: "http://telegram.invalid", proxy: bridge.url }, never);
    expect(unknown.state).toBe("failing");
    expect(socks.asked).toHaveLength(1);
  });

  test("resolves the host name itself for socks5 also when the root has TLS", async () => {
    using socks = startSocksProxy({ leadsTo: port });
    using bridge = startSocksBridge(`socks5://${socks.address}`);
    // Nobody speaks TLS there: only what the proxy was asked for matters.
    await probe({ root: "https://localhost:83", proxy: bridge.url }, never);
    expect(["127.0.0.1:83", "IPv6:83"]).toContain(socks.asked[0] ?? "");
  });

  test.skipIf(!hasIPv6)("goes through a proxy with an IPv6 address to an IPv6 address", async () => {
    using socks = startSocksProxy({ leadsTo: port, host: "::1" });
    using bridge = startSocksBridge(`socks5h://${socks.address}`);
    expect(await probe({ root: "http://[2001:db8::1]:84", proxy: bridge.url }, never)).toEqual({ state: "ok" });
    await probe({ root: "https://[2001:db8::1]:85", proxy: bridge.url }, never);
    expect(socks.asked).toEqual(["IPv6:84", "IPv6:85"]);
  });

  test("passes a plain request and its answer on unchanged, without the header meant for the proxy", async () => {
    using server = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      async fetch(request) {
        const { pathname, search } = new URL(request.url);
        const { method, headers } = request;
        const kept = [headers.get("host"), headers.get("x-own"), headers.get("proxy-authorization")];
        const body = (await request.bytes()).length;
        return Response.json(
          { method, at: pathname + search, kept, body, padding: "x".repeat(200_000) },
          { status: 409 },
        );
      },
    });
    using socks = startSocksProxy({ leadsTo: server.port ?? 0 });
    using bridge = startSocksBridge(`socks5h://${socks.address}`);
    const form = new FormData();
    form.set("file", new Blob(["x".repeat(3_000_000)]), "name");
    const bodies = [new TextEncoder().encode("four"), form];
    for (const [index, body] of bodies.entries()) {
      const url = "http://telegram.invalid:86/bot1:x/getMe?a=b%20c";
      const answer = await fetch(url, { method: "POST", headers: { "x-own": "1" }, body, proxy: bridge.url });
      expect(answer.status).toBe(409);
      const seen = (await answer.json()) as { readonly body: number };
      expect(seen).toMatchObject({
        method: "POST",
        at: "/bot1:x/getMe?a=b%20c",
        kept: ["telegram.invalid:86", "1", null],
        padding: expect.stringMatching(/^x{200000}$/),
      });
      expect(seen.body).toBeGreaterThanOrEqual([4, 3_000_000][index] ?? 0);
    }
  });

  test("sends a name and a password with special characters", async () => {
    using socks = startSocksProxy({ leadsTo: port, login: "me@home:p:/ß" });
    const login = `${encodeURIComponent("me@home")}:${encodeURIComponent("p:/ß")}`;
    using bridge = startSocksBridge(`socks5h://${login}@${socks.address}`);
    expect(await probe({ root: "http://telegram.invalid", proxy: bridge.url }, never)).toEqual({ state: "ok" });
  });

  test.each([
    ["that wants another password", "me:wrong", "Authentication"],
    ["that wants a password", undefined, "SOCKS"],
  ])("says what is wrong with a proxy %s, and prints no password", async (_, login, words) => {
    using socks = startSocksProxy({ leadsTo: port, login: "me:secret" });
    using bridge = startSocksBridge(`socks5h://${login === undefined ? "" : `${login}@`}${socks.address}`);
    for (const root of ["http://telegram.invalid", "https://telegram.invalid"]) {
      const result = await probe({ root, proxy: bridge.url }, never);
      expect(result).toMatchObject({ state: "failing", problem: expect.stringContaining(words) });
      expect(JSON.stringify(result)).not.toMatch(/wrong|bridge:/);
    }
  });

  test("says when no proxy listens, and when the proxy cannot reach Telegram", async () => {
    using nobody = startSocksBridge("socks5h://127.0.0.1:1");
    expect(await probe({ root: "https://telegram.invalid", proxy: nobody.url }, never)).toMatchObject({
      problem: expect.stringContaining("SOCKS"),
    });
    using socks = startSocksProxy({ leadsTo: 1 });
    using bridge = startSocksBridge(`socks5h://${socks.address}`);
    const result = await probe({ root: "https://telegram.invalid", proxy: bridge.url }, never);
    expect(result).toMatchObject({ problem: expect.stringMatching(/SOCKS.*refused/i) });
  });

  test("refuses callers that do not know its password", async () => {
    using socks = startSocksProxy({ leadsTo: port });
    using bridge = startSocksBridge(`socks5h://${socks.address}`);
    const { host } = new URL(bridge.url);
    for (const proxy of [`http://${host}`, `http://bridge:guess@${host}`]) {
      expect((await probe({ root: "http://telegram.invalid", proxy }, never)).state).toBe("failing");
      expect((await probe({ root: "https://telegram.invalid", proxy }, never)).state).toBe("failing");
    }
    expect(socks.asked).toEqual([]);
  });

  test("hangs up on anything that is not a proxy request", async () => {
    using bridge = startSocksBridge("socks5h://127.0.0.1:1");
    for (const sent of ["GET / HTTP/1.1\r\n\r\n", "x".repeat(64 * 1024), "\x16\x03\x01\r\n\r\n"]) {
      const closed = Promise.withResolvers<void>();
      const socket = connect(Number(new URL(bridge.url).port), "127.0.0.1", () => socket.write(sent));
      socket.on("error", () => {});
      socket.resume();
      socket.on("close", () => closed.resolve());
      await closed.promise;
    }
  });

  test("closes its port and its tunnels when it is disposed of", async () => {
    using socks = startSocksProxy({ leadsTo: port });
    const bridge = startSocksBridge(`socks5h://${socks.address}`);
    const { username, password, port: bridgePort } = new URL(bridge.url);
    const { promise: established, resolve: establish } = Promise.withResolvers<string>();
    const { promise: closed, resolve: close } = Promise.withResolvers<void>();
    const tunnel = connect(Number(bridgePort), "127.0.0.1");
    tunnel.on("data", (bytes) => establish(bytes.toString()));
    tunnel.on("error", () => {});
    tunnel.on("close", () => close());
    const login = `Proxy-Authorization: Basic ${btoa(`${username}:${password}`)}`;
    tunnel.write(`CONNECT telegram.invalid:443 HTTP/1.1\r\nHost: telegram.invalid:443\r\n${login}\r\n\r\n`);
    expect(await established).toStartWith("HTTP/1.1 200 ");
    bridge[Symbol.dispose]();
    await closed;
    const refused = Promise.withResolvers<string>();
    connect(Number(new URL(bridge.url).port), "127.0.0.1").on("error", (error) => refused.resolve(error.message));
    expect(await refused.promise).toContain("ECONNREFUSED");
  });
});

describe("createProbe()", () => {
  const state = async (limitMs = 5_000) =>
    (await createProbe({ token: TOKEN, limitMs })({ root: telegram.root }, never)).state;

  test.each([
    ["ok", "an answer", undefined],
    ["ok", "being asked to wait", tooManyRequests(5)],
    ["refused", "an unknown token", refusal(401, "Unauthorized")],
    ["failing", "a front end's HTML", BAD_GATEWAY],
    ["failing", "an error of the server", refusal(500, "Internal Server Error")],
  ] as const)("finds a way %s after %s", async (expected, _, fault) => {
    if (fault !== undefined) telegram.fail("getMe", fault);
    expect(await state()).toBe(expected);
  });

  test("gives up at its time limit", async () => {
    telegram.fail("getMe", HANG);
    expect(await state(30)).toBe("failing");
  });
});

describe("openEndpoints()", () => {
  test("takes each root directly, then through each proxy, and names them without passwords and paths", () => {
    using endpoints = openEndpoints({
      roots: ["https://api.telegram.org", "https://worker.example/secret-path"],
      proxies: ["http://me:secret@proxy.example:3128", "socks5h://me:secret@10.0.0.1:1080"],
    });
    expect(endpoints.all.map(({ name }) => name)).toEqual([
      "api.telegram.org",
      "api.telegram.org through http://proxy.example:3128",
      "api.telegram.org through socks5h://10.0.0.1:1080",
      "worker.example",
      "worker.example through http://proxy.example:3128",
      "worker.example through socks5h://10.0.0.1:1080",
    ]);
    expect(endpoints.all[1]?.route).toEqual({
      root: "https://api.telegram.org",
      proxy: "http://me:secret@proxy.example:3128",
    });
    expect(endpoints.all[2]?.route.proxy).toMatch(/^http:\/\/bridge:.*@127\.0\.0\.1:\d+$/);
  });

  test("numbers ways of the same name", () => {
    using endpoints = openEndpoints({ roots: ["https://worker.example/a", "https://worker.example/b"], proxies: [] });
    expect(endpoints.all.map(({ name }) => name)).toEqual(["worker.example", "worker.example (2)"]);
  });
});
