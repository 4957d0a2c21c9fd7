import type { Backups } from "../domain/backup.ts";
import type { Log } from "../domain/log.ts";
import { tonightAt } from "../domain/time.ts";

/** When few people send links; in `time_zone`. */
const QUIET_CLOCK = "04:00";
const DAY_MS = 24 * 3_600_000;

/** The nightly backup. */
export interface NightlyBackup {
  /**
   * Backs up when none was made since the latest quiet hour: at 04:00, and at the first tick after a night in which the
   * bot did not run. A damaged database is not copied, so that it drives no good copy out. Rejects when it cannot be done.
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
      // One from the future was made under a wrong clock.
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
