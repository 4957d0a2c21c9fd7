import { describe, expect, test } from "bun:test";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { createIdentity, fingerprintOf, pemOf } from "../../../src/grpc/self-signed.ts";
import { hasOpenssl } from "../../support/authority.ts";

describe("createIdentity()", () => {
  test("makes a key and a certificate for the name, valid at any time", async () => {
    for (const name of ["abroad", "Дом «у моря»", 'a, b="c" + #d\\']) {
      const { cert, key } = await createIdentity(name);
      const parsed = new X509Certificate(cert);
      expect(parsed.toLegacyObject().subject.CN).toBe(name);
      expect(parsed.checkPrivateKey(createPrivateKey(key))).toBe(true);
      expect(parsed.verify(parsed.publicKey)).toBe(true);
      expect(parsed.ca).toBe(false);
      expect(new Date(parsed.validFrom).getTime()).toBe(0);
      expect(new Date(parsed.validTo).toISOString()).toBe("9999-12-31T23:59:59.000Z");
    }
  });

  test("makes a new one each time", async () => {
    const [one, other] = [await createIdentity("abroad"), await createIdentity("abroad")];
    expect(fingerprintOf(one.cert)).not.toEqual(fingerprintOf(other.cert));
    expect(new X509Certificate(one.cert).serialNumber).not.toBe(new X509Certificate(other.cert).serialNumber);
  });

  test.skipIf(!hasOpenssl)("makes one that OpenSSL accepts by its strict rules", async () => {
    const { cert } = await createIdentity("abroad");
    const file = `/tmp/dwld-bot-${crypto.randomUUID()}.pem`;
    await Bun.write(file, cert);
    const { stdout } = Bun.spawnSync(["openssl", "verify", "-CAfile", file, file]);
    const text = Bun.spawnSync(["openssl", "x509", "-in", file, "-noout", "-text"]).stdout.toString();
    await Bun.file(file).delete();
    expect(stdout.toString().trim()).toBe(`${file}: OK`);
    expect(text).toContain("Version: 3 (0x2)");
    expect(text).toContain("ecdsa-with-SHA256");
    expect(text).toContain("X509v3 Basic Constraints: critical");
  });
});

test("a certificate has the same fingerprint as PEM and as DER", async () => {
  const { cert } = await createIdentity("abroad");
  const { raw, fingerprint256 } = new X509Certificate(cert);
  expect(fingerprintOf(cert)).toEqual(fingerprintOf(raw));
  expect(fingerprintOf(cert).toString("hex").toUpperCase()).toBe(fingerprint256.replaceAll(":", ""));
  expect(pemOf(raw)).toBe(cert.toString());
  expect(() => fingerprintOf("no certificate")).toThrow();
});
