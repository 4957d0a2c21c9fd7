import { existsSync, renameSync } from "node:fs";
import type { Log } from "../domain/log.ts";
import { StoreUnavailable } from "../domain/storage.ts";
import { openStore, type SqliteStore } from "./store.ts";

const DAMAGED = /^SQLITE_(CORRUPT|NOTADB)/;

/**
 * Opens the database and makes sure that it is sound. A damaged one is moved aside, whole, for whoever wants to rescue it,
 * and a new one takes its place, so that the bot goes on. Throws what `openStore` throws for any other reason.
 */
export function openSoundStore(path: string, { now, log }: { now: () => number; log: Log }): SqliteStore {
  try {
    const store = openStore(path);
    const findings = store.check();
    if (findings.length === 0) return store;
    store[Symbol.dispose]();
    log.error("The database is damaged", { findings: findings.slice(0, 3).join("; ") });
  } catch (error) {
    if (!(error instanceof StoreUnavailable) || !DAMAGED.test(error.code)) throw error;
    log.error("The database is damaged", { code: error.code });
  }
  const aside = `${path}.damaged-${new Date(now()).toISOString().replace(/[:.]/g, "-")}`;
  for (const suffix of ["", "-wal", "-shm"]) {
    if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix);
  }
  log.error("It was moved aside, and a new one takes its place: links that waited are in the old file", {
    file: aside,
  });
  return openStore(path);
}
