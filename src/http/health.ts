import type { StatusProvider } from "../domain/monitoring.ts";
import { unlessUnavailable } from "../domain/storage.ts";
import type { Handler } from "./answer.ts";

/** reliability.md §6. */
const POLL_FRESH_MS = 2 * 60_000;
/** Testing whether the database can be written costs a write, and frequent requests must not multiply it. */
const PROBE_KEPT_MS = 5_000;

/** `GET /healthz`: the event loop is running. */
export const healthz: Handler = () => Response.json({ ok: true });

/**
 * `GET /readyz`: 200 while links can be stored, downloaders can register and Telegram answers, otherwise 503. Each part is `ok` or a
 * sentence.
 */
export function createReadyz({ status, now }: { status: StatusProvider; now: () => number }): Handler {
  let database = { says: "ok", probedAt: Number.NEGATIVE_INFINITY };

  function probe(): string {
    if (Math.abs(now() - database.probedAt) >= PROBE_KEPT_MS) database = { says: ask(status), probedAt: now() };
    return database.says;
  }

  function telegram(): string {
    const at = status.lastPollAt();
    if (at === undefined) return "no answer since the start";
    const ageMs = now() - at;
    return ageMs < POLL_FRESH_MS ? "ok" : `no answer for ${Math.round(ageMs / 1000)} s`;
  }

  return () => {
    const parts = { database: probe(), grpc: status.isListening() ? "ok" : "not listening", telegram: telegram() };
    const isReady = Object.values(parts).every((says) => says === "ok");
    return Response.json({ ready: isReady, ...parts }, { status: isReady ? 200 : 503 });
  };
}

function ask({ stats }: StatusProvider): string {
  const probe = () => {
    stats.probe();
    return "ok";
  };
  return unlessUnavailable(probe, ({ code }) => `cannot be written: ${code}`);
}
