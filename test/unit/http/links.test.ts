import { describe, expect, test } from "bun:test";
import { createAcceptLinks } from "../../../src/http/links.ts";
import type { DirectResult } from "../../../src/service/dispatch/direct-hand-over.ts";
import type { Arrival, Enqueue } from "../../../src/service/queue/enqueue.ts";
import { createEnqueue } from "../../../src/service/queue/enqueue.ts";
import { createCheckQuota } from "../../../src/service/queue/quota.ts";
import { createTogether } from "../../../src/service/together.ts";
import { openStore } from "../../../src/store/store.ts";
import { createRecordingLog } from "../../support/recording-log.ts";

const OWNER = 1;
const FRIEND = 7;
const VIDEO = "https://youtube.com/watch?v=1";

const MOST_OPEN = 3;

const deps = {
  settings: { allowPrivate: false, qualities: ["best", 1080, 720] as const, folders: ["films", "music"] },
  owner: () => OWNER,
  access: {
    roleOf: ({ chatId }: { chatId: number }) => (chatId === OWNER ? "admin" : chatId === FRIEND ? "user" : "nobody"),
  } as const,
  preferences: {
    quality: (chatId: number) => (chatId === FRIEND ? 720 : "best"),
    folder: (chatId: number) => (chatId === FRIEND ? "music" : "films"),
  } as const,
  writable: async () => {},
};

/** A queue in a database of its own; `shown` holds the links whose prompt is shown. */
function open() {
  const store = openStore(":memory:");
  const shown: number[] = [];
  const arrivals: Arrival[] = [];
  const { enqueue } = createEnqueue({
    store,
    together: createTogether(store.transaction),
    direct: {
      begin: (links) =>
        links.map(({ url }) => ({ isKept: false, result: Promise.resolve({ kind: "lost", url, maybe: undefined }) })),
    },
    delayMs: 60_000,
    burstMs: 0,
    now: () => 1_000,
    log: createRecordingLog(),
  });
  const accept = createAcceptLinks({
    ...deps,
    checkQuota: createCheckQuota({ links: store.links, maxOpen: MOST_OPEN, maxOpenGuest: 0 }),
    enqueue: (arrival) => {
      arrivals.push(arrival);
      return enqueue(arrival);
    },
    show: ({ id }) => shown.push(id),
  });
  return { store, accept, shown, arrivals };
}

describe("createAcceptLinks()", () => {
  test("queues a link for the owner with that chat's settings, and shows its prompt", async () => {
    const { store, accept, shown } = open();
    expect(await accept([{ link: VIDEO }])).toEqual([{ link: VIDEO, result: "queued", id: 1 }]);
    expect(store.links.byId(1)).toMatchObject({
      chatId: OWNER,
      messageId: null,
      promptId: null,
      sender: "id1",
      url: VIDEO,
      quality: "best",
      folder: "films",
      sendAt: 61_000,
    });
    expect(shown).toEqual([1]);
  });

  test("makes a link due at once when the caller asks for it", async () => {
    const { store, accept } = open();
    await accept([{ link: VIDEO }], { anyFolder: true, isDue: true });
    expect(store.links.byId(1)?.sendAt).toBe(1_000);
  });

  test("queues a link for a chat with access, with the folder and quality of the entry", async () => {
    const { store, accept } = open();
    await accept([{ link: VIDEO, chat: FRIEND }]);
    await accept([{ link: `${VIDEO}2`, chat: FRIEND, folder: " films ", quality: "1080p" }]);
    expect(store.links.byId(1)).toMatchObject({ chatId: FRIEND, quality: 720, folder: "music", sender: "id7" });
    expect(store.links.byId(2)).toMatchObject({ chatId: FRIEND, quality: 1080, folder: "films" });
  });

  test.each([
    [{ link: "ftp://youtube.com/1" }, "not_http"],
    [{ link: "no link" }, "malformed"],
    [{ link: "https://ann:secret@youtube.com/" }, "credentials"],
    [{ link: "http://192.168.1.1/film" }, "private_address"],
    [{ link: VIDEO, folder: "../etc" }, "unknown_folder"],
    [{ link: VIDEO, folder: "books" }, "unknown_folder"],
    [{ link: VIDEO, quality: 480 }, "unknown_quality"],
    [{ link: VIDEO, quality: "huge" }, "unknown_quality"],
    [{ link: VIDEO, chat: 1002 }, "unknown_chat"],
  ] as const)("refuses %j as %s", async (entry, reason) => {
    const { store, accept, arrivals } = open();
    expect(await accept([entry])).toEqual([{ link: entry.link, result: "refused", reason }]);
    expect(arrivals).toEqual([]);
    expect(store.links.count({})).toBe(0);
  });

  test("refuses a chat's links above its limit; an admin has none", async () => {
    const { accept } = open();
    const results = async (chat: number) => {
      const taken = await accept([1, 2, 2, 3, 4].map((n) => ({ link: `${VIDEO}${n}`, chat })));
      return taken.map((one) => (one.result === "refused" ? one.reason : one.result));
    };
    expect(await results(FRIEND)).toEqual(["queued", "queued", "duplicate", "queued", "too_many"]);
    expect(await results(OWNER)).toEqual(["queued", "queued", "duplicate", "queued", "queued"]);
  });

  test("gives one result per link, in the order of the request", async () => {
    const { accept } = open();
    const again = `${VIDEO}&utm_source=x`;
    await accept([{ link: `${VIDEO}9` }]);
    const links = [`${VIDEO}9`, "nonsense", VIDEO, again, `${VIDEO}2`];
    const results = await accept(links.map((link) => ({ link })));
    expect(results).toEqual([
      { link: `${VIDEO}9`, result: "duplicate", id: 1 },
      { link: "nonsense", result: "refused", reason: "malformed" },
      { link: VIDEO, result: "queued", id: 2 },
      { link: again, result: "duplicate", id: 2 },
      { link: `${VIDEO}2`, result: "queued", id: 3 },
    ]);
  });

  test("hands a link that is twice in a request over once when it cannot be queued (rule 4)", async () => {
    const offered: string[] = [];
    const outcome = (url: string): DirectResult => {
      if (url === VIDEO) return { kind: "sent", url, downloader: "nas" };
      return { kind: url.endsWith("2") ? "kept" : "lost", url, maybe: url.endsWith("2") ? "nas" : undefined };
    };
    const enqueue: Enqueue = ({ links }) =>
      links.map(({ url }) => {
        offered.push(url);
        return { kind: "direct", direct: { isKept: false, result: Promise.resolve(outcome(url)) } };
      });
    const accept = createAcceptLinks({ ...deps, enqueue, checkQuota: () => undefined, show: () => undefined });
    const results = await accept([VIDEO, VIDEO, `${VIDEO}2`, `${VIDEO}3`].map((link) => ({ link })));
    expect(results).toEqual([
      { link: VIDEO, result: "sent", downloader: "nas" },
      { link: VIDEO, result: "sent", downloader: "nas" },
      { link: `${VIDEO}2`, result: "kept", maybe: "nas" },
      { link: `${VIDEO}3`, result: "lost" },
    ]);
    expect(offered).toEqual([VIDEO, `${VIDEO}2`, `${VIDEO}3`]);
  });
});
