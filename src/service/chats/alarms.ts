import { randomUUID } from "node:crypto";
import type { AdminAlert, UntoldAlarm } from "../../domain/admin-alert.ts";
import { ifAvailable, type LateWrites, type Store } from "../../domain/storage.ts";

/** Alarms until admins have been told: a kill loses none, except alarms about a database that cannot be written. None of these throws. */
export interface AlarmDesk {
  /** Stores it at once or, while the database cannot be used, later. */
  keep(alert: AdminAlert): UntoldAlarm;
  told(alarm: UntoldAlarm): void;
  /** Alarms of an earlier run, each once. */
  left(): readonly UntoldAlarm[];
}

export function createAlarmDesk(deps: { store: Pick<Store, "untoldAlarms">; lateWrites: LateWrites }): AlarmDesk {
  const { store, lateWrites } = deps;
  /** Alarms of this run, or taken over by it. */
  const known = new Set<string>();

  return {
    keep(alert) {
      const alarm = { key: randomUUID(), alert };
      known.add(alarm.key);
      lateWrites.write("an alarm", () => store.untoldAlarms.add(alarm));
      return alarm;
    },
    told({ key }) {
      known.delete(key);
      lateWrites.write("that an alarm was told", () => store.untoldAlarms.remove(key));
    },
    left() {
      const all = ifAvailable(store.untoldAlarms.all) ?? [];
      const left = all.filter(({ key }) => !known.has(key));
      for (const { key } of left) known.add(key);
      return left;
    },
  };
}
