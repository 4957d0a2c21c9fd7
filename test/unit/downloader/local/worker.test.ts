import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BackEnd } from "../../../../src/downloader/back-end.ts";
import type { FetchEnd, Fetcher, Stage, Wanted } from "../../../../src/downloader/fetcher.ts";
import { type Folders, openFolders } from "../../../../src/downloader/folders.ts";
import { type List, openList } from "../../../../src/downloader/list.ts";
import { createWorker, type WorkerOptions } from "../../../../src/downloader/local/worker.ts";
import { downloaderTexts } from "../../../../src/downloader/locales/locales.ts";
import { createClock } from "../../../support/clock.ts";
import { createRecordingLog } from "../../../support/recording-log.ts";
import { createWatch } from "../../../support/watch.ts";

const GONE: FetchEnd = { kind: "failed", failure: { kind: "refused", status: 404 } };
const BUSY: FetchEnd = { kind: "failed", failure: { kind: "refused", status: 503 } };
const FULL: FetchEnd = { kind: "failed", failure: { kind: "no_space" } };
const linkOf = (nth: number) => `https://films.example/${nth}`;

let dir: string;
let clock: ReturnType<typeof createClock>;
let list: List;
let folders: Folders;
let site: ReturnType<typeof createSite>;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "dwld-worker-"));
  clock = createClock();
  list = openList(":memory:", clock.now);
  folders = openFolders(dir);
  site = createSite();
});
afterEach(() => {
  list[Symbol.dispose]();
  rmSync(dir, { recursive: true, force: true });
});

/** A fetcher whose downloads end when the test says so. */
function createSite() {
  const watch = createWatch();
  const open = new Map<
    string,
    { wanted: Wanted; signal: AbortSignal; tell: (stage: Stage) => void; end: (end: FetchEnd) => void }
  >();
  const begun: string[] = [];
  const fetcher: Fetcher = (wanted, { onStage, signal }) => {
    const { promise, resolve } = Promise.withResolvers<FetchEnd>();
    begun.push(wanted.link);
    open.set(wanted.link, { wanted, signal, tell: onStage, end: resolve });
    signal.addEventListener("abort", () => resolve({ kind: "failed", failure: { kind: "stalled" } }));
    watch.changed();
    return promise;
  };
  const began = (nth: number, times = 1) =>
    watch.until(
      () => (begun.filter((link) => link === linkOf(nth)).length >= times ? open.get(linkOf(nth)) : undefined),
      {
        what: `fetch ${times} of link ${nth}`,
        seen: () => begun.join(", "),
      },
    );
  return { fetcher, begun, began };
}

function start(options: Partial<WorkerOptions> = {}): BackEnd {
  return createWorker({
    list,
    folders,
    fetchers: [site.fetcher],
    concurrency: 2,
    minFree: 0,
    texts: downloaderTexts.en,
    log: createRecordingLog(),
    wait: clock.wait,
    now: clock.now,
    random: () => 0,
    ...options,
  });
}

function queue(...nths: number[]): void {
  for (const nth of nths) {
    list.add({ url: linkOf(nth), userName: "[ann]", maxQuality: 720 });
    clock.advance(1);
  }
}

const entryOf = (nth: number) => list.all().find(({ link }) => link === linkOf(nth));
const arrived = () => (existsSync(join(dir, "[ann]")) ? readdirSync(join(dir, "[ann]")).sort() : []);

/** Finishes a download as a fetcher does. */
function finishes({ wanted, end }: Awaited<ReturnType<typeof site.began>>, name: string): void {
  mkdirSync(join(wanted.folder, "whole"), { recursive: true });
  writeFileSync(join(wanted.folder, "whole", name), name);
  end({ kind: "fetched" });
}

/** A process that dies at its nth step in the list or the folder: alternately before and after the step. */
function dyingAt(nth: number) {
  let steps = 0;
  let isDead = false;
  const step = (run: () => unknown) => {
    steps += 1;
    if (steps === Math.ceil((nth + 1) / 2)) {
      if (nth % 2 === 1) run();
      isDead = true;
    }
    if (isDead) throw new Error("Dead");
    return run();
  };
  return {
    of: <Part extends object>(part: Part): Part =>
      new Proxy(part, {
        get(target, name) {
          const value: unknown = Reflect.get(target, name);
          return typeof value === "function"
            ? (...args: unknown[]) => step(() => Reflect.apply(value, target, args))
            : value;
        },
      }),
    hasCome: () => isDead,
  };
}

/** A log that knows when a link is done, or has been postponed. */
function endingLog() {
  const { promise, resolve } = Promise.withResolvers<void>();
  const log = { ...createRecordingLog(), info: () => resolve(), error: () => resolve() };
  return { log, ended: promise };
}

describe("createWorker()", () => {
  test("downloads a limited number at a time, in order of arrival", async () => {
    queue(1, 2, 3);
    await using worker = start();
    worker.submit();
    await site.began(2);
    expect(site.begun).toEqual([linkOf(1), linkOf(2)]);
    expect(worker.progress().map(({ url }) => url)).toEqual([linkOf(1), linkOf(2)]);
    finishes(await site.began(1), "one.mp4");
    await site.began(3);
    expect(arrived()).toEqual(["one.mp4"]);
    expect(entryOf(1)?.status).toBe("DONE");
  });

  test("reports the progress of each download", async () => {
    queue(1);
    await using worker = start();
    worker.submit();
    const { tell } = await site.began(1);
    tell({ name: "A film", currentSize: 3 * 2 ** 20, totalSize: 4 * 2 ** 20, nth: 3, of: 12 });
    expect(worker.progress()).toMatchObject([
      { filename: "A film", percentage: 75, currentSize: 3, totalSize: 4, remark: { text: "3 of 12" } },
    ]);
    expect(entryOf(1)?.name).toBe("A film");
  });

  test("tries again, later each time, and finally reports the reason", async () => {
    queue(1);
    await using worker = start({ concurrency: 1 });
    worker.submit();
    for (const [tried, ms] of [24_000, 48_000, 96_000, 192_000].entries()) {
      (await site.began(1, tried + 1)).end(BUSY);
      await clock.sleeping(ms);
      expect(entryOf(1)).toMatchObject({
        status: "NEW",
        tries: tried + 1,
        trouble: "the site answered with error 503",
      });
      clock.advance(ms);
    }
    queue(2);
    (await site.began(1, 5)).end(BUSY);
    await site.began(2);
    expect(entryOf(1)).toMatchObject({ status: "FAILED", trouble: "the site answered with error 503" });
  });

  test("does not retry what cannot succeed", async () => {
    queue(1, 2);
    await using worker = start({ concurrency: 1 });
    worker.submit();
    (await site.began(1)).end(GONE);
    await site.began(2);
    expect(entryOf(1)).toMatchObject({ status: "FAILED", trouble: "the site answered with error 404 (not found)" });
    expect(readdirSync(folders.parts)).toEqual([String(entryOf(2)?.id)]);
  });

  test("does not retry a page that shows nothing to download", async () => {
    queue(1, 2);
    await using worker = start({ concurrency: 1 });
    worker.submit();
    (await site.began(1)).end({ kind: "failed", failure: { kind: "bare_page" } });
    await site.began(2);
    expect(entryOf(1)).toMatchObject({
      status: "FAILED",
      trouble: expect.stringContaining("finds nothing to download"),
    });
  });

  test("hands a page to the next fetcher", async () => {
    queue(1, 2);
    const pages: Fetcher = async ({ link }) => (link === linkOf(1) ? { kind: "page" } : GONE);
    await using worker = start({ fetchers: [pages, site.fetcher] });
    worker.submit();
    finishes(await site.began(1), "one.mp4");
    expect(site.begun).toEqual([linkOf(1)]);
  });

  test.each([
    [403, true],
    [404, false],
  ])("hands a site that may refuse only this client to the next fetcher: %d", async (status, isAsked) => {
    queue(1, 2);
    const plain: Fetcher = async ({ link }) =>
      link === linkOf(1) ? { kind: "failed", failure: { kind: "refused", status } } : { kind: "page" };
    await using worker = start({ concurrency: 1, fetchers: [plain, site.fetcher] });
    worker.submit();
    if (isAsked) (await site.began(1)).end(GONE);
    await site.began(2);
    expect(site.begun.includes(linkOf(1))).toBe(isAsked);
  });

  test("reports a page that no fetcher can read", async () => {
    queue(1, 2);
    const pages: Fetcher = async () => ({ kind: "page" });
    await using worker = start({
      concurrency: 1,
      fetchers: [(wanted, of) => (wanted.link === linkOf(1) ? pages : site.fetcher)(wanted, of)],
    });
    worker.submit();
    await site.began(2);
    expect(entryOf(1)).toMatchObject({ status: "FAILED", trouble: expect.stringContaining("web page") });
  });

  test("ignores a due time that was stored by a clock that was ahead", async () => {
    clock.advance(86_400_000);
    queue(1);
    clock.advance(-86_400_000);
    await using worker = start();
    worker.submit();
    await site.began(1);
  });

  test("counts no try for a full disk, and waits longer each time", async () => {
    queue(1);
    await using worker = start();
    worker.submit();
    for (const [tried, ms] of [48_000, 96_000, 192_000].entries()) {
      (await site.began(1, tried + 1)).end(FULL);
      await clock.sleeping(ms);
      expect(entryOf(1)).toMatchObject({ status: "NEW", tries: 0, trouble: "not enough space on the disk" });
      clock.advance(ms);
    }
    await site.began(1, 4);
  });

  test("gives up a link that fails again and again for an unknown reason, and its owner is told", async () => {
    queue(1, 2);
    const broken: Fetcher = (wanted, of) =>
      wanted.link === linkOf(1) ? Promise.reject(new TypeError("undefined is no function")) : site.fetcher(wanted, of);
    await using worker = start({ concurrency: 1, fetchers: [broken] });
    worker.submit();
    (await site.began(2)).end(GONE);
    for (let times = 1; times < 10; times += 1) {
      expect(entryOf(1)).toMatchObject({ status: "NEW" });
      clock.advance(await clock.sleeping(1, 1_800_000));
    }
    queue(3);
    worker.submit();
    await site.began(3);
    expect(entryOf(1)).toMatchObject({
      status: "FAILED",
      trouble: "something unexpected went wrong (TypeError: undefined is no function)",
    });
  });

  test("lets a file that cannot be moved into its folder hold up no other, and moves it when that works", async () => {
    writeFileSync(join(dir, "[ann]"), "in the way");
    queue(1, 2);
    const { promise: done, resolve } = Promise.withResolvers<void>();
    await using worker = start({ concurrency: 1, log: { ...createRecordingLog(), info: () => resolve() } });
    worker.submit();
    finishes(await site.began(1), "one.mp4");
    const { end } = await site.began(2);
    rmSync(join(dir, "[ann]"));
    clock.advance(60_000);
    end(GONE);
    await done;
    expect(arrived()).toEqual(["one.mp4"]);
  });

  test("stops a download that would leave too little space", async () => {
    queue(1);
    const { free } = folders.space();
    await using worker = start({ minFree: Math.round(free / 2) });
    worker.submit();
    const { tell } = await site.began(1);
    tell({ currentSize: 0, totalSize: free });
    await clock.sleeping(48_000);
    expect(entryOf(1)).toMatchObject({ status: "NEW", tries: 0, trouble: "not enough space on the disk" });
  });

  test("leaves space on the disk also while the list cannot be written", async () => {
    queue(1);
    const { free } = folders.space();
    const rename = () => {
      throw new Error("disk I/O error");
    };
    await using worker = start({ minFree: Math.round(free / 2), list: { ...list, rename } });
    worker.submit();
    const { tell, signal } = await site.began(1);
    tell({ name: "A film", currentSize: 0, totalSize: free });
    expect(signal.aborted).toBe(true);
  });

  test("delivers the parts of a playlist that arrived although one failed, and says so", async () => {
    queue(1, 2);
    await using worker = start({ concurrency: 1 });
    worker.submit();
    const { wanted, end } = await site.began(1);
    mkdirSync(join(wanted.folder, "whole"));
    writeFileSync(join(wanted.folder, "whole", "1.mp4"), "");
    end(GONE);
    await site.began(2);
    expect(arrived()).toEqual(["1.mp4"]);
    expect(entryOf(1)).toMatchObject({ status: "DONE", trouble: "the site answered with error 404 (not found)" });
  });

  test("stops a download that was removed from the list, and deletes its parts", async () => {
    queue(1, 2);
    await using worker = start({ concurrency: 1 });
    worker.submit();
    const { wanted } = await site.began(1);
    writeFileSync(join(wanted.folder, "body.part"), "");
    const removed = list.remove(linkOf(1));
    worker.remove({ id: removed?.id ?? 0 });
    expect(worker.progress()).toEqual([]);
    await site.began(2);
    expect(existsSync(wanted.folder)).toBe(false);
  });

  test("continues after a kill with files that were complete", async () => {
    queue(1);
    const id = entryOf(1)?.id ?? 0;
    mkdirSync(join(folders.partsOf(id), "whole"));
    writeFileSync(join(folders.partsOf(id), "whole", "one.mp4"), "");
    list.markWhole(id, null);
    await using worker = start({ concurrency: 1 });
    worker.submit();
    queue(2);
    worker.submit();
    await site.began(2);
    expect(arrived()).toEqual(["one.mp4"]);
    expect(entryOf(1)?.status).toBe("DONE");
    expect(site.begun).toEqual([linkOf(2)]);
  });

  test.each([true, false])(
    "does not wait at a stop for a copy to another disk; removed from the list: %p",
    async (isOut) => {
      queue(1);
      const begun = Promise.withResolvers<void>();
      const deliver: Folders["deliver"] = (_id, { signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason));
          begun.resolve();
        });
      const worker = start({ folders: { ...folders, deliver } });
      worker.submit();
      const running = await site.began(1);
      finishes(running, "one.mp4");
      await begun.promise;
      const { id } = (isOut ? list.remove(linkOf(1)) : entryOf(1)) ?? { id: 0 };
      if (isOut) worker.remove({ id });
      await worker[Symbol.asyncDispose]();
      expect(existsSync(join(running.wanted.folder, "whole", "one.mp4"))).toBe(!isOut);
      expect(entryOf(1)?.status).toBe(isOut ? undefined : "WHOLE");
    },
  );

  test.each(["ENOSPC", "EDQUOT"])(
    "waits for room in the folder, and never gives a complete file up: %s",
    async (code) => {
      queue(1);
      const id = entryOf(1)?.id ?? 0;
      mkdirSync(join(folders.partsOf(id), "whole"));
      writeFileSync(join(folders.partsOf(id), "whole", "one.mp4"), "");
      list.markWhole(id, null);
      const deliver = async () => Promise.reject(Object.assign(new Error(code), { code }));
      await using worker = start({ folders: { ...folders, deliver } });
      worker.submit();
      for (let nth = 0; nth < 11; nth += 1) clock.advance(await clock.sleeping(1, 30 * 60_000));
      await clock.sleeping(1, 30 * 60_000);
      expect(entryOf(1)).toMatchObject({ status: "WHOLE", trouble: null });
      expect(folders.wholeOf(id)).toEqual(["one.mp4"]);
    },
  );

  test("leaves running downloads as they are at a stop, for the next start", async () => {
    queue(1);
    {
      await using worker = start();
      worker.submit();
      const { wanted } = await site.began(1);
      writeFileSync(join(wanted.folder, "body.part"), "");
    }
    expect(entryOf(1)).toMatchObject({ status: "NEW", tries: 0 });
    expect(readdirSync(folders.partsOf(entryOf(1)?.id ?? 0))).toEqual(["body.part"]);
    await using worker = start();
    worker.submit();
    await site.began(1, 2);
  });

  test("ends a link as one file, whenever the process before it died", async () => {
    const twoFiles: Fetcher = async ({ folder }) => {
      mkdirSync(join(folder, "whole"), { recursive: true });
      for (const name of ["1.mp4", "2.mp4"]) writeFileSync(join(folder, "whole", name), name);
      return { kind: "fetched" };
    };
    let deaths = 0;
    for (let hasDied = true; hasDied; deaths += 1) {
      queue(deaths);
      const death = dyingAt(deaths);
      const before = endingLog();
      start({ list: death.of(list), folders: death.of(folders), fetchers: [twoFiles], log: before.log }).submit();
      await before.ended;
      hasDied = death.hasCome();
      const after = endingLog();
      await using second = start({ fetchers: [twoFiles], log: after.log });
      second.submit();
      if (entryOf(deaths)?.status !== "DONE") await after.ended;
      expect({ deaths, arrived: arrived() }).toEqual({ deaths, arrived: ["1.mp4", "2.mp4"] });
      expect({ deaths, status: entryOf(deaths)?.status }).toEqual({ deaths, status: "DONE" });
      folders.dropOrphans([]);
      rmSync(join(dir, "[ann]"), { recursive: true });
    }
    expect(deaths).toBeGreaterThan(12);
  });
});
