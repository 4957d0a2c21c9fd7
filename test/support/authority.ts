import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** False if certificates cannot be made: tests that need them are skipped. */
export const hasOpenssl = Bun.which("openssl") !== null;

/** A small certificate authority in its own folder; disposing it removes the folder. */
export interface Authority extends Disposable {
  /** The authority's own certificate. */
  readonly caFile: string;
  /** The same with its key, for a self-signed server. */
  readonly itself: Issued;
  /** Makes a certificate for two days, and its key; further arguments are those of `openssl req`. */
  issue(name: string, subject: string, ...options: string[]): Issued;
  /** Makes an expired certificate. */
  issueExpired(name: string, subject: string): Issued;
}

export interface Issued {
  readonly certFile: string;
  readonly keyFile: string;
  readonly cert: Buffer;
  readonly key: Buffer;
}

export function createAuthority(commonName = "our authority"): Authority {
  const folder = mkdtempSync(join(tmpdir(), "dwld-bot-authority-"));
  const file = (name: string) => join(folder, `${name}.pem`);

  function openssl(...args: string[]): void {
    const { exitCode, stderr } = Bun.spawnSync(["openssl", ...args], { stderr: "pipe" });
    if (exitCode !== 0) throw new Error(stderr.toString());
  }
  function request(name: string, subject: string, ...options: string[]): void {
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", file(`${name}-key`)];
    openssl("req", ...key, "-subj", subject, ...options);
  }
  function issued(name: string): Issued {
    const [certFile, keyFile] = [file(name), file(`${name}-key`)];
    return { certFile, keyFile, cert: readFileSync(certFile), key: readFileSync(keyFile) };
  }

  const signedBy = ["-CA", file("ca"), "-CAkey", file("ca-key")];
  request("ca", `/CN=${commonName}`, "-x509", "-days", "2", "-out", file("ca"));
  return {
    caFile: file("ca"),
    itself: issued("ca"),
    issue(name, subject, ...options) {
      const leaf = ["-addext", "basicConstraints=critical,CA:FALSE"];
      request(name, subject, "-x509", "-days", "2", "-out", file(name), ...signedBy, ...leaf, ...options);
      return issued(name);
    },
    issueExpired(name, subject) {
      // `req` accepts no negative number of days, and only the newest openssl accepts dates.
      request(name, subject, "-out", file(`${name}-request`));
      openssl("x509", "-req", "-in", file(`${name}-request`), ...signedBy, "-days", "-1", "-out", file(name));
      return issued(name);
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
}
