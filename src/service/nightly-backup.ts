import type { AdminAlert } from "../domain/admin-alert.ts";
import type { Backups, BesideResult } from "../domain/backup.ts";
import { isDiskFull } from "../domain/error-code.ts";
import type { Log } from "../domain/log.ts";
import { tonightAt } from "../domain/time.ts";

/** In `time_zone`, when few people send links. */
const QUIET_CLOCK = "04:00";
const DAY_MS = 24 * 3_600_000;

/** The nightly backup. */
export interface NightlyBackup {
  /**
   * Makes a backup if there is none since the latest quiet hour: at 04:00, and at the first tick after a night in which the bot did not
   * run. A damaged database is not backed up, so that it pushes out no good copy; admins are told once. Rejects if the backup fails; they
   * are told once that has gone on for a day.
   */
  tick(): Promise<void>;
}

export function createNightlyBackup(deps: {
  backups: Backups;
  zone: string;
  tell: (alert: AdminAlert) => void;
  now: () => number;
  log: Log;
}): NightlyBackup {
  const { backups, zone, now, log } = deps;
  let failingSince: number | undefined;
  let isTold = false;

  function tellOnce(because: "damaged" | "full" | "other"): void {
    if (!isTold) deps.tell({ kind: "not_backed_up", because });
    isTold = true;
  }

  async function make(at: number): Promise<BesideResult> {
    try {
      return await backups.makeBeside("nightly", at);
    } catch (error) {
      // After the clock was set back, the day counts from now.
      if (failingSince === undefined || at < failingSince) failingSince = at;
      if (at - failingSince >= DAY_MS) tellOnce(isDiskFull(error) ? "full" : "other");
      throw error;
    }
  }

  return {
    async tick() {
      const at = now();
      const quietAt = tonightAt(at - DAY_MS, QUIET_CLOCK, zone);
      // A backup from the future was made under a wrong clock.
      if (backups.all().some((backup) => backup.at >= quietAt && backup.at <= at)) return;
      const made = await make(at);
      if ("findings" in made) {
        tellOnce("damaged");
        log.error("The database is damaged, so it is not backed up: the next start restores the newest good backup", {
          findings: made.findings.slice(0, 3).join("; "),
        });
        return;
      }
      failingSince = undefined;
      isTold = false;
      const { path, bytes } = made.backup;
      log.info("Backed up the database", { file: path, bytes });
    },
  };
}
