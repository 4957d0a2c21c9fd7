import { setImmediate } from "node:timers/promises";
import type { DeliveryEvent, NewDelivery } from "../../../src/domain/delivery.ts";
import { type Download, type DownloaderClient, DownloaderUnreachable } from "../../../src/domain/downloader.ts";
import { keyOf } from "../../../src/domain/url.ts";
import { createRegistry } from "../../../src/service/fleet/registry.ts";
import { createTracker } from "../../../src/service/tracking/tracker.ts";
import { openStore } from "../../../src/store/store.ts";
import { atOnce } from "../../support/at-once.ts";
import { createRecordingLog } from "../../support/recording-log.ts";
import { type Watcher, watched } from "./fuse.ts";

export const ANN = 1;
export const BOB = 2;
export const FILM = "https://x.org/film";
const KEPT_MS = 600_000;

/** A tracker on a real in-memory database; the test writes the downloaders' lists and moves the clock. */
export function createTracked() {
  const store = openStore(":memory:");
  const log = createRecordingLog();
  const lists = new Map<string, Download[] | Promise<Download[]> | "down">();
  const asked: string[] = [];
  const removed: string[] = [];
  const told: DeliveryEvent[][] = [];
  let linkId = 1;

  const absent = () => Promise.reject(new Error("not scripted"));
  const list = async (name: string): Promise<Download[]> => {
    const downloads = lists.get(name) ?? [];
    if (downloads === "down") throw new DownloaderUnreachable(name, "UNAVAILABLE");
    return downloads;
  };
  const client: DownloaderClient = {
    queue(downloader) {
      asked.push(downloader.name);
      return list(downloader.name);
    },
    async remove(downloader, url) {
      await list(downloader.name);
      removed.push(`${url} from ${downloader.name}`);
      return [];
    },
    submit: absent,
    cleanHistory: absent,
    status: absent,
    health: absent,
    forget: () => {},
  };
  const world = {
    store,
    log,
    lists,
    /** The downloaders whose list was requested, in order. */
    asked,
    removed,
    /** The reported events of each look. */
    told,
    now: Date.UTC(2026, 10, 23),
    watcher: (() => {}) as Watcher,
    get kinds() {
      return told.flat().map(({ kind, delivery }) => `${kind} ${delivery.chatId}`);
    },
    registers(name: string) {
      registry.register({ name, host: "127.0.0.1", port: 1, roots: ["*"] });
    },
    unregisters: (name: string) => registry.remove(name),
    has(name: string, ...downloads: Partial<Download>[]) {
      const defaults = { url: FILM, status: "NEW", quality: "", name: undefined, remark: undefined } as const;
      lists.set(
        name,
        downloads.map((download) => ({ ...defaults, ...download })),
      );
    },
    delivers(of: Partial<NewDelivery> = {}) {
      const url = of.url ?? FILM;
      store.deliveries.add({
        linkId,
        chatId: ANN,
        threadId: null,
        messageId: null,
        sender: "ann",
        url,
        key: keyOf(url),
        quality: "best",
        folder: null,
        downloader: "nas",
        acceptedAt: world.now,
        ...of,
      });
      const added = store.deliveries.byLinkId(linkId++);
      if (added === undefined) throw new Error("Not added");
      return added;
    },
    delivery(id: number) {
      const delivery = store.deliveries.byId(id);
      if (delivery === undefined) throw new Error(`No delivery ${id}`);
      return delivery;
    },
    /** Ticks, and after each waits for every call that does not hang. */
    async ticks(times = 1) {
      for (let n = 0; n < times; n++) {
        await tracker.tick();
        await setImmediate();
        await setImmediate();
      }
    },
    /** Restarts the process on the same database. */
    restarts() {
      tracker.stop();
      tracker = create();
    },
    get tracker() {
      return tracker;
    },
    [Symbol.dispose]: () => store[Symbol.dispose](),
  };
  const now = () => world.now;
  const registry = createRegistry({
    table: store.downloaders,
    together: atOnce(store.transaction),
    routes: [],
    now,
    random: Math.random,
    log,
    onRegistered: () => {},
  });
  const create = () =>
    createTracker({
      store: watched(store, (name) => world.watcher(name)),
      client,
      registry,
      messageKeptMs: () => KEPT_MS,
      now,
      log,
      onEvents: (events) => void told.push([...events]),
    });
  let tracker = create();
  world.registers("nas");
  return world;
}
