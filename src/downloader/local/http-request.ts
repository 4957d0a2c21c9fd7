import { errorCode } from "../../domain/error-code.ts";
import type { FetchFailure } from "../fetcher.ts";
import { asUtf8 } from "../file-names.ts";
import { ForbiddenAddress, type Guard } from "./guard.ts";
import { failureIn } from "./guard-words.ts";

/** How plain requests are made. Without a guard they may go anywhere, through the environment's proxy if there is one. */
export interface Requests {
  readonly guard?: { readonly proxy: string; readonly rules: Guard } | undefined;
}

/** `url` is the address to which the redirects have led. */
export type Answer =
  | { readonly ok: true; readonly response: Response; readonly url: URL }
  | { readonly ok: false; readonly failure: FetchFailure };

/** Many sites refuse programs whose name does not begin like this. */
const USER_AGENT = "Mozilla/5.0 (compatible; dwld-bot)";
const MOST_REDIRECTS = 10;
const REDIRECTS = [301, 302, 303, 307, 308];

/** Requests a link and follows its redirects, each of which is checked. Rejects only if the signal aborts. */
export async function ask(
  link: string,
  { guard, headers, signal }: Requests & { headers: Record<string, string>; signal: AbortSignal },
): Promise<Answer> {
  let url = new URL(link);
  for (let hops = 0; hops <= MOST_REDIRECTS; hops += 1) {
    if (url.protocol !== "http:" && url.protocol !== "https:") return failed({ kind: "forbidden", host: url.protocol });
    try {
      await guard?.rules.addressesOf(url.hostname);
      const response = await fetch(url.href, {
        redirect: "manual",
        // The file on the disk is what was sent, and a part of it can be requested.
        decompress: false,
        headers: { "user-agent": USER_AGENT, ...headers, "accept-encoding": "identity" },
        signal,
        timeout: false,
        ...(guard !== undefined && { proxy: guard.proxy }),
      });
      // The proxy's own refusal, not the site's.
      const refusal = guard === undefined || response.ok ? undefined : failureIn(response.statusText);
      if (refusal !== undefined) return failed(refusal);
      const next = REDIRECTS.includes(response.status) ? response.headers.get("location") : null;
      if (next === null) return { ok: true, response, url };
      await response.body?.cancel();
      const target = URL.parse(asUtf8(next), url.href);
      if (target === null) return failed({ kind: "refused", status: response.status });
      url = target;
    } catch (error) {
      signal.throwIfAborted();
      return failed(connectionFailure(error, url.hostname));
    }
  }
  return failed({ kind: "too_many_redirects" });
}

/** The failure that a failed lookup, connection or transfer counts as. */
export function connectionFailure(error: unknown, host: string): FetchFailure {
  if (error instanceof ForbiddenAddress) return { kind: "forbidden", host };
  const refusal = failureIn(String(error));
  if (refusal !== undefined) return refusal;
  const code = errorCode(error) ?? "";
  if (["ENOTFOUND", "ENODATA", "DNS_ENOTFOUND", "EAI_AGAIN"].includes(code)) return { kind: "unknown_host", host };
  return { kind: "connection", detail: code || String(error) };
}

const failed = (failure: FetchFailure): Answer => ({ ok: false, failure });
