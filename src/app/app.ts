import { setTimeout as sleep } from "node:timers/promises";
import { readTlsFiles } from "../config/tls-files.ts";
import type { Config } from "../config.ts";
import type { Address } from "../domain/downloader.ts";
import type { Log } from "../domain/log.ts";
import { registrationNews } from "../domain/news.ts";
import { type BotServer, createBotServer } from "../grpc/bot-server.ts";
import { createMetrics } from "../http/metrics.ts";
import { createFleet } from "../service/fleet.ts";
import { createHealth } from "../service/health.ts";
import { createPreferences } from "../service/preferences.ts";
import { createEnqueue } from "../service/queue/enqueue.ts";
import { createQueue } from "../service/queue.ts";
import { createTracker } from "../service/tracker.ts";
import { createBackupFiles } from "../store/backup-files.ts";
import { lockInstance } from "../store/instance-lock.ts";
import { openSoundStore } from "../store/repair.ts";
import { watched } from "../store/watched.ts";
import { createLiveness } from "../systemd/liveness.ts";
import type { Vitals } from "../systemd/service-manager.ts";
import { statusLine } from "../systemd/status-line.ts";
import { wait } from "../telegram/pace.ts";
import { createAdministration } from "./administration.ts";
import { createDispatching } from "./dispatching.ts";
import { startPresence } from "./going-live.ts";
import { startHttpSide } from "./http.ts";
import { startRoutines } from "./schedules.ts";
import { createChat } from "./telegram.ts";

/** A running bot; disposing it stops everything in the reverse order of starting and loses nothing. */
export interface App extends AsyncDisposable {
  /** Where downloaders register. */
  readonly grpc: Address;
  /** Undefined when nothing comes over HTTP and its address is taken. */
  readonly http: Address | undefined;
  /** Writes beside the database what the program does for half a minute, and its memory. Never rejects. */
  saveProfile(): Promise<void>;
  /** Resolves when the bot cannot go on by itself: the token is wrong. */
  readonly unauthorized: Promise<void>;
  /** Resolves once Telegram was asked for the first time, whatever came of it: from then on the bot does all that it can. */
  readonly ready: Promise<void>;
  readonly vitals: Vitals;
}

/** How long calls to downloaders may take after a stop was asked for (product.md: systemd gives 30 s in all). */
const DRAIN_MS = 10_000;
/** How long a person waits for a downloader that does not answer, when a list is asked for. */
const PATIENCE_MS = 1_500;
const HEALTH_EVERY_MS = 60_000;

/**
 * The only place that knows every part. Throws `ConfigError`, `AlreadyRunning`, `NewerDatabase`, `StoreUnavailable`, or an error that names
 * the address that cannot be listened on; what was started by then is stopped again.
 */
export async function startApp(
  config: Config,
  {
    log,
    now = Date.now,
    random = Math.random,
    healthEveryMs = HEALTH_EVERY_MS,
  }: { log: Log; now?: () => number; random?: () => number; healthEveryMs?: number },
): Promise<App> {
  await using parts = new AsyncDisposableStack();
  const tls = readTlsFiles(config.grpc.tls);
  const liveness = createLiveness(() => performance.now());
  const ready = Promise.withResolvers<void>();
  parts.use(lockInstance(config.store.path));
  const metrics = createMetrics();
  const backups = createBackupFiles(config.store.path);
  const sound = openSoundStore(config.store.path, { backups, now, log: log.withTag("store") });
  const store = watched(parts.use(sound.store), metrics.meter.storeFailed);

  const preferences = createPreferences({
    chats: store.chats,
    defaults: { quality: config.quality.default, language: config.telegram.language, folders: config.folders },
    now,
    log: log.withTag("chats"),
  });
  const dispatching = createDispatching({
    config,
    store,
    meter: metrics.meter,
    keepsMessages: (chatId) => preferences.notices(chatId) === "reaction",
    now,
    random,
    log,
    events: {
      onRegistered(downloader, previous) {
        const news = registrationNews(downloader, previous);
        if (news !== undefined) telegram.admins.tell(news);
        dispatcher.requeue(downloader.name);
        routines.dispatch.nudge();
        tracker.hurry(downloader.name);
      },
      onChanged() {
        dispatcher.requeue();
        routines.dispatch.nudge();
      },
      onLink(event) {
        if (event.kind !== "delivered") return telegram.cards.refresh(event.link);
        routines.sweep.nudge();
        tracker.hurry(event.downloader);
        telegram.notices.handedOver(event.link);
      },
    },
  });
  parts.use(dispatching);
  const { registry, client, submitter, outcomes, dispatcher } = dispatching;

  const administration = createAdministration({ config, store, registry, client, now, log });
  const queue = createQueue({ store, now, nudge: () => routines.dispatch.nudge() });
  const enqueue = createEnqueue({
    store,
    registry,
    submitter,
    outcomes,
    delayMs: config.dispatch.delay,
    now,
    log: log.withTag("queue"),
  });
  const telegram = createChat({
    config,
    registry,
    store,
    inWork: store.updatesInWork,
    ...administration,
    preferences,
    fleet: createFleet({ client, registry, store, patienceMs: PATIENCE_MS, now, wait, log: log.withTag("fleet") }),
    queue,
    enqueue,
    now,
    random,
    log: log.withTag("telegram"),
    nudgeSweeper: () => routines.sweep.nudge(),
    moveChat: store.moveChat,
    onPollStep({ doing, withinMs }) {
      liveness.step("getting updates", withinMs);
      if (doing !== "greet") ready.resolve();
    },
    meter: metrics.meter,
  });
  parts.defer(() => telegram.close());
  const health = createHealth({
    registry,
    client,
    look: administration.servers.look,
    everyMs: healthEveryMs,
    now,
    log: log.withTag("health"),
    tell: telegram.admins.tell,
  });
  const tracker = createTracker({
    store,
    client,
    registry,
    messageKeptMs: (chatId) => preferences.lifetimeMs(chatId, config.lifetimes.notices),
    now,
    log: log.withTag("tracker"),
    onEvents: telegram.notices.tell,
  });
  parts.defer(() => tracker.stop());

  dispatcher.recover();
  dispatcher.requeue();
  const routines = startRoutines({
    config,
    store,
    backups,
    dispatcher,
    tracker,
    health,
    queue,
    telegram,
    liveness,
    upkeep() {
      administration.invites.sweep();
      telegram.upkeep();
    },
    saveRegistry: registry.save,
    now,
    log,
  });
  parts.use(routines);
  parts.defer(() => Promise.race([dispatcher.drain(), sleep(DRAIN_MS, undefined, { ref: false })]));

  const server: BotServer = await createBotServer({
    listen: config.grpc.listen,
    token: config.grpc.token,
    tls,
    allowedNetworks: config.grpc.allowed_networks,
    register: registry.register,
    now,
    log: log.withTag("grpc"),
  });
  parts.use(server);
  server.setServing(true);
  log.info("Downloaders can register", { ...server.address });

  const http = startHttpSide({
    config,
    store,
    backups,
    registry,
    ...administration,
    preferences,
    enqueue,
    telegram,
    metrics,
    isListening: () => presence.isOn,
    lastTickAt: () => routines.lastTickAt,
    now,
    log: log.withTag("http"),
  });
  parts.use(http);
  if (http.address !== undefined) log.info("Links, health and metrics are served", { ...http.address });

  const waiting = (): number | undefined => {
    try {
      return store.links.count({});
    } catch {
      return undefined;
    }
  };
  const presence = startPresence({ telegram, registry, health, repair: sound.repair, waiting });
  parts.use(presence);
  routines.begin();

  const running = parts.move();
  return {
    grpc: server.address,
    http: http.address,
    saveProfile: http.saveProfile,
    ready: ready.promise,
    vitals: {
      late: liveness.late,
      status: () => statusLine({ waiting: waiting(), downloaders: registry.all(), telegram: telegram.health }),
    },
    unauthorized: presence.unauthorized,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
