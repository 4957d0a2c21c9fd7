import type { DownloaderClient } from "../domain/downloader.ts";
import { createAccess } from "../service/access/access.ts";
import { createInviteDesk } from "../service/access/invites.ts";
import { createCountWaiting } from "../service/fleet/backlog.ts";
import { createServers } from "../service/fleet/downloader-admin.ts";
import type { Registry } from "../service/fleet/registry.ts";
import { createFindWhereabouts } from "../service/fleet/trace-link.ts";
import { createCheckQuota } from "../service/queue/quota.ts";
import type { Base } from "./base.ts";

/** Who may do what and how much, and what admins see of the downloaders. May throw `StoreUnavailable`. */
export type Administration = ReturnType<typeof createAdministration>;

export function createAdministration(base: Base, of: { registry: Registry; client: DownloaderClient }) {
  const { config, store, now, log } = base;
  const { registry, client } = of;
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
