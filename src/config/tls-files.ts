import { createPrivateKey, X509Certificate } from "node:crypto";
import { createTlsOf, type ServerTls, type TlsOf } from "../domain/tls.ts";
import { type Mistakes, words } from "../words/words.ts";
import { foundUnread, readText } from "./file.ts";
import { ConfigError, type Problem } from "./problem.ts";

/** `grpc.tls` of the config: absolute paths, "" for none. */
interface TlsPaths {
  readonly cert: string;
  readonly key: string;
  readonly client_ca: string;
}

/**
 * Reads the files of `grpc.tls`; undefined if it names none. They are read once: a renewed certificate needs a restart. Throws a
 * `ConfigError` with all problems.
 */
export function readTlsFiles(paths: TlsPaths, mistakes: Mistakes = words.en.mistakes): ServerTls | undefined {
  if (paths.cert === "") return undefined;
  const { found, expected, heading } = mistakes;
  const files = createPemReader(mistakes);
  const cert = files.read("grpc.tls.cert", paths.cert, expected.certificate, certificate);
  const key = files.read("grpc.tls.key", paths.key, expected.privateKey, (pem) => createPrivateKey(pem));
  const clientCa =
    paths.client_ca === ""
      ? undefined
      : files.read("grpc.tls.client_ca", paths.client_ca, expected.authority, certificate);
  if (cert && key && !cert.parsed.checkPrivateKey(key.parsed)) {
    files.problems.push({ key: "grpc.tls.key", found: found.otherKey, expected: expected.keyOf("grpc.tls.cert") });
  }
  if (files.problems.length > 0 || !cert || !key) throw new ConfigError(heading.tls, files.problems, mistakes);
  return { cert: cert.pem, key: key.pem, ...(clientCa && { clientCa: clientCa.pem }) };
}

/**
 * Reads the files of `grpc.downloaders`: which downloaders are called over TLS, and how. The bot identifies itself with its `own`
 * certificate and `grpc.token`. Throws a `ConfigError` with all problems.
 */
export function readTlsOfDownloaders(
  { downloaders, token }: { readonly downloaders: readonly { name: string; ca: string }[]; readonly token: string },
  own: ServerTls | undefined,
  mistakes: Mistakes = words.en.mistakes,
): TlsOf {
  const files = createPemReader(mistakes);
  const entries = downloaders.flatMap(({ name, ca: path }, index) => {
    const ca = files.read(`grpc.downloaders[${index}].ca`, path, mistakes.expected.authority, certificate);
    return ca === undefined ? [] : { name, ca: ca.pem, identity: own, token };
  });
  if (files.problems.length > 0) throw new ConfigError(mistakes.heading.tlsCalls, files.problems, mistakes);
  return createTlsOf(entries);
}

const BLOCK = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/** All certificates of a file, in order. Throws if one is invalid: Bun silently skips it and all that follow. */
export function certificatesIn(pem: string): readonly [X509Certificate, ...X509Certificate[]] {
  const [, ...others] = pem.match(BLOCK) ?? [];
  return [new X509Certificate(pem), ...others.map((block) => new X509Certificate(block))];
}

const certificate = (pem: string) => certificatesIn(pem)[0];

/** Reads PEM files and collects their problems. */
function createPemReader(mistakes: Mistakes) {
  const problems: Problem[] = [];
  return {
    problems,
    read<T>(
      key: string,
      path: string,
      expected: string,
      parse: (pem: string) => T,
    ): { readonly pem: Buffer; readonly parsed: T } | undefined {
      const file = readText(path);
      const refuse = (flaw: Pick<Problem, "found" | "hint">) => void problems.push({ key, expected, ...flaw });
      if (!file.ok) return refuse(foundUnread(path, file.code, mistakes));
      try {
        return { pem: Buffer.from(file.text), parsed: parse(file.text) };
      } catch {
        return refuse({ found: mistakes.found.somethingElse(path), hint: mistakes.hint.pem });
      }
    },
  };
}
