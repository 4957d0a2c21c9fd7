import { describeApiError, kindOfApiError } from "../telegram/api/api-error.ts";
import { type Api, createApi } from "../telegram/api/bot-api.ts";
import type { Endpoint } from "../telegram/api/endpoints.ts";

const LIMIT_MS = 10_000;

/** Telegram's answer to a token. */
export type TokenVerdict =
  | { readonly kind: "known"; readonly api: Api; readonly username: string }
  | { readonly kind: "unknown_token" }
  | { readonly kind: "unreachable"; readonly problem: string };

/** Asks who the bot is, at one endpoint after another until one answers. */
export async function verifyToken(token: string, endpoints: readonly Endpoint[]): Promise<TokenVerdict> {
  const problems: string[] = [];
  for (const { name, route } of endpoints) {
    const api = createApi({ token, ...route, callTimeoutMs: LIMIT_MS });
    try {
      const { username = "" } = await api.bot.api.getMe();
      return { kind: "known", api, username };
    } catch (error) {
      if (kindOfApiError(error).kind === "unauthorized") return { kind: "unknown_token" };
      problems.push(`${name}: ${describeApiError(error)}`);
    }
  }
  return { kind: "unreachable", problem: problems.join("; ") };
}
