import { describeApiError, kindOfApiError } from "../api/api-error.ts";
import { type ApiRoute, createApi } from "../api/bot-api.ts";

/** What a call says about the endpoint that it went to. */
export type ProbeResult =
  | { readonly state: "ok" }
  /** `refused`: the token is not known there. `problem` contains neither token nor password. */
  | { readonly state: "refused" | "failing"; readonly problem: string };

/** Asks the Bot API at this endpoint who the bot is. Never rejects. */
export type Probe = (route: ApiRoute, signal: AbortSignal) => Promise<ProbeResult>;

const OK: ProbeResult = { state: "ok" };

/** A getMe with a short limit, ms. */
export function createProbe({ token, limitMs }: { token: string; limitMs: number }): Probe {
  return async (route, signal) => {
    const api = createApi({ token, ...route, callTimeoutMs: limitMs });
    return api
      .within({ signal }, () => api.bot.api.getMe())
      .then(
        () => OK,
        (error) => (kindOfApiError(error).kind === "flood" ? OK : against(error)),
      );
  };
}

/** From the error of any call, or undefined if there was none: a Bot API that refuses a request has been reached. */
export function probeResultOf(error: unknown): ProbeResult {
  if (error === undefined) return OK;
  return ["network", "server", "unauthorized", "unexpected"].includes(kindOfApiError(error).kind) ? against(error) : OK;
}

function against(error: unknown): ProbeResult {
  const state = kindOfApiError(error).kind === "unauthorized" ? "refused" : "failing";
  return { state, problem: describeApiError(error) };
}
