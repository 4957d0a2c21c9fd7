import { setImmediate } from "node:timers/promises";
import type { Config } from "../config/config.ts";
import type { Address } from "../domain/downloader.ts";
import { ifAvailable } from "../domain/storage.ts";
import { createLateWrites } from "../service/late-writes.ts";
import { createQueue } from "../service/queue/queue.ts";
import { createHeartbeat } from "../systemd/heartbeat.ts";
import type { WatchdogReport } from "../systemd/service-manager.ts";
import { statusLine } from "../systemd/status-line.ts";
import { createAdministration } from "./administration.ts";
import { createDispatching } from "./dispatching.ts";
import { queueEvents } from "./events.ts";
import { type FoundationOptions, openFoundation } from "./foundation.ts";
import { createGoingLive } from "./going-live.ts";
import { startHttpSide } from "./http.ts";
import { patiently } from "./patiently.ts";
import { createChatPreferences } from "./preferences.ts";
import { connectReactions } from "./reactions.ts";
import { startRegistration } from "./registration.ts";
import { startSchedules } from "./schedules.ts";
import { createTakingUp } from "./taking-up.ts";
import { createTelegramSide } from "./telegram.ts";
import { createTracking } from "./tracking.ts";

/** A running bot; disposing it stops everything in the reverse order of starting and loses nothing. */
export interface App extends AsyncDisposable {
  /** Where downloaders register. */
  readonly grpc: Address;
  /** Undefined if its address is taken and no links come over HTTP. */
  readonly http: Address | undefined;
  /** Profiles the program for half a minute and writes the result, with its memory, beside the database. Never rejects. */
  saveProfile(): Promise<void>;
  /** Resolves when the bot cannot go on: the token is wrong. */
  readonly unauthorized: Promise<void>;
  /** Resolves once Telegram has been called for the first time, whatever the result: from then on the bot does all that it can. */
  readonly ready: Promise<void>;
  readonly watchdogReport: WatchdogReport;
}

/**
 * The only place that knows every part. A part may use those built above it; later parts are reached by events (`reactions.ts`). Throws
 * `ConfigError`, `JoinedUnreadable`, `AlreadyRunning`, `NewerDatabase`, `StoreUnavailable`, `ListenError` and `NobodyRules`; whatever was
 * started by then is stopped again.
 */
export async function startApp(config: Config, options: FoundationOptions): Promise<App> {
  await using parts = new AsyncDisposableStack();
  const foundation = parts.use(openFoundation(config, options));
  const { store, together, events, now, log } = foundation;
  const none = () => undefined;
  // What waits for its commit is stored before the database is closed; if that is not possible, it is lost as after a kill.
  parts.defer(() => together(none).catch(none));
  const lateWrites = createLateWrites({ transaction: store.transaction, log: log.withTag("store") });
  parts.defer(() => patiently(foundation.stopping.allow("lateWrites"), () => lateWrites.flush({ all: true })));
  const heartbeat = createHeartbeat(() => performance.now());
  const waiting = () => ifAvailable(() => store.links.count({}));

  const preferences = createChatPreferences(foundation, lateWrites);
  const keepsMessages = (chatId: number) => preferences.notices(chatId) === "reaction" || preferences.keepsAll(chatId);
  const dispatching = parts.use(createDispatching(foundation, { keepsMessages }));
  const { registry, usability, client, dispatcher, enqueue } = dispatching;
  const administration = createAdministration(foundation, { registry, usability, client });
  const queue = createQueue({ store, together, now, ...queueEvents(events) });
  const { telegram, work, asked } = parts.use(
    createTelegramSide(foundation, { dispatching, administration, preferences, queue, lateWrites, heartbeat }),
  );
  const tracking = createTracking(foundation, { ...administration, registry, client, preferences });
  const { tracker, health } = parts.use(tracking);
  const maintain = ({ isSteady }: { isSteady: boolean }) => {
    if (isSteady) administration.access.bringBack();
    administration.invites.sweep();
    administration.pairing.look();
    telegram.maintain();
  };
  const takingUp = createTakingUp(foundation, { registry, access: administration.access, dispatcher });
  const live = createGoingLive(foundation, { telegram, registry, health, waiting, takingUp });
  const catchUp = async () => {
    const wasInUse = takingUp.isInUse;
    if (takingUp.attempt() && !wasInUse) live.takenUp();
    const fate = foundation.keepPlace();
    if (fate !== "in_place") events.emit("alert", { kind: "database_deleted", isRewritten: fate === "rewritten" });
    await registry.saveTogether();
    lateWrites.flush();
    foundation.keepKnown();
    if (!takingUp.isInUse) return false;
    await dispatching.repair();
    foundation.outage.look(store.stats.probe);
    return dispatching.catchUp();
  };
  const actors = { dispatcher, tracker, health, telegram, work };
  const schedules = parts.use(startSchedules(foundation, { ...actors, queue, heartbeat, takingUp, maintain, catchUp }));
  parts.defer(dispatching.finish);
  parts.use(connectReactions(events, { ...actors, registry, schedules }));
  takingUp.attempt();

  const server = parts.use(await startRegistration(foundation, { registry, client }));
  // What begins now blocks the event loop for about a third of the time that the start took: first answer the downloaders that register.
  await setImmediate();
  const http = parts.use(
    startHttpSide(foundation, { registry, administration, preferences, enqueue, telegram, live, schedules }),
  );
  parts.use(live);
  live.begin();
  schedules.begin();

  const running = parts.move();
  return {
    grpc: server.address,
    http: http.address,
    saveProfile: http.saveProfile,
    ready: asked,
    watchdogReport: {
      late: heartbeat.late,
      onChange: (listener) => void events.on("telegramChanged", listener),
      status: () => statusLine({ waiting: waiting(), downloaders: registry.all(), telegram: telegram.health }),
    },
    unauthorized: live.unauthorized,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
