import { expect, test } from "bun:test";
import { check } from "../../../src/commands/check/check.ts";
import { environmentProxy } from "../../../src/commands/check/environment-proxy.ts";
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
    /^note +telegram +127\.0\.0\.1:\d+ is called through the proxy proxy\.lan:3128, which http_proxy names/m,
  ],
  [
    "ru",
    { no_proxy: "127.0.0.1" },
    /Запросы к 127\.0\.0\.1:\d+ идут напрямую: прокси из http_proxy для этого адреса отменяет no_proxy/,
  ],
])("check() names a proxy of the environment, and never its password: %s", async (language, more, line) => {
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
