import { codeOf } from "../error-code.ts";
import { RemoteUnreachable } from "./remote.ts";

/** What a program answered over HTTP. */
export interface RemoteAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Asks a program over HTTP: `path` is beside the address it was made with, a query included. */
export type RemoteRequest = (path: string, of: RequestInit & { readonly signal: AbortSignal }) => Promise<RemoteAnswer>;

const DEADLINE_MS = 20_000;
/** A program with a queue of thousands tells all of it. */
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
/** Over HTTPS: nothing is sent to one whose certificate is not what it should be. As BoringSSL and Node call it. */
const UNTRUSTED =
  /^(?:DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+|CERT_\w+|ERR_TLS_CERT_ALTNAME_INVALID)$/;
/** It has not looked at the request, as where a proxy before it lets so many through at a time: another time it may. */
const ANOTHER_TIME = [408, 425, 429];
/** What a proxy says that has nobody behind it. */
const NOBODY_BEHIND = [502, 503];
/** Its own word for an error of its own. What else there is comes from a proxy, behind which it may be at the request still. */
const OWN_ERROR = 500;

/**
 * Requests to one program. Any answer that is none (no connection, 3xx, 401, 403, 408, 425, 429, 5xx, too long, too late) rejects
 * with `RemoteUnreachable`; what else a status means is the caller's business. Redirects are not followed: a login page would pass
 * for an answer.
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
      if (status === 401 || status === 403 || ANOTHER_TIME.includes(status)) throw unreachable(`HTTP ${status}`, true);
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

async function textOf({ headers, body }: Response): Promise<string> {
  if (Number(headers.get("content-length") ?? 0) > LONGEST_ANSWER) throw unreachable(TOO_LONG);
  const parts: Uint8Array[] = [];
  let bytes = 0;
  // Some do not say before how long it is going to be.
  for await (const part of body ?? []) {
    bytes += part.length;
    if (bytes > LONGEST_ANSWER) throw unreachable(TOO_LONG);
    parts.push(part);
  }
  return new TextDecoder().decode(Buffer.concat(parts));
}

/**
 * `absent`: nobody listens there; `shut`: it lets nobody in who says this; `untrusted`: its certificate is not trusted here;
 * `other`: something else answers, or it is out of order.
 */
export function whySilent({ detail, isHarmless }: RemoteUnreachable): "absent" | "shut" | "untrusted" | "other" {
  if (NO_CONNECTION.includes(detail)) return "absent";
  if (UNTRUSTED.test(detail)) return "untrusted";
  if (ANOTHER_TIME.some((status) => detail === `HTTP ${status}`)) return "other";
  // A path that is not there is harmless too: it is another program, or another prefix.
  return isHarmless && !detail.startsWith("HTTP 404") ? "shut" : "other";
}

function unreachable(detail: string, isHarmless = false): RemoteUnreachable {
  return new RemoteUnreachable(detail, { isHarmless });
}
