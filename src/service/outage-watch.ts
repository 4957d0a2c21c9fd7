import type { AdminAlert, DatabaseTrouble } from "../domain/admin-alert.ts";
import type { Log } from "../domain/log.ts";
import { unlessUnavailable } from "../domain/storage.ts";

/** A shorter outage is not reported: another program's lock, or a disk that is being cleaned up. */
const PASSES_MS = 60_000;

/** Tells admins, once per outage, that the database cannot be used any more while the bot runs, and that it can be used again. */
export interface OutageWatch {
  /** A call of the store has failed, with SQLite's code. */
  failed(code: string): void;
  /** After a failure, checks with `probe`, which writes, whether the database still fails; called at every tick. */
  look(probe: () => void): void;
}

export function createOutageWatch(deps: {
  tell: (alert: AdminAlert) => void;
  now: () => number;
  log: Log;
}): OutageWatch {
  const { tell, now, log } = deps;
  let since: number | undefined;
  let isTold = false;
  /** Damage does not pass, and does not show in every table. */
  let isDamaged = false;

  function tellOnce(code: string): void {
    if (isTold) return;
    isTold = true;
    log.error("The database cannot be used; continuing without it", { code });
    tell({ kind: "database_failing", because: troubleOf(code) });
  }

  function stillFails(at: number, code: string): void {
    // After the clock was set back, the time counts from now.
    if (since === undefined || at < since) since = at;
    if (at - since >= PASSES_MS) tellOnce(code);
  }

  return {
    failed(code) {
      since ??= now();
      isDamaged ||= troubleOf(code) === "damaged";
    },
    look(probe) {
      if (since === undefined) return;
      if (isDamaged) return tellOnce("SQLITE_CORRUPT");
      const code = unlessUnavailable(probe, (trouble) => trouble.code);
      if (code !== undefined) return stillFails(now(), code);
      since = undefined;
      if (!isTold) return;
      isTold = false;
      log.info("The database can be used again");
      tell({ kind: "database_back" });
    },
  };
}

function troubleOf(code: string): DatabaseTrouble {
  if (/^SQLITE_FULL/.test(code)) return "full";
  if (/^SQLITE_(BUSY|LOCKED|PROTOCOL)/.test(code)) return "locked";
  return /^SQLITE_(CORRUPT|NOTADB)/.test(code) ? "damaged" : "unwritable";
}
