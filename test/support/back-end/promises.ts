import { expect, test } from "bun:test";
import { type Remote, type RemoteEntry, RemoteUnreachable } from "../../../src/downloader/back-ends/remote.ts";
import type { Handed } from "../../../src/downloader/hand-overs.ts";
import type { FetchingWorld } from "./fetching-world.ts";

/** A program that runs for one test, with its folder and the sites that its links lead to. */
export interface RemoteWorld extends AsyncDisposable {
  readonly remote: Remote;
  /** A link that the program begins and never finishes; a different one each time, as with the next two. */
  endless(): string;
  /** A link to a small file. */
  file(): string;
  /** A link that must fail. */
  broken(): string;
  /** Adds a link to the program as people do, bypassing the downloader. */
  people(link: string): Promise<void>;
  /** How many entries the program has for a link, no matter who added them. */
  count(link: string): Promise<number>;
  /** Names of finished files in the place where files of this folder belong. */
  wholeFiles(folder: string): readonly string[];
  /** Kills the program, and starts it again with what it keeps across that. */
  restart(): Promise<void>;
  /** Kills the program for good. */
  end(): Promise<void>;
}

const FOLDER = "[ann] Фильмы";
const { signal } = new AbortController();
let keys = 0;

/** Calls a program as the bridge would. */
export function createHand({ remote }: Pick<RemoteWorld, "remote">) {
  const made = (link: string): Handed => {
    keys += 1;
    return { key: keys.toString(16).padStart(16, "0"), link, sentAt: null, remoteId: null };
  };
  return {
    made,
    async submit(link: string, folder = FOLDER): Promise<Handed> {
      const { key } = made(link);
      const acceptance = await remote.submit({ key, link, folder, maxQuality: 720 }, signal);
      if (acceptance.kind !== "taken") throw new Error(`${link}: ${JSON.stringify(acceptance)}`);
      return { key, link, sentAt: Date.now(), remoteId: acceptance.id ?? null };
    },
    async find(one: Handed): Promise<RemoteEntry | undefined> {
      return (await remote.list([one], signal)).entries.get(one.key);
    },
    /** Looks until the entry meets the condition. */
    until: (one: Handed, isSo: (entry: RemoteEntry) => boolean): Promise<RemoteEntry> =>
      until(async () => {
        const found = (await remote.list([one], signal)).entries.get(one.key);
        return found !== undefined && isSo(found) ? found : undefined;
      }),
  };
}

/** Looks until there is a value; if it never comes, the test's own limit ends this. */
async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise(setImmediate);
  }
}

/** What every program that downloads for the downloader must do (docs/internals/back-ends.md §3), tested with a running one. */
export function describeRemote(open: () => Promise<RemoteWorld>): void {
  test("reports what it is", async () => {
    await using world = await open();
    expect(world.remote.name).not.toBe("");
    expect(await world.remote.health(signal)).toMatch(/\S/);
  });

  test("has an accepted link, and finds it by what is known after a kill between the call and its answer", async () => {
    await using world = await open();
    const hand = createHand(world);
    const one = await hand.submit(world.endless());
    const found = await until(() => hand.find(one));
    expect(["waiting", "running"]).toContain(found.state);
    expect(await hand.find({ ...one, remoteId: null })).toMatchObject({ id: found.id });
    expect(await world.count(one.link)).toBe(1);
  });

  test("has a link once, and says so, if an earlier call for it has come late", async () => {
    await using world = await open();
    const hand = createHand(world);
    const one = await hand.submit(world.endless());
    await until(() => hand.find(one));
    const again = { key: one.key, link: one.link, folder: FOLDER, maxQuality: 720, mayBeThere: true };
    expect(await world.remote.submit(again, signal)).toMatchObject({ kind: "taken" });
    expect(await world.count(one.link)).toBe(1);
  });

  test("lists the links that it was asked about, and no others", async () => {
    await using world = await open();
    const hand = createHand(world);
    const ours = [await hand.submit(world.endless()), await hand.submit(world.endless())];
    const strange = hand.made(world.endless());
    await world.people(world.endless());
    const { entries } = await until(async () => {
      const list = await world.remote.list([...ours, strange], signal);
      return list.entries.size >= ours.length ? list : undefined;
    });
    expect([...entries.keys()].sort()).toEqual(ours.map(({ key }) => key).sort());
  });

  test("reports progress in possible numbers", async () => {
    await using world = await open();
    const hand = createHand(world);
    const one = await hand.submit(world.endless());
    const { currentSize, totalSize, percentage } = await until(async () => {
      const found = await hand.find(one);
      return found?.state === "running" ? found : undefined;
    });
    for (const size of [currentSize, totalSize, percentage]) expect(size ?? 0).toBeGreaterThanOrEqual(0);
    expect(percentage ?? 0).toBeLessThanOrEqual(100);
  });

  test("calls a link done when its file is complete and in the requested folder", async () => {
    await using world = await open();
    const hand = createHand(world);
    const one = await hand.submit(world.file());
    const ended = await until(async () => ((await hand.find(one))?.state === "done" ? hand.find(one) : undefined));
    expect(ended.name ?? "").not.toBe("");
    expect(world.wholeFiles(FOLDER)).toHaveLength(1);
  });

  test("puts files into their folder, whatever that is called", async () => {
    await using world = await open();
    const hand = createHand(world);
    for (const folder of ["a, b & c=d", "[id7] Трек №1"]) {
      const one = await hand.submit(world.file(), folder);
      await until(async () => ((await hand.find(one))?.state === "done" ? true : undefined));
      expect(world.wholeFiles(folder)).toHaveLength(1);
    }
  });

  test("reports a failure in its own words", async () => {
    await using world = await open();
    const hand = createHand(world);
    const link = world.broken();
    const { key } = hand.made(link);
    const acceptance = await world.remote.submit({ key, link, folder: FOLDER, maxQuality: 720 }, signal);
    // A program may know that at once.
    if (acceptance.kind === "refused") return expect(acceptance.detail).toMatch(/\S/);
    const one = {
      key,
      link,
      sentAt: Date.now(),
      remoteId: acceptance.kind === "taken" ? (acceptance.id ?? null) : null,
    };
    const failed = await until(async () => {
      const found = await hand.find(one);
      return found?.state === "failed" ? found : undefined;
    });
    expect(failed.detail).toMatch(/\S/);
  });

  test("removes the given link only; a second call does no harm", async () => {
    await using world = await open();
    const hand = createHand(world);
    const [one, other] = [await hand.submit(world.endless()), await hand.submit(world.endless())];
    const { id } = await until(() => hand.find(one));
    await world.remote.remove(id, signal);
    await until(async () => {
      const left = await hand.find(one);
      // Some keep a record of it, which is removed like any other.
      if (left?.state === "failed" || left?.state === "done") await world.remote.cleanHistory(left.id, signal);
      return left === undefined ? true : undefined;
    });
    await world.remote.remove(id, signal);
    expect(await until(() => hand.find(other))).toBeDefined();
    expect(world.wholeFiles(FOLDER)).toEqual([]);
  });

  test("forgets a finished link and keeps its files; a second call does no harm", async () => {
    await using world = await open();
    const hand = createHand(world);
    const one = await hand.submit(world.file());
    const { id } = await until(async () => {
      const found = await hand.find(one);
      return found?.state === "done" ? found : undefined;
    });
    await world.remote.cleanHistory(id, signal);
    await until(async () => ((await hand.find(one)) === undefined ? true : undefined));
    await world.remote.cleanHistory(id, signal);
    expect(world.wholeFiles(FOLDER)).toHaveLength(1);
  });

  test("leaves alone what people have added, even the same link", async () => {
    await using world = await open();
    const hand = createHand(world);
    const link = world.endless();
    await world.people(link);
    const fresh = hand.made(link);
    if ((await hand.find(fresh)) === undefined) {
      const acceptance = await world.remote.submit({ ...fresh, folder: FOLDER, maxQuality: 720 }, signal);
      expect(["taken", "is_there"]).toContain(acceptance.kind);
      if (acceptance.kind === "taken") {
        const one = { ...fresh, sentAt: Date.now(), remoteId: acceptance.id ?? null };
        await world.remote.remove((await until(() => hand.find(one))).id, signal);
      }
    }
    expect(await world.count(link)).toBeGreaterThanOrEqual(1);
  });

  test("has its links after a kill, or reports another session or start", async () => {
    await using world = await open();
    const hand = createHand(world);
    const one = await hand.submit(world.endless());
    await until(() => hand.find(one));
    const before = await world.remote.list([one], signal);
    await world.restart();
    await until(async () => {
      const after = await world.remote.list([one], signal).catch(() => undefined);
      if (after === undefined) return undefined;
      const present = after.session ?? after.start;
      const isAnother = present !== undefined && present !== (before.session ?? before.start);
      return after.entries.has(one.key) || isAnother ? true : undefined;
    });
  });

  test("counts as unreachable, and not called, once it is gone", async () => {
    await using world = await open();
    const hand = createHand(world);
    await world.end();
    const { remote } = world;
    const wanted = { ...hand.made(world.file()), folder: FOLDER, maxQuality: 720 };
    const calls = [
      remote.submit(wanted, signal),
      remote.list([hand.made(world.file())], signal),
      remote.remove("1", signal),
      remote.cleanHistory("1", signal),
      remote.health(signal),
    ];
    for (const call of calls) {
      const failure = await call.then(
        () => undefined,
        (error) => error,
      );
      expect(failure).toBeInstanceOf(RemoteUnreachable);
      expect(failure).toMatchObject({ isHarmless: true, detail: expect.stringMatching(/\S/) });
    }
  });
}

/** What a program with yt-dlp inside must do in addition. */
export function describeFetching(open: () => Promise<FetchingWorld>): void {
  describeRemote(open);

  test("reports a link as failed that it skipped without a file", async () => {
    await using world = await open();
    const link = world.file();
    world.program.archived(link);
    const hand = createHand(world);
    const one = await hand.submit(link);
    await hand.until(one, ({ state }) => state === "failed");
  });
}
