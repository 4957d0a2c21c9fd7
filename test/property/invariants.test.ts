import { expect, test } from "bun:test";
import fc from "fast-check";
import { seeded } from "../support/seeded.ts";
import { MINUTE, SECOND } from "../unit/service/bot.ts";
import type { Mode } from "../unit/service/fleet.ts";
import { storeFails } from "../unit/service/fuse.ts";
import { createWorld, type World } from "../unit/service/world.ts";

const NAMES = ["a", "b", "c"] as const;
const MODES: readonly Mode[] = [
  "up",
  "down",
  "refuses",
  "mute",
  "takes then dies",
  "forgets",
  "takes silently",
  "late",
  "hangs",
];

const server = fc.constantFrom(...NAMES);
const chat = fc.integer({ min: 1, max: 3 });
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant("enqueue" as const), chat, link: fc.integer({ min: 1, max: 5 }) }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("tick" as const), seconds: fc.integer({ min: 0, max: 120 }) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("mode" as const), server, mode: fc.constantFrom(...MODES) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("register" as const), server }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("probe" as const), server }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("restart" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("storeFails" as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("press" as const),
      chat,
      link: fc.integer({ min: 1, max: 12 }),
      button: fc.constantFrom("now" as const, "quality" as const, "remove" as const),
    }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** What happened during the run and cannot be read from its end. */
interface History {
  readonly removed: Set<number>;
  readonly queued: Set<number>;
  /** Links that a silent downloader may have, as the operator was told. */
  readonly superseded: Set<string>;
}

async function play(world: World, current: Step, history: History): Promise<void> {
  switch (current.do) {
    case "enqueue": {
      const enqueued = await world.enqueue(`https://x.org/${current.link}`, { chatId: current.chat });
      for (const one of enqueued) if (one.kind === "queued") history.queued.add(one.link.id);
      return;
    }
    case "tick":
      world.advance(current.seconds * SECOND);
      return world.tick();
    case "mode": {
      const changed = world.fleet.get(current.server);
      if (changed === undefined) return;
      changed.mode = current.mode;
      if (current.mode !== "hangs") changed.release();
      return;
    }
    case "register":
      return world.register(current.server);
    case "probe":
      // A hanging downloader answers when it is released.
      void world.probe(current.server);
      return;
    case "restart":
      return world.restart();
    case "storeFails":
      world.watcher = storeFails;
      await world.tick();
      world.watcher = () => {};
      return;
    case "press": {
      const actor = { chatId: current.chat, role: "user" } as const;
      const before = world.store.links.byId(current.link);
      const { queue } = world.bot;
      const pressed =
        current.button === "now"
          ? queue.sendNow(actor, current.link)
          : current.button === "quality"
            ? queue.change(actor, current.link, { quality: 480 })
            : queue.remove(actor, current.link);
      if (pressed.kind === "removed") history.removed.add(current.link);
      // I5: only owners change a link; and nothing changes one that is being handed over.
      const isOwners = before?.chatId === current.chat;
      const isFree = before !== undefined && before.state !== "sending" && before.state !== "uncertain";
      if (!(isOwners && isFree)) expect(world.store.links.byId(current.link)).toEqual(before as never);
    }
  }
}

test("whatever happens, each link ends on one downloader or says why not (reliability.md §7, I1–I4)", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), fc.nat(), async (steps, seed) => {
      using world = createWorld({ random: seeded(seed), settings: { concurrency: 2 } });
      for (const name of NAMES) world.server(name);
      const history: History = { removed: new Set(), queued: new Set(), superseded: new Set() };
      for (const current of steps) {
        await play(world, current, history);
        for (const { key } of NAMES.flatMap((name) => world.store.supersededSubmissions.of(name)))
          history.superseded.add(key);
      }

      // Finally everything works, for long enough.
      for (const one of world.fleet.values()) one.mode = "up";
      for (const one of world.fleet.values()) one.release();
      for (const one of world.fleet.values()) one.catchUp();
      for (let past = 0; past < 30; past++) {
        for (const name of NAMES) await world.probe(name);
        await world.tick();
        world.advance(MINUTE * (past < 10 ? 1 : 30));
      }

      for (const id of history.queued) {
        if (history.removed.has(id)) continue;
        const holder = world.store.deliveries.byLinkId(id)?.downloader;
        // I1 and I3
        expect({ id, delivered: holder !== undefined, left: world.store.links.byId(id)?.state }).toEqual({
          id,
          delivered: true,
          left: undefined,
        });
      }
      // I2
      for (let link = 1; link <= 5; link++) {
        const key = `x.org/${link}`;
        if (!history.superseded.has(key)) expect([key, world.downloads(`https://${key}`) > 1]).toEqual([key, false]);
        const deliveries = world.store.deliveries.since({ acceptedAt: 0 }).filter((delivery) => delivery.key === key);
        if (deliveries.length > 0) expect(world.downloads(`https://${key}`)).toBeGreaterThan(0);
      }
      // I4
      for (const { messageId, chatId } of world.store.links.page({ offset: 0, limit: 99 })) {
        const planned = world.store.deletions.dueOfOneChat(Number.MAX_SAFE_INTEGER, 999);
        expect(planned.some((one) => one.chatId === chatId && one.messageId === messageId)).toBe(false);
      }
    }),
    { seed: 20261123, numRuns: 150 },
  );
});
