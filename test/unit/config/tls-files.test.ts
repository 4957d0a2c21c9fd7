import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { readTlsFiles, readTlsOfDownloaders } from "../../../src/config/tls-files.ts";
import { words } from "../../../src/words/words.ts";
import { type Authority, createAuthority, hasOpenssl, type Issued } from "../../support/authority.ts";

const none = { cert: "", key: "", client_ca: "" };

test("readTlsFiles() returns undefined if no files are named", () => {
  expect(readTlsFiles(none)).toBeUndefined();
});

describe.skipIf(!hasOpenssl)("readTlsFiles()", () => {
  let authority: Authority;
  let bot: Issued;
  let other: Issued;
  beforeAll(() => {
    authority = createAuthority();
    bot = authority.issue("bot", "/CN=bot");
    other = authority.issue("other", "/CN=other");
  });
  afterAll(() => authority[Symbol.dispose]());

  test("reads the certificate, its key and the authority", () => {
    expect(readTlsFiles({ ...none, cert: bot.certFile, key: bot.keyFile })).toEqual({ cert: bot.cert, key: bot.key });
    const all = readTlsFiles({ cert: bot.certFile, key: bot.keyFile, client_ca: authority.caFile });
    expect(all?.clientCa?.toString()).toContain("BEGIN CERTIFICATE");
  });

  test("names every file that cannot be used, without its content", () => {
    const broken = { cert: bot.keyFile, key: bot.certFile, client_ca: "/nowhere/ca.pem" };
    const found = (() => {
      try {
        readTlsFiles(broken);
      } catch (error) {
        return error instanceof Error ? error.message : "";
      }
    })();
    expect(found).toMatch(/grpc\.tls\.cert: found .*bot-key\.pem, which contains something else/);
    expect(found).toMatch(/grpc\.tls\.key: found .*bot\.pem, which contains something else/);
    expect(found).toContain("grpc.tls.client_ca: found /nowhere/ca.pem, which does not exist");
    expect(found).not.toContain(bot.key.toString().split("\n")[1]);
  });

  test("refuses authorities of which a later one is broken, and accepts several intact ones", () => {
    const [, second = ""] = readFileSync(authority.caFile, "utf8").split("\n");
    const broken = other.cert.toString().replace(/\n.+\n/, `\n${second}\n`);
    writeFileSync(other.certFile, `${bot.cert}${broken}${readFileSync(authority.caFile)}`);
    const read = () => readTlsFiles({ cert: bot.certFile, key: bot.keyFile, client_ca: other.certFile });
    expect(read).toThrow(/grpc\.tls\.client_ca: found .*other\.pem, which contains something else/);
    writeFileSync(other.certFile, `${bot.cert}${other.cert}${readFileSync(authority.caFile)}`);
    expect(
      read()
        ?.clientCa?.toString()
        .match(/BEGIN CERTIFICATE/g),
    ).toHaveLength(3);
  });

  test("refuses a key that belongs to another certificate", () => {
    expect(() => readTlsFiles({ ...none, cert: bot.certFile, key: other.keyFile })).toThrow(
      "grpc.tls.key: found another key",
    );
  });
});

describe.skipIf(!hasOpenssl)("readTlsOfDownloaders()", () => {
  test("finds a server by its name in any case, and adds the bot's certificate and token", () => {
    using authority = createAuthority();
    const own = authority.issue("bot", "/CN=bot");
    const grpc = { downloaders: [{ name: "abroad", ca: authority.caFile }], token: "sesame" };
    const tlsOf = readTlsOfDownloaders(grpc, own);
    expect(tlsOf("ABROAD")).toMatchObject({ identity: own, token: "sesame" });
    expect(tlsOf("ABROAD")?.ca.toString()).toContain("BEGIN CERTIFICATE");
    expect(tlsOf("home")).toBeUndefined();
  });

  test("says in the operator's language which file cannot be used", () => {
    const grpc = { downloaders: [{ name: "abroad", ca: import.meta.path }], token: "" };
    expect(() => readTlsOfDownloaders(grpc, undefined)).toThrow(
      /Servers cannot be called over TLS:\n {2}grpc\.downloaders\[0\]\.ca: found .*, which contains something else, expected the certificates/,
    );
    expect(() => readTlsOfDownloaders(grpc, undefined, words.ru.mistakes)).toThrow(
      "Серверы не получится вызывать по TLS:",
    );
  });
});
