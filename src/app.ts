import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Config } from "./config.ts";
import type { Address } from "./domain/downloader.ts";
import type { LinkEvent } from "./domain/link-event.ts";
import type { Log } from "./domain/log.ts";
import { type BotServer, createBotServer } from "./grpc/bot-server.ts";
import { createDownloaderClient } from "./grpc/downloader-client.ts";
import { createAccess } from "./service/access.ts";
import { createDispatcher } from "./service/dispatcher.ts";
import { createEnqueue } from "./service/enqueue.ts";
import { createHandover } from "./service/handover.ts";
import { type Interval, startInterval } from "./service/interval.ts";
import { createPreferences } from "./service/preferences.ts";
import { createQueue } from "./service/queue.ts";
import { createRegistry } from "./service/registry.ts";
import { createSettlement } from "./service/settlement.ts";
import { createSweeper } from "./service/sweeper.ts";
import { lockInstance } from "./store/instance-lock.ts";
import { openSoundStore } from "./store/repair.ts";
import { createTelegram } from "./telegram/telegram.ts";

/** A running bot; disposing it stops everything in the reverse order of starting and loses nothing. */
export interface App extends AsyncDisposable {
  /** Where downloaders register. */
  readonly grpc: Address;
  /** Resolves when the bot cannot go on by itself: the token is wrong. */
  readonly unauthorized: Promise<void>;
}

/** How long calls to downloaders may take after a stop was asked for (product.md: systemd gives 30 s in all). */
const DRAIN_MS = 10_000;
const SWEEP_EVERY_MS = 10_000;
const UPKEEP_EVERY_MS = 3_600_000;
const INTAKE_KEPT_MS = 48 * 3_600_000;
/** Nothing is put off further than this by people or by retries; what is further away was put there by a wrong clock. */
const FURTHEST_MS = 3 * 24 * 3_600_000;

/**
 * The only place that knows every part. Throws `AlreadyRunning`, `NewerDatabase`, `StoreUnavailable`, or an error that names
 * the address that cannot be listened on; what was started by then is stopped again.
 */
export async function startApp(
  config: Config,
  { log, now = Date.now, random = Math.random }: { log: Log; now?: () => number; random?: () => number },
): Promise<App> {
  await using parts = new AsyncDisposableStack();
  mkdirSync(dirname(config.store.path), { recursive: true });
  parts.use(lockInstance(config.store.path));
  const store = parts.use(openSoundStore(config.store.path, { now, log: log.withTag("store") }));

  const registry = createRegistry({
    table: store.downloaders,
    routes: config.routes,
    now,
    random,
    log: log.withTag("registry"),
    onRegistered(downloader, previous) {
      const { name, host, port, roots } = downloader;
      const moved = previous !== undefined && (previous.host !== host || previous.port !== port);
      log.info(`Downloader "${name}" registered`, { host, port, roots: roots.join(" "), moved });
      dispatcher.wakeUnmatched();
      dispatch.nudge();
    },
  });
  parts.defer(() => registry.save());

  const client = createDownloaderClient({
    deadlineMs: config.dispatch.deadline,
    log: log.withTag("downloaders"),
    onExchange: registry.exchanged,
  });
  // After the calls were cancelled, what they were about is still written down.
  parts.defer(() => dispatcher.drain());
  parts.use(client);
  const handover = createHandover({ client, registry, log: log.withTag("handover") });
  const report = (event: LinkEvent) =>
    event.kind === "delivered" ? sweep.nudge() : telegram.cards.refresh(event.link);
  const { backoff, max_attempts: maxAttempts, uncertain_hold: uncertainHoldMs } = config.dispatch;
  const settlement = createSettlement({
    store,
    keepsMessages: (chatId) => preferences.notices(chatId) === "reaction",
    settings: { maxAttempts, backoff: { firstMs: backoff.first, capMs: backoff.cap }, uncertainHoldMs },
    now,
    random,
    log: log.withTag("dispatch"),
    report,
  });
  const dispatcher = createDispatcher({
    store,
    registry,
    handover,
    settlement,
    settings: { intervalMs: config.dispatch.interval, concurrency: config.dispatch.concurrency, uncertainHoldMs },
    now,
    log: log.withTag("dispatch"),
    report,
  });

  const preferences = createPreferences({
    chats: store.chats,
    defaults: { quality: config.quality.default, language: config.telegram.language, folders: config.folders },
    log: log.withTag("chats"),
  });
  const telegram = createTelegram({
    settings: {
      token: config.telegram.token,
      root: config.telegram.api_roots[0] ?? "",
      qualities: config.quality.choices,
      folders: config.folders,
      timeZone: config.time_zone,
      allowPrivate: config.links.allow_private,
      maxLinksPerMessage: config.telegram.max_links_per_message,
      delayMs: config.dispatch.delay,
      lifetimes: config.lifetimes,
    },
    store,
    inWork: store.updatesInWork,
    access: createAccess(config.telegram),
    preferences,
    queue: createQueue({ store, now, nudge: () => dispatch.nudge() }),
    enqueue: createEnqueue({
      store,
      registry,
      handover,
      delayMs: config.dispatch.delay,
      now,
      log: log.withTag("queue"),
    }),
    now,
    random,
    log: log.withTag("telegram"),
    nudgeSweeper: () => sweep.nudge(),
  });
  parts.defer(() => telegram.close());
  const sweeper = createSweeper({ deletions: store.deletions, deleteMessages: telegram.deleteMessages, now, log });

  dispatcher.recover();
  dispatcher.wakeUnmatched();
  const every = (name: string, everyMs: number, work: () => Promise<void>): Interval => {
    const interval = startInterval({ everyMs, work, name, log });
    parts.defer(() => interval.stop());
    return interval;
  };
  const upkeep = every("Upkeep", UPKEEP_EVERY_MS, async () => {
    store.intake.forgetBefore(now() - INTAKE_KEPT_MS);
    store.links.bringBack(now(), now() + FURTHEST_MS);
  });
  const sweep = every("Deleting messages", SWEEP_EVERY_MS, sweeper.sweep);
  const dispatch = every("Dispatching", config.dispatch.interval, async () => {
    registry.save();
    await dispatcher.tick();
  });
  parts.defer(() => Promise.race([dispatcher.drain(), sleep(DRAIN_MS, undefined, { ref: false })]));

  const server: BotServer = await createBotServer({
    listen: config.grpc.listen,
    token: config.grpc.token,
    register: registry.register,
    log: log.withTag("grpc"),
  });
  parts.use(server);
  server.setServing(true);
  log.info("Downloaders can register", { ...server.address });

  const polling = new AbortController();
  const ended = telegram.run(polling.signal);
  parts.defer(async () => {
    polling.abort();
    await ended;
  });
  for (const interval of [upkeep, sweep, dispatch]) interval.nudge();

  const running = parts.move();
  return {
    grpc: server.address,
    unauthorized: ended.then((how) => (how === "unauthorized" ? undefined : new Promise<void>(() => {}))),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
