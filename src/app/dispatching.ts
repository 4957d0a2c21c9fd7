import type { DownloaderClient } from "../domain/downloader.ts";
import type { LinkEvent } from "../domain/link.ts";
import { createDownloaderClient } from "../grpc/downloader-client.ts";
import { createDispatcher, type Dispatcher } from "../service/dispatch/dispatcher.ts";
import { createOutcomes } from "../service/dispatch/outcomes.ts";
import { createReconciler } from "../service/dispatch/reconciler.ts";
import { createSubmitter } from "../service/dispatch/submitter.ts";
import { createRegistry, type Registry } from "../service/fleet/registry.ts";
import { createEnqueue, type Enqueue } from "../service/queue/enqueue.ts";
import type { Foundation } from "./foundation.ts";

/** Everything between a link that comes in and a downloader. Disposing it cancels calls and writes down what they were about. */
export interface Dispatching extends AsyncDisposable {
  readonly registry: Registry;
  readonly client: DownloaderClient;
  readonly dispatcher: Dispatcher;
  readonly enqueue: Enqueue;
}

export function createDispatching(
  foundation: Foundation,
  of: { keepsMessages: (chatId: number) => boolean },
): Dispatching {
  const { config, store, events, now, random } = foundation;
  const { deadline, interval: intervalMs, concurrency, backoff, delay: delayMs, ...limits } = config.dispatch;
  const { max_attempts: maxAttempts, uncertain_hold: uncertainHoldMs } = limits;
  const log = foundation.log.withTag("dispatch");
  const report = (event: LinkEvent) => void events.emit("link", event);

  const registry = createRegistry({
    table: store.downloaders,
    routes: config.routes,
    bindsNames: foundation.tls?.clientCa !== undefined,
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
  });
  const client = createDownloaderClient({
    deadlineMs: deadline,
    log: foundation.log.withTag("downloaders"),
    onExchange: registry.exchanged,
    meter: foundation.metrics.meter,
  });
  const submitter = createSubmitter({
    client,
    registry,
    attempts: store.attempts,
    now,
    log: foundation.log.withTag("submit"),
  });
  const outcomes = createOutcomes({
    store,
    keepsMessages: of.keepsMessages,
    settings: { maxAttempts, backoff: { firstMs: backoff.first, capMs: backoff.cap }, uncertainHoldMs },
    now,
    random,
    log,
    report,
  });
  const reconciler = createReconciler({ store, registry, submitter, outcomes, uncertainHoldMs, now, log });
  const settings = { intervalMs, concurrency };
  const dispatcher = createDispatcher({ store, registry, reconciler, outcomes, settings, now, log, report });
  const queueLog = foundation.log.withTag("queue");

  return {
    registry,
    client,
    dispatcher,
    enqueue: createEnqueue({ store, registry, submitter, outcomes, delayMs, now, log: queueLog }),
    async [Symbol.asyncDispose]() {
      await client.close();
      await dispatcher.drain();
      registry.save();
    },
  };
}
