import type { DownloaderClient } from "../domain/downloader.ts";
import type { Preferences } from "../service/chats/preferences.ts";
import type { DownloaderAdmin } from "../service/fleet/downloader-admin.ts";
import { createHealthMonitor, type HealthMonitor } from "../service/fleet/health-monitor.ts";
import type { Registry } from "../service/fleet/registry.ts";
import { createTracker, type Tracker } from "../service/tracking/tracker.ts";
import type { Foundation } from "./foundation.ts";

/** What is known about downloaders and about links that were handed over. Disposing it ends running looks. */
export interface Tracking extends Disposable {
  readonly tracker: Tracker;
  readonly health: HealthMonitor;
}

export function createTracking(
  foundation: Foundation,
  of: {
    registry: Registry;
    client: DownloaderClient;
    downloaderAdmin: DownloaderAdmin;
    preferences: Preferences;
  },
): Tracking {
  const { config, store, events, healthEveryMs: everyMs, now, log } = foundation;
  const { registry, client, downloaderAdmin, preferences } = of;
  const health = createHealthMonitor({
    registry,
    client,
    look: downloaderAdmin.look,
    everyMs,
    now,
    log: log.withTag("health"),
    tell: (alert) => void events.emit("alert", alert),
  });
  const tracker = createTracker({
    store,
    client,
    registry,
    messageKeptMs: (chatId) => preferences.lifetimeMs(chatId, config.lifetimes.notices),
    now,
    log: log.withTag("tracker"),
    onLook: (downloader, downloads) => void events.emit("looked", downloader, downloads),
    onEvents: (learned) => void events.emit("deliveries", learned),
  });
  return { tracker, health, [Symbol.dispose]: () => tracker.stop() };
}
