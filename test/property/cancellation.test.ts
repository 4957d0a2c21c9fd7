import { expect, test } from "bun:test";
import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import type { Removal } from "../../src/service/fleet/removal.ts";
import { CANCEL_UNDO_MS, type Cancellation, createCancellation } from "../../src/service/tracking/cancellation.ts";
import { openStore } from "../../src/store/store.ts";
import { createRecordingLog } from "../support/recording-log.ts";

const ACTORS = [
  { chatId: 1, role: "user" },
  { chatId: 2, role: "user" },
  { chatId: 9, role: "admin" },
] as const;

const step = fc.oneof(
  fc.record({ kind: fc.constant("plan"), actor: fc.nat(2), at: fc.nat(2) } as const),
  fc.record({ kind: fc.constant("undo"), actor: fc.nat(2), at: fc.nat(2) } as const),
  fc.record({ kind: fc.constant("ends"), at: fc.nat(2) } as const),
  fc.record({ kind: fc.constant("waits"), ms: fc.constantFrom(1_000, 4_000, CANCEL_UNDO_MS) } as const),
  fc.record({ kind: fc.constant("restarts") } as const),
);

test("whatever is pressed, a downloader gets each cancellation once, never too early, and only if it still stands", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      using store = openStore(":memory:");
      let now = 1_000;
      const heard: number[] = [];
      // Two chats and an admin own one each.
      const owners = [1, 2, 9];
      for (const [index, chatId] of owners.entries()) {
        const url = `https://x.org/${index}`;
        store.deliveries.add({
          ...{ linkId: index + 1, chatId, threadId: null, messageId: null, sender: "a", url, key: `x.org/${index}` },
          ...{ quality: "best", folder: null, downloader: "nas", acceptedAt: 1 },
        });
      }
      const idOf = (at: number) => store.deliveries.byLinkId(at + 1)?.id ?? 0;
      const begins = (): Cancellation =>
        createCancellation({
          store,
          fleet: {
            downloads: async () => ({ downloads: [], silent: [] }),
            async remove(_, { key }): Promise<Removal> {
              const at = Number(key.split("/")[1]);
              heard.push(at);
              expect(wished.get(at)).toBeLessThanOrEqual(now);
              wished.delete(at);
              store.deliveries.update(idOf(at), { state: "removed", closedAt: now });
              return "removed";
            },
          },
          ...{ now: () => now, log: createRecordingLog(), onOutcome: () => {} },
        });
      /** The deliveries to be cancelled, and since when they may be. */
      const wished = new Map<number, number>();
      let cancellation = begins();
      const tick = async () => {
        cancellation.tick();
        await setImmediate();
      };
      for (const one of steps) {
        if (one.kind === "plan" || one.kind === "undo") {
          const actor = ACTORS[one.actor] ?? ACTORS[0];
          const { kind } = cancellation[one.kind](actor, idOf(one.at));
          const isTheirs = actor.role === "admin" || actor.chatId === owners[one.at];
          expect(kind === "not_yours").toBe(!isTheirs);
          if (kind === "planned" && !wished.has(one.at)) wished.set(one.at, now + CANCEL_UNDO_MS);
          if (kind === "undone") wished.delete(one.at);
        }
        if (one.kind === "ends") {
          store.deliveries.update(idOf(one.at), { state: "done", closedAt: now });
          wished.delete(one.at);
        }
        if (one.kind === "waits") now += one.ms;
        if (one.kind === "restarts") {
          cancellation.stop();
          cancellation = begins();
        }
        if (one.kind === "waits" || one.kind === "restarts") await tick();
      }
      now += CANCEL_UNDO_MS;
      await tick();
      expect([...wished.keys()]).toEqual([]);
      expect(new Set(heard).size).toBe(heard.length);
      expect(store.cancellations.due(now, 9)).toEqual([]);
    }),
  );
});
