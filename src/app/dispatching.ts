import { setImmediate } from "node:timers/promises";
import type { DownloaderClient } from "../domain/downloader.ts";
import type { LinkEvent } from "../domain/link.ts";
import { wait } from "../domain/wait.ts";
import { createWindows } from "../domain/window.ts";
import { createDownloaderClient } from "../grpc/downloader-client.ts";
import { createDeliver } from "../service/dispatch/deliver.ts";
import { createDirectHandOver } from "../service/dispatch/direct-hand-over.ts";
import { createDirectLedger } from "../service/dispatch/direct-ledger.ts";
import { createDispatcher, type Dispatcher } from "../service/dispatch/dispatcher.ts";
import { createOutcomes } from "../service/dispatch/outcomes.ts";
import { createPlaces } from "../service/dispatch/places.ts";
import { createReconciler } from "../service/dispatch/reconciler.ts";
import { createSubmitter } from "../service/dispatch/submitter.ts";
import { createRegistry, type Registry } from "../service/fleet/registry.ts";
import { createUsability, type Usability } from "../service/fleet/usability.ts";
import { createClockRepair } from "../service/queue/clock-repair.ts";
import { createEnqueue, type Enqueue, type EnqueueTogether } from "../service/queue/enqueue.ts";
import { createStoredKeysUpdate } from "../service/queue/stored-keys.ts";
import type { Foundation } from "./foundation.ts";
import { patiently } from "./patiently.ts";

/** Everything between an incoming link and a downloader. Disposing it cancels calls and stores what they were about. */
export interface Dispatching extends AsyncDisposable {
  readonly registry: Registry;
  readonly usability: Usability;
  readonly client: DownloaderClient;
  readonly dispatcher: Dispatcher;
  readonly enqueue: Enqueue;
  readonly enqueueTogether: EnqueueTogether;
  /** Repairs what an older version or a wrong clock has left in the database. Never rejects. */
  repair(): Promise<void>;
  /** Stores, in small steps, what could not be stored before; false if the database cannot be used. Nothing is claimed before that. */
  catchUp(): Promise<boolean>;
  /** Claims nothing more, lets running calls end, and catches up, for some seconds each. */
  finish(): Promise<void>;
}

export function createDispatching(
  foundation: Foundation,
  of: { keepsMessages: (chatId: number) => boolean },
): Dispatching {
  const { config, store, together, events, now, random } = foundation;
  const { deadline, concurrency, backoff, delay: delayMs, ...limits } = config.dispatch;
  const { max_attempts: maxAttempts, uncertain_hold: uncertainHoldMs } = limits;
  const log = foundation.log.withTag("dispatch");
  const backoffMs = { firstMs: backoff.first, capMs: backoff.cap };
  const report = (event: LinkEvent) => void events.emit("link", event);

  const usability = createUsability({ now, tell: (alert) => void events.emit("alert", alert) });
  const registry = createRegistry({
    table: store.downloaders,
    together,
    routes: config.routes,
    windows: createWindows({ windows: config.dispatch.windows, zone: config.time_zone }),
    bindsNames: foundation.tls?.clientCa !== undefined,
    usability,
    now,
    random,
    log: foundation.log.withTag("registry"),
    onRegistered: (downloader, previous) => void events.emit("registered", downloader, previous),
    onRefused: ({ name, host, port }, because) => {
      const who = { name, at: { host, port } };
      events.emit(
        "alert",
        "like" in because ? { kind: "lookalike", ...who, ...because } : { kind: "full", ...who, ...because },
      );
    },
    onChanged: () => void events.emit("routingChanged"),
    onBack: (name, how) => void events.emit("back", name, how),
  });
  const client = createDownloaderClient({
    deadlineMs: deadline,
    tlsOf: foundation.tlsOf,
    log: foundation.log.withTag("downloaders"),
    registered: registry.byName,
    onExchange: registry.exchanged,
    onAnswer: usability.note,
    onAttempt(attempt) {
      foundation.metrics.meter.attempted(attempt);
      registry.submitted(attempt.downloader, attempt.outcome);
    },
  });
  const places = createPlaces(concurrency);
  const submitter = createSubmitter({
    client,
    registry,
    attempts: store.attempts,
    deliveries: store.deliveries,
    places,
    now,
    log: foundation.log.withTag("submit"),
  });
  const deliver = createDeliver({ store, keepsMessages: of.keepsMessages, now });
  const outcomes = createOutcomes({
    store,
    together,
    deliver,
    settings: { maxAttempts, backoff: backoffMs, uncertainHoldMs },
    now,
    random,
    log,
    report,
  });
  const reconciler = createReconciler({ store, registry, submitter, outcomes, uncertainHoldMs, now, log });
  const ledger = createDirectLedger({ store, registry, journal: foundation.directJournal, deliver, now, log, report });
  const direct = createDirectHandOver({ store, registry, submitter, ledger, wait, log });
  const unwritten = { ...outcomes, flushPending: () => outcomes.flushPending() && ledger.flush() };
  const dispatcher = createDispatcher({
    store,
    registry,
    places,
    reconciler,
    outcomes: unwritten,
    together,
    now,
    log,
    report,
    onRest: () => void events.emit("allHandedOver"),
  });
  const queueLog = foundation.log.withTag("queue");

  const storedKeys = createStoredKeysUpdate({ store, now, log: queueLog });
  const clockRepair = createClockRepair({
    store,
    settings: { delayMs, backoff: backoffMs },
    now,
    monotonic: () => performance.now(),
    log: queueLog,
    report,
  });

  async function catchUp(): Promise<boolean> {
    for (let left = Number.POSITIVE_INFINITY; ; left = ledger.size) {
      if (unwritten.flushPending()) return true;
      if (ledger.size === 0 || ledger.size >= left) return false;
      await setImmediate();
    }
  }

  return {
    registry,
    usability,
    client,
    dispatcher,
    ...createEnqueue({ store, together, direct, delayMs, burstMs: foundation.burstMs, now, log: queueLog }),
    async repair() {
      await storedKeys.look();
      await clockRepair.look();
    },
    catchUp,
    async finish() {
      const everything = Promise.all([dispatcher.drain(), direct.drain()]);
      await foundation.stopping.bound("calls", everything);
      direct.giveUp();
      await patiently(foundation.stopping.allow("outcomes"), catchUp);
    },
    async [Symbol.asyncDispose]() {
      await client.close();
      await dispatcher.drain();
      registry.saveAll();
      foundation.saveKnown();
      await catchUp();
    },
  };
}
