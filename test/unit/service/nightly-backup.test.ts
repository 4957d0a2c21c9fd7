import { describe, expect, test } from "bun:test";
import type { Backup, Backups } from "../../../src/domain/backup.ts";
import { createNightlyBackup } from "../../../src/service/nightly-backup.ts";
import { createRecordingLog } from "../../support/recording-log.ts";

const MINUTE_MS = 60_000;
const at = (text: string) => Date.parse(text);

function rig(startAt: string, of: { had?: readonly string[]; findings?: () => string[] } = {}) {
  const log = createRecordingLog();
  const made: Backup[] = (of.had ?? []).map((when) => ({ path: "had", at: at(when), bytes: 1 }));
  const backups: Backups = {
    all: () => made.toSorted((a, b) => b.at - a.at),
    make: () => {
      throw new Error("It holds up the event loop");
    },
    async makeBeside(reason, when) {
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
    now: () => now,
    log,
  });
  return {
    log,
    /** Ticks every quarter of an hour; returns when backups were made, in UTC. */
    async ticksUntil(end: string): Promise<string[]> {
      const before = made.length;
      for (; now <= at(end); now += 15 * MINUTE_MS) await nightly.tick();
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
});
