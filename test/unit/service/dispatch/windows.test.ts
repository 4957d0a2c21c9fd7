import { expect, test } from "bun:test";
import { MINUTE } from "../bot.ts";
import { createWorld } from "../world.ts";

const HOUR = 60 * MINUTE;
const VIDEO = "https://youtube.com/watch?v=1";
const AT_NIGHT = [{ from: "02:00", to: "07:00" }];
const ABROAD = { match: "youtube.com", downloaders: ["Abroad"], open: AT_NIGHT };

const state = (world: ReturnType<typeof createWorld>) => world.store.links.page({ offset: 0, limit: 9 })[0];

/** A world at a time of day in UTC. */
function worldAt(hour: number, windows: Parameters<typeof createWorld>[0] = {}) {
  const world = createWorld(windows);
  world.advance(((hour - ((world.now / HOUR) % 24) + 24) % 24) * HOUR);
  return world;
}

test("a link whose only downloader is shut waits for its opening, without attempts or writes", async () => {
  using world = worldAt(20, { windows: [ABROAD] });
  const abroad = world.server("abroad");
  await world.enqueue([VIDEO]);
  world.advance(MINUTE);
  await world.tick();
  expect(state(world)).toMatchObject({ state: "unmatched", attempts: 0, lastError: null });
  const calls: string[] = [];
  world.watcher = (name) => void calls.push(name);
  const before = JSON.stringify(state(world));
  for (let hour = 0; hour < 5; hour += 1) {
    world.advance(HOUR);
    await world.tick();
  }
  expect(calls).not.toContain("links.update");
  expect(JSON.stringify(state(world))).toBe(before);
  expect(abroad.calls).toEqual([]);
  world.advance(HOUR);
  await world.tick();
  expect(state(world)).toBeUndefined();
  expect(world.store.deliveries.open()).toMatchObject([{ url: VIDEO, downloader: "abroad" }]);
});

test("an open downloader gets the link at once, but a chosen one that is shut is waited for", async () => {
  using world = worldAt(20, { windows: [ABROAD] });
  world.server("abroad");
  world.server("nas");
  const [first] = await world.enqueue([VIDEO]);
  const [second] = await world.enqueue([`${VIDEO}2`]);
  if (second?.kind !== "queued" || first?.kind !== "queued") throw new Error("Both are queued");
  world.store.links.update(second.link.id, { downloader: "abroad" });
  world.advance(MINUTE);
  await world.tick();
  expect(world.store.deliveries.open()).toMatchObject([{ url: VIDEO, downloader: "nas" }]);
  expect(state(world)).toMatchObject({ id: second.link.id, state: "unmatched" });
});

test("the first tick sends what waited if the window opened while the bot was down", async () => {
  using world = worldAt(20, { windows: [ABROAD] });
  world.server("abroad");
  await world.enqueue([VIDEO]);
  world.advance(MINUTE);
  await world.tick();
  world.advance(7 * HOUR);
  world.restart();
  await world.tick();
  expect(world.store.deliveries.open()).toMatchObject([{ url: VIDEO, downloader: "abroad" }]);
});

test("standing() says who can take a link at a given time, or why nobody can", async () => {
  using world = worldAt(20, { windows: [ABROAD, { downloaders: ["nas"], open: [{ from: "23:00", to: "01:00" }] }] });
  world.server("abroad");
  const { registry } = world.bot;
  const link = { url: VIDEO, downloader: null };
  const later = (hours: number) => world.now + hours * HOUR;
  expect(registry.standing(link, world.now)).toEqual({ downloader: "abroad", from: later(6), to: later(11) });
  expect(registry.standing(link, later(6))).toBe("taken");
  expect(registry.standing(link, later(11))).toMatchObject({ from: later(30) });
  world.server("nas");
  expect(registry.standing(link, world.now)).toMatchObject({ downloader: "nas", from: later(3) });
  expect(registry.standing({ ...link, downloader: "abroad" }, world.now)).toMatchObject({ downloader: "abroad" });
  for (const name of ["abroad", "nas"]) registry.setPaused(name, true);
  expect(registry.standing(link, world.now)).toBe("paused");
  for (const name of ["abroad", "nas"]) registry.remove(name);
  expect(registry.standing(link, world.now)).toBe("nobody");
});
