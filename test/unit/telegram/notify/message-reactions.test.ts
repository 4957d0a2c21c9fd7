import { describe, expect, test } from "bun:test";
import { reactionTo } from "../../../../src/telegram/notify/message-reactions.ts";

describe("reactionTo()", () => {
  const open = { state: "open", trouble: null } as const;
  const troubled = { state: "open", trouble: "no space" } as const;
  const done = { state: "done", trouble: "no space" } as const;
  const lost = { state: "lost", trouble: null } as const;
  const removed = { state: "removed", trouble: null } as const;
  const queued = { state: "queued" } as const;

  test.each([
    ["nothing was handed over", [], [queued], undefined],
    ["its only link was taken out", [removed], [], undefined],
    ["it was taken", [open], [], "👀"],
    ["some are done", [done, open], [], "👀"],
    ["the rest still waits", [done], [queued], "👀"],
    ["all are done", [done, done], [], "👌"],
    ["the rest was taken out", [done, removed], [{ state: "removed" } as const], "👌"],
    ["one has trouble", [open, troubled], [queued], "💔"],
    ["of one nobody knows", [done, { state: "unknown", trouble: null } as const], [], "🤷"],
    ["one was lost", [done, lost], [], "💔"],
    ["nobody took one of them", [done], [{ state: "failed" } as const], "💔"],
  ])("when %s", (_, deliveries, waiting, emoji) => {
    expect(reactionTo(deliveries, waiting)).toBe(emoji as ReturnType<typeof reactionTo>);
  });
});
