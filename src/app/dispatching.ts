import type { Config } from "../config.ts";
import type { DownloaderClient } from "../domain/downloader.ts";
import type { LinkEvent } from "../domain/link-event.ts";
import type { Log } from "../domain/log.ts";
import type { Store } from "../domain/storage.ts";
import { createDownloaderClient } from "../grpc/downloader-client.ts";
import { metered } from "../grpc/metered.ts";
import type { Metrics } from "../http/metrics.ts";
import { createDispatcher, type Dispatcher } from "../service/dispatch/dispatcher.ts";
import { createOutcomes, type Outcomes } from "../service/dispatch/outcomes.ts";
import { createReconciler } from "../service/dispatch/reconciler.ts";
import { createSubmitter, type Submitter } from "../service/dispatch/submitter.ts";
import { createRegistry, type Registry, type RegistryEvents } from "../service/registry.ts";

/** Everything between a due link and a downloader. Disposing it cancels calls and writes down what they were about. */
export interface Dispatching extends AsyncDisposable {
  readonly registry: Registry;
  readonly client: DownloaderClient;
  readonly submitter: Submitter;
  readonly outcomes: Outcomes;
  readonly dispatcher: Dispatcher;
}

export function createDispatching(deps: {
  config: Config;
  store: Store;
  meter: Metrics["meter"];
  keepsMessages: (chatId: number) => boolean;
  now: () => number;
  random: () => number;
  log: Log;
  events: RegistryEvents & { onLink(event: LinkEvent): void };
}): Dispatching {
  const { config, store, now, random, events } = deps;
  const { deadline, interval: intervalMs, concurrency, backoff, ...limits } = config.dispatch;
  const { max_attempts: maxAttempts, uncertain_hold: uncertainHoldMs } = limits;
  const log = deps.log.withTag("dispatch");
  const report = events.onLink;

  const registry = createRegistry({
    ...events,
    table: store.downloaders,
    routes: config.routes,
    now,
    random,
    log: deps.log.withTag("registry"),
  });
  const client = createDownloaderClient({
    deadlineMs: deadline,
    log: deps.log.withTag("downloaders"),
    onExchange: registry.exchanged,
  });
  const submitter = createSubmitter({
    client: metered(client, deps.meter),
    registry,
    attempts: store.attempts,
    now,
    log: deps.log.withTag("submit"),
  });
  const outcomes = createOutcomes({
    store,
    keepsMessages: deps.keepsMessages,
    settings: { maxAttempts, backoff: { firstMs: backoff.first, capMs: backoff.cap }, uncertainHoldMs },
    now,
    random,
    log,
    report,
  });
  const reconciler = createReconciler({ store, registry, submitter, outcomes, uncertainHoldMs, now, log });
  const settings = { intervalMs, concurrency };
  const dispatcher = createDispatcher({ store, registry, reconciler, outcomes, settings, now, log, report });

  return {
    registry,
    client,
    submitter,
    outcomes,
    dispatcher,
    async [Symbol.asyncDispose]() {
      await client.close();
      await dispatcher.drain();
      registry.save();
    },
  };
}
