import { AsyncLocalStorage } from "node:async_hooks";
import { Bot, TelegramError } from "gramio";
import { ApiNetworkError, networkError } from "./api-error.ts";
import { downloadFile, type FileContent } from "./file.ts";
import { beginningOf } from "./root.ts";

/** Where calls go: to which server, and through which HTTP proxy (none: directly). */
export interface ApiRoute {
  /** `https://api.telegram.org` or a local server, without `/bot`. */
  readonly root: string;
  readonly proxy?: string;
}

/** The bounds of one call; without `timeoutMs`, the method's usual limit applies. */
export interface CallBounds {
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}

export interface ApiOptions extends ApiRoute {
  readonly token: string;
  /** Called for each failed call, with the error code of the API or the network; not for those that were aborted. */
  readonly onFailure?: (method: string, code: string) => void;
  /** Limit of an ordinary call, ms. */
  readonly callTimeoutMs?: number;
  /** Limit of a long poll, ms; above the 30 s that the poll itself asks for (reliability.md T4). */
  readonly pollTimeoutMs?: number;
}

export interface Api {
  /** For handlers, contexts and types. Never `start()` it: its own loop loses updates (runtime.md §3.1). */
  readonly bot: Bot;
  /** Bounds every API call that `call` makes, however deep, by a signal and a limit. */
  within<T>(bounds: CallBounds, call: () => Promise<T>): Promise<T>;
  /** The content of a file by its id; each of the two calls that this takes is bounded by `timeoutMs`. Rejects as calls do. */
  file(id: string, of: { readonly mostBytes: number; readonly timeoutMs: number }): Promise<FileContent>;
  /** Sends every later call to another endpoint; running calls finish on the old one. */
  reroute(route: ApiRoute): void;
  /** Calls `listener` at the end of each call that was not aborted, with its endpoint, and the error if it failed. */
  onEnd(listener: (route: ApiRoute, error?: unknown) => void): void;
}

/**
 * Builds the bot's client of the Bot API. Its calls fail with GramIO's `TelegramError` (without its `params`, which contain people's
 * texts) or with `ApiNetworkError`; neither contains the token.
 */
export function createApi(options: ApiOptions): Api {
  const { token, onFailure = () => {}, ...limits } = options;
  const { callTimeoutMs = 15_000, pollTimeoutMs = 40_000, ...first } = limits;
  const bounds = new AsyncLocalStorage<CallBounds>();
  const signals = new AsyncLocalStorage<AbortSignal>();
  let route: ApiRoute = first;
  const listeners: Parameters<Api["onEnd"]>[0][] = [];
  const onEnd: (typeof listeners)[number] = (taken, error) => {
    for (const listener of listeners) listener(taken, error);
  };

  // GramIO reads both getters again for each call (runtime.md §3.3).
  const fetchOptions = {
    get signal() {
      return signals.getStore() ?? null;
    },
    get proxy() {
      return route.proxy;
    },
  };
  const bot = new Bot(token, { api: { baseURL: baseUrl(first.root), fetchOptions: fetchOptions as RequestInit } });

  bot.onApiCall(async ({ method }, next) => {
    const { signal, timeoutMs = method === "getUpdates" ? pollTimeoutMs : callTimeoutMs } = bounds.getStore() ?? {};
    const limit = AbortSignal.timeout(timeoutMs);
    const taken = route;
    try {
      const answer = await signals.run(signal ? AbortSignal.any([signal, limit]) : limit, next);
      onEnd(taken);
      return answer;
    } catch (error) {
      const failure = error instanceof TelegramError ? error : networkError(error, { method: String(method), token });
      if (failure instanceof TelegramError) Reflect.deleteProperty(failure, "params");
      if (failure.code !== "ABORTED") {
        onFailure(String(method), String(failure.code));
        onEnd(taken, failure);
      }
      throw failure;
    }
  });

  return {
    bot,
    within: (callBounds, call) => bounds.run(callBounds, call),
    async file(id, { mostBytes, timeoutMs }) {
      const { file_path: path } = await bounds.run({ timeoutMs }, () => bot.api.getFile({ file_id: id }));
      if (path === undefined) throw new ApiNetworkError("getFile", "BAD_ANSWER", "There is no path to the file");
      return downloadFile({ ...route, token, path, mostBytes, timeoutMs });
    },
    reroute(next) {
      bot.options.api.baseURL = baseUrl(next.root);
      route = next;
    },
    onEnd: (listener) => void listeners.push(listener),
  };
}

/** GramIO appends the token to it. */
function baseUrl(root: string): string {
  return `${beginningOf(root)}/bot`;
}
