import { describe, expect, test } from "bun:test";
import type { Handler } from "../../../src/http/answer.ts";
import { createReadyz, healthz } from "../../../src/http/health.ts";
import { createStatus, NOW, UNREADABLE } from "./status-provider.ts";

async function ask(handler: Handler) {
  const answer = await handler(new Request("http://127.0.0.1/"), { address: "127.0.0.1", allowMs: () => undefined });
  return { status: answer.status, body: await answer.json() };
}

const ready = (of: Parameters<typeof createStatus>[0] = {}) =>
  ask(createReadyz({ status: createStatus(of), now: () => NOW }));

test("healthz answers that the bot is alive", async () => {
  expect(await ask(healthz)).toEqual({ status: 200, body: { ok: true } });
});

describe("createReadyz()", () => {
  test("is ready when links can be stored, downloaders can register and Telegram answers", async () => {
    expect(await ready()).toEqual({
      status: 200,
      body: { ready: true, database: "ok", grpc: "ok", telegram: "ok" },
    });
  });

  test("is not ready when the database cannot be written, and says why", async () => {
    const { status, body } = await ready({ stats: UNREADABLE });
    expect(status).toBe(503);
    expect(body).toEqual({ ready: false, database: "cannot be written: SQLITE_FULL", grpc: "ok", telegram: "ok" });
  });

  test("is not ready when downloaders cannot register, and says so", async () => {
    expect(await ready({ isListening: () => false })).toMatchObject({
      status: 503,
      body: { ready: false, grpc: "not listening", database: "ok", telegram: "ok" },
    });
  });

  test.each([
    [undefined, 503, "no answer since the start"],
    [NOW - 119_999, 200, "ok"],
    [NOW - 120_000, 503, "no answer for 120 s"],
    // The clock has jumped back.
    [NOW + 3_600_000, 200, "ok"],
  ])("with Telegram's latest answer at %p, the status is %i", async (lastPollAt, status, telegram) => {
    expect(await ready({ lastPollAt: () => lastPollAt })).toMatchObject({ status, body: { telegram } });
  });

  test("probes the database at most once in five seconds, however often it is asked", async () => {
    let now = NOW;
    let probes = 0;
    const stats = { ...UNREADABLE, probe: () => void probes++ };
    const readyz = createReadyz({ status: createStatus({ stats }), now: () => now });
    for (const later of [0, 1, 4_998, 1, 4_999, -60_000]) {
      now += later;
      await ask(readyz);
    }
    // At 0, 5 000 and after the clock was set back.
    expect(probes).toBe(3);
  });
});
