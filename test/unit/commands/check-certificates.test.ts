import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { checkCertificates } from "../../../src/commands/check/certificates.ts";
import { check } from "../../../src/commands/check/check.ts";
import { words as allWords } from "../../../src/words/words.ts";
import { type Authority, createAuthority, hasOpenssl } from "../../support/authority.ts";
import { createCommandRig, TOKEN } from "./place.ts";

const DAY_MS = 24 * 3_600_000;
const words = allWords.en.check;

describe.skipIf(!hasOpenssl)("checkCertificates()", () => {
  let authority: Authority;
  beforeAll(() => {
    authority = createAuthority();
  });
  afterAll(() => authority[Symbol.dispose]());

  /** The finding on a certificate that is valid for `days`, when `after` days have gone by. */
  function lookedAt(days: number, after: number) {
    const { cert } = authority.issue("bot", "/CN=bot", "-days", String(days));
    const certificates = [{ key: "grpc.tls.cert", pem: cert, isAuthority: false }];
    return checkCertificates({ certificates, now: Date.now() + after * DAY_MS, words });
  }

  test.each([
    [825, 0, "ok", "is valid for 825 days"],
    [825, 796, "warn", "is valid for 29 days"],
    [825, 828, "fail", "expired 3 days ago"],
    [825, -3, "fail", "becomes valid only in 3 days"],
  ] as const)("of a certificate for %d days, after %d days: %s", (days, after, level, what) => {
    expect(lookedAt(days, after)).toMatchObject([{ level, what: `The certificate in grpc.tls.cert ${what}` }]);
  });

  test("advises what to do", () => {
    expect(lookedAt(825, 828)[0]?.advice).toBe("Make a new one, then restart the bot.");
    expect(lookedAt(825, -3)[0]?.advice).toStartWith("Set the clock");
  });

  test("warns of an expired authority beside its successor, and fails for an expired certificate", () => {
    const old = authority.issueExpired("old", "/CN=old").cert;
    const pem = Buffer.concat([old, readFileSync(authority.caFile)]);
    const levelOf = (isAuthority: boolean) =>
      checkCertificates({ certificates: [{ key: "x", pem, isAuthority }], now: Date.now(), words }).map(
        ({ level }) => level,
      );
    expect([levelOf(true), levelOf(false)]).toEqual([["warn"], ["fail"]]);
  });

  test("check() looks at all certificates in the config, each once", async () => {
    const { certFile, keyFile } = authority.issueExpired("bot", "/CN=bot");
    await using world = createCommandRig((api) => ({
      DWLD_BOT_TELEGRAM_TOKEN: TOKEN,
      DWLD_BOT_TELEGRAM_ADMINS: "1",
      DWLD_BOT_TELEGRAM_API_ROOTS: api.root,
      DWLD_BOT_GRPC_LISTEN: "127.0.0.1:0",
      DWLD_BOT_GRPC_TLS_CERT: certFile,
      DWLD_BOT_GRPC_TLS_KEY: keyFile,
      DWLD_BOT_GRPC_TLS_CLIENT_CA: authority.caFile,
      DWLD_BOT_GRPC_DOWNLOADERS: `[{ name: nas, ca: ${authority.caFile} }]`,
      DWLD_BOT_HTTP_LISTEN: "127.0.0.1:0",
    }));
    world.api.user({ id: 1, started: true });
    expect(await check({ colours: false }, world.place)).toBe(78);
    expect(world.place.printed).toMatch(/^fail {2}config +The certificate in grpc\.tls\.cert expired .* ago$/m);
    expect(world.place.printed).toMatch(/^warn {2}config +The certificate in grpc\.tls\.client_ca is valid for /m);
    expect(world.place.printed).not.toContain("grpc.downloaders[0].ca");
  });
});
