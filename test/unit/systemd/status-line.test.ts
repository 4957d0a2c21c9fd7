import { describe, expect, test } from "bun:test";
import { statusLine } from "../../../src/systemd/status-line.ts";

const ok = { state: "polling", lastSuccessAt: Date.UTC(2026, 10, 23, 14, 5, 59) };

describe("statusLine()", () => {
  test("shows the queue, the downloaders and Telegram", () => {
    expect(statusLine({ waiting: 3, downloaders: [{ failures: 0 }, { failures: 2 }], telegram: ok })).toBe(
      "3 in the queue, 1 of 2 downloaders answer, Telegram ok",
    );
  });

  test("shows when Telegram last answered", () => {
    const telegram = { ...ok, state: "unreachable" };
    expect(statusLine({ waiting: 0, downloaders: [], telegram })).toBe(
      "0 in the queue, no downloaders yet, Telegram unreachable, last answer 2026-11-23T14:05Z",
    );
  });

  test("shows that Telegram has never answered, and that the database cannot be used", () => {
    const telegram = { state: "starting", lastSuccessAt: undefined };
    expect(statusLine({ waiting: undefined, downloaders: [], telegram })).toBe(
      "The database cannot be used, no downloaders yet, Telegram starting, no answer yet",
    );
  });
});
