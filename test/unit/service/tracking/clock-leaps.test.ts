import { expect, test } from "bun:test";
import { ANN, createTracked, FILM } from "../tracked.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;
/** The sender lists this one, which shows that it was asked. */
const OTHER = { url: "https://x.org/2", status: "SENDING" } as const;

type World = ReturnType<typeof createTracked>;

/** The downloader no longer lists the link, and the sender could not be asked. */
async function endsUnknown(world: World): Promise<void> {
  world.has("nas");
  await world.ticks(3);
  world.now += 10 * MINUTE;
  await world.ticks(3);
  expect(world.kinds).toEqual([`unknown ${ANN}`]);
}

/** Enough looks and time for any verdict. */
async function timePasses(world: World): Promise<void> {
  for (let n = 0; n < 10; n++) {
    await world.ticks(20);
    world.now += MINUTE;
  }
}

test.each(["WORK", "SENDING"] as const)(
  "an unknown end does not become done if the link was last seen (%s) while the clock was ahead",
  async (status) => {
    using world = createTracked();
    world.now += 2 * HOUR;
    world.delivers();
    world.has("nas", { status });
    await world.ticks(2);
    world.now -= 2 * HOUR;
    await endsUnknown(world);
    world.has("nas", OTHER);
    await timePasses(world);
    expect(world.kinds).toEqual([`unknown ${ANN}`]);
  },
);

test("an end that is unknown since the clock was ahead becomes done once the sender had the link again", async () => {
  using world = createTracked();
  world.delivers();
  world.has("nas", { status: "SENDING" });
  await world.ticks();
  await endsUnknown(world);
  world.now -= 2 * HOUR;
  world.has("nas", { url: FILM, status: "SENDING" }, OTHER);
  await world.ticks(20);
  world.has("nas", OTHER);
  await timePasses(world);
  expect(world.kinds).toEqual([`unknown ${ANN}`, `done ${ANN}`]);
});

test("a download that vanished while its downloader was away is unknown, not lost, if the clock was set back", async () => {
  using world = createTracked();
  world.delivers();
  world.has("nas", { status: "WORK" });
  await world.ticks();
  world.lists.set("nas", "down");
  await world.ticks(20);
  world.now -= HOUR;
  world.has("nas", OTHER);
  world.tracker.pollSoon("nas");
  await timePasses(world);
  expect(world.kinds).toEqual([]);
  await timePasses(world);
  expect(world.kinds).toEqual([`unknown ${ANN}`]);
});

test("seenAt is corrected if it was set while the clock was ahead", async () => {
  using world = createTracked();
  world.now += YEAR;
  const { id } = world.delivers();
  world.has("nas", { status: "WORK" });
  await world.ticks();
  world.now -= YEAR;
  await world.ticks();
  expect(world.delivery(id).seenAt).toBe(world.now);
});

test.each(["accepted", "seen"])(
  "the day that a downloader may be gone begins at the latest when the clock is corrected (%s)",
  async (what) => {
    using world = createTracked();
    world.now += YEAR;
    world.delivers();
    if (what === "seen") world.has("nas", { status: "WORK" });
    if (what === "seen") await world.ticks();
    world.unregisters("nas");
    world.now -= YEAR;
    await world.ticks(2);
    world.now += DAY - 1;
    await world.ticks(60);
    expect(world.kinds).toEqual([]);
    world.now += 1;
    await world.ticks(60);
    expect(world.kinds).toEqual([`lost ${ANN}`]);
  },
);
