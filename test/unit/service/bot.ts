import type { DirectJournal } from "../../../src/domain/direct.ts";
import type { DownloaderClient } from "../../../src/domain/downloader.ts";
import type { LinkEvent } from "../../../src/domain/link.ts";
import type { Route } from "../../../src/domain/route.ts";
import type { Store } from "../../../src/domain/storage.ts";
import type { Wait } from "../../../src/domain/wait.ts";
import { createWindows, type Window } from "../../../src/domain/window.ts";
import { createDeliver } from "../../../src/service/dispatch/deliver.ts";
import { createDirectHandOver, type DirectHandOver } from "../../../src/service/dispatch/direct-hand-over.ts";
import { createDirectLedger, type DirectLedger } from "../../../src/service/dispatch/direct-ledger.ts";
import { createDispatcher, type Dispatcher, type MostPassed } from "../../../src/service/dispatch/dispatcher.ts";
import { createOutcomes, type Outcomes } from "../../../src/service/dispatch/outcomes.ts";
import { createPlaces } from "../../../src/service/dispatch/places.ts";
import { createReconciler } from "../../../src/service/dispatch/reconciler.ts";
import { createSubmitter, type Submitter } from "../../../src/service/dispatch/submitter.ts";
import { createRegistry, type Registry } from "../../../src/service/fleet/registry.ts";
import type { RegistryEvents } from "../../../src/service/fleet/registry-events.ts";
import { createLateWrites } from "../../../src/service/late-writes.ts";
import { type Bulk, createBulk } from "../../../src/service/queue/bulk.ts";
import { createEnqueue, type Enqueue, type EnqueueTogether } from "../../../src/service/queue/enqueue.ts";
import { createLinkPrompts, type LinkPrompts } from "../../../src/service/queue/prompts.ts";
import { createQueue, type Queue } from "../../../src/service/queue/queue.ts";
import { createTogether } from "../../../src/service/together.ts";
import { atOnce } from "../../support/at-once.ts";
import { createRecordingLog } from "../../support/recording-log.ts";

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const SETTINGS = {
  delayMs: MINUTE,
  burstMs: 0,
  concurrency: 16,
  maxAttempts: 12,
  backoff: { firstMs: MINUTE, capMs: 360 * MINUTE },
  uncertainHoldMs: 5 * MINUTE,
};

export type Settings = typeof SETTINGS & { readonly mostPassed?: MostPassed };

/** The services of one life of the bot, wired as in `app.ts`. */
export interface Bot {
  readonly registry: Registry;
  readonly client: DownloaderClient;
  readonly submitter: Submitter;
  readonly outcomes: Outcomes;
  readonly direct: DirectHandOver;
  readonly ledger: DirectLedger;
  readonly dispatcher: Dispatcher;
  readonly queue: Queue;
  readonly bulk: Bulk;
  readonly prompts: LinkPrompts;
  readonly enqueue: Enqueue;
  readonly enqueueTogether: EnqueueTogether;
  readonly events: LinkEvent[];
  /** The number of events each time that everything was reported as handed over. */
  readonly rests: number[];
  readonly log: ReturnType<typeof createRecordingLog>;
}

export function createBot(of: {
  store: Store;
  client: DownloaderClient;
  journal: DirectJournal;
  wait: Wait;
  now: () => number;
  random: () => number;
  settings: Settings;
  routes: readonly Route[];
  windows?: readonly Window[] | undefined;
}): Bot {
  const { store, client, now, random, settings, routes } = of;
  const windows = createWindows({ windows: of.windows ?? [], zone: "UTC" });
  const log = createRecordingLog();
  const events: LinkEvent[] = [];
  const rests: number[] = [];
  const report = (event: LinkEvent) => void events.push(event);
  const onRegistered = ({ name }: { name: string }) => {
    dispatcher.requeue.routingChanged();
    dispatcher.requeue.back(name, { endsBackOff: true });
  };
  const onBack: RegistryEvents["onBack"] = (name, how) => dispatcher.requeue.back(name, how);
  const onChanged = () => dispatcher.requeue.routingChanged();
  const registry = createRegistry({
    ...{ table: store.downloaders, together: atOnce(store.transaction), routes, windows, now, random, log },
    ...{ onRegistered, onBack, onChanged },
  });
  const places = createPlaces(settings.concurrency);
  const submitter = createSubmitter({
    client,
    registry,
    attempts: store.attempts,
    deliveries: store.deliveries,
    places,
    now,
    log,
  });
  const deliver = createDeliver({ store, keepsMessages: () => false, now });
  const together = createTogether(store.transaction, () => 0);
  const outcomes = createOutcomes({ store, together, settings, deliver, now, random, log, report });
  const { uncertainHoldMs } = settings;
  const reconciler = createReconciler({ store, registry, submitter, outcomes, uncertainHoldMs, now, log });
  const ledger = createDirectLedger({ store, registry, journal: of.journal, deliver, now, log, report });
  const direct = createDirectHandOver({ store, registry, submitter, ledger, wait: of.wait, log });
  const unwritten = { ...outcomes, flushPending: () => outcomes.flushPending() && ledger.flush() };
  const dispatching = {
    store,
    registry,
    places,
    reconciler,
    outcomes: unwritten,
    together,
    mostPassed: settings.mostPassed,
  };
  const dispatcher = createDispatcher({
    ...dispatching,
    now,
    log,
    report,
    onRest: () => void rests.push(events.length),
  });
  const queue = createQueue({ store, together, now, onChanged: () => {}, report: () => {} });
  const bulk = createBulk({ queue, links: store.links, now });
  const lateWrites = createLateWrites({ transaction: store.transaction, log });
  const prompts = createLinkPrompts({ store, lateWrites, now, onDeletion: () => {} });
  const { enqueue, enqueueTogether } = createEnqueue({
    ...{ store, together, direct, now, log },
    delayMs: settings.delayMs,
    burstMs: settings.burstMs,
  });
  return {
    registry,
    client,
    submitter,
    outcomes,
    direct,
    ledger,
    dispatcher,
    queue,
    bulk,
    prompts,
    enqueue,
    enqueueTogether,
    events,
    rests,
    log,
  };
}
