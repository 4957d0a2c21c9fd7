import { describe, expect, test } from "bun:test";
import { setImmediate } from "node:timers/promises";
import type { Actor } from "../../../../src/domain/role.ts";
import { StoreUnavailable } from "../../../../src/domain/storage.ts";
import type { FleetDownload } from "../../../../src/service/fleet/fleet.ts";
import type { Removable, Removal } from "../../../../src/service/fleet/removal.ts";
import {
  CANCEL_UNDO_MS,
  type Cancellation,
  createCancellation,
} from "../../../../src/service/tracking/cancellation.ts";
import { openStore } from "../../../../src/store/store.ts";
import { createRecordingLog } from "../../../support/recording-log.ts";
import { storeFails, type Watcher, watched } from "../fuse.ts";

const ANN: Actor = { chatId: 1, role: "user" };
const BOB: Actor = { chatId: 2, role: "user" };
const ADMIN: Actor = { chatId: 9, role: "admin" };
const FILM = "https://x.org/film";

/** Cancellations on a real database, with a fleet whose answers the test sets. */
function createScene() {
  const store = openStore(":memory:");
  const asked: { actor: Actor; download: Removable }[] = [];
  const told: Removal[] = [];
  const log = createRecordingLog();
  const scene = {
    ...{ store, asked, told, log },
    now: 1_000,
    watcher: (() => {}) as Watcher,
    listed: [] as Pick<FleetDownload, "url" | "status">[],
    answers: "removed" as Removal | Promise<Removal> | Error,
    delivers(chatId = ANN.chatId) {
      const linkId = scene.linkId++;
      store.deliveries.add({
        ...{ linkId, chatId, threadId: null, messageId: null, sender: "ann", url: FILM, key: "x.org/film" },
        ...{ quality: "best", folder: null, downloader: "nas", acceptedAt: 1 },
      });
      return store.deliveries.byLinkId(linkId)?.id ?? 0;
    },
    linkId: 1,
    isPlanned: (id: number) => store.cancellations.among([id]).has(id),
    async tick() {
      cancellation.tick();
      await setImmediate();
    },
    begins() {
      cancellation = create();
    },
    get cancellation() {
      return cancellation;
    },
  };
  const create = (): Cancellation =>
    createCancellation({
      store: watched(store, (name) => scene.watcher(name)),
      fleet: {
        downloads: async () => ({
          downloads: scene.listed.map((one) => ({
            ...{ quality: "", name: undefined, remark: undefined, downloader: "nas", key: "x.org/film" },
            ...{ owners: [], ahead: undefined, failed: undefined },
            ...one,
          })),
          silent: [],
        }),
        async remove(actor, download) {
          asked.push({ actor, download });
          if (scene.answers instanceof Error) throw scene.answers;
          return scene.answers;
        },
      },
      now: () => scene.now,
      log,
      onOutcome: (_, removal) => void told.push(removal),
    });
  let cancellation = create();
  return scene;
}

describe("a cancellation", () => {
  test("reaches the downloader when its undo has expired, for the chat, in the downloader's spelling", async () => {
    const scene = createScene();
    scene.listed = [{ url: "http://www.x.org/film", status: "WORK" }];
    const id = scene.delivers();
    expect(scene.cancellation.plan(ANN, id).kind).toBe("planned");
    scene.now += CANCEL_UNDO_MS - 1;
    await scene.tick();
    expect(scene.asked).toEqual([]);
    scene.now += 1;
    await scene.tick();
    await scene.tick();
    expect(scene.asked).toMatchObject([{ actor: ANN, download: { url: "http://www.x.org/film", status: "WORK" } }]);
    expect([scene.told, scene.isPlanned(id)]).toEqual([["removed"], false]);
  });

  test("uses the known status if the downloader does not list the link", async () => {
    const scene = createScene();
    const id = scene.delivers();
    scene.store.deliveries.update(id, { status: "SENDING" });
    scene.cancellation.plan(ANN, id);
    scene.now += CANCEL_UNDO_MS;
    await scene.tick();
    expect(scene.asked).toMatchObject([{ download: { url: FILM, status: "SENDING", downloader: "nas" } }]);
  });

  test("reaches the downloader even if the clock was set back by an hour", async () => {
    const scene = createScene();
    scene.now += 3_600_000;
    const id = scene.delivers();
    scene.cancellation.plan(ANN, id);
    scene.now -= 3_600_000;
    await scene.tick();
    await scene.tick();
    expect([scene.asked.length, scene.told, scene.isPlanned(id)]).toEqual([1, ["removed"], false]);
  });

  test("can be undone until then, and planned again", async () => {
    const scene = createScene();
    const id = scene.delivers();
    scene.cancellation.plan(ANN, id);
    expect(scene.cancellation.undo(ANN, id).kind).toBe("undone");
    scene.now += CANCEL_UNDO_MS;
    await scene.tick();
    expect(scene.asked).toEqual([]);
    scene.cancellation.plan(ANN, id);
    scene.now += CANCEL_UNDO_MS;
    scene.answers = new Promise(() => {});
    await scene.tick();
    await scene.tick();
    expect(scene.cancellation.undo(ANN, id).kind).toBe("over");
    expect(scene.asked).toHaveLength(1);
  });

  test("is for the download's owner and for admins only (rules 8 and 9)", () => {
    const scene = createScene();
    const id = scene.delivers();
    expect(scene.cancellation.plan(BOB, id)).toEqual({ kind: "not_yours" });
    expect(scene.cancellation.plan(BOB, 999)).toEqual({ kind: "not_yours" });
    scene.cancellation.plan(ANN, id);
    expect(scene.cancellation.undo(BOB, id)).toEqual({ kind: "not_yours" });
    expect(scene.isPlanned(id)).toBe(true);
    expect(scene.cancellation.undo(ADMIN, id).kind).toBe("undone");
  });

  test("does nothing if the download has ended meanwhile", async () => {
    const scene = createScene();
    const id = scene.delivers();
    scene.cancellation.plan(ANN, id);
    scene.store.deliveries.update(id, { state: "done", closedAt: 1 });
    expect(scene.cancellation.plan(ANN, id).kind).toBe("over");
    scene.now += CANCEL_UNDO_MS;
    await scene.tick();
    expect([scene.asked, scene.told, scene.store.cancellations.due(scene.now, 9)]).toEqual([[], [], []]);
  });

  test("is repeated by the next life after a stop in the middle of it", async () => {
    const scene = createScene();
    const answer = Promise.withResolvers<Removal>();
    const id = scene.delivers();
    scene.cancellation.plan(ANN, id);
    scene.now += CANCEL_UNDO_MS;
    scene.answers = answer.promise;
    await scene.tick();
    scene.cancellation.stop();
    answer.resolve("silent");
    await setImmediate();
    await scene.tick();
    expect([scene.told, scene.asked.length, scene.isPlanned(id)]).toEqual([[], 1, true]);
    scene.begins();
    scene.answers = "removed";
    await scene.tick();
    expect([scene.told, scene.isPlanned(id)]).toEqual([["removed"], false]);
  });

  test("waits while the database cannot be used, and is given up if the downloader is silent", async () => {
    const scene = createScene();
    const id = scene.delivers();
    scene.watcher = storeFails;
    expect(() => scene.cancellation.plan(ANN, id)).toThrow(StoreUnavailable);
    expect(() => scene.cancellation.tick()).toThrow(StoreUnavailable);
    scene.watcher = () => {};
    scene.cancellation.plan(ANN, id);
    scene.now += CANCEL_UNDO_MS;
    scene.answers = new StoreUnavailable("SQLITE_BUSY");
    await scene.tick();
    expect([scene.told, scene.isPlanned(id)]).toEqual([[], true]);
    scene.answers = "silent";
    await scene.tick();
    expect([scene.told, scene.isPlanned(id)]).toEqual([["silent"], false]);
    expect(scene.log.at("error")).toEqual([]);
  });
});
