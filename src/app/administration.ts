import type { DownloaderClient } from "../domain/downloader.ts";
import { NobodyRules } from "../domain/pairing.ts";
import { createAccess } from "../service/access/access.ts";
import { createInviteDesk } from "../service/access/invites.ts";
import { createPairingDesk } from "../service/access/pairing.ts";
import { createCountBacklog } from "../service/fleet/backlog.ts";
import { createDownloaderAdmin } from "../service/fleet/downloader-admin.ts";
import type { Registry } from "../service/fleet/registry.ts";
import { createTraceLink } from "../service/fleet/trace-link.ts";
import type { Usability } from "../service/fleet/usability.ts";
import { createCheckQuota } from "../service/queue/quota.ts";
import { openPairingFile, pairingFileOf } from "../store/pairing-file.ts";
import type { Foundation } from "./foundation.ts";

/** Access, quotas, and what admins see of the downloaders. May throw `StoreUnavailable` and `NobodyRules`. */
export type Administration = ReturnType<typeof createAdministration>;

export function createAdministration(
  foundation: Foundation,
  of: { registry: Registry; usability: Usability; client: DownloaderClient },
) {
  const { config, store, now, log } = foundation;
  const { registry, usability, client } = of;
  const accessLog = log.withTag("access");
  const access = createAccess({ settings: config.telegram, grants: store.grants, now, log: accessLog });
  const pairings = openPairingFile(pairingFileOf(config.store.path));
  const pairing = createPairingDesk({ pairings, access, now, log: accessLog });
  // A database that cannot be read yet may know an admin.
  if (access.admins.length === 0 && !pairing.isOpen() && foundation.takeUp()) throw new NobodyRules();
  const countBacklog = createCountBacklog({ links: store.links, registry });
  return {
    access,
    pairing,
    invites: createInviteDesk({ store, access, now }),
    countBacklog,
    checkQuota: createCheckQuota({
      links: store.links,
      maxOpen: config.links.max_open,
      maxOpenGuest: config.links.max_open_guest,
    }),
    downloaderAdmin: createDownloaderAdmin({
      registry,
      usability,
      client,
      joined: foundation.joined,
      deliveries: store.deliveries,
      countBacklog,
      log: log.withTag("downloaders"),
    }),
    traceLink: createTraceLink({ registry, store }),
  };
}
