import { describe, expect, test } from "bun:test";
import type { AdminAlert } from "../../../src/domain/admin-alert.ts";
import type { Backup, Backups } from "../../../src/domain/backup.ts";
import { createNightlyBackup } from "../../../src/service/nightly-backup.ts";
import { createRecordingLog } from "../../support/recording-log.ts";

const MINUTE_MS = 60_000;
const at = (text: string) => Date.parse(text);

interface RigOptions {
  readonly had?: readonly string[];
  readonly findings?: () => string[];
  /** The system's error code, as long as no copy can be made. */
  readonly fails?: () => string | undefined;
}

function rig(startAt: string, of: RigOptions = {}) {
  const log = createRecordingLog();
  const told: AdminAlert[] = [];
  const made: Backup[] = (of.had ?? []).map((when) => ({ path: "had", at: at(when), bytes: 1 }));
  const backups: Backups = {
    all: () => made.toSorted((a, b) => b.at - a.at),
    make: () => {
      throw new Error("It holds up the event loop");
    },
    async makeBeside(reason, when) {
      const code = of.fails?.();
      if (code !== undefined) throw Object.assign(new Error("No copy"), { code });
      const findings = of.findings?.() ?? [];
      if (findings.length > 0) return { findings };
      const backup = { path: `${reason}.db`, at: when, bytes: 1 };
      made.push(backup);
      return { backup };
    },
  };
  let now = at(startAt);
  const nightly = createNightlyBackup({
    backups,
    zone: "Europe/Moscow",
    tell: (alert) => told.push(alert),
    now: () => now,
    log,
  });
  return {
    log,
    told,
    sets: (clock: string) => {
      now = at(clock);
    },
    /** Ticks every quarter of an hour; returns when backups were made, in UTC. */
    async ticksUntil(end: string): Promise<string[]> {
      const before = made.length;
      for (; now <= at(end); now += 15 * MINUTE_MS) await nightly.tick().catch((error) => log.error(String(error)));
      return made.slice(before).map((backup) => new Date(backup.at).toISOString());
    },
  };
}

describe("createNightlyBackup()", () => {
  test("backs up once a night, at four in the configured zone", async () => {
    const { ticksUntil } = rig("2026-11-20T12:00:00Z", { had: ["2026-11-20T11:00:00Z"] });
    expect(await ticksUntil("2026-11-23T12:00:00Z")).toEqual([
      "2026-11-21T01:00:00.000Z",
      "2026-11-22T01:00:00.000Z",
      "2026-11-23T01:00:00.000Z",
    ]);
  });

  test("backs up at once if there is no backup or a night was missed", async () => {
    expect(await rig("2026-11-20T12:00:00Z").ticksUntil("2026-11-20T18:00:00Z")).toEqual(["2026-11-20T12:00:00.000Z"]);
    const missed = rig("2026-11-20T12:00:00Z", { had: ["2026-11-19T23:00:00Z"] });
    expect(await missed.ticksUntil("2026-11-20T18:00:00Z")).toEqual(["2026-11-20T12:00:00.000Z"]);
  });

  test("backs up even if there is a backup from the future", async () => {
    const { ticksUntil } = rig("2026-11-20T12:00:00Z", { had: ["2036-01-01T00:00:00Z"] });
    expect(await ticksUntil("2026-11-20T18:00:00Z")).toEqual(["2026-11-20T12:00:00.000Z"]);
  });

  test("makes no backup of a damaged database, which would displace a good one", async () => {
    const { log, ticksUntil } = rig("2026-11-20T12:00:00Z", { findings: () => ["row 3 missing from index"] });
    expect(await ticksUntil("2026-11-20T12:00:00Z")).toEqual([]);
    expect(log.at("error")).toEqual([expect.stringContaining("damaged")]);
  });

  test("tells admins once that the database was found damaged at night", async () => {
    const { told, ticksUntil } = rig("2026-11-20T12:00:00Z", { findings: () => ["row 3 missing from index"] });
    await ticksUntil("2026-11-22T12:00:00Z");
    expect(told).toEqual([{ kind: "not_backed_up", because: "damaged" }]);
  });

  test.each([
    ["ENOSPC", "full"],
    ["SQLITE_FULL", "full"],
    ["EROFS", "other"],
  ] as const)("tells admins once that none could be made for a day: %s", async (code, because) => {
    let fails: string | undefined = code;
    const { told, ticksUntil } = rig("2026-11-20T12:00:00Z", { fails: () => fails });
    await ticksUntil("2026-11-21T11:45:00Z");
    expect(told).toEqual([]);
    await ticksUntil("2026-11-23T12:00:00Z");
    expect(told).toEqual([{ kind: "not_backed_up", because }]);
    fails = undefined;
    expect(await ticksUntil("2026-11-23T12:15:00Z")).toHaveLength(1);
    fails = code;
    await ticksUntil("2026-11-26T12:00:00Z");
    expect(told).toHaveLength(2);
  });

  test("counts that day anew when the clock is set back", async () => {
    const { told, sets, ticksUntil } = rig("2027-11-20T12:00:00Z", { fails: () => "ENOSPC" });
    await ticksUntil("2027-11-20T13:00:00Z");
    sets("2026-11-20T13:00:00Z");
    await ticksUntil("2026-11-21T12:45:00Z");
    expect(told).toEqual([]);
    await ticksUntil("2026-11-21T13:00:00Z");
    expect(told).toHaveLength(1);
  });
});
