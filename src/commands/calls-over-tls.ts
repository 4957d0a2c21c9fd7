import { createPrivateKey, X509Certificate } from "node:crypto";
import { resolve } from "node:path";
import type { Options } from "../cli.ts";
import type { ClientTls } from "../domain/tls.ts";
import { tokenIn } from "../domain/token.ts";
import { readPatiently } from "../patient-read.ts";
import { type CommandWords, wordsFor } from "../words/words.ts";
import type { CommandContext } from "./command-context.ts";
import { EXIT, ExitWith } from "./exit.ts";

/** The options that say how to call a server. */
type CallOptions = Pick<Options, "ca" | "link" | "name" | "tls-cert" | "tls-key" | "token-file">;

/** Throws for characters that a header cannot have: the error of the call would repeat them. */
function headerOf(text: string): string {
  const token = tokenIn(text);
  if (token === undefined) throw new Error("No token");
  return token;
}

/** How to call a server, over TLS if there is `--ca`. Throws `ExitWith` if a file is missing or is the wrong one. */
export function callOf(
  options: CallOptions,
  { cwd, env }: Pick<CommandContext, "cwd" | "env">,
): { readonly name: string | undefined; readonly link: string | undefined; readonly tls: ClientTls | undefined } {
  const { name, link } = options;
  return { name, link, tls: tlsIn(options, { cwd, words: wordsFor(env).cli }) };
}

function tlsIn(options: CallOptions, of: { cwd: string; words: CommandWords["cli"] }): ClientTls | undefined {
  const { words } = of;
  const refuse = (sentence: string): never => {
    throw new ExitWith(EXIT.usage, sentence);
  };
  const read = <T>(path: string, parse: (text: string) => T): { pem: Buffer; parsed: T } => {
    try {
      const text = readPatiently(resolve(of.cwd, path)).toString().trim();
      return { pem: Buffer.from(text), parsed: parse(text) };
    } catch {
      return refuse(words.otherFile(path));
    }
  };
  const { ca, "tls-cert": cert, "tls-key": key, "token-file": token } = options;
  if (ca === undefined) {
    const [first] = Object.entries({ "--tls-cert": cert, "--tls-key": key, "--token-file": token }).flatMap(
      ([flag, path]) => (path === undefined ? [] : [flag]),
    );
    // Neither is presented to a server that has not presented a certificate first.
    return first === undefined ? undefined : refuse(words.needsOther(first, "--ca"));
  }
  if ((cert === undefined) !== (key === undefined)) refuse(words.needsOther("--tls-cert", "--tls-key"));
  const authority = read(ca, (pem) => new X509Certificate(pem));
  const own =
    cert === undefined || key === undefined
      ? undefined
      : { cert: read(cert, (pem) => new X509Certificate(pem)).pem, key: read(key, (pem) => createPrivateKey(pem)).pem };
  return { ca: authority.pem, identity: own, token: token && read(token, headerOf).parsed };
}
