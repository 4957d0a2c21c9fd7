import type { Config } from "../config.ts";
import type { Registry } from "../service/registry.ts";
import { createTelegram, type Telegram, type TelegramSettings } from "../telegram/telegram.ts";

/** How long /status keeps itself up to date. */
const LIVE_MS = 120_000;

type Parts = Omit<Parameters<typeof createTelegram>[0], "settings">;

/** The chat side, with what the config says about it. */
export function createChat({ config, registry, ...parts }: Parts & { config: Config; registry: Registry }): Telegram {
  const { telegram, dispatch } = config;
  const settings: TelegramSettings = {
    token: telegram.token,
    reach: { roots: telegram.api_roots, proxies: telegram.proxies },
    qualities: config.quality.choices,
    folders: config.folders,
    timeZone: config.time_zone,
    night: dispatch.night,
    servers: {
      matching: (url) => registry.matching({ url, downloader: null }),
      all: () => registry.all().map(({ name }) => name),
    },
    allowPrivate: config.links.allow_private,
    maxLinksPerMessage: telegram.max_links_per_message,
    delayMs: dispatch.delay,
    lifetimes: config.lifetimes,
    live: { everyMs: dispatch.interval, forMs: LIVE_MS },
  };
  return createTelegram({ ...parts, settings });
}
