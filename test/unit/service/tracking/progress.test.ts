import { describe, expect, test } from "bun:test";
import { setImmediate } from "node:timers/promises";
import { type DownloaderState, DownloaderUnreachable, type Progress } from "../../../../src/domain/downloader.ts";
import { StoreUnavailable } from "../../../../src/domain/storage.ts";
import { createProgressReadings } from "../../../../src/service/tracking/progress.ts";
import { createRecordingLog } from "../../../support/recording-log.ts";

const FILM = "https://x.org/film";
const NAS = { downloader: "nas", key: "x.org/film" };
const TURN = 10_000;

const running = (of: Partial<Progress> = {}): Progress => ({
  ...{ url: FILM, filename: "film.mp4", quality: 720, percentage: 0, status: "WORK" },
  ...{ currentSize: 0, totalSize: 0, remark: undefined, ...of },
});

/** Readings of downloaders; the test writes their answers and moves the clock. */
function createScene(...names: string[]) {
  const asked: string[] = [];
  const scene = {
    now: 0,
    names: names as readonly string[],
    state: "reachable" as DownloaderState,
    work: [] as Progress[] | Promise<Progress[]> | "down",
    asked,
    /** Ticks ten seconds later, and waits for every call that does not hang. */
    async turn() {
      scene.now += TURN;
      readings.tick();
      await setImmediate();
      return readings.of(NAS);
    },
    get readings() {
      return readings;
    },
    log: createRecordingLog(),
  };
  const registry = {
    byName: (name: string) => ({
      ...{ name, host: "h", port: 1, roots: ["*"], registeredAt: 0, lastSeenAt: 0, failures: 0, paused: false },
    }),
    stateOf: () => scene.state,
  };
  const readings = createProgressReadings({
    client: {
      async status({ name }) {
        asked.push(name);
        if (scene.work === "down") throw new DownloaderUnreachable(name, "UNAVAILABLE");
        return { running: await scene.work, sensors: "" };
      },
    },
    registry,
    downloaders: () => {
      if (scene.names.length === 0) throw new StoreUnavailable("SQLITE_BUSY");
      return scene.names;
    },
    now: () => scene.now,
    log: scene.log,
  });
  return scene;
}

describe("the progress of a download", () => {
  test("is what the downloader reports, and the speed is computed from two reports", async () => {
    const scene = createScene("nas");
    scene.work = [running({ percentage: 40, currentSize: 100, totalSize: 250 })];
    expect(await scene.turn()).toMatchObject({ percentage: 40, speed: undefined });
    scene.work = [running({ percentage: 60, currentSize: 150, totalSize: 250 })];
    expect(await scene.turn()).toMatchObject({ percentage: 60, speed: 5 });
    expect(scene.readings.of({ ...NAS, downloader: "abroad" })).toBeUndefined();
  });

  test.each<[string, Partial<Progress>, number | undefined]>([
    ["reports nothing", {}, undefined],
    ["reports only the current size", { currentSize: 5 }, undefined],
    ["reports sizes without a percentage", { currentSize: 50, totalSize: 200 }, 25],
    ["reports more than the total size", { currentSize: 300, totalSize: 200 }, undefined],
    ["has just begun", { totalSize: 200 }, 0],
  ])("is omitted or computed if the downloader %s", async (_, said, percentage) => {
    const scene = createScene("nas");
    scene.work = [running(said)];
    expect((await scene.turn())?.percentage).toBe(percentage);
  });

  test.each<[string, Partial<Progress>]>([
    ["shrinks", { currentSize: 50 }],
    ["stands still", { currentSize: 100 }],
    ["is another file", { currentSize: 150, filename: "film.m4a" }],
    ["is another quality", { currentSize: 150, quality: 1080 }],
    ["grows faster than any line", { currentSize: 900_000 }],
  ])("has no speed if it %s", async (_, said) => {
    const scene = createScene("nas");
    scene.work = [running({ currentSize: 100 })];
    await scene.turn();
    scene.work = [running(said)];
    expect((await scene.turn())?.speed).toBeUndefined();
  });

  test("is that of the largest part if a link is several downloads", async () => {
    const scene = createScene("nas");
    const parts = [running({ percentage: 90, totalSize: 10 }), running({ percentage: 30, totalSize: 500 })];
    scene.work = parts;
    expect((await scene.turn())?.percentage).toBe(30);
    scene.work = parts.toReversed();
    expect((await scene.turn())?.percentage).toBe(30);
  });

  test("is unknown a minute after the last answer", async () => {
    const scene = createScene("nas");
    scene.work = [running({ percentage: 40 })];
    await scene.turn();
    scene.work = "down";
    for (let n = 0; n < 5; n++) expect((await scene.turn())?.percentage).toBe(40);
    expect(await scene.turn()).toBeUndefined();
    expect(scene.log.at("error")).toEqual([]);
  });
});

describe("downloaders are asked", () => {
  test("every ten seconds, and at once after the clock was set back", async () => {
    const scene = createScene("nas");
    await scene.turn();
    for (const ms of [4_000, 4_000, 4_000]) {
      scene.now += ms;
      scene.readings.tick();
      await setImmediate();
    }
    expect(scene.asked).toHaveLength(2);
    scene.now -= 3_600_000;
    scene.readings.tick();
    expect(scene.asked).toHaveLength(3);
  });

  test("only while a link may be running there, and they can be reached", async () => {
    const scene = createScene("nas");
    scene.state = "unreachable";
    await scene.turn();
    expect(scene.asked).toEqual([]);
    scene.state = "failing";
    await scene.turn();
    scene.names = ["abroad"];
    await scene.turn();
    expect(scene.asked).toEqual(["nas", "abroad"]);
    expect(scene.readings.of(NAS)).toBeUndefined();
  });

  test("at most eight at a time, and not again while a call hangs, which holds up no other", async () => {
    const scene = createScene("nas");
    scene.work = new Promise(() => {});
    await scene.turn();
    scene.names = ["nas", ...Array.from({ length: 12 }, (_, n) => `box ${n}`)];
    await scene.turn();
    expect(scene.asked).toEqual(["nas", ...Array.from({ length: 7 }, (_, n) => `box ${n}`)]);
  });

  test("not while the database cannot be read", async () => {
    const scene = createScene();
    await scene.turn();
    expect(scene.asked).toEqual([]);
  });

  test("not after a stop, after which late answers are ignored", async () => {
    const scene = createScene("nas");
    const answer = Promise.withResolvers<Progress[]>();
    scene.work = answer.promise;
    await scene.turn();
    scene.readings.stop();
    answer.resolve([running({ percentage: 5 })]);
    await setImmediate();
    expect([await scene.turn(), scene.asked]).toEqual([undefined, ["nas"]]);
  });
});
