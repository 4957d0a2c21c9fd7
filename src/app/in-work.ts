import type { DownloaderClient } from "../domain/downloader.ts";
import type { LateWrites } from "../domain/storage.ts";
import type { Fleet } from "../service/fleet/fleet.ts";
import type { Registry } from "../service/fleet/registry.ts";
import { type Cancellation, createCancellation } from "../service/tracking/cancellation.ts";
import { createInWork, type InWork } from "../service/tracking/in-work.ts";
import { createProgressReadings } from "../service/tracking/progress.ts";
import { createWorkMessageKeeper, type WorkMessageKeeper } from "../service/tracking/work-messages.ts";
import type { Foundation } from "./foundation.ts";

/** What downloaders are doing for people, and cancelling it. Disposing it ends running calls. */
export interface Work extends Disposable {
  readonly inWork: InWork;
  readonly cancellation: Cancellation;
  readonly workMessages: WorkMessageKeeper;
  /** Asks for the progress of downloads, and cancels those that can no longer be undone. May throw `StoreUnavailable`. */
  tick(): void;
}

export function createWork(
  foundation: Foundation,
  of: { registry: Registry; client: DownloaderClient; fleet: Fleet; lateWrites: LateWrites; onDeletion: () => void },
): Work {
  const { store, events, now } = foundation;
  const { registry, client, fleet, lateWrites, onDeletion } = of;
  const log = foundation.log.withTag("work");
  const progress = createProgressReadings({ client, registry, downloaders: store.deliveries.atWork, now, log });
  const inWork = createInWork({ store, registry, progress });
  const cancellation = createCancellation({
    store,
    fleet,
    now,
    log,
    onOutcome: (delivery, removal) => void events.emit("cancelled", delivery, removal),
  });
  return {
    inWork,
    cancellation,
    workMessages: createWorkMessageKeeper({ store, lateWrites, now, onDeletion }),
    tick() {
      progress.tick();
      cancellation.tick();
    },
    [Symbol.dispose]() {
      progress.stop();
      cancellation.stop();
    },
  };
}
