import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { Download, DownloaderClient, Progress } from "../../../src/domain/downloader.ts";
import { wait } from "../../../src/domain/wait.ts";
import { createPlaces } from "../../../src/service/dispatch/places.ts";
import { createSubmitter } from "../../../src/service/dispatch/submitter.ts";
import { createFleet } from "../../../src/service/fleet/fleet.ts";
import { createRegistry } from "../../../src/service/fleet/registry.ts";
import { createUsability } from "../../../src/service/fleet/usability.ts";
import { createInWork } from "../../../src/service/tracking/in-work.ts";
import { createTracker } from "../../../src/service/tracking/tracker.ts";
import { openStore } from "../../../src/store/store.ts";
import { atOnce } from "../../support/at-once.ts";
import { createRecordingLog } from "../../support/recording-log.ts";
import { countBetweenTurns, FEW_LOOKS } from "../../support/turns.ts";

const LONG = 10_000;
const admin = { chatId: 1, role: "admin" } as const;
const never = new AbortController().signal;
const urlOf = (n: number) => `https://x.org/${n}`;
const LAST = { downloader: "nas", key: `x.org/${LONG - 1}`, url: urlOf(LONG - 1) };

/** A downloader with a long list and status, and all services that read them. */
function createLong(turns: ReturnType<typeof countBetweenTurns>) {
  const numbers = Array.from({ length: LONG }, (_, n) => n);
  const list: Download[] = turns.watched(
    numbers.map((n) => ({ url: urlOf(n), status: "NEW", quality: "", name: undefined, remark: undefined })),
  );
  const work: Progress[] = turns.watched(
    numbers.map((n) => ({
      ...{ url: urlOf(n), filename: "", quality: 720, percentage: 1, status: "WORK" },
      ...{ currentSize: 1, totalSize: 2, remark: undefined },
    })),
  );
  const store = openStore(":memory:");
  const log = createRecordingLog();
  const now = () => 1_000;
  const client: DownloaderClient = {
    submit: async () => ({ kind: "unknown", detail: "DEADLINE_EXCEEDED" }),
    queue: async () => list,
    status: async () => ({ running: work, sensors: "" }),
    remove: async () => [],
    cleanHistory: async () => [],
    health: async () => "",
    forget: () => {},
  };
  const common = { store, client, now, log };
  const registry = createRegistry({
    ...{
      table: store.downloaders,
      together: atOnce(store.transaction),
      routes: [],
      random: () => 0,
      onRegistered: () => {},
    },
    ...common,
  });
  registry.register({ name: "nas", host: "127.0.0.1", port: 1, roots: ["*"] });
  const usability = createUsability({ now: common.now, tell: () => {} });
  const places = createPlaces(1);
  return {
    ...{ store, list },
    inWork: createInWork({ store, registry, progress: { of: () => undefined } }),
    submitter: createSubmitter({ ...common, registry, places, attempts: store.attempts, deliveries: store.deliveries }),
    fleet: createFleet({ ...common, registry, usability, patienceMs: 60_000, wait }),
    tracked(onEnd: () => void) {
      store.deliveries.add({
        ...{ linkId: 1, chatId: 1, threadId: null, messageId: null, sender: "ann", quality: "best", folder: null },
        ...{ ...LAST, acceptedAt: 0 },
      });
      list.push({
        url: LAST.url,
        status: "NEW",
        quality: "",
        name: undefined,
        remark: { kind: "trouble", text: "no" },
      });
      list.splice(LONG - 1, 1);
      return createTracker({ ...common, registry, messageKeptMs: () => undefined, onEvents: onEnd });
    },
  };
}

describe("a downloader's list of ten thousand entries does not block the event loop", () => {
  let turns: ReturnType<typeof countBetweenTurns>;
  let long: ReturnType<typeof createLong>;
  beforeEach(() => {
    turns = countBetweenTurns();
    long = createLong(turns);
  });
  afterEach(() => {
    turns[Symbol.dispose]();
    long.store[Symbol.dispose]();
  });
  function expectFewLooks() {
    expect(turns.most).toBeGreaterThan(0);
    expect(turns.most).toBeLessThanOrEqual(FEW_LOOKS);
  }

  test("when the tracker reads it", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const tracker = long.tracked(resolve);
    await tracker.tick();
    await promise;
    expectFewLooks();
  });

  test("when the links before another one are counted", async () => {
    long.tracked(() => {});
    // A failed link does not wait any more.
    const last = long.list.splice(-1);
    long.list.push(...last.map((one) => ({ ...one, remark: undefined })));
    await long.inWork.looked("nas", long.list);
    const [place = { chatId: 1, threadId: null, total: 0, ended: 0, newest: 0 }] = long.inWork.places();
    expect(long.inWork.list(place, 1).entries).toMatchObject([{ ahead: LONG - 1 }]);
    expectFewLooks();
  });

  test("when it is searched for one link", async () => {
    expect(await long.submitter.isListed("nas", LAST.key, 0)).toBe(true);
    expectFewLooks();
  });

  test("when people list all of it", async () => {
    const { downloads } = await long.fleet.downloads(admin, { all: true, stop: never });
    expect(downloads).toHaveLength(LONG);
    expectFewLooks();
  });

  test("when people list what is running", async () => {
    const [status] = await long.fleet.statuses({ chatId: 2, role: "user" }, never);
    expect(status?.answer).toMatchObject({ own: [], others: LONG });
    expectFewLooks();
  });

  test("when a link is removed", async () => {
    expect(await long.fleet.remove(admin, { ...LAST, status: "NEW" }, never)).toBe("kept");
    const elsewhere = { downloader: "nas", key: "x.org/film", url: "https://x.org/film", status: "WORK" } as const;
    expect(await long.fleet.remove(admin, elsewhere, never)).toBe("removed");
    expectFewLooks();
  });
});
