import { describeApiError, kindOfApiError } from "../../telegram/client/api-error.ts";
import { type Api, createApi } from "../../telegram/client/bot-api.ts";
import type { Way } from "../../telegram/client/endpoints.ts";

const LIMIT_MS = 10_000;

/** What Telegram says to a token. */
export type Greeting =
  | { readonly kind: "known"; readonly api: Api; readonly username: string }
  | { readonly kind: "unknown_token" }
  | { readonly kind: "unreachable"; readonly problem: string };

/** Asks who the bot is, on each way until one answers. */
export async function greet(token: string, ways: readonly Way[]): Promise<Greeting> {
  const problems: string[] = [];
  for (const { name, route } of ways) {
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
