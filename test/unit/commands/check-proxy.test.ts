import { expect, test } from "bun:test";
import { createServer } from "node:http";
import { check } from "../../../src/commands/check/check.ts";
import { environmentProxy } from "../../../src/commands/check/environment-proxy.ts";
import { words } from "../../../src/words/words.ts";
import { BAD_GATEWAY } from "../../support/bot-api/faults.ts";
import { startSocksProxy } from "../../support/socks-proxy.ts";
import { createCommandRig, TOKEN } from "./place.ts";

const ROOT = "https://api.telegram.org";
const NAMED = { HTTPS_PROXY: "http://ann:pass/w@rd@proxy.lan:3128/" };

test.each([
  [{}, undefined],
  [{ http_proxy: "http://proxy.lan:1" }, undefined],
  [NAMED, "HTTPS_PROXY proxy.lan:3128 undefined"],
  [{ ...NAMED, https_proxy: "other.lan:1" }, "https_proxy other.lan:1 undefined"],
  [{ ALL_PROXY: "http://proxy.lan:3" }, "ALL_PROXY proxy.lan:3 undefined"],
  [{ ALL_PROXY: "proxy.lan:3" }, "ALL_PROXY proxy.lan:3 undefined"],
  [{ all_proxy: "socks5h://proxy.lan:1080", ALL_PROXY: "http://proxy.lan:3" }, undefined],
  [{ HTTPS_PROXY: "socks5://proxy.lan:1080" }, "HTTPS_PROXY proxy.lan:1080 undefined"],
  [{ ...NAMED, NO_PROXY: "lan, .Telegram.org" }, "HTTPS_PROXY proxy.lan:3128 NO_PROXY"],
  [{ ...NAMED, no_proxy: "*" }, "HTTPS_PROXY proxy.lan:3128 no_proxy"],
  [{ ...NAMED, NO_PROXY: "lan *.telegram.org" }, "HTTPS_PROXY proxy.lan:3128 NO_PROXY"],
  [{ ...NAMED, NO_PROXY: "telegram.org:443" }, "HTTPS_PROXY proxy.lan:3128 NO_PROXY"],
  [{ ...NAMED, NO_PROXY: "api.telegram.org." }, "HTTPS_PROXY proxy.lan:3128 NO_PROXY"],
  [{ ...NAMED, no_proxy: "legram.org,api.telegram.org:8443" }, "HTTPS_PROXY proxy.lan:3128 undefined"],
])("environmentProxy() of %j is %p", (env, expected) => {
  const found = environmentProxy(ROOT, env);
  expect(found && `${found.variable} ${found.proxy} ${found.exception}`).toBe(expected as string);
});

test.each([
  [
    "en",
    { no_proxy: "" },
    /^note +telegram +127\.0\.0\.1:\d+ is called through the proxy proxy\.lan:3128, which http_proxy sets/m,
  ],
  [
    "ru",
    { no_proxy: "127.0.0.1" },
    /Запросы к 127\.0\.0\.1:\d+ идут напрямую: прокси из http_proxy для этого адреса отменяет no_proxy/,
  ],
])("check() names a proxy from the environment without its password: %s", async (language, more, line) => {
  await using world = createCommandRig((api) => ({
    DWLD_BOT_TELEGRAM_TOKEN: TOKEN,
    DWLD_BOT_TELEGRAM_ADMINS: "1",
    DWLD_BOT_TELEGRAM_API_ROOTS: api.root,
    DWLD_BOT_TELEGRAM_LANGUAGE: language,
    DWLD_BOT_GRPC_LISTEN: "127.0.0.1:0",
    DWLD_BOT_HTTP_LISTEN: "127.0.0.1:0",
    ...{ http_proxy: "http://ann:sesame@proxy.lan:3128", ...more },
  }));
  world.api.user({ id: 1, started: true });
  await check({ colours: false }, world.place);
  expect(world.place.printed).toMatch(line);
  expect(world.place.printed).not.toContain("sesame");
});

test.each([
  ["HTTP", "https"],
  ["SOCKS", "https"],
  ["SOCKS", "http"],
])("check() says that the proxy refused its login: %s, for %s", async (kind, scheme) => {
  using server = kind === "HTTP" ? refusing() : startSocksProxy({ leadsTo: 1, login: "me:its-password" });
  const proxy = kind === "HTTP" ? "http://me:sesame@" : "socks5h://me:sesame@";
  await using world = createCommandRig(() => ({
    DWLD_BOT_TELEGRAM_TOKEN: TOKEN,
    DWLD_BOT_TELEGRAM_ADMINS: "1",
    DWLD_BOT_TELEGRAM_API_ROOTS: `${scheme}://telegram.invalid`,
    DWLD_BOT_TELEGRAM_PROXIES: `${proxy}${server.address}`,
    DWLD_BOT_TELEGRAM_LANGUAGE: "en",
    DWLD_BOT_GRPC_LISTEN: "127.0.0.1:0",
    DWLD_BOT_HTTP_LISTEN: "127.0.0.1:0",
  }));
  await check({ colours: false }, world.place);
  expect(world.place.printed.match(/→ .*/g)?.slice(0, 2)).toEqual([
    `→ ${words.en.check.telegram.noWay}`,
    `→ ${words.en.check.telegram.proxyRefuses}`,
  ]);
  expect(world.place.printed).not.toContain("sesame");
});

test("check() says that a web server's error page is not the Bot API", async () => {
  await using world = createCommandRig((api) => ({
    DWLD_BOT_TELEGRAM_TOKEN: TOKEN,
    DWLD_BOT_TELEGRAM_ADMINS: "1",
    DWLD_BOT_TELEGRAM_API_ROOTS: api.root,
    DWLD_BOT_TELEGRAM_LANGUAGE: "en",
    DWLD_BOT_GRPC_LISTEN: "127.0.0.1:0",
    DWLD_BOT_HTTP_LISTEN: "127.0.0.1:0",
  }));
  world.api.fail("getMe", BAD_GATEWAY);
  await check({ colours: false }, world.place);
  expect(world.place.printed).toContain(`→ ${words.en.check.telegram.notTheApi}`);
});

/** An HTTP proxy that refuses the login as Squid does. */
function refusing() {
  const server = createServer((_, response) => response.writeHead(407).end());
  server.on("connect", (_, client) =>
    client.end("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
  );
  server.listen(0, "127.0.0.1");
  const bound = server.address();
  return {
    address: `127.0.0.1:${typeof bound === "object" ? bound?.port : 0}`,
    [Symbol.dispose]: () => server.close(),
  };
}
