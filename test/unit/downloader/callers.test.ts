import { describe, expect, test } from "bun:test";
import { X509Certificate } from "node:crypto";
import { Metadata, status } from "@grpc/grpc-js";
import type { KnownBot } from "../../../src/downloader/bot-identity.ts";
import { createCallerCheck } from "../../../src/downloader/callers.ts";
import { createIdentity } from "../../../src/grpc/self-signed.ts";
import { createAuthority, hasOpenssl } from "../../support/authority.ts";

const OUTSIDE = "203.0.113.5:4000";
const PLAIN: KnownBot = {
  tls: undefined,
  botCa: undefined,
  isBotPinned: false,
  bot: { host: "bot.example.org", port: 9999 },
  token: undefined,
};
const PEM = Buffer.from("a PEM text");
const OVER_TLS: KnownBot = { ...PLAIN, tls: { cert: PEM, key: PEM } };

/** The code with which a call of this kind is refused; undefined if it is accepted. */
function refusal(known: KnownBot, call: { from?: string; token?: string; shows?: Buffer }) {
  const metadata = new Metadata();
  if (call.token !== undefined) metadata.set("authorization", `Bearer ${call.token}`);
  const shown = call.shows && new X509Certificate(call.shows).toLegacyObject();
  const refused = createCallerCheck(known)({
    getPeer: () => call.from ?? OUTSIDE,
    getAuthContext: () => ({ ...(shown && { sslPeerCertificate: shown }) }),
    metadata,
  });
  return refused?.code;
}

describe("createCallerCheck()", () => {
  test("accepts only private addresses where the bot cannot prove itself, whatever else is configured", () => {
    for (const rules of [PLAIN, { ...PLAIN, token: "sesame", botCa: PEM }, OVER_TLS]) {
      expect(refusal(rules, { from: "192.168.1.2:4000" })).toBeUndefined();
      expect(refusal(rules, { from: OUTSIDE, token: "sesame" })).toBe(status.PERMISSION_DENIED);
      expect(refusal(rules, { from: "unknown" })).toBe(status.PERMISSION_DENIED);
    }
  });

  test("accepts the token over TLS from anywhere, and no call without it, not even from this machine", () => {
    const rules = { ...OVER_TLS, token: "sesame" };
    expect(refusal(rules, { token: "sesame" })).toBeUndefined();
    for (const token of [undefined, "", "Sesame"]) {
      expect(refusal(rules, { from: "127.0.0.1:4000", ...(token !== undefined && { token }) })).toBe(
        status.UNAUTHENTICATED,
      );
    }
  });

  test.skipIf(!hasOpenssl)("accepts the bot's certificate, but no other downloader's", () => {
    using authority = createAuthority();
    const bot = authority.issue("bot", "/CN=bot", "-addext", "subjectAltName=DNS:bot.example.org").cert;
    const sibling = authority.issue("home", "/CN=home").cert;
    const rules = { ...OVER_TLS, botCa: PEM };
    expect(refusal(rules, { shows: bot })).toBeUndefined();
    expect(refusal(rules, { shows: sibling })).toBe(status.PERMISSION_DENIED);
    expect(refusal(rules, {})).toBe(status.PERMISSION_DENIED);
    expect(refusal({ ...rules, token: "sesame" }, { shows: bot })).toBe(status.UNAUTHENTICATED);
    expect(refusal({ ...rules, token: "sesame" }, { shows: bot, token: "sesame" })).toBeUndefined();
  });

  test("accepts exactly the certificate of its joining, at any address, and its own token from nobody", async () => {
    const [bot, namesake] = [await createIdentity("bot.example.org"), await createIdentity("bot.example.org")];
    const rules = {
      ...OVER_TLS,
      botCa: bot.cert,
      isBotPinned: true,
      bot: { host: "192.0.2.7", port: 9999 },
      token: "its own",
    };
    expect(refusal(rules, { shows: bot.cert })).toBeUndefined();
    expect(refusal(rules, { shows: namesake.cert, token: "its own" })).toBe(status.PERMISSION_DENIED);
    expect(refusal(rules, { from: "127.0.0.1:4000", token: "its own" })).toBe(status.PERMISSION_DENIED);
  });
});
