import { describe, expect, test } from "bun:test";
import { keyOf } from "../../../../src/domain/url.ts";
import { createClockRepair } from "../../../../src/service/queue/clock-repair.ts";
import { MINUTE, SECOND, SETTINGS } from "../bot.ts";
import { storeFails, watched } from "../fuse.ts";
import { ANN, createWorld, type World } from "../world.ts";

const HOUR = 60 * MINUTE;
const URL = "https://x.org/1";

/** The repair of a bot that started `elapsed` ms ago by its monotonic clock. */
function createRepair(world: World) {
  const time = { elapsed: 0 };
  const changed: number[] = [];
  const repair = createClockRepair({
    store: watched(world.store, (name) => world.watcher(name)),
    settings: SETTINGS,
    now: () => world.now,
    monotonic: () => time.elapsed,
    log: world.bot.log,
    report: (event) => void (event.kind !== "not_stored" && changed.push(event.link.id)),
  });
  return {
    look: repair.look,
    changed: () => changed.splice(0),
    /** Lets time pass, and then sets the clock. */
    passes(ms: number, clockMovesBy = 0): void {
      time.elapsed += ms;
      world.now += ms + clockMovesBy;
    },
  };
}
const waits = (world: World, id: number) => world.link(id).sendAt - world.now;
async function queued(world: World, url = URL) {
  const [one] = await world.enqueue(url);
  if (one?.kind !== "queued") throw new Error("Not added to the queue");
  return one.link;
}

describe("after a clock that was ahead was corrected", () => {
  test("a link from that time waits for its delay and no longer", async () => {
    using world = createWorld();
    const { look, passes, changed } = createRepair(world);
    const before = await queued(world, "https://x.org/before");
    world.now += 2 * HOUR;
    await look();
    const link = await queued(world);
    passes(30 * SECOND);
    await look();
    expect([waits(world, link.id), changed()]).toEqual([30 * SECOND, []]);
    passes(5 * SECOND, -2 * HOUR);
    await look();
    expect(waits(world, link.id)).toBe(SETTINGS.delayMs);
    expect(changed()).toEqual([link.id]);
    expect(world.link(before.id).sendAt).toBe(before.sendAt);
    passes(5 * SECOND);
    await look();
    expect([waits(world, link.id), changed()]).toEqual([SETTINGS.delayMs - 5 * SECOND, []]);
  });

  test("the next life repairs the times if the bot stopped in between", async () => {
    using world = createWorld();
    world.now += 2 * HOUR;
    const link = await queued(world);
    world.now -= 2 * HOUR;
    await createRepair(world).look();
    expect(waits(world, link.id)).toBe(SETTINGS.delayMs);
  });

  test.each([
    [1, MINUTE],
    [3, 4 * MINUTE],
    [9, 256 * MINUTE],
  ])("a link that failed %d times waits for its backoff and no longer", async (attempts, longest) => {
    using world = createWorld();
    const { look, passes } = createRepair(world);
    await look();
    const link = await queued(world);
    world.store.links.update(link.id, { attempts, sendAt: world.now + longest });
    passes(SECOND, -20 * HOUR);
    await look();
    expect(waits(world, link.id)).toBe(0);
    // A link that is within its wait is not changed.
    world.store.links.update(link.id, { attempts, sendAt: world.now + longest });
    passes(SECOND, -31 * SECOND);
    await look();
    expect(waits(world, link.id)).toBeGreaterThan(longest - MINUTE);
  });

  test("an uncertain link is asked about at once", async () => {
    using world = createWorld();
    const { look, passes } = createRepair(world);
    await look();
    const link = await queued(world);
    world.store.links.update(link.id, { state: "uncertain", sendAt: world.now + 15 * SECOND });
    passes(SECOND, -2 * HOUR);
    await look();
    expect(waits(world, link.id)).toBe(0);
  });

  test("a time that the owner chose and a failed link are not changed", async () => {
    using world = createWorld();
    const { look, passes, changed } = createRepair(world);
    world.now += 2 * HOUR;
    await look();
    const [tonight, failed] = [await queued(world), await queued(world, "https://x.org/2")];
    const chosen = world.now + 9 * HOUR;
    world.bot.queue.change({ chatId: ANN, role: "user" }, tonight.id, { sendAt: chosen });
    world.store.links.update(failed.id, { state: "failed", attempts: 12 });
    passes(SECOND, -2 * HOUR);
    await look();
    expect(world.link(tonight.id).sendAt).toBe(chosen);
    expect(world.link(failed.id).sendAt).toBe(failed.sendAt);
    expect(changed()).toEqual([]);
  });

  test("a thousand links are repaired without blocking the event loop, also after a locked database", async () => {
    using world = createWorld();
    const { look, passes } = createRepair(world);
    world.now += 2 * HOUR;
    await look();
    world.store.transaction(() => {
      for (let n = 0; n < 1_000; n += 1) {
        const url = `https://x.org/${n}`;
        const of = {
          chatId: ANN,
          threadId: null,
          messageId: null,
          sender: "ann",
          quality: "best",
          folder: null,
        } as const;
        const [createdAt, sendAt] = [world.now, world.now + SETTINGS.delayMs];
        world.store.links.add({ ...of, url, key: keyOf(url), createdAt, sendAt });
      }
    });
    passes(SECOND, -2 * HOUR);
    world.watcher = storeFails;
    await look();
    world.watcher = () => {};
    let turns = 0;
    let isDone = false;
    const turn = () => {
      turns += 1;
      if (!isDone) setImmediate(turn);
    };
    turn();
    await look();
    isDone = true;
    const late = world.store.links
      .page({ offset: 0, limit: 2_000 })
      .filter(({ id }) => waits(world, id) > SETTINGS.delayMs);
    expect(late).toEqual([]);
    expect(turns).toBeGreaterThan(4);
  });
});

test("steps back of a second count as a clock jump once they add up to half a minute", async () => {
  using world = createWorld();
  const { look, passes } = createRepair(world);
  await look();
  for (let step = 0; step < 29; step += 1) {
    passes(SECOND, -SECOND);
    await look();
  }
  expect(world.bot.log.at("warn")).toEqual([]);
  passes(SECOND, -SECOND);
  await look();
  expect(world.bot.log.at("warn")).toEqual(["The clock was set back"]);
});
