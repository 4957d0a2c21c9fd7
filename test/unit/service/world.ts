import { setImmediate } from "node:timers/promises";
import type { DirectEntry, DirectJournal } from "../../../src/domain/direct.ts";
import type { DownloaderClient, Exchange, Registration, Target } from "../../../src/domain/downloader.ts";
import type { Link } from "../../../src/domain/link.ts";
import type { Route } from "../../../src/domain/route.ts";
import { keyOf } from "../../../src/domain/url.ts";
import type { Wait } from "../../../src/domain/wait.ts";
import type { Window } from "../../../src/domain/window.ts";
import { DIRECT_LIMIT_MS, type DirectResult } from "../../../src/service/dispatch/direct-hand-over.ts";
import type { Arrival, Enqueued } from "../../../src/service/queue/enqueue.ts";
import { openStore, type SqliteStore } from "../../../src/store/store.ts";
import { seeded } from "../../support/seeded.ts";
import { type Bot, createBot, SETTINGS, type Settings } from "./bot.ts";
import { type Call, createFakeDownloader, type FakeDownloader, type Mode } from "./fleet.ts";
import { type Watcher, watched } from "./fuse.ts";

type Queued = Exclude<Enqueued, { kind: "direct" }>;

/** Thrown by every call of a process that was killed. */
export class Killed extends Error {
  override readonly name = "Killed";
}

export const ANN = 1;
export const BOB = 2;

/** The bot's services on a real in-memory database, with scripted downloaders outside and a clock that stands still. */
export interface World extends Disposable {
  readonly store: SqliteStore;
  readonly journal: DirectJournal;
  readonly fleet: ReadonlyMap<string, FakeDownloader>;
  /** The current life of the bot. */
  readonly bot: Bot;
  now: number;
  /** Called with the name of each call of the store or a downloader before it, in the current life. */
  watcher: Watcher;
  /** Called at each call to a downloader. */
  onCall: (server: string, method: Call) => void;
  /** The waits of direct hand-overs: by default they take no time, and the time limit never ends. */
  wait: Wait;
  server(name: string, of?: { mode?: Mode; roots?: readonly string[] }): FakeDownloader;
  register(name: string, of?: Partial<Registration>): void;
  /** Enqueues links; those that bypass the queue are awaited. */
  enqueue(urls: string | readonly string[], of?: Partial<Arrival>): Promise<(Queued | DirectResult)[]>;
  /** Queues one link that is due now. */
  due(url: string, of?: Partial<Arrival>): Promise<Link>;
  link(id: number): Link;
  /** Calls a downloader's health check, as the health monitor does. */
  probe(name: string): Promise<void>;
  /** Ticks, and waits for every call that does not hang. */
  tick(): Promise<void>;
  advance(ms: number): void;
  /** Kills the process: calls under way never return. */
  kill(): void;
  /** Starts a new life on the same database, as `app.ts` does. */
  restart(): void;
  /** How many downloads of this link were begun at all downloaders. */
  downloads(url: string): number;
}

export function createWorld(
  of: {
    random?: () => number;
    settings?: Partial<Settings>;
    routes?: readonly Route[];
    windows?: readonly Window[];
    store?: SqliteStore;
    journal?: DirectJournal;
  } = {},
): World {
  const store = of.store ?? openStore(":memory:");
  const fleet = new Map<string, FakeDownloader>();
  const journal = of.journal ?? createMemoryJournal();
  const random = of.random ?? seeded(1);
  let life = { alive: true };
  let messageId = 100;
  /** The number of calls of the store and downloaders. */
  let happened = 0;

  function boot(): Bot {
    const mine = life;
    const watcher: Watcher = (name) => {
      if (!mine.alive) throw new Killed();
      happened += 1;
      world.watcher(name);
    };
    /** Calls of a killed process neither go out nor return. */
    async function call<T>(target: Target, method: Call, send: (server: FakeDownloader) => Promise<T>): Promise<T> {
      const server = fleet.get(target.name);
      if (server === undefined) throw new Error(`No such server: ${target.name}`);
      watcher(`${method} to ${target.name}`);
      world.onCall(target.name, method);
      const reply = send(server);
      try {
        const value = await reply;
        watcher(`answer of ${target.name}`);
        return value;
      } finally {
        if (mine.alive) bot.registry.exchanged(target.name, exchangeWith(server));
        else await new Promise(() => {});
      }
    }
    const absent = () => Promise.reject(new Error("not scripted"));
    const client: DownloaderClient = {
      async submit(target, submission) {
        const outcome = await call(target, "submit", (server) => server.submit(submission));
        bot.registry.submitted(target.name, outcome.kind);
        return outcome;
      },
      queue: (target) => call(target, "queue", (server) => server.queue()),
      remove: absent,
      cleanHistory: absent,
      status: absent,
      async health(target) {
        const answer = await call(target, "health", (server) => server.health());
        return answer;
      },
      forget: () => {},
    };
    const settings = { ...SETTINGS, ...of.settings };
    const now = () => world.now;
    const bot = createBot({
      store: watched(store, watcher),
      client,
      journal: {
        ...journal,
        add: (entries) => mine.alive && journal.add(entries),
        write: (id, entry) => mine.alive && journal.write(id, entry),
      },
      wait: (ms, signal) => world.wait(ms, signal),
      now,
      random,
      settings,
      routes: of.routes ?? [],
      windows: of.windows,
    });
    return bot;
  }

  const world: World = {
    store,
    journal,
    fleet,
    now: Date.UTC(2026, 10, 23),
    watcher: () => {},
    onCall: () => {},
    wait: (ms, signal) => (ms < DIRECT_LIMIT_MS ? Promise.resolve() : aborted(signal)),
    get bot(): Bot {
      return present;
    },
    server(name, { mode = "up", roots = ["*"] } = {}) {
      const server = createFakeDownloader(name);
      server.mode = mode;
      fleet.set(name, server);
      world.register(name, { roots });
      return server;
    },
    register: (name, registration) =>
      void present.registry.register({ name, host: "127.0.0.1", port: 1, roots: ["*"], ...registration }),
    async enqueue(urls, arrival) {
      const links = [urls].flat().map((url) => ({ url, key: keyOf(url) }));
      const defaults: Arrival = {
        chatId: ANN,
        threadId: null,
        messageId: messageId++,
        sender: "ann",
        quality: "best",
        folder: null,
        links,
      };
      const enqueued = present.enqueue({ ...defaults, ...arrival });
      return Promise.all(enqueued.map((one) => (one.kind === "direct" ? one.direct.result : one)));
    },
    async due(url, arrival) {
      const [enqueued] = await world.enqueue(url, arrival);
      if (enqueued?.kind !== "queued") throw new Error(`Not added to the queue: ${JSON.stringify(enqueued)}`);
      return store.links.update(enqueued.link.id, { sendAt: world.now }) ?? enqueued.link;
    },
    link(id) {
      const link = store.links.byId(id);
      if (link === undefined) throw new Error(`Link ${id} is not in the queue`);
      return link;
    },
    async probe(name) {
      await present.client.health({ name, host: "127.0.0.1", port: 1 }).catch(() => {});
    },
    async tick() {
      present.registry.save();
      await present.dispatcher.tick();
      for (let before = -1; before !== happened; ) {
        before = happened;
        await turn();
      }
    },
    advance(ms) {
      world.now += ms;
    },
    kill() {
      life.alive = false;
    },
    restart() {
      life.alive = false;
      life = { alive: true };
      present = boot();
      present.dispatcher.recover();
      present.dispatcher.requeue.routingChanged();
    },
    downloads: (url) =>
      [...fleet.values()].flatMap(({ taken }) => taken).filter((taken) => keyOf(taken) === keyOf(url)).length,
    [Symbol.dispose]: () => store[Symbol.dispose](),
  };
  let present = boot();
  return world;
}

const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));

/** A journal that survives the process, like a file. */
export function createMemoryJournal(): DirectJournal {
  const entries = new Map<number, DirectEntry>();
  return {
    left: () => new Map(entries),
    add(added) {
      for (const [id, entry] of added) entries.set(id, entry);
      return true;
    },
    write(id, entry) {
      if (entry === null) entries.delete(id);
      else entries.set(id, entry);
      return true;
    },
    forget(ids) {
      for (const id of ids) entries.delete(id);
      return true;
    },
    clear() {
      entries.clear();
      return true;
    },
  };
}

function exchangeWith({ mode }: FakeDownloader): Exchange {
  if (mode === "down") return "unconnected";
  return mode === "mute" || mode === "takes then dies" ? "unanswered" : "answered";
}

/** Lets everything end that waits for no outside event. */
export async function turn(): Promise<void> {
  await setImmediate();
  await setImmediate();
}
