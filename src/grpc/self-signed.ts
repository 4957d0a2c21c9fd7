import { createHash, generateKeyPairSync, randomBytes, sign, X509Certificate } from "node:crypto";
import type { Identity } from "../domain/tls.ts";

/** Without an end (RFC 5280 §4.1.2.5); and valid from the beginning, because a machine's clock may not be set yet. */
const VALID_FROM = new Date(0);
const VALID_TO = new Date("9999-12-31T23:59:59Z");

const COMMON_NAME = "2.5.4.3";
const BASIC_CONSTRAINTS = "2.5.29.19";
const ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2";
const SERIAL_BYTES = 16;

/**
 * Makes a key, and a self-signed certificate: a peer that knows it beforehand recognises its owner by it, and by nothing else in it. So no
 * clock makes it invalid.
 */
export async function createIdentity(commonName: string): Promise<Identity> {
  // So few need this that it must not cost the others time at their start.
  const asn1 = await import("asn1js");
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const sequence = (...value: InstanceType<typeof asn1.BaseBlock>[]) => new asn1.Sequence({ value });
  const oid = (value: string) => new asn1.ObjectIdentifier({ value });
  const bits = (bytes: Uint8Array) => new asn1.BitString({ valueHex: exact(bytes) });
  const octets = (bytes: Uint8Array) => new asn1.OctetString({ valueHex: exact(bytes) });
  const tagged = (tagNumber: number, value: InstanceType<typeof asn1.BaseBlock>) =>
    new asn1.Constructed({ idBlock: { tagClass: 3, tagNumber }, value: [value] });

  const version3 = tagged(0, new asn1.Integer({ value: 2 }));
  const serial = randomBytes(SERIAL_BYTES);
  // Positive, and without a leading zero byte (RFC 5280 §4.1.2.2).
  serial[0] = (serial.readUInt8(0) & 0x7f) | 0x40;
  const name = sequence(
    new asn1.Set({ value: [sequence(oid(COMMON_NAME), new asn1.Utf8String({ value: commonName }))] }),
  );
  const validity = sequence(
    new asn1.UTCTime({ valueDate: VALID_FROM }),
    new asn1.GeneralizedTime({ valueDate: VALID_TO }),
  );
  const keyInfo = asn1.fromBER(exact(publicKey.export({ type: "spki", format: "der" }))).result;
  const signsNobody = sequence(
    oid(BASIC_CONSTRAINTS),
    new asn1.Boolean({ value: true }),
    octets(new Uint8Array(sequence().toBER())),
  );
  const algorithm = sequence(oid(ECDSA_WITH_SHA256));
  const serialNumber = new asn1.Integer({ valueHex: exact(serial) });
  const extensions = tagged(3, sequence(signsNobody));
  const content = sequence(version3, serialNumber, algorithm, name, validity, name, keyInfo, extensions);
  const signature = sign("sha256", new Uint8Array(content.toBER()), privateKey);
  const der = new Uint8Array(sequence(content, algorithm, bits(signature)).toBER());
  return {
    cert: Buffer.from(pemOf(der)),
    key: Buffer.from(privateKey.export({ type: "pkcs8", format: "pem" })),
  };
}

/** SHA-256 of a certificate: PEM, or DER as a connection presents it. Throws if it is none. */
export function fingerprintOf(certificate: Uint8Array | string): Buffer {
  return createHash("sha256").update(new X509Certificate(certificate).raw).digest();
}

/** A certificate's PEM text. Throws if it is none. */
export function pemOf(certificate: Uint8Array): string {
  return new X509Certificate(certificate).toString();
}

/** The same without the armour. Throws if it is none. */
export function derOf(certificate: string): Buffer {
  return new X509Certificate(certificate).raw;
}

/** A buffer with exactly these bytes: Node's buffers share theirs. */
function exact(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}
