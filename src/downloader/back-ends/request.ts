import { codeOf } from "../../domain/error-code.ts";
import { type RemoteOptions, RemoteUnreachable } from "./remote.ts";

/** A program's answer over HTTP. */
export interface RemoteAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Asks a program over HTTP: `path` is relative to the address that this was created with, and may include a query. */
export type RemoteRequest = (path: string, of: RequestInit & { readonly signal: AbortSignal }) => Promise<RemoteAnswer>;

const DEADLINE_MS = 20_000;
/** A program with a queue of thousands reports all of it. */
const LONGEST_ANSWER = 64 * 2 ** 20;
const TOO_LONG = "too long an answer";
/** The request never left this machine. */
const NO_CONNECTION: readonly string[] = [
  "ConnectionRefused",
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
];
/** Over HTTPS: nothing is sent to a program whose certificate is wrong. In the words of BoringSSL and Node. */
const UNTRUSTED =
  /^(?:DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+|CERT_\w+|ERR_TLS_CERT_ALTNAME_INVALID)$/;
/** It has not looked at the request, for example because a proxy in front of it limits requests: another time it may. */
const ANOTHER_TIME = [408, 425, 429];
/** The answers of a proxy that has nobody behind it. */
const NOBODY_BEHIND = [502, 503];
/** Its own word for an error of its own. Any other comes from a proxy, behind which it may still be working on the request. */
const OWN_ERROR = 500;

/**
 * Requests to one program. Anything that is not an answer (no connection, 3xx, 401, 403, 408, 425, 429, 5xx, too long, too late) rejects
 * with `RemoteUnreachable`; the caller decides what any other status means. Redirects are not followed: a login page would pass for an
 * answer.
 */
export function createRequest(of: {
  readonly base: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly deadlineMs?: number;
}): RemoteRequest {
  const { base, headers = {}, deadlineMs = DEADLINE_MS } = of;
  const root = base.href.endsWith("/") ? base.href : `${base.href}/`;
  return async (path, { signal, ...init }) => {
    const late = AbortSignal.timeout(deadlineMs);
    try {
      const response = await fetch(new URL(path.replace(/^\//, ""), root), {
        ...init,
        headers: { ...headers, ...Object.fromEntries(new Headers(init.headers)) },
        signal: AbortSignal.any([signal, late]),
        redirect: "manual",
      });
      const { status } = response;
      const text = await textOf(response);
      if (status === 401 || status === 403 || ANOTHER_TIME.includes(status))
        throw new RemoteUnreachable(`HTTP ${status}`, { isHarmless: true });
      const isAway = NOBODY_BEHIND.includes(status);
      const isOver = status === OWN_ERROR;
      if (status >= 500 || (status >= 300 && status < 400))
        throw new RemoteUnreachable(`HTTP ${status}`, { isHarmless: false, isAway, isOver });
      return { status, headers: response.headers, text };
    } catch (error) {
      if (error instanceof RemoteUnreachable) throw error;
      if (late.aborted) throw unreachable(`no answer within ${deadlineMs} ms`);
      const code = codeOf(error);
      throw new RemoteUnreachable(code, {
        isHarmless: NO_CONNECTION.includes(code) || UNTRUSTED.test(code),
        isAway: true,
      });
    }
  };
}

/** The header by which a program, or a proxy in front of it, lets us in: Basic with a user, otherwise the secret as a key. */
export function authorization({ user, secret }: Pick<RemoteOptions, "user" | "secret">): Record<string, string> {
  if (user === undefined && secret === undefined) return {};
  if (user === undefined) return { authorization: `Bearer ${secret}` };
  return { authorization: `Basic ${Buffer.from(`${user}:${secret ?? ""}`).toString("base64")}` };
}

async function textOf({ headers, body }: Response): Promise<string> {
  if (Number(headers.get("content-length") ?? 0) > LONGEST_ANSWER) throw unreachable(TOO_LONG);
  const parts: Uint8Array[] = [];
  let bytes = 0;
  // Some do not announce how long it is going to be.
  for await (const part of body ?? []) {
    bytes += part.length;
    if (bytes > LONGEST_ANSWER) throw unreachable(TOO_LONG);
    parts.push(part);
  }
  return new TextDecoder().decode(Buffer.concat(parts));
}

/**
 * `absent`: nothing listens there; `shut`: it does not accept this login; `untrusted`: its certificate is not trusted here; `other`:
 * something else answers, or it is out of order.
 */
export function whySilent({ detail, isHarmless }: RemoteUnreachable): "absent" | "shut" | "untrusted" | "other" {
  if (NO_CONNECTION.includes(detail)) return "absent";
  if (UNTRUSTED.test(detail)) return "untrusted";
  if (ANOTHER_TIME.some((status) => detail === `HTTP ${status}`)) return "other";
  // Harmless too, and no secret helps: a path that does not exist (another program, or another prefix), or an unknown name or port.
  return isHarmless && !/^HTTP (?:404|421|401:)/.test(detail) ? "shut" : "other";
}

function unreachable(detail: string): RemoteUnreachable {
  return new RemoteUnreachable(detail, { isHarmless: false });
}
