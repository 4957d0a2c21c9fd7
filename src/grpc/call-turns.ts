import type { CallEnd } from "./call-failure.ts";
import { createCallWindow } from "./call-window.ts";
import { type AskedFor, createReplyGate, type ReplyGate } from "./reply-gate.ts";

/** When a call to a downloader has its turn, by how many it takes at a time and how large its replies are (reliability.md §2.5). */
export interface CallTurns extends Omit<ReplyGate, "pass"> {
  /** How `call` ended, which is given the ms that are left; undefined if it had no turn within `limitMs`. */
  pass<Reply>(
    name: string,
    asked: AskedFor,
    call: (leftMs: number) => Promise<CallEnd<Reply>>,
  ): Promise<CallEnd<Reply> | undefined>;
}

/** `unread`: the method whose replies take no memory, so that links wait for no list. */
export function createCallTurns({ unread }: { unread: AskedFor["method"] }): CallTurns {
  const window = createCallWindow();
  const gate = createReplyGate();
  return {
    ...gate,
    pass: (name, { method, limitMs }, call) =>
      window.pass(name, limitMs, (leftMs) =>
        method === unread ? call(leftMs) : gate.pass(name, { method, limitMs: leftMs }, call),
      ),
    forget(name) {
      window.forget(name);
      gate.forget(name);
    },
  };
}
