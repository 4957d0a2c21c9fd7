import type { StatusProvider } from "../../../src/domain/monitoring.ts";
import { StoreUnavailable } from "../../../src/domain/storage.ts";

export const NOW = Date.UTC(2026, 10, 23);

/** A healthy bot, except for what the test passes. */
export function createStatus(of: Partial<StatusProvider> = {}): StatusProvider {
  return {
    isListening: () => true,
    lastPollAt: () => NOW - 30_000,
    lastTickAt: () => NOW - 5_000,
    lastBackupAt: () => undefined,
    downloaders: () => [],
    endpoints: () => [],
    databaseBytes: () => 4096,
    stats: { probe: () => undefined, links: () => new Map(), oldestDueAt: () => undefined, deletions: () => 0 },
    ...of,
  };
}

const fail = () => {
  throw new StoreUnavailable("SQLITE_FULL");
};

/** Figures of a database that cannot be used. */
export const UNREADABLE: StatusProvider["stats"] = { probe: fail, links: fail, oldestDueAt: fail, deletions: fail };
