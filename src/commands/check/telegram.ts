import { type ApiFailure, describeApiError, kindOfApiError } from "../../telegram/api/api-error.ts";
import { type Api, createApi } from "../../telegram/api/bot-api.ts";
import { type Endpoint, openEndpoints } from "../../telegram/api/endpoints.ts";
import type { CommandWords } from "../../words/words.ts";
import { findingsOf } from "../finding.ts";
import { environmentProxy } from "./environment-proxy.ts";
import type { BotFinding } from "./finding.ts";

const { ok, note, warn, fail } = findingsOf("telegram");
const LIMIT_MS = 8_000;
/** The proxy answers but lets nobody through: in HTTP's words, or in those of SOCKS, which the bridge passes on. */
const PROXY_REFUSES = /Proxy refused to open a tunnel: 4\d\d\b|\d+ SOCKS: .*(?:authenticat|NotAllowed)/i;
/** More would only keep the operator waiting. */
const MOST_ADMINS = 10;

type TelegramWords = CommandWords["check"]["telegram"];

type Tried =
  | { readonly endpoint: Endpoint; readonly api: Api; readonly username: string }
  | { readonly endpoint: Endpoint; readonly failure: ApiFailure; readonly problem: string };

/** What the server's clock showed when ours showed `seenAt`; epoch ms, accurate to a second. */
export interface ServerClock {
  readonly at: number;
  readonly seenAt: number;
}

interface Settings {
  readonly token: string;
  readonly api_roots: readonly string[];
  readonly proxies: readonly string[];
  readonly admins: readonly number[];
}

/** Tries every endpoint of the Bot API, and checks the clock, the webhook and the admins through the first one that works. */
export async function checkTelegram(
  settings: Settings,
  {
    now,
    env,
    words: { telegram: words },
  }: {
    readonly now: () => number;
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly words: CommandWords["check"];
  },
): Promise<{ findings: BotFinding[]; clock: ServerClock | undefined }> {
  using endpoints = openEndpoints({ roots: settings.api_roots, proxies: settings.proxies });
  const tried = await Promise.all(endpoints.all.map((endpoint) => tryEndpoint(endpoint, settings.token)));
  const works = tried.find((one) => "api" in one);
  const findings = [
    ...settings.api_roots.flatMap((root) => ofEnvironment(root, env, words)),
    ...tried.map((one) => judge(one, works !== undefined, words)),
  ];
  if (works === undefined) return { findings, clock: undefined };
  const [clock, webhook, ...admins] = await Promise.all([
    askClock(works.endpoint, now),
    checkWebhook(works.api, words),
    ...settings.admins.slice(0, MOST_ADMINS).map((id) => checkAdmin(works, id, words)),
  ]);
  return { findings: [...findings, ...webhook, ...admins.flat()], clock };
}

async function tryEndpoint(endpoint: Endpoint, token: string): Promise<Tried> {
  const api = createApi({ token, ...endpoint.route, callTimeoutMs: LIMIT_MS });
  try {
    const { username = "" } = await api.bot.api.getMe();
    return { endpoint, api, username };
  } catch (error) {
    return { endpoint, failure: kindOfApiError(error), problem: describeApiError(error) };
  }
}

function judge(tried: Tried, anotherWorks: boolean, words: TelegramWords): BotFinding {
  const { name } = tried.endpoint;
  if ("api" in tried) return ok(words.works(tried.username, name));
  const bad = anotherWorks ? warn : fail;
  if (tried.failure.kind === "unauthorized") return bad(words.refused(name), words.newToken);
  return bad(words.unreachable(name, tried.problem), anotherWorks ? words.anotherWay : adviceOn(tried.problem, words));
}

function adviceOn(problem: string, words: TelegramWords): string {
  if (PROXY_REFUSES.test(problem)) return words.proxyRefuses;
  return problem.includes("BAD_ANSWER") ? words.notTheApi : words.noWay;
}

/** A proxy that the config does not name, but that calls go through all the same. */
function ofEnvironment(
  root: string,
  env: Readonly<Record<string, string | undefined>>,
  words: TelegramWords,
): BotFinding[] {
  const found = environmentProxy(root, env);
  if (found === undefined) return [];
  const { variable, proxy, exception } = found;
  const { host } = new URL(root);
  return [
    note(exception === undefined ? words.proxied(host, proxy, variable) : words.excluded(host, variable, exception)),
  ];
}

/** A root answers even without a token, if only with an error, and tells the time. */
async function askClock({ route: { root, proxy } }: Endpoint, now: () => number): Promise<ServerClock | undefined> {
  try {
    const { headers } = await fetch(root, {
      method: "HEAD",
      redirect: "manual",
      signal: AbortSignal.timeout(LIMIT_MS),
      ...(proxy === undefined ? {} : { proxy }),
    });
    const at = Date.parse(headers.get("date") ?? "");
    return Number.isNaN(at) ? undefined : { at, seenAt: now() };
  } catch {
    return undefined;
  }
}

async function checkWebhook({ bot }: Api, words: TelegramWords): Promise<BotFinding[]> {
  const { url = "" } = await bot.api.getWebhookInfo().catch(() => ({ url: "" }));
  if (url === "") return [];
  return [warn(words.webhook, words.webhookAdvice)];
}

async function checkAdmin(
  { api, username }: { api: Api; username: string },
  id: number,
  words: TelegramWords,
): Promise<BotFinding[]> {
  try {
    await api.bot.api.getChat({ chat_id: id });
    return [];
  } catch (error) {
    if (kindOfApiError(error).kind !== "chat_not_found") return [];
    return [warn(words.unknownAdmin(id), words.unknownAdminAdvice(username))];
  }
}
