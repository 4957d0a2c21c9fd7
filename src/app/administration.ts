import type { Config } from "../config.ts";
import type { DownloaderClient } from "../domain/downloader.ts";
import type { Log } from "../domain/log.ts";
import type { Store } from "../domain/storage.ts";
import { createInviteDesk } from "../service/access/invites.ts";
import { createAccess } from "../service/access.ts";
import { createCheckQuota } from "../service/queue/quota.ts";
import type { Registry } from "../service/registry.ts";
import { createServers } from "../service/servers.ts";
import { createCountWaiting } from "../service/waiting.ts";
import { createFindWhereabouts } from "../service/whereabouts.ts";

/** Who may do what and how much, and what admins see of the downloaders. May throw `StoreUnavailable`. */
export function createAdministration(deps: {
  config: Config;
  store: Store;
  registry: Registry;
  client: DownloaderClient;
  now: () => number;
  log: Log;
}) {
  const { config, store, registry, client, now, log } = deps;
  const { routes } = config;
  const access = createAccess({ settings: config.telegram, grants: store.grants, now, log: log.withTag("access") });
  const countWaiting = createCountWaiting({ links: store.links, registry, routes });
  return {
    access,
    invites: createInviteDesk({ store, access, now }),
    countWaiting,
    checkQuota: createCheckQuota({ links: store.links, maxOpen: config.links.max_open }),
    servers: createServers({
      registry,
      client,
      deliveries: store.deliveries,
      countWaiting,
      log: log.withTag("servers"),
    }),
    find: createFindWhereabouts({ registry, routes, store }),
  };
}
