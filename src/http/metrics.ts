import { Counter, collectDefaultMetrics, Histogram, Registry } from "prom-client";
import type { Meter, StatusProvider } from "../domain/monitoring.ts";
import { version } from "../version.ts";
import type { Handler } from "./answer.ts";
import { addGauges } from "./gauges.ts";

/** What the bot counts, and the page that shows it. */
export interface Metrics {
  readonly meter: Meter;
  /** `GET /metrics`, in the text format of Prometheus; call it once. */
  serve(of: { status: StatusProvider; now: () => number }): Handler;
}

/** Bounds how many values of a label can be made to pile up; later ones are counted as `other`. */
const MOST_VALUES = 100;
/** How often the lag of the event loop is sampled: each sample wakes the process. */
const LAG_PRECISION_MS = 100;
/** Default metrics that Bun never fills, and those of the lag that are meaningless before the first sample. */
const USELESS = [
  "nodejs_gc_duration_seconds",
  "nodejs_heap_space_size_total_bytes",
  "nodejs_heap_space_size_used_bytes",
  "nodejs_heap_space_size_available_bytes",
  ...["resources", "handles", "requests"].flatMap((of) => [`nodejs_active_${of}`, `nodejs_active_${of}_total`]),
  "nodejs_eventloop_lag_min_seconds",
  "nodejs_eventloop_lag_mean_seconds",
  "nodejs_eventloop_lag_stddev_seconds",
];

/** The metrics of reliability.md §6, in their own registry. Those of the process are collected from the first scrape on. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const attempts = new Counter({
    name: "dwld_attempts_total",
    help: "Links offered to a downloader, by outcome.",
    labelNames: ["downloader", "outcome"],
    registers,
  });
  const attemptSeconds = new Histogram({
    name: "dwld_attempt_seconds",
    help: "How long offering a link to a downloader took.",
    buckets: [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  const updates = new Counter({
    name: "dwld_updates_total",
    help: "Updates that came from Telegram.",
    labelNames: ["kind"],
    registers,
  });
  const telegramErrors = new Counter({
    name: "dwld_telegram_errors_total",
    help: "Bot API calls that failed, by its error code or the network's.",
    labelNames: ["method", "code"],
    registers,
  });
  const storeErrors = new Counter({
    name: "dwld_db_errors_total",
    help: "How many times the database could not be used, by SQLite's code.",
    labelNames: ["code"],
    registers,
  });

  const downloader = bounded();
  const code = bounded();
  let hasProcess = false;
  function addProcess(): void {
    if (hasProcess) return;
    hasProcess = true;
    collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: LAG_PRECISION_MS });
    for (const name of USELESS) registry.removeSingleMetric(name);
  }

  return {
    meter: {
      attempted(attempt) {
        attempts.inc({ downloader: downloader(attempt.downloader), outcome: attempt.outcome });
        attemptSeconds.observe(attempt.ms / 1000);
      },
      updated: (kind) => updates.inc({ kind }),
      telegramFailed: (method, failure) => telegramErrors.inc({ method, code: code(failure) }),
      storeFailed: (failure) => storeErrors.inc({ code: failure }),
    },
    serve({ status, now }) {
      addGauges({ registers, status, now, version });
      return async () => {
        addProcess();
        return new Response(await registry.metrics(), { headers: { "content-type": registry.contentType } });
      };
    },
  };
}

function bounded(): (value: string) => string {
  const known = new Set<string>();
  return (value) => {
    if (known.size < MOST_VALUES) known.add(value);
    return known.has(value) ? value : "other";
  };
}
