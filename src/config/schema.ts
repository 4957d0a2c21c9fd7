import { isIP } from "node:net";
import * as v from "valibot";
import { OWNED_MS } from "../domain/delivery.ts";
import { type Address, spellAddress } from "../domain/downloader.ts";
import { DELETABLE_MS } from "../domain/message.ts";
import { isEveryAddress, isLimit, isPrivateHost } from "../domain/network.ts";
import { NO_PROGRAM } from "../domain/program-kind.ts";
import type { Mistakes } from "../words/words.ts";
import { apiRoot, listen, listenOrNothing, network, proxy } from "./addresses.ts";
import { backEnd } from "./back-end.ts";
import { list, type RuleProblem, rule } from "./field.ts";
import {
  downloaderNameOrNothing,
  downloadersOverTls,
  folders,
  quality,
  root,
  route,
  window,
} from "./routing-values.ts";
import { bearerToken, telegramToken } from "./secret-values.ts";
import { argument, boolean, chatId, duration, integer, oneOf, path, size, timeOfDay, timeZone } from "./values.ts";

/** Ten years; not limited by timers, because none waits for it. */
const LONGEST_HISTORY_MS = 3650 * 86_400_000;

const lifetime = () => duration({ most: DELETABLE_MS, limits: ({ moreThanNothing }) => moreThanNothing("47h") });

const tls = v.pipe(
  v.object({
    listen: v.optional(listenOrNothing(), ""),
    cert: v.optional(path(), ""),
    key: v.optional(path(), ""),
    client_ca: v.optional(path(), ""),
  }),
  rule(({ listen, cert, key, client_ca }, { found, expected }): RuleProblem[] => {
    const missing = (at: string, other: string) => ({
      at: [at],
      found: found.nothing,
      expected: expected.pathBecause(`grpc.tls.${other}`),
    });
    if (cert !== "" && key === "") return [missing("key", "cert")];
    if (cert === "" && key !== "") return [missing("cert", "key")];
    if (cert === "" && client_ca !== "") return [missing("cert", "client_ca")];
    return cert === "" && listen !== "" ? [missing("cert", "listen")] : [];
  }),
);

/** The problem if another server of the bot has the same address. */
function taken(at: readonly string[], mine: Address, other: Address, expected: Mistakes["expected"]): RuleProblem[] {
  const isEverywhere = [mine, other].some(({ host }) => isEveryAddress(host));
  if (mine.port === 0 || mine.port !== other.port || !(isEverywhere || mine.host === other.host)) return [];
  return [{ at, found: spellAddress(mine), expected: expected.ownAddress }];
}

const sections = v.object({
  telegram: v.object({
    token: v.optional(telegramToken(), ""),
    token_file: v.optional(path(), ""),
    admins: v.optional(list(chatId()), []),
    users: v.optional(list(chatId()), []),
    api_roots: v.optional(list(apiRoot(), { needs: () => "https://api.telegram.org" }), ["https://api.telegram.org"]),
    proxies: v.optional(list(proxy()), []),
    language: v.optional(oneOf(["auto", "ru", "en"]), "auto"),
    max_links_per_message: v.optional(integer(1, 100), 100),
    link_previews: v.optional(boolean(), false),
  }),
  time_zone: v.optional(timeZone(), ""),
  dispatch: v.object({
    interval: v.optional(duration(), "5s"),
    delay: v.optional(duration({ least: 0, limits: ({ atMost }) => atMost("24d") }), "1m"),
    deadline: v.optional(duration(), "10s"),
    concurrency: v.optional(integer(1, 256), 16),
    max_attempts: v.optional(integer(1, 1000), 12),
    backoff: v.pipe(
      v.object({
        first: v.optional(duration(), "1m"),
        cap: v.optional(duration(), "6h"),
      }),
      rule(({ first, cap }, { found, expected }) =>
        first <= cap ? [] : [{ at: ["cap"], found: found.lessThanFirst, expected: expected.asMuch }],
      ),
    ),
    uncertain_hold: v.optional(duration(), "5m"),
    night: v.optional(timeOfDay(), "02:00"),
    windows: v.optional(list(window()), []),
  }),
  quality: v.pipe(
    v.object({
      default: v.optional(quality(), "best"),
      choices: v.optional(list(quality(), { needs: () => "best" }), ["best", 2160, 1440, 1080, 720, 480]),
    }),
    rule(({ default: chosen, choices }, { expected }) =>
      choices.length === 0 || choices.includes(chosen)
        ? []
        : [{ at: ["default"], found: String(chosen), expected: expected.offeredQuality(choices.join(", ")) }],
    ),
  ),
  folders: v.optional(folders(), []),
  routes: v.optional(list(route()), []),
  links: v.object({
    allow_private: v.optional(boolean(), false),
    max_open: v.optional(integer(0, 1_000_000), 500),
    max_open_guest: v.optional(integer(0, 1_000_000), 50),
  }),
  grpc: v.pipe(
    v.object({
      listen: v.optional(listen(), "127.0.0.1:9999"),
      token: v.optional(bearerToken(), ""),
      token_file: v.optional(path(), ""),
      tls,
      join: v.object({ listen: v.optional(listen(), "0.0.0.0:9977") }),
      downloaders: v.optional(downloadersOverTls(), []),
      allowed_networks: v.optional(list(network()), []),
    }),
    // What a host name resolves to is checked when the bot listens there.
    rule(({ listen: { host }, token, tls, allowed_networks: allowed }, { expected, hint }) =>
      token !== "" ||
      (tls.cert !== "" && tls.listen === "") ||
      isIP(host) === 0 ||
      isPrivateHost(host) ||
      isLimit(allowed)
        ? []
        : [
            {
              at: ["listen"],
              found: host,
              expected: expected.privateListen,
              hint: hint.open,
            },
          ],
    ),
  ),
  http: v.object({
    listen: v.optional(listen(), "127.0.0.1:9988"),
    token: v.optional(bearerToken(), ""),
    token_file: v.optional(path(), ""),
  }),
  store: v.object({
    path: v.optional(path({ needed: true }), "dwld-bot.db"),
  }),
  downloader: v.object({
    dir: v.optional(path(), ""),
    listen: v.optional(listen(), "127.0.0.1:50051"),
    concurrency: v.optional(integer(1, 64), 2),
    rate: v.optional(size(), "0"),
    min_free: v.optional(size(), "1G"),
    cookies: v.optional(path(), ""),
    yt_dlp: v.optional(path(), ""),
    yt_dlp_arguments: v.optional(list(argument()), []),
    name: v.optional(downloaderNameOrNothing(), ""),
    roots: v.optional(list(root()), []),
    backend: backEnd,
  }),
  history: v.object({
    keep: v.optional(
      duration({ least: OWNED_MS, most: LONGEST_HISTORY_MS, limits: ({ between }) => between("30d", "3650d") }),
      "180d",
    ),
  }),
  lifetimes: v.object({
    commands: v.optional(lifetime(), "1m"),
    answers: v.optional(lifetime(), "5m"),
    notices: v.optional(lifetime(), "10m"),
  }),
  log: v.object({
    level: v.optional(oneOf(["debug", "info", "warn", "error"]), "info"),
    format: v.optional(oneOf(["auto", "pretty", "journal", "json"]), "auto"),
  }),
});

/**
 * Every key of the config with its default, as written in the YAML. The rest is derived from it: the names of the environment variables,
 * which keys are unknown, and the test that keeps `config.example.yaml` complete.
 */
export const configSchema = v.pipe(
  sections,
  // If two servers had the same address, the bot would wait for itself to free the port.
  rule(({ grpc, http, downloader }, { expected }) => {
    const ofGrpc = [grpc.listen, ...(grpc.tls.listen === "" ? [] : [grpc.tls.listen])];
    // Without a token, a taken HTTP port does not prevent the start.
    const ofHttp = http.token === "" ? [] : [http.listen];
    const isBeside = downloader.dir !== "" || downloader.backend.kind !== NO_PROGRAM;
    return [
      ...ofGrpc.slice(1).flatMap((tls) => taken(["grpc", "tls", "listen"], tls, grpc.listen, expected)),
      ...ofHttp.flatMap((mine) => ofGrpc.flatMap((other) => taken(["http", "listen"], mine, other, expected))),
      ...(isBeside ? [...ofGrpc, ...ofHttp] : []).flatMap((other) =>
        taken(["downloader", "listen"], downloader.listen, other, expected),
      ),
    ];
  }),
);
