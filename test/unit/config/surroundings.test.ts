import { afterAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Config, loadConfig } from "../../../src/config/config.ts";
import { ConfigError } from "../../../src/config/problem.ts";
import type { Environment } from "../../../src/config/sources.ts";

const cwd = mkdtempSync(join(tmpdir(), "dwld-bot-config-"));
afterAll(() => rmSync(cwd, { recursive: true }));
const enough = { DWLD_BOT_TELEGRAM_TOKEN: "1:abc", DWLD_BOT_TELEGRAM_ADMINS: "7" };

function load(env: Environment, yaml = ""): Config {
  const path = join(cwd, "config.yaml");
  writeFileSync(path, yaml, { mode: 0o600 });
  return loadConfig({ path, cwd, env: { ...enough, ...env } });
}

function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error("The config was accepted");
}

describe("foreign variables with the bot's prefix", () => {
  test("are ignored if Kubernetes sets them for services of the bot's name", () => {
    const { telegram } = load({
      DWLD_BOT_SERVICE_HOST: "10.0.0.7",
      DWLD_BOT_SERVICE_PORT: "9999",
      DWLD_BOT_SERVICE_PORT_GRPC: "9999",
      DWLD_BOT_PORT: "tcp://10.0.0.7:9999",
      DWLD_BOT_PORT_9999_TCP: "tcp://10.0.0.7:9999",
      DWLD_BOT_PORT_9999_TCP_PROTO: "tcp",
      DWLD_BOT_PORT_9999_TCP_PORT: "9999",
      DWLD_BOT_PORT_9999_TCP_ADDR: "10.0.0.7",
      DWLD_BOT_HTTP_SERVICE_HOST: "10.0.0.8",
      DWLD_BOT_HTTP_PORT: "udp://10.0.0.8:9988",
    });
    expect(telegram.token).toBe("1:abc");
  });

  test.each(["DWLD_BOT_PORT", "DWLD_BOT_GRPC_PORT", "DWLD_BOT_SERVICE"])(
    "are refused if Kubernetes would not set them: %s",
    (name) => {
      expect(refusal(() => load({ [name]: "9999" }))).toContain(`${name}: found an unknown variable`);
    },
  );
});

describe("stray line breaks and blanks", () => {
  test.each(["\n", "\r", " \r\n", "\u200b"])("are ignored at the end of a variable (%j)", (end) => {
    const { telegram, store, dispatch, links, http, log } = load({
      DWLD_BOT_TELEGRAM_TOKEN: `1:abc${end}`,
      DWLD_BOT_HTTP_TOKEN: `secret${end}`,
      DWLD_BOT_STORE_PATH: `queue.db${end}`,
      DWLD_BOT_DISPATCH_DELAY: `5s${end}`,
      DWLD_BOT_LINKS_ALLOW_PRIVATE: `true${end}`,
      DWLD_BOT_LOG_LEVEL: `warn${end}`,
      DWLD_BOT_TIME_ZONE: end,
    });
    expect([telegram.token, http.token, store.path]).toEqual(["1:abc", "secret", join(cwd, "queue.db")]);
    expect([dispatch.delay, links.allow_private, log.level]).toEqual([5000, true, "warn"]);
  });

  test("are ignored at the end of a quoted value and of a token's file", () => {
    writeFileSync(join(cwd, "token"), "\ufeff2:def \r\n\n");
    const { telegram, store } = load(
      { DWLD_BOT_TELEGRAM_TOKEN: "" },
      'telegram: { token_file: "token\\r" }\nstore: { path: "queue.db\\r" }',
    );
    expect([telegram.token, store.path]).toEqual(["2:def", join(cwd, "queue.db")]);
  });

  test("are named in the problem if they are inside a value", () => {
    expect(refusal(() => load({ DWLD_BOT_STORE_PATH: "a\nb.db" }))).toContain(
      "a line break or another control character",
    );
    for (const token of ["1:ab\nc", "1: abc", "1:ab\u200bc"]) {
      const words = refusal(() => load({ DWLD_BOT_TELEGRAM_TOKEN: token }));
      expect(words).toContain("in the middle of it");
      expect(words).not.toContain("BotFather");
    }
    expect(refusal(() => load({ DWLD_BOT_GRPC_TOKEN: "se cret" }))).toContain("in the middle of it");
    expect(refusal(() => load({ DWLD_BOT_TELEGRAM_TOKEN: '"1:abc"' }))).toContain("leave them out");
    expect(refusal(() => load({ DWLD_BOT_TELEGRAM_TOKEN: "abc" }))).toContain("BotFather");
  });
});

describe("a token that was copied with text around it", () => {
  test.each([
    "bot1:abc",
    "https://api.telegram.org/bot1:abc/getMe",
    "Use this token to access the HTTP API:\n1:abc\nKeep your token secure",
    "TELEGRAM_TOKEN=1:abc",
    "“1:abc”",
    "<1:abc>",
    "Bearer 1:abc",
  ])("is refused with a hint, and not repeated: %j", (token) => {
    const words = refusal(() => load({ DWLD_BOT_TELEGRAM_TOKEN: token }));
    expect(words).toContain("Only a part of this is the token");
    expect(words).not.toContain("1:abc");
  });

  test("is refused with the hint if it follows the word Bearer", () => {
    const words = refusal(() => load({ DWLD_BOT_GRPC_TOKEN: "Bearer abcdefgh" }));
    expect(words).toContain("Only a part of this is the token");
  });
});

describe("a file in another encoding", () => {
  const yaml = "\ufeff# Русский\r\nfolders: [Фильмы]\r\n";
  const path = join(cwd, "saved.yaml");

  test.each([
    ["UTF-8 with a byte order mark", Buffer.from(yaml)],
    ["little-endian UTF-16", Buffer.from(yaml, "utf16le")],
    ["big-endian UTF-16", Buffer.from(yaml, "utf16le").swap16()],
  ])("is read: %s", (_, bytes) => {
    writeFileSync(path, bytes, { mode: 0o600 });
    expect(loadConfig({ path, cwd, env: enough }).folders).toEqual(["Фильмы"]);
  });

  test("is read if it holds a token", () => {
    writeFileSync(path, Buffer.from("\ufeff1:abc\r\n", "utf16le"), { mode: 0o600 });
    const { telegram } = load({ DWLD_BOT_TELEGRAM_TOKEN: "", DWLD_BOT_TELEGRAM_TOKEN_FILE: path });
    expect(telegram.token).toBe("1:abc");
  });

  test.each([
    ["UTF-16 without a byte order mark", Buffer.from(yaml.slice(1), "utf16le")],
    ["a program", Buffer.from("\x7fELF\0\0")],
  ])("is refused as not being text: %s", (_, bytes) => {
    writeFileSync(path, bytes, { mode: 0o600 });
    expect(refusal(() => loadConfig({ path, cwd, env: enough }))).toContain(`${path}: found a file that is not text`);
  });
});

describe("a folder where a file should be", () => {
  test("is named as a folder, for the config and for a token", () => {
    mkdirSync(join(cwd, "folder"), { recursive: true });
    const words = refusal(() => loadConfig({ path: "folder", cwd, env: enough }));
    expect(words).toContain("found a folder, expected a readable YAML file");
    expect(words).toContain("Docker creates a folder");
    expect(words).not.toContain("EISDIR");
    expect(refusal(() => load({ DWLD_BOT_TELEGRAM_TOKEN: "", DWLD_BOT_TELEGRAM_TOKEN_FILE: "folder" }))).toContain(
      "folder, which is a folder",
    );
  });
});

describe("a proxy with special characters in its password", () => {
  test.each([
    "socks5://me:p#ss@host.example:1080",
    "http://me:1#ss@host.example:3128",
    "http://me:1/ss@host.example:3128",
    "https://me:1?ss@host.example:3128",
    "socks5://me:p%ss@host.example:1080",
    // Each half counts for itself: together they would spell an `A`.
    "socks5://me%:41word@host.example:1080",
    "socks5://me:p ss/x@host.example:1080",
  ])("is refused with a hint to percent-encode them: %s", (proxy) => {
    const words = refusal(() => load({}, `telegram: { proxies: [${JSON.stringify(proxy)}] }`));
    expect(words).toContain("telegram.proxies[0]: found a text of");
    expect(words).toContain("write # as %23");
    expect(words).not.toContain("host.example");
  });

  test("is accepted if they are percent-encoded", () => {
    const proxies = ["socks5://me:p%23ss@host.example:1080", "http://me:%25%2F%3F%40%2C@host.example:3128"];
    expect(load({ DWLD_BOT_TELEGRAM_PROXIES: proxies.join(",") }).telegram.proxies).toEqual(proxies);
  });

  test("gets another hint if its scheme is wrong", () => {
    expect(refusal(() => load({ DWLD_BOT_TELEGRAM_PROXIES: "ftp://me:x@host" }))).toContain("go in front of the host");
  });
});
