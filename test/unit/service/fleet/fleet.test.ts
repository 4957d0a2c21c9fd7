import { describe, expect, test } from "bun:test";
import { setImmediate } from "node:timers/promises";
import type { DeliveryState } from "../../../../src/domain/delivery.ts";
import {
  type Download,
  type DownloaderClient,
  DownloaderUnreachable,
  type DownloadStatus,
  type Progress,
} from "../../../../src/domain/downloader.ts";
import type { ShownStatus } from "../../../../src/domain/downloads.ts";
import type { Actor } from "../../../../src/domain/role.ts";
import { keyOf } from "../../../../src/domain/url.ts";
import { createFleet } from "../../../../src/service/fleet/fleet.ts";
import { createRegistry } from "../../../../src/service/fleet/registry.ts";
import type { Removal } from "../../../../src/service/fleet/removal.ts";
import { createUsability } from "../../../../src/service/fleet/usability.ts";
import { openStore } from "../../../../src/store/store.ts";
import { atOnce } from "../../../support/at-once.ts";
import { createClock } from "../../../support/clock.ts";
import { createRecordingLog } from "../../../support/recording-log.ts";

const PATIENCE_MS = 1_500;
const DAY = 24 * 3_600_000;
const ann: Actor = { chatId: 1001, role: "user" };
const bob: Actor = { chatId: 1002, role: "user" };
const admin: Actor = { chatId: 1, role: "admin" };
const video = (n: number | string) => `https://youtube.com/watch?v=${n}`;
const never = new AbortController().signal;

const download = (url: string, status: DownloadStatus = "NEW"): Download => ({
  url,
  status,
  quality: "720",
  name: undefined,
  remark: undefined,
});
const running = (url: string): Progress => ({
  url,
  filename: url,
  quality: 720,
  percentage: 1,
  status: "WORK",
  currentSize: 1,
  totalSize: 100,
  remark: undefined,
});

/** A fleet of downloaders that the test controls, with a real registry and database. */
function createScene(names: readonly string[]) {
  const clock = createClock();
  const log = createRecordingLog();
  const store = openStore(":memory:");
  const registry = createRegistry({
    table: store.downloaders,
    together: atOnce(store.transaction),
    routes: [],
    now: clock.now,
    random: () => 0,
    log,
    onRegistered: () => {},
  });
  const downloaderAdmin = new Map(
    names.map((name) => [name, { list: [] as Download[], work: [] as Progress[], mode: "up", queues: 0 }]),
  );
  const at = (name: string) => {
    const server = downloaderAdmin.get(name);
    if (server === undefined) throw new Error(`No downloader "${name}"`);
    return server;
  };
  const answer = async <T>(name: string, value: () => T): Promise<T> => {
    if (at(name).mode === "hangs") return new Promise<T>(() => {});
    if (at(name).mode === "down") throw new DownloaderUnreachable(name, "UNAVAILABLE");
    return value();
  };
  const unexpected = () => Promise.reject(new Error("Not called by the fleet"));
  const client: DownloaderClient = {
    submit: unexpected,
    cleanHistory: unexpected,
    health: unexpected,
    forget: () => {},
    queue({ name }) {
      at(name).queues += 1;
      return answer(name, () => [...at(name).list]);
    },
    async status({ name }) {
      if (at(name).mode === "without status") throw new DownloaderUnreachable(name, "UNIMPLEMENTED");
      return answer(name, () => ({ running: at(name).work, sensors: `${name} 40°C` }));
    },
    remove: ({ name }, url) =>
      answer(name, () => {
        at(name).list = at(name).list.filter((one) => one.url !== url);
        return [];
      }),
  };
  for (const [index, name] of names.entries()) {
    registry.register({ name, roots: ["*"], host: "127.0.0.1", port: 5_000 + index });
  }
  const usability = createUsability({ now: clock.now, tell: () => {} });
  const fleet = createFleet({
    client,
    registry,
    usability,
    store,
    patienceMs: PATIENCE_MS,
    now: clock.now,
    wait: clock.wait,
    log,
  });
  let links = 0;
  return {
    clock,
    store,
    registry,
    usability,
    fleet,
    at,
    log,
    delivered(owner: Actor, url: string, downloader = "nas", acceptedAt = clock.now()) {
      store.deliveries.add({
        linkId: ++links,
        chatId: owner.chatId,
        threadId: null,
        messageId: links,
        sender: "ann",
        url,
        key: keyOf(url),
        quality: "best",
        folder: null,
        downloader,
        acceptedAt,
      });
    },
    async urls(actor: Actor, all = false) {
      clock.advance(10_000);
      const { downloads } = await fleet.downloads(actor, { all, stop: never });
      return downloads.map(({ url }) => url);
    },
    [Symbol.dispose]: () => store[Symbol.dispose](),
  };
}

describe("the fleet's downloads", () => {
  test("a chat sees only what was delivered to that downloader for it, in any spelling", async () => {
    using scene = createScene(["nas", "box"]);
    scene.delivered(ann, video(1));
    scene.delivered(bob, video(2));
    scene.at("nas").list = [download(`${video(1)}&si=tracking`), download(video(2)), download(video(3))];
    scene.at("box").list = [download(video(1))];
    expect(await scene.urls(ann)).toEqual([`${video(1)}&si=tracking`]);
    expect(await scene.urls(bob)).toEqual([video(2)]);
  });

  test("an admin sees all downloads on request, else only the own ones; nobody else sees all", async () => {
    using scene = createScene(["nas"]);
    scene.delivered(ann, video(1));
    scene.delivered(admin, video(2));
    scene.at("nas").list = [download(video(1)), download(video(2)), download(video(3))];
    expect(await scene.urls(admin, true)).toEqual([video(1), video(2), video(3)]);
    expect(await scene.urls(admin)).toEqual([video(2)]);
    expect(await scene.urls(ann, true)).toEqual([video(1)]);
  });

  test("a download that was delivered more than 30 days ago or removed has no owner", async () => {
    using scene = createScene(["nas"]);
    scene.delivered(ann, video(1), "nas", scene.clock.now() - 31 * DAY);
    scene.delivered(ann, video(2), "nas", scene.clock.now() - 29 * DAY);
    scene.delivered(ann, video(3));
    scene.store.deliveries.update(3, { state: "removed" });
    scene.at("nas").list = [download(video(1)), download(video(2)), download(video(3))];
    expect(await scene.urls(ann)).toEqual([video(2)]);
  });

  test("an admin also sees the owners of finished downloads", async () => {
    using scene = createScene(["nas", "box"]);
    scene.delivered(ann, video(1));
    scene.delivered(bob, video(1));
    scene.delivered(ann, video(2));
    scene.delivered(bob, video(2), "box");
    for (const id of [1, 2, 3]) scene.store.deliveries.update(id, { state: "done" });
    scene.delivered(ann, video(3), "nas", scene.clock.now() - 31 * DAY);
    scene.delivered(ann, video(4));
    for (const id of [5, 6]) scene.store.deliveries.update(id, { state: id === 5 ? "done" : "removed" });
    scene.at("nas").list = [1, 2, 3, 4, 5].map((n) => download(video(n), "DONE"));
    scene.clock.advance(10_000);
    const { downloads } = await scene.fleet.downloads(admin, { all: true, stop: never });
    expect(downloads.filter(({ downloader }) => downloader === "nas").map(({ owners }) => owners.toSorted())).toEqual([
      [ann.chatId, bob.chatId],
      [ann.chatId],
      [],
      [],
      [],
    ]);
  });

  test("are sorted by work status across downloaders", async () => {
    using scene = createScene(["box", "nas"]);
    const [done, fresh, work, sending] = [video("done"), video("new"), video("work"), video("sending")];
    for (const url of [done, fresh]) scene.delivered(ann, url, "box");
    for (const url of [work, sending]) scene.delivered(ann, url, "nas");
    scene.at("box").list = [download(done, "DONE"), download(fresh)];
    scene.at("nas").list = [download(sending, "SENDING"), download(work, "WORK")];
    expect(await scene.urls(ann)).toEqual([work, sending, fresh, done]);
  });

  test("a waiting download has the number of those before it, including other chats'", async () => {
    using scene = createScene(["nas"]);
    const [mine, last] = [video(1), video(2)];
    for (const url of [mine, last]) scene.delivered(ann, url);
    const others = [download(video(3), "SENDING"), download(video(4), "WORK"), download(video(5))];
    scene.at("nas").list = [download(video(6), "DONE"), ...others, download(mine), download(last)];
    scene.clock.advance(10_000);
    const { downloads } = await scene.fleet.downloads(ann, { all: false, stop: never });
    expect(downloads.map(({ url, ahead }) => [url, ahead])).toEqual([
      [mine, 2],
      [last, 3],
    ]);
  });

  test("a failed download can be sent again once that is recorded, but not while it runs again", async () => {
    using scene = createScene(["nas"]);
    scene.delivered(ann, video(1));
    const { id } = scene.store.deliveries.openOf(ann.chatId, keyOf(video(1))) ?? { id: 0 };
    const trouble = { kind: "trouble", text: "HTTP Error 404" } as const;
    scene.at("nas").list = [{ ...download(video(1)), remark: trouble }];
    const failed = async (all = false) => {
      scene.clock.advance(10_000);
      const { downloads } = await scene.fleet.downloads(all ? admin : ann, { all, stop: never });
      return downloads.map((one) => one.failed);
    };
    expect(await failed()).toEqual([undefined]);
    scene.store.deliveries.update(id, { status: "NEW", trouble: "HTTP Error 404" });
    expect([await failed(), await failed(true)]).toEqual([[id], [id]]);
    scene.at("nas").list = [download(video(1), "WORK")];
    expect(await failed()).toEqual([undefined]);
    scene.at("nas").mode = "down";
    expect(await failed()).toEqual([id]);
  });

  test("a failed download neither waits nor counts for those that wait", async () => {
    using scene = createScene(["nas"]);
    const [failed, waits] = [video(1), video(2)];
    for (const url of [failed, waits]) scene.delivered(ann, url);
    const trouble = { kind: "trouble", text: "HTTP Error 404" } as const;
    scene.at("nas").list = [{ ...download(failed), remark: trouble }, download(waits)];
    const { downloads } = await scene.fleet.downloads(ann, { all: false, stop: never });
    expect(downloads.map(({ url, ahead }) => [url, ahead])).toEqual([
      [failed, undefined],
      [waits, 0],
    ]);
  });

  test("a link that is listed twice is one download, with its least finished entry", async () => {
    using scene = createScene(["nas"]);
    scene.delivered(ann, video(1));
    scene.at("nas").list = [download(video(1)), download(`${video(1)}&si=tracking`, "DONE")];
    for (const [actor, all] of [
      [ann, false],
      [admin, true],
    ] as const) {
      scene.clock.advance(10_000);
      const { downloads } = await scene.fleet.downloads(actor, { all, stop: never });
      expect(downloads).toMatchObject([{ url: video(1), status: "NEW" }]);
    }
  });

  test("a hanging downloader keeps nobody waiting, and its last known state is shown", async () => {
    using scene = createScene(["nas", "slow"]);
    scene.delivered(ann, video(1));
    scene.delivered(ann, video(2), "slow");
    scene.store.deliveries.update(2, { status: "WORK", name: "Film" });
    scene.at("nas").list = [download(video(1))];
    scene.at("slow").mode = "hangs";
    scene.clock.advance(10_000);
    const asked = scene.fleet.downloads(ann, { all: false, stop: never });
    await scene.clock.sleeping(PATIENCE_MS);
    // Lets the other downloader's answer be read.
    await setImmediate();
    scene.clock.advance(PATIENCE_MS);
    const { downloads, silent } = await asked;
    expect(silent).toEqual(["slow"]);
    expect(downloads).toMatchObject([
      { url: video(2), downloader: "slow", status: "WORK", name: "Film" },
      { url: video(1), downloader: "nas", status: "NEW" },
    ]);
    // The call goes on, and the next person does not wait for it again.
    expect((await scene.fleet.downloads(ann, { all: false, stop: never })).silent).toEqual(["slow"]);
  });

  test("a stop of the bot ends the wait", async () => {
    using scene = createScene(["slow"]);
    scene.at("slow").mode = "hangs";
    const stop = new AbortController();
    const asked = scene.fleet.downloads(ann, { all: false, stop: stop.signal });
    stop.abort();
    expect((await asked).silent).toEqual(["slow"]);
  });

  test("an unreachable downloader is not asked", async () => {
    using scene = createScene(["nas"]);
    for (let n = 0; n < 3; n += 1) scene.registry.exchanged("nas", "unanswered");
    const { silent } = await scene.fleet.downloads(ann, { all: false, stop: never });
    expect(silent).toEqual(["nas"]);
    expect(scene.at("nas").queues).toBe(0);
  });

  test("a download that may be on its way to its folder is shown as missing if it is not listed", async () => {
    using scene = createScene(["nas"]);
    const statuses = ["NEW", "WORK", "TO_SEND", "SENDING"] as const;
    for (const [index, status] of statuses.entries()) {
      scene.delivered(ann, video(status));
      scene.store.deliveries.update(index + 1, { status });
    }
    scene.clock.advance(10_000);
    const { downloads } = await scene.fleet.downloads(ann, { all: false, stop: never });
    expect(downloads.map(({ url, status }) => [url, status])).toEqual([
      [video("SENDING"), "MISSING"],
      [video("TO_SEND"), "MISSING"],
      [video("WORK"), "MISSING"],
    ]);
  });

  test("a download that was accepted while the clock was ahead is not shown as new afterwards", async () => {
    using scene = createScene(["nas"]);
    scene.clock.advance(7_200_000);
    scene.delivered(ann, video(1));
    scene.clock.advance(-7_200_000);
    expect(await scene.urls(ann)).toEqual([]);
  });

  test("simultaneous requests share a call, an answer is valid for two seconds, and a new address is asked at once", async () => {
    using scene = createScene(["nas"]);
    const ask = () => scene.fleet.downloads(ann, { all: false, stop: never });
    await Promise.all([ask(), ask(), scene.fleet.downloads(bob, { all: false, stop: never })]);
    await ask();
    expect(scene.at("nas").queues).toBe(1);
    scene.clock.advance(2_000);
    await ask();
    expect(scene.at("nas").queues).toBe(2);
    scene.registry.register({ name: "nas", roots: ["*"], host: "127.0.0.2", port: 5_000 });
    await ask();
    expect(scene.at("nas").queues).toBe(3);
  });

  test("a link that was accepted after the downloader was asked is shown as new", async () => {
    using scene = createScene(["nas"]);
    expect(await scene.urls(ann)).toEqual([]);
    scene.delivered(ann, video(1));
    const { downloads } = await scene.fleet.downloads(ann, { all: false, stop: never });
    expect(downloads).toMatchObject([{ url: video(1), status: "NEW", owners: [1001] }]);
    // At the next request, the downloader does not list it: it has ended.
    expect(await scene.urls(ann)).toEqual([]);
  });
});

describe("the fleet's statuses", () => {
  test("a chat sees its own running downloads and the number of others; an admin sees all", async () => {
    using scene = createScene(["nas"]);
    scene.delivered(ann, video(1));
    scene.at("nas").work = [running(video(1)), running(video(2)), running("")];
    const [own] = await scene.fleet.statuses(ann, never);
    expect(own?.answer).toMatchObject({ own: [{ url: video(1) }], foreign: [], others: 2, sensors: "" });
    const [whole] = await scene.fleet.statuses(admin, never);
    expect(whole?.answer?.foreign).toHaveLength(3);
    expect(whole?.answer).toMatchObject({ own: [], others: 3, sensors: "nas 40°C" });
  });

  test("a downloader that lacks a method for links still answers, with that problem", async () => {
    using scene = createScene(["box", "nas"]);
    scene.usability.note("nas", "SetToQueue", "no_method");
    const statuses = await scene.fleet.statuses(ann, never);
    expect(statuses.map(({ problem, answer }) => [problem, answer !== undefined])).toEqual([
      [undefined, true],
      ["no_method", true],
    ]);
  });

  test("a silent downloader is listed with the time when it was last seen", async () => {
    using scene = createScene(["box", "nas"]);
    scene.at("nas").mode = "down";
    const seenAt = scene.clock.now();
    scene.clock.advance(DAY);
    const statuses = await scene.fleet.statuses(ann, never);
    expect(statuses.map(({ downloader, answer }) => [downloader.name, answer !== undefined])).toEqual([
      ["box", true],
      ["nas", false],
    ]);
    expect(statuses[1]?.downloader.lastSeenAt).toBe(seenAt);
    expect(scene.log.at("error")).toEqual([]);
  });
});

describe("removing a download", () => {
  const place = (url: string) => ({ downloader: "nas", key: keyOf(url), url, status: "NEW" as const });

  test("its only owner removes it at the downloader, in the downloader's spelling", async () => {
    using scene = createScene(["nas"]);
    scene.delivered(ann, video(1));
    const spelt = `${video(1)}&si=x`;
    scene.at("nas").list = [download(spelt)];
    scene.delivered(ann, video(2));
    expect(await scene.fleet.remove(ann, { ...place(video(1)), url: spelt }, never)).toBe("removed");
    expect(scene.at("nas").list).toEqual([]);
    expect(scene.store.deliveries.byId(1)).toMatchObject({ state: "removed", closedAt: scene.clock.now() });
    // A message that was kept for reactions is not needed any more.
    const planned = scene.store.deletions.dueOfOneChat(scene.clock.now(), 10);
    expect(planned.map(({ chatId, messageId }) => [chatId, messageId])).toEqual([[1001, 1]]);
    expect(await scene.urls(ann)).toEqual([]);
  });

  test("one of two owners only stops owning it; the last one removes it", async () => {
    using scene = createScene(["nas"]);
    scene.delivered(ann, video(1));
    scene.delivered(bob, video(1));
    scene.at("nas").list = [download(video(1))];
    expect(await scene.fleet.remove(ann, place(video(1)), never)).toBe("released");
    expect(scene.at("nas").list).toHaveLength(1);
    expect(await scene.urls(ann)).toEqual([]);
    expect(await scene.urls(bob)).toEqual([video(1)]);
    expect(await scene.fleet.remove(bob, place(video(1)), never)).toBe("removed");
    expect(scene.at("nas").list).toEqual([]);
  });

  test("an admin removes it for all its owners, or one without an owner", async () => {
    using scene = createScene(["nas"]);
    scene.delivered(ann, video(1));
    scene.delivered(bob, video(1));
    scene.at("nas").list = [download(video(1)), download(video(2))];
    expect(await scene.fleet.remove(admin, place(video(1)), never)).toBe("removed");
    expect(await scene.fleet.remove(admin, place(video(2)), never)).toBe("removed");
    expect(scene.at("nas").list).toEqual([]);
    expect(scene.store.deliveries.open()).toEqual([]);
  });

  test("does not change deliveries that ended more than a month ago", async () => {
    using scene = createScene(["nas"]);
    scene.delivered(ann, video(1));
    const longAgo = scene.clock.now();
    scene.store.deliveries.update(1, { state: "done", closedAt: longAgo });
    scene.clock.advance(31 * DAY);
    expect(await scene.fleet.remove(ann, place(video(1)), never)).toBe("not_yours");
    scene.delivered(ann, video(1));
    scene.at("nas").list = [download(video(1))];
    expect(await scene.fleet.remove(ann, place(video(1)), never)).toBe("removed");
    expect(scene.store.deliveries.byId(1)).toMatchObject({ state: "done", closedAt: longAgo });
    expect(scene.store.deliveries.byId(2)).toMatchObject({ state: "removed" });
  });

  test("others cannot remove it", async () => {
    using scene = createScene(["nas", "box"]);
    scene.delivered(ann, video(1));
    scene.delivered(bob, video(1), "box");
    scene.at("nas").list = [download(video(1))];
    expect(await scene.fleet.remove(bob, place(video(1)), never)).toBe("not_yours");
    expect(await scene.fleet.remove({ ...ann, role: "nobody" }, place(video(1)), never)).toBe("not_yours");
    expect(scene.at("nas").list).toHaveLength(1);
  });

  test("changes nothing if the downloader does not answer or the bot stops", async () => {
    using scene = createScene(["nas"]);
    scene.delivered(ann, video(1));
    scene.at("nas").list = [download(video(1), "SENDING")];
    scene.at("nas").mode = "down";
    expect(await scene.fleet.remove(ann, place(video(1)), never)).toBe("silent");
    scene.at("nas").mode = "hangs";
    expect(await scene.fleet.remove(ann, place(video(1)), AbortSignal.abort())).toBe("silent");
    expect(scene.store.deliveries.byId(1)?.state).toBe("open");
  });

  const [other, old] = [video("other"), `${video(1)}&si=old`];
  test.each<[string, ShownStatus, Download[], Progress[], Removal, DeliveryState]>([
    ["it was not begun", "NEW", [], [], "removed", "removed"],
    ["the sender still has an older one", "NEW", [download(old, "DONE")], [], "removed", "removed"],
    ["it runs on", "WORK", [], [running(old)], "goes_on", "removed"],
    ["others run on", "WORK", [], [running(other)], "removed", "removed"],
    ["it is in the list under another spelling", "NEW", [download(old)], [], "kept", "open"],
    ["it went to the sender meanwhile", "WORK", [download(old, "TO_SEND")], [], "being_sent", "open"],
    ["it is being sent", "SENDING", [download(old, "SENDING")], [], "being_sent", "open"],
    ["it was sent meanwhile", "SENDING", [download(old, "DONE")], [], "finished", "open"],
    ["the sender cannot be asked", "SENDING", [], [], "silent", "open"],
    ["the sender had not begun it, and says so", "TO_SEND", [download(other, "DONE")], [], "removed", "removed"],
    ["it was not to be seen before", "MISSING", [download(other, "DONE")], [], "silent", "open"],
    ["it was done before", "DONE", [], [], "finished", "open"],
  ])(
    "reports what the downloader shows after it was told to drop the link: %s",
    async (_, before, list, work, said, state) => {
      using scene = createScene(["nas"]);
      scene.delivered(ann, video(1));
      scene.at("nas").list = list;
      scene.at("nas").work = work;
      expect(await scene.fleet.remove(ann, { ...place(video(1)), status: before }, never)).toBe(said);
      expect(scene.store.deliveries.byId(1)?.state).toBe(state);
    },
  );

  test.each([
    ["NEW", "removed"],
    ["WORK", "silent"],
  ] as const)("with `Status` failing, reports a link as removed only if it was new: %s", async (status, said) => {
    using scene = createScene(["nas"]);
    scene.delivered(ann, video(1));
    scene.at("nas").mode = "without status";
    expect(await scene.fleet.remove(ann, { ...place(video(1)), status }, never)).toBe(said);
  });
});
