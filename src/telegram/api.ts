import { AsyncLocalStorage } from "node:async_hooks";
import { Bot, TelegramError } from "gramio";
import { ApiNetworkError, redact } from "./api-error.ts";

/** The way to the Bot API: which server, and through which HTTP proxy (none: directly). */
export interface ApiRoute {
  /** `https://api.telegram.org` or an own server, without `/bot`. */
  readonly root: string;
  readonly proxy?: string;
}

/** What one call is bound by; without `timeoutMs` the method's usual limit holds. */
export interface CallBounds {
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}

export interface ApiOptions extends ApiRoute {
  readonly token: string;
  /** Limit of an ordinary call, ms. */
  readonly callTimeoutMs?: number;
  /** Limit of a long poll, ms; above the 30 s that the poll itself asks for (reliability.md T4). */
  readonly pollTimeoutMs?: number;
}

export interface Api {
  /** For handlers, contexts and types. Never `start()` it: its own loop loses updates (stack.md §3.1). */
  readonly bot: Bot;
  /** Binds every API call that `call` makes, however deep, to a signal and a limit. */
  within<T>(bounds: CallBounds, call: () => Promise<T>): Promise<T>;
  /** Sends every later call another way; calls under way finish on the old one. */
  reroute(route: ApiRoute): void;
}

/**
 * Builds the bot's client of the Bot API. Its calls fail with GramIO's `TelegramError` (without its `params`, which hold
 * people's texts) or with `ApiNetworkError`; neither carries the token.
 */
export function createApi({ token, callTimeoutMs = 15_000, pollTimeoutMs = 40_000, ...first }: ApiOptions): Api {
  const bounds = new AsyncLocalStorage<CallBounds>();
  const signals = new AsyncLocalStorage<AbortSignal>();
  let proxy = first.proxy;

  // GramIO reads both getters anew for each call (stack.md §3.3).
  const fetchOptions = {
    get signal() {
      return signals.getStore() ?? null;
    },
    get proxy() {
      return proxy;
    },
  };
  const bot = new Bot(token, { api: { baseURL: baseUrl(first.root), fetchOptions: fetchOptions as RequestInit } });

  bot.onApiCall(async ({ method }, next) => {
    const { signal, timeoutMs = method === "getUpdates" ? pollTimeoutMs : callTimeoutMs } = bounds.getStore() ?? {};
    const limit = AbortSignal.timeout(timeoutMs);
    try {
      return await signals.run(signal ? AbortSignal.any([signal, limit]) : limit, next);
    } catch (error) {
      if (!(error instanceof TelegramError)) throw networkError(error, { method: String(method), token });
      Reflect.deleteProperty(error, "params");
      throw error;
    }
  });

  return {
    bot,
    within: (callBounds, call) => bounds.run(callBounds, call),
    reroute(route) {
      bot.options.api.baseURL = baseUrl(route.root);
      proxy = route.proxy;
    },
  };
}

/** GramIO appends the token to it. */
function baseUrl(root: string): string {
  return `${root.replace(/\/+$/, "").replace(/\/bot$/, "")}/bot`;
}

function networkError(error: unknown, { method, token }: { method: string; token: string }): ApiNetworkError {
  if (!(error instanceof Error)) return new ApiNetworkError(method, "UNKNOWN", redact(String(error), token));
  return new ApiNetworkError(method, codeOf(error), redact(error.message, token));
}

function codeOf(error: Error): string {
  if (error.name === "TimeoutError") return "TIMEOUT";
  if (error.name === "AbortError") return "ABORTED";
  if ("code" in error && typeof error.code === "string") return error.code;
  // HTML, half JSON (SyntaxError) and an empty body (TypeError) from a front end that is not the Bot API.
  return "BAD_ANSWER";
}
