import { describe, expect, test } from "bun:test";
import { statSync } from "node:fs";
import { createMetrics } from "../../../src/http/metrics.ts";
import { createStatus, NOW, UNREADABLE } from "./status-provider.ts";

/** A scrape: each value by its `name{labels}`. */
async function scrape(of: { metrics?: ReturnType<typeof createMetrics>; status?: Parameters<typeof createStatus>[0] }) {
  const { metrics = createMetrics(), status = {} } = of;
  const handler = metrics.serve({ status: createStatus(status), now: () => NOW });
  const answer = await handler(new Request("http://127.0.0.1/"), { address: "127.0.0.1", allowMs: () => undefined });
  const text = await answer.text();
  const samples = text.split("\n").flatMap((line) => {
    const [, name, value] = /^([a-z]\w*(?:\{.*\})?) (.+)$/.exec(line) ?? [];
    return name === undefined ? [] : [[name, Number(value)] as const];
  });
  return { text, samples: new Map(samples), type: answer.headers.get("content-type") };
}

describe("createMetrics()", () => {
  test("reports the bot's state in the text format of Prometheus", async () => {
    const { samples, type } = await scrape({
      status: {
        lastPollAt: () => NOW - 30_000,
        lastBackupAt: () => NOW - 3_600_000,
        downloaders: () => [
          { name: "nas", isUp: true },
          { name: 'back"up', isUp: false },
        ],
        endpoints: () => [
          { name: "a.example", isCurrent: false, state: "failing", since: NOW, lastOkAt: undefined, problem: "closed" },
          { name: "b.example", isCurrent: true, state: "ok", since: NOW, lastOkAt: NOW, problem: undefined },
        ],
        stats: {
          probe: () => undefined,
          links: () => new Map([["queued", 3] as const, ["uncertain", 2] as const]),
          oldestDueAt: () => NOW - 90_000,
          deletions: () => 4,
        },
      },
    });
    expect(type).toStartWith("text/plain; version=0.0.4");
    expect(
      Object.fromEntries([...samples].filter(([name]) => name.startsWith("dwld_") && !name.includes("build"))),
    ).toEqual({
      'dwld_links{state="queued"}': 3,
      'dwld_links{state="asking"}': 0,
      'dwld_links{state="sending"}': 0,
      'dwld_links{state="uncertain"}': 2,
      'dwld_links{state="unmatched"}': 0,
      'dwld_links{state="unreachable"}': 0,
      'dwld_links{state="failed"}': 0,
      'dwld_links{state="removed"}': 0,
      dwld_uncertain: 2,
      dwld_oldest_due_seconds: 90,
      dwld_deletions_pending: 4,
      'dwld_telegram_way_up{way="a.example",current="false"}': 0,
      'dwld_telegram_way_up{way="b.example",current="true"}': 1,
      'dwld_downloader_up{downloader="nas"}': 1,
      'dwld_downloader_up{downloader="back\\"up"}': 0,
      dwld_last_poll_success_timestamp: NOW / 1000 - 30,
      dwld_last_tick_timestamp: NOW / 1000 - 5,
      dwld_db_bytes: 4096,
      dwld_backup_age_seconds: 3600,
      ...Object.fromEntries(
        [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, "+Inf"].map((le) => [
          `dwld_attempt_seconds_bucket{le="${le}"}`,
          0,
        ]),
      ),
      dwld_attempt_seconds_sum: 0,
      dwld_attempt_seconds_count: 0,
    });
  });

  test("counts attempts, updates, and failures of Telegram and of the database", async () => {
    const metrics = createMetrics();
    const { meter } = metrics;
    meter.attempted({ downloader: "nas", outcome: "accepted", ms: 30 });
    meter.attempted({ downloader: "nas", outcome: "accepted", ms: 2_000 });
    meter.attempted({ downloader: "nas", outcome: "never_sent", ms: 1 });
    meter.updated("message");
    meter.telegramFailed("sendMessage", "429");
    meter.storeFailed("SQLITE_BUSY");
    const { samples } = await scrape({ metrics });
    expect(samples.get('dwld_attempts_total{downloader="nas",outcome="accepted"}')).toBe(2);
    expect(samples.get('dwld_attempts_total{downloader="nas",outcome="never_sent"}')).toBe(1);
    expect(samples.get('dwld_attempt_seconds_bucket{le="0.1"}')).toBe(2);
    expect(samples.get("dwld_attempt_seconds_count")).toBe(3);
    expect(samples.get('dwld_updates_total{kind="message"}')).toBe(1);
    expect(samples.get('dwld_telegram_errors_total{method="sendMessage",code="429"}')).toBe(1);
    expect(samples.get('dwld_db_errors_total{code="SQLITE_BUSY"}')).toBe(1);
  });

  test("has separate series for 100 downloaders, and one for all others", async () => {
    const metrics = createMetrics();
    for (let n = 0; n < 1_000; n++) metrics.meter.attempted({ downloader: `d${n}`, outcome: "refused", ms: 1 });
    const { samples } = await scrape({ metrics });
    const series = [...samples].filter(([name]) => name.startsWith("dwld_attempts_total"));
    expect(series).toHaveLength(101);
    expect(samples.get('dwld_attempts_total{downloader="other",outcome="refused"}')).toBe(900);
  });

  test("leaves out figures that cannot be read from the database, and reports the rest", async () => {
    const { samples, text } = await scrape({ status: { stats: UNREADABLE, lastPollAt: () => undefined } });
    const missing = ["dwld_links", "dwld_uncertain", "dwld_oldest_due_seconds", "dwld_deletions_pending"];
    for (const name of [...missing, "dwld_last_poll_success_timestamp", "dwld_backup_age_seconds"]) {
      expect([...samples.keys()].filter((sample) => sample.startsWith(name))).toEqual([]);
      expect(text).toContain(`# TYPE ${name} gauge`);
    }
    expect(samples.get("dwld_db_bytes")).toBe(4096);
  });

  test("leaves out file sizes and ages that cannot be read from the disk", async () => {
    const failing = () => {
      statSync(`${import.meta.path}/nothing`);
      return 0;
    };
    const { samples } = await scrape({ status: { databaseBytes: failing, lastBackupAt: failing } });
    expect([samples.get("dwld_db_bytes"), samples.get("dwld_backup_age_seconds")]).toEqual([undefined, undefined]);
    expect(samples.get("dwld_deletions_pending")).toBe(0);
  });

  test("reports the process, without the metrics that Bun never fills", async () => {
    const { samples, text } = await scrape({});
    for (const name of [
      "process_cpu_seconds_total",
      "process_resident_memory_bytes",
      "nodejs_eventloop_lag_p99_seconds",
    ])
      expect(samples.get(name)).toBeNumber();
    expect(text).not.toContain("nodejs_gc_duration_seconds");
    expect(text).not.toContain("nodejs_heap_space");
    expect([...samples].filter(([, value]) => !Number.isFinite(value))).toEqual([]);
  });
});
