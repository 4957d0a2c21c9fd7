import { describe, expect, test } from "bun:test";
import type { NewDelivery } from "../../../../src/domain/delivery.ts";
import type { Download, DownloaderState, DownloadStatus } from "../../../../src/domain/downloader.ts";
import { keyOf } from "../../../../src/domain/url.ts";
import { createLateWrites } from "../../../../src/service/late-writes.ts";
import { createInWork } from "../../../../src/service/tracking/in-work.ts";
import { createWorkMessageKeeper } from "../../../../src/service/tracking/work-messages.ts";
import { openStore } from "../../../../src/store/store.ts";
import { createRecordingLog } from "../../../support/recording-log.ts";
import { storeFails, type Watcher, watched } from "../fuse.ts";

const ANN = { chatId: 1, threadId: null };
const url = (n: number) => `https://x.org/${n}`;

function createScene() {
  const store = openStore(":memory:");
  const scene = {
    store,
    state: "reachable" as DownloaderState,
    watcher: (() => {}) as Watcher,
    delivers(n: number, of: Partial<NewDelivery> = {}, status?: DownloadStatus): number {
      const delivery = { linkId: n, ...ANN, messageId: null, sender: "ann", url: url(n), key: keyOf(url(n)) };
      store.deliveries.add({ ...delivery, quality: "best", folder: null, downloader: "nas", acceptedAt: 1, ...of });
      const id = store.deliveries.byLinkId(n)?.id ?? 0;
      if (status !== undefined) store.deliveries.update(id, { status });
      return id;
    },
    list(limit = 10) {
      const open = inWork.at(ANN);
      return open && inWork.list(open, limit);
    },
    get inWork() {
      return inWork;
    },
  };
  const inWork = createInWork({
    store: watched(store, (name) => scene.watcher(name)),
    registry: {
      byName: (name) =>
        name === "gone"
          ? undefined
          : { name, host: "h", port: 1, roots: [], registeredAt: 0, lastSeenAt: 0, failures: 0, paused: false },
      stateOf: () => scene.state,
    },
    progress: { of: () => ({ percentage: 5, speed: undefined }) },
  });
  return scene;
}

const download = (n: number, status: DownloadStatus): Download => ({
  ...{ url: url(n), status, quality: "", name: undefined, remark: undefined },
});

describe("the list of links in work", () => {
  test("has the chat's first links and their total number", () => {
    const scene = createScene();
    for (const n of [1, 2, 3]) scene.delivers(n);
    scene.delivers(4, { chatId: 2 });
    scene.delivers(5, { threadId: 7 });
    const list = scene.list(2);
    expect([list?.total, list?.entries.map(({ delivery }) => delivery.linkId)]).toEqual([3, [1, 2]]);
    expect(scene.inWork.at({ chatId: 1, threadId: 8 })).toBeUndefined();
    expect(scene.inWork.places()).toHaveLength(3);
  });

  test("has ended links until their news is told", () => {
    const scene = createScene();
    const { deliveries, news } = scene.store;
    const [first = 0, lost = 0, open = 0] = [1, 2, 3].map((n) => scene.delivers(n, {}, "WORK"));
    const closes = (about: number, kind: "done" | "lost" | "trouble") => {
      if (kind !== "trouble") deliveries.update(about, { state: kind, closedAt: 2 });
      news.add({ ...ANN, kind, about, createdAt: 2 });
    };
    closes(open, "trouble");
    expect(scene.inWork.at(ANN)).toEqual({ ...ANN, total: 3, ended: 0, newest: open });
    closes(first, "done");
    closes(lost, "lost");
    expect(scene.inWork.at(ANN)).toEqual({ ...ANN, total: 3, ended: 2, newest: open });
    expect(scene.list()?.entries.map(({ delivery }) => delivery.id)).toEqual([first, lost, open]);
    expect(scene.list(1)?.entries.map(({ delivery }) => delivery.id)).toEqual([first]);
    deliveries.update(open, { state: "removed", closedAt: 2 });
    expect(scene.inWork.at(ANN)).toEqual({ ...ANN, total: 2, ended: 2, newest: lost });
    news.told(
      news.untold(ANN, 10).map(({ id }) => id),
      { chatId: ANN.chatId, messageId: 7 },
    );
    expect(scene.inWork.places()).toEqual([]);
  });

  test("is read for all chats with one query", () => {
    const scene = createScene();
    const { deliveries, news } = scene.store;
    for (let chatId = 1; chatId <= 5; chatId += 1) {
      const place = { chatId, threadId: null };
      for (const nth of [0, 1]) {
        const about = scene.delivers(10 * chatId + nth, place);
        deliveries.update(about, { state: "done", closedAt: 2 });
        news.add({ ...place, kind: "done", about, createdAt: 2 });
        // A link whose unknown end became done counts once.
        news.add({ ...place, kind: "unknown", about, createdAt: 2 });
      }
    }
    const looks: string[] = [];
    scene.watcher = (name) => void looks.push(name);
    expect(scene.inWork.places().map(({ total, ended, newest }) => [total, ended, newest])).toEqual([
      ...[1, 2, 3, 4, 5].map((nth) => [2, 2, 2 * nth]),
    ]);
    expect(looks).toHaveLength(1);
  });

  test("has the progress, whether the downloader is silent, and planned cancellations", () => {
    const scene = createScene();
    const id = scene.delivers(1, {}, "WORK");
    scene.delivers(2, {}, "NEW");
    scene.store.cancellations.plan(id, 9);
    scene.delivers(3, { downloader: "gone" });
    expect(scene.list()?.entries.map(({ isSilent }) => isSilent)).toEqual([false, false, true]);
    scene.state = "unreachable";
    expect(scene.list()?.entries).toMatchObject([
      { reading: { percentage: 5 }, isSilent: true, isCancelled: true },
      { reading: undefined, isSilent: true, isCancelled: false },
      { isSilent: true, isCancelled: false },
    ]);
  });

  test("has no place in the list of a server that was removed", async () => {
    const scene = createScene();
    scene.delivers(1, { downloader: "gone" }, "NEW");
    await scene.inWork.looked("gone", [download(1, "NEW")]);
    expect(scene.list()?.entries.map(({ ahead }) => ahead)).toEqual([undefined]);
  });

  test("has the number of links before a waiting one, if the downloader's list shows it", async () => {
    const scene = createScene();
    for (const n of [3, 5, 6]) scene.delivers(n);
    const ahead = () => scene.list()?.entries.map((entry) => entry.ahead);
    expect(ahead()).toEqual([undefined, undefined, undefined]);
    const listed: [number, DownloadStatus][] = [
      [1, "WORK"],
      [2, "DONE"],
      [3, "NEW"],
      [4, "TO_SEND"],
      [5, "NEW"],
    ];
    await scene.inWork.looked(
      "nas",
      listed.map(([n, status]) => download(n, status)),
    );
    expect(ahead()).toEqual([1, 2, undefined]);
    await scene.inWork.looked("abroad", []);
    expect(ahead()).toEqual([1, 2, undefined]);
    await scene.inWork.looked("nas", [download(5, "NEW")]);
    expect(ahead()).toEqual([undefined, 0, undefined]);
    scene.watcher = storeFails;
    await scene.inWork.looked("nas", [download(5, "NEW")]);
  });

  test("has the downloader's remark on a waiting link, unless it is outdated", async () => {
    const scene = createScene();
    for (const n of [1, 2, 3]) scene.delivers(n);
    const says = () => scene.list()?.entries.map((entry) => entry.says);
    const remark = { kind: "activity", text: `will try again:\n${"no space ".repeat(100)}` } as const;
    const running = { kind: "activity", text: "downloading" } as const;
    await scene.inWork.looked("nas", [
      { ...download(1, "WORK"), remark: running },
      { ...download(2, "NEW"), remark },
      download(3, "NEW"),
    ]);
    expect(says()).toEqual([undefined, expect.stringMatching(/^will try again:\nno space .{100,200}$/), undefined]);
    scene.state = "unreachable";
    expect(says()).toEqual([undefined, undefined, undefined]);
    scene.state = "reachable";
    await scene.inWork.looked("nas", [download(2, "NEW")]);
    expect(says()).toEqual([undefined, undefined, undefined]);
  });

  test("has a failed link until its news is told, and does not count it before others", async () => {
    const scene = createScene();
    const { deliveries, news } = scene.store;
    const [failed = 0, waits = 0] = [1, 2].map((n) => scene.delivers(n, {}, "NEW"));
    const remark = { kind: "trouble", text: "HTTP Error 404" } as const;
    deliveries.update(failed, { trouble: remark.text });
    news.add({ ...ANN, kind: "trouble", about: failed, createdAt: 2 });
    await scene.inWork.looked("nas", [{ ...download(1, "NEW"), remark }, download(2, "NEW")]);
    expect(scene.inWork.at(ANN)).toEqual({ ...ANN, total: 2, ended: 1, newest: waits });
    expect(scene.list()?.entries.map(({ delivery, ahead }) => [delivery.id, ahead])).toEqual([
      [failed, undefined],
      [waits, 0],
    ]);
    const told = () =>
      news.told(
        news.untold(ANN, 10).map(({ id }) => id),
        { chatId: ANN.chatId, messageId: 7 },
      );
    told();
    expect(scene.list()).toMatchObject({ total: 1, entries: [{ delivery: { id: waits } }] });
    deliveries.update(waits, { trouble: "HTTP Error 500" });
    expect(scene.inWork.places()).toEqual([]);
    // The downloader runs it again.
    deliveries.update(failed, { status: "WORK" });
    expect(scene.list()).toMatchObject({ total: 1, entries: [{ delivery: { id: failed } }] });
  });
});

describe("the messages about links in work", () => {
  test("are stored once the database can be used, and replaced ones are deleted", () => {
    using store = openStore(":memory:");
    let watcher: Watcher = storeFails;
    const late = createLateWrites({ transaction: store.transaction, log: createRecordingLog() });
    const deletions: string[] = [];
    const keeper = createWorkMessageKeeper({
      store: watched(store, (name) => watcher(name)),
      lateWrites: late,
      now: () => 50,
      onDeletion: () => void deletions.push("now"),
    });
    const first = { ...ANN, messageId: 5, sentAt: 1 };
    const second = { ...ANN, messageId: 6, sentAt: 2 };
    keeper.keep(first, undefined);
    keeper.keep(second, first);
    expect(deletions).toEqual([]);
    watcher = () => {};
    expect(late.flush()).toBe(true);
    expect(keeper.all()).toEqual([second]);
    expect(store.deletions.dueOfOneChat(50, 9).map(({ messageId }) => messageId)).toEqual([5]);
    expect(deletions).toEqual(["now"]);
    keeper.retire(second);
    late.flush();
    expect([keeper.all(), deletions]).toEqual([[], ["now", "now"]]);
    expect(store.deletions.dueOfOneChat(50, 9).map(({ messageId }) => messageId)).toEqual([5, 6]);
    keeper.keep(first, undefined);
    keeper.forget(first);
    late.flush();
    expect([keeper.all(), store.deletions.count()]).toEqual([[], 2]);
  });
});
