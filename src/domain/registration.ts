import { isIP } from "node:net";
import type { Registration } from "./downloader.ts";
import { NAME_RULE, parseDownloaderName } from "./downloader-name.ts";
import { canonicalIp, isThisMachine, isUnreachable } from "./network.ts";
import { createRootParser, MAX_ROOT_LENGTH, parseRoot } from "./route.ts";

/** What a downloader says about itself, as it came over the wire. */
export interface RegistrationClaim {
  readonly name: string;
  readonly roots: readonly string[];
  readonly host: string;
  readonly port: number;
}

export interface RegistrationContext {
  /** The IP address that the claim came from; undefined if it is not known. */
  readonly callerHost: string | undefined;
  /** The port of the bot's own gRPC server, if that is reached over loopback. */
  readonly ownPort?: number;
}

/** `ignored` are the roots that name nothing; `problem` is a sentence for the operator of the downloader. */
export type RegistrationResult =
  | { readonly ok: true; readonly registration: Registration; readonly ignored: readonly string[] }
  | { readonly ok: false; readonly problem: string };

/** Refuses a registration; the message is a sentence that the downloader is told. */
export class RegistrationRefused extends Error {
  override readonly name = "RegistrationRefused";
}

/** The most that may be registered. A stranger on the network must not fill the memory; this is far above any fleet. */
export const MOST_DOWNLOADERS = 300;
/** More roots than this are refused. */
export const MAX_ROOTS = 64;
const MAX_HOST_LENGTH = 253;
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
/** The system's resolver reads `2852039166`, `127.1` and `0x7f.1` as addresses. */
const READ_AS_NUMBER = /^(?:\d+|0x[0-9a-f]*)$/;

/** Roots as they are kept; `ignored` ones name nothing. Or what is wrong with all of them. */
type RootsRead =
  | { readonly ok: true; readonly roots: readonly string[]; readonly ignored: readonly string[] }
  | { readonly ok: false; readonly problem: string };

/**
 * Validates a registration (reliability.md §2.6). A loopback or unspecified host means "the address I call from";
 * a caller on this machine stays on loopback.
 */
export function parseRegistration(claim: RegistrationClaim, context: RegistrationContext): RegistrationResult {
  return parse(claim, context, parseRoot);
}

/** The same for a fleet that registers again and again: the same claim object from the same caller is not read twice. */
export function createRegistrationReader(): typeof parseRegistration {
  const read = new WeakMap<
    RegistrationClaim,
    { readonly for: RegistrationContext; readonly result: RegistrationResult }
  >();
  const parseOne = createRootParser();
  return (claim, context) => {
    const before = read.get(claim);
    const isSame = before?.for.callerHost === context.callerHost && before?.for.ownPort === context.ownPort;
    if (before !== undefined && isSame) return before.result;
    const result = parse(claim, context, parseOne);
    read.set(claim, { for: context, result });
    return result;
  };
}

function parse(claim: RegistrationClaim, context: RegistrationContext, parseOne: typeof parseRoot): RegistrationResult {
  const name = parseDownloaderName(claim.name);
  if (name === undefined) return refuse(`server_name must be ${NAME_RULE}`);

  const { port } = claim;
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    return refuse(`server_port must be 1 to 65535, not ${port}`);

  const read = readRoots(claim.roots, parseOne);
  if (!read.ok) return read;
  const { roots, ignored } = read;

  const claimed = parseHost(claim.host);
  if (claimed === undefined) return refuse("server_host must be an IP address or a DNS name, without scheme or port");
  const host = isThisMachine(claimed) ? seenFrom(claimed, context.callerHost) : claimed;
  if (host === undefined) return refuse(`server_host ${claimed} cannot be used without the caller's address`);
  if (isUnreachable(host)) return refuse(`server_host ${host} is link-local, multicast or reserved`);
  if (isThisMachine(host) && port === context.ownPort) return refuse(`${host}:${port} is the bot itself`);
  return { ok: true, registration: { name, roots, host, port }, ignored };
}

function readRoots(said: readonly string[], parseOne: typeof parseRoot): RootsRead {
  const named = new Set(said.map((root) => root.trim().toLowerCase()));
  named.delete("");
  const roots: string[] = [];
  const ignored: string[] = [];
  for (const root of named) (parseOne(root) === undefined ? ignored : roots).push(root);
  if (roots.length === 0) return refuse("allowed_roots names nothing; use * to take every link");
  if (roots.length > MAX_ROOTS) return refuse(`allowed_roots has ${roots.length} roots, more than ${MAX_ROOTS}`);
  if (roots.some((root) => root.length > MAX_ROOT_LENGTH)) {
    return refuse(`allowed_roots has a root of more than ${MAX_ROOT_LENGTH} characters`);
  }
  return { ok: true, roots, ignored };
}

function refuse(problem: string) {
  return { ok: false, problem } as const;
}

/** The bot's own name for a loopback or unspecified address of the caller. */
function seenFrom(claimed: string, callerHost: string | undefined): string | undefined {
  const caller = callerHost === undefined ? undefined : canonicalIp(callerHost);
  if (caller === undefined || !isThisMachine(caller)) return caller;
  // A server that listens on 0.0.0.0 is not on ::1, even if it calls from there.
  if (claimed === "0.0.0.0") return "127.0.0.1";
  return claimed === "::" ? caller : claimed;
}

/** A lowercase DNS name (RFC 1123) or an IP address in its shortest spelling. */
function parseHost(text: string): string | undefined {
  const host = text.trim().toLowerCase();
  if (isIP(host) !== 0) return canonicalIp(host);
  const dnsName = host.replace(/\.$/, "");
  const labels = dnsName.split(".");
  const isName = dnsName.length <= MAX_HOST_LENGTH && labels.every((label) => LABEL.test(label));
  return isName && !READ_AS_NUMBER.test(labels.at(-1) ?? "") ? dnsName : undefined;
}
