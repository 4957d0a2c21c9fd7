import type { Backups } from "../domain/backup.ts";
import type { Log } from "../domain/log.ts";
import { tonightAt } from "../domain/time.ts";

/** In `time_zone`, when few people send links. */
const QUIET_CLOCK = "04:00";
const DAY_MS = 24 * 3_600_000;

/** The nightly backup. */
export interface NightlyBackup {
  /**
   * Makes a backup if there is none since the latest quiet hour: at 04:00, and at the first tick after a night in which the bot did not
   * run. A damaged database is not backed up, so that it pushes out no good copy. Rejects if the backup fails.
   */
  tick(): Promise<void>;
}

export function createNightlyBackup(deps: {
  backups: Backups;
  zone: string;
  now: () => number;
  log: Log;
}): NightlyBackup {
  const { backups, zone, now, log } = deps;
  return {
    async tick() {
      const at = now();
      const quietAt = tonightAt(at - DAY_MS, QUIET_CLOCK, zone);
      // A backup from the future was made under a wrong clock.
      if (backups.all().some((backup) => backup.at >= quietAt && backup.at <= at)) return;
      const made = await backups.makeBeside("nightly", at);
      if ("findings" in made) {
        log.error("The database is damaged, so it is not backed up: the next start restores the newest good backup", {
          findings: made.findings.slice(0, 3).join("; "),
        });
        return;
      }
      const { path, bytes } = made.backup;
      log.info("Backed up the database", { file: path, bytes });
    },
  };
}
