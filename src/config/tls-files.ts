import { createPrivateKey, X509Certificate } from "node:crypto";
import type { ServerTls } from "../domain/tls.ts";
import { words } from "../words/words.ts";
import { foundUnread, readText } from "./file.ts";
import { ConfigError, type Problem } from "./problem.ts";

/** `grpc.tls` of the config: absolute paths, "" for none. */
interface TlsPaths {
  readonly cert: string;
  readonly key: string;
  readonly client_ca: string;
}

/**
 * Reads what `grpc.tls` names; undefined when it names nothing. They are read once: a renewed certificate needs a restart.
 * Throws a `ConfigError` with every problem.
 */
export function readTlsFiles(paths: TlsPaths): ServerTls | undefined {
  if (paths.cert === "") return undefined;
  const problems: Problem[] = [];

  function read<T>(
    key: keyof TlsPaths,
    what: string,
    parse: (pem: string) => T,
  ): { text: string; parsed: T } | undefined {
    const refuse = (found: string) => {
      problems.push({ key: `grpc.tls.${key}`, found, expected: what });
      return undefined;
    };
    const file = readText(paths[key]);
    if (!file.ok) return refuse(foundUnread(paths[key], file.code, words.en.mistakes));
    try {
      return { text: file.text, parsed: parse(file.text) };
    } catch {
      return refuse(`${paths[key]}, which holds something else`);
    }
  }

  const cert = read("cert", "a certificate in a readable PEM file", (pem) => new X509Certificate(pem));
  const key = read("key", "a private key without a password in a readable PEM file", (pem) => createPrivateKey(pem));
  const clientCa =
    paths.client_ca === ""
      ? undefined
      : read("client_ca", "the certificates of an authority in a readable PEM file", (pem) => new X509Certificate(pem));
  if (cert && key && !cert.parsed.checkPrivateKey(key.parsed)) {
    problems.push({ key: "grpc.tls.key", found: "another key", expected: "the key that grpc.tls.cert was made for" });
  }
  if (problems.length > 0 || !cert || !key) throw new ConfigError("The gRPC server cannot use TLS:", problems);
  return {
    cert: Buffer.from(cert.text),
    key: Buffer.from(key.text),
    ...(clientCa && { clientCa: Buffer.from(clientCa.text) }),
  };
}
