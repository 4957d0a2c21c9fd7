import type { DownloaderClient } from "../domain/downloader.ts";
import { createHealth, type Health } from "../service/health.ts";
import type { Preferences } from "../service/preferences.ts";
import type { Registry } from "../service/registry.ts";
import type { Servers } from "../service/servers.ts";
import { createTracker, type Tracker } from "../service/tracker.ts";
import type { Base } from "./base.ts";

const HEALTH_EVERY_MS = 60_000;

/** What is known of downloaders and of links that were handed over. Disposing it ends the looks that are under way. */
export interface Tracking extends Disposable {
  readonly tracker: Tracker;
  readonly health: Health;
}

export function createTracking(
  base: Base,
  of: {
    registry: Registry;
    client: DownloaderClient;
    servers: Servers;
    preferences: Preferences;
    healthEveryMs?: number | undefined;
  },
): Tracking {
  const { config, store, events, now, log } = base;
  const { registry, client, servers, preferences, healthEveryMs: everyMs = HEALTH_EVERY_MS } = of;
  const health = createHealth({
    registry,
    client,
    look: servers.look,
    everyMs,
    now,
    log: log.withTag("health"),
    tell: (news) => void events.emit("news", news),
  });
  const tracker = createTracker({
    store,
    client,
    registry,
    messageKeptMs: (chatId) => preferences.lifetimeMs(chatId, config.lifetimes.notices),
    now,
    log: log.withTag("tracker"),
    onEvents: (learned) => void events.emit("deliveries", learned),
  });
  return { tracker, health, [Symbol.dispose]: () => tracker.stop() };
}
