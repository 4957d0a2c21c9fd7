import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { addServer, ownAddresses } from "../../../src/commands/add-server.ts";
import { EXIT } from "../../../src/commands/exit.ts";
import { parseJoinCode } from "../../../src/domain/join-code.ts";
import { joinedBeside, openJoinedServers } from "../../../src/store/joined-servers.ts";
import { codeIn } from "../../support/joining.ts";
import { type CommandPlace, createCommandPlace, TOKEN } from "./place.ts";

function place(env: Readonly<Record<string, string>> = {}) {
  return createCommandPlace({ DWLD_BOT_TELEGRAM_TOKEN: TOKEN, DWLD_BOT_TELEGRAM_ADMINS: "1", ...env });
}
const printed = (of: CommandPlace) => {
  const read = parseJoinCode(codeIn(of.printed));
  if (!read.ok) throw new Error(read.why);
  return read.code;
};

describe("addServer()", () => {
  test("prints one code with the server's name and the bot's address, and creates the bot's identity", async () => {
    using here = place();
    expect(await addServer({ name: " Дом ", address: "bot.example.org" }, here)).toBe(EXIT.stopped);
    const code = printed(here);
    expect(code).toMatchObject({ name: "Дом", addresses: [{ host: "bot.example.org", port: 9977 }] });
    expect(here.printed).toContain("The bot is not running: start it first.");
    const joined = openJoinedServers(joinedBeside(here.path("dwld-bot.db")), Date.now);
    expect(joined.identity()).toBeDefined();
    expect(existsSync(here.path("dwld-bot.db"))).toBe(false);
  });

  test("each code has a secret of its own, and the same fingerprint of the bot", async () => {
    using here = place();
    using there = createCommandPlace();
    await addServer({ name: "a", address: "[2001:db8::1]:7" }, here);
    await addServer({ name: "b", address: "2001:db8::1" }, { ...here, write: there.write });
    const [one, other] = [printed(here), printed(there)];
    expect(other.fingerprint).toEqual(one.fingerprint);
    expect(other.secret).not.toEqual(one.secret);
    expect([one.addresses, other.addresses].flat()).toEqual([
      { host: "2001:db8::1", port: 7 },
      { host: "2001:db8::1", port: 9977 },
    ]);
  });

  test.each<[string, Record<string, string>, { name?: string; address?: string }, number, string, string]>([
    ["an invalid name", {}, { name: "\u202e" }, EXIT.usage, "cannot be the name of a server", "не подходит как имя"],
    [
      "a name that is too long for a code",
      {},
      { name: "😀".repeat(64) },
      EXIT.usage,
      "cannot be the name of a server",
      "не подходит как имя",
    ],
    [
      "an address that other machines cannot reach",
      {},
      { address: "0.0.0.0" },
      EXIT.usage,
      '--address: found "0.0.0.0"',
      "--address: указано",
    ],
    ["an invalid address", {}, { address: "a b" }, EXIT.usage, "--address: found", "--address: указано"],
    [
      "a bot that listens on loopback only",
      { DWLD_BOT_GRPC_JOIN_LISTEN: "127.0.0.1:9977" },
      {},
      EXIT.config,
      "No other machine can reach 127.0.0.1:9977, where servers join. Set grpc.join.listen to 0.0.0.0:9977",
      "до него с другой машины не добраться",
    ],
    [
      "a port that changes at every start",
      { DWLD_BOT_GRPC_JOIN_LISTEN: "0.0.0.0:0" },
      { address: "bot.example.org" },
      EXIT.config,
      "changes at every start",
      "при каждом запуске новый",
    ],
  ])("refuses %s with the reason, and creates nothing", async (_what, env, of, code, english, russian) => {
    for (const [language, words] of [
      ["en", english],
      ["ru", russian],
    ] as const) {
      using here = place({ ...env, DWLD_BOT_TELEGRAM_LANGUAGE: language });
      await expect(addServer({ name: "abroad", ...of }, here)).rejects.toMatchObject({
        code,
        message: expect.stringContaining(words),
      });
      expect(readdirSync(here.cwd)).toEqual([]);
    }
  });

  test("refuses the name of a downloader in the config", async () => {
    using here = place({ DWLD_BOT_GRPC_DOWNLOADERS: "[{ name: Abroad, ca: ca.pem }]" });
    await expect(addServer({ name: "abroad", address: "a" }, here)).rejects.toThrow("grpc.downloaders");
  });

  test.each([
    ["en", "servers/1.json, which identifies a joined server: its content has changed. Restore it"],
    ["ru", "подключённый по коду: в нём не то, что было записано. Верните этот файл"],
  ])("says in %p which file of a joined server is damaged", async (language, words) => {
    using here = place({ DWLD_BOT_TELEGRAM_LANGUAGE: language });
    mkdirSync(here.path("dwld-bot.joined/servers"), { recursive: true });
    writeFileSync(here.path("dwld-bot.joined/servers/1.json"), "{}");
    await expect(addServer({ name: "abroad", address: "a" }, here)).rejects.toMatchObject({
      code: EXIT.config,
      message: expect.stringContaining(words),
    });
  });

  test("names the folder that it cannot write", async () => {
    using here = place();
    writeFileSync(here.path("dwld-bot.joined"), "");
    await expect(addServer({ name: "abroad", address: "a" }, here)).rejects.toMatchObject({
      code: EXIT.config,
      message: expect.stringContaining("dwld-bot.joined"),
    });
  });
});

describe("ownAddresses()", () => {
  const all = [
    { address: "127.0.0.1", family: "IPv4", internal: true },
    { address: "192.168.1.2", family: "IPv4", internal: false },
    { address: "169.254.3.4", family: "IPv4", internal: false },
    { address: "2001:db8::2", family: "IPv6", internal: false },
    { address: "fe80::1", family: "IPv6", internal: false },
  ] as const;
  const hostsOf = (host: string) => ownAddresses({ host, port: 9977 }, all).map((address) => address.host);

  test("for a wildcard, returns the addresses of its family that other machines can reach", () => {
    expect(hostsOf("0.0.0.0")).toEqual(["192.168.1.2"]);
    expect(hostsOf("::")).toEqual(["192.168.1.2", "2001:db8::2"]);
  });

  test("for one address, returns it, unless it is loopback", () => {
    expect(hostsOf("10.8.0.1")).toEqual(["10.8.0.1"]);
    for (const host of ["127.0.0.1", "::1", "localhost"]) expect(hostsOf(host)).toEqual([]);
  });
});
