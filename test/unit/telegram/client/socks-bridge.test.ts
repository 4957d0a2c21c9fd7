import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { connect } from "node:net";
import { openWays } from "../../../../src/telegram/client/endpoints.ts";
import { createProbe } from "../../../../src/telegram/client/probe.ts";
import { parseHead } from "../../../../src/telegram/client/proxy-request.ts";
import { startSocksBridge } from "../../../../src/telegram/client/socks-bridge.ts";
import { BAD_GATEWAY, HANG, refusal, tooManyRequests } from "../../../support/bot-api/faults.ts";
import { type BotApi, startBotApi } from "../../../support/bot-api.ts";
import { startSocksProxy } from "../../../support/socks-proxy.ts";

const TOKEN = "123456789:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr";
const never = new AbortController().signal;
const probe = createProbe({ token: TOKEN, limitMs: 5_000 });
let telegram: BotApi;
let port = 0;

beforeEach(() => {
  telegram = startBotApi({ token: TOKEN });
  port = Number(new URL(telegram.root).port);
});
afterEach(() => telegram[Symbol.asyncDispose]());

describe("startSocksBridge()", () => {
  test("reaches a name through a SOCKS proxy that knows it", async () => {
    using socks = startSocksProxy({ leadsTo: port });
    using bridge = startSocksBridge(`socks5h://${socks.address}`);
    expect(await probe({ root: "http://telegram.invalid:81", proxy: bridge.url }, never)).toEqual({ state: "ok" });
    expect(socks.asked).toEqual(["telegram.invalid:81"]);
  });

  test("looks a name up itself for socks5", async () => {
    using socks = startSocksProxy({ leadsTo: port });
    using bridge = startSocksBridge(`socks5://${socks.address}`);
    expect(await probe({ root: "http://localhost:82", proxy: bridge.url }, never)).toEqual({ state: "ok" });
    expect(["127.0.0.1:82", "IPv6:82"]).toContain(socks.asked[0] ?? "");
    const unknown = await probe({ root: "http://telegram.invalid", proxy: bridge.url }, never);
    expect(unknown.state).toBe("failing");
    expect(socks.asked).toHaveLength(1);
  });

  test("gives a name and a password with signs in them", async () => {
    using socks = startSocksProxy({ leadsTo: port, login: "me@home:p:/ß" });
    const login = `${encodeURIComponent("me@home")}:${encodeURIComponent("p:/ß")}`;
    using bridge = startSocksBridge(`socks5h://${login}@${socks.address}`);
    expect(await probe({ root: "http://telegram.invalid", proxy: bridge.url }, never)).toEqual({ state: "ok" });
  });

  test.each([
    ["that wants another password", "me:wrong", "Authentication"],
    ["that wants a password", undefined, "SOCKS"],
  ])("says what is wrong with a proxy %s, and no password", async (_, login, words) => {
    using socks = startSocksProxy({ leadsTo: port, login: "me:secret" });
    using bridge = startSocksBridge(`socks5h://${login === undefined ? "" : `${login}@`}${socks.address}`);
    for (const root of ["http://telegram.invalid", "https://telegram.invalid"]) {
      const finding = await probe({ root, proxy: bridge.url }, never);
      expect(finding).toMatchObject({ state: "failing", problem: expect.stringContaining(words) });
      expect(JSON.stringify(finding)).not.toMatch(/wrong|bridge:/);
    }
  });

  test("says when there is no proxy, and when the proxy cannot reach Telegram", async () => {
    using nobody = startSocksBridge("socks5h://127.0.0.1:1");
    expect(await probe({ root: "https://telegram.invalid", proxy: nobody.url }, never)).toMatchObject({
      problem: expect.stringContaining("SOCKS"),
    });
    using socks = startSocksProxy({ leadsTo: 1 });
    using bridge = startSocksBridge(`socks5h://${socks.address}`);
    const finding = await probe({ root: "https://telegram.invalid", proxy: bridge.url }, never);
    expect(finding).toMatchObject({ problem: expect.stringMatching(/SOCKS.*refused/i) });
  });

  test("serves nobody who does not know its password", async () => {
    using socks = startSocksProxy({ leadsTo: port });
    using bridge = startSocksBridge(`socks5h://${socks.address}`);
    const { host } = new URL(bridge.url);
    for (const proxy of [`http://${host}`, `http://bridge:guess@${host}`]) {
      expect((await probe({ root: "http://telegram.invalid", proxy }, never)).state).toBe("failing");
      expect((await probe({ root: "https://telegram.invalid", proxy }, never)).state).toBe("failing");
    }
    expect(socks.asked).toEqual([]);
  });

  test("cuts off what is no request of a proxy", async () => {
    using bridge = startSocksBridge("socks5h://127.0.0.1:1");
    for (const sent of ["GET / HTTP/1.1\r\n\r\n", "x".repeat(64 * 1024), "\x16\x03\x01\r\n\r\n"]) {
      const closed = Promise.withResolvers<void>();
      const socket = connect(Number(new URL(bridge.url).port), "127.0.0.1", () => socket.write(sent));
      socket.on("error", () => {});
      socket.on("close", () => closed.resolve());
      await closed.promise;
    }
  });

  test("is gone when it is disposed of", async () => {
    const bridge = startSocksBridge("socks5h://127.0.0.1:1");
    bridge[Symbol.dispose]();
    const refused = Promise.withResolvers<string>();
    connect(Number(new URL(bridge.url).port), "127.0.0.1").on("error", (error) => refused.resolve(error.message));
    expect(await refused.promise).toContain("ECONNREFUSED");
  });
});

describe("parseHead()", () => {
  const none = Buffer.alloc(0);

  test("reads a tunnel", () => {
    const head = "CONNECT [2001:db8::1]:443 HTTP/1.1\r\nHost: x\r\nProxy-Authorization: Basic abc";
    expect(parseHead(head, none)).toMatchObject({
      host: "2001:db8::1",
      port: 443,
      authorization: "Basic abc",
      opening: "",
    });
  });

  test("hands a plain request on without what was meant for the proxy", () => {
    const head =
      "POST http://bot.example:8081/bot1:x/getMe?a=b HTTP/1.1\r\nHost: bot.example:8081\r\nproxy-authorization: Basic abc\r\nConnection: keep-alive\r\nContent-Length: 2";
    const request = parseHead(head, Buffer.from("{}"));
    expect(request).toMatchObject({ host: "bot.example", port: 8081, authorization: "Basic abc", toClient: "" });
    expect(request?.opening).toBe(
      "POST /bot1:x/getMe?a=b HTTP/1.1\r\nHost: bot.example:8081\r\nContent-Length: 2\r\nConnection: close\r\n\r\n",
    );
    expect(request?.rest.toString()).toBe("{}");
  });

  test.each(["", "GET / HTTP/1.1", "GET https://a.example/ HTTP/1.1", "CONNECT / HTTP/1.1", "CONNECT  HTTP/1.1"])(
    "does not read %j",
    (head) => {
      expect(parseHead(head, none)).toBeUndefined();
    },
  );
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
  ] as const)("calls a way %s after %s", async (expected, _, fault) => {
    if (fault !== undefined) telegram.fail("getMe", fault);
    expect(await state()).toBe(expected);
  });

  test("does not wait longer than its limit", async () => {
    telegram.fail("getMe", HANG);
    expect(await state(30)).toBe("failing");
  });
});

describe("openWays()", () => {
  test("takes each root directly, then through each proxy, and names them without passwords and paths", () => {
    using ways = openWays({
      roots: ["https://api.telegram.org", "https://worker.example/secret-path"],
      proxies: ["http://me:secret@proxy.example:3128", "socks5h://me:secret@10.0.0.1:1080"],
    });
    expect(ways.all.map(({ name }) => name)).toEqual([
      "api.telegram.org",
      "api.telegram.org through http://proxy.example:3128",
      "api.telegram.org through socks5h://10.0.0.1:1080",
      "worker.example",
      "worker.example through http://proxy.example:3128",
      "worker.example through socks5h://10.0.0.1:1080",
    ]);
    expect(ways.all[1]?.route).toEqual({
      root: "https://api.telegram.org",
      proxy: "http://me:secret@proxy.example:3128",
    });
    expect(ways.all[2]?.route.proxy).toMatch(/^http:\/\/bridge:.*@127\.0\.0\.1:\d+$/);
  });

  test("tells ways of the same name apart", () => {
    using ways = openWays({ roots: ["https://worker.example/a", "https://worker.example/b"], proxies: [] });
    expect(ways.all.map(({ name }) => name)).toEqual(["worker.example", "worker.example (2)"]);
  });
});
