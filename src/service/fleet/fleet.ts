import { type Delivery, hasFailedThere } from "../../domain/delivery.ts";
import type {
  Download,
  Downloader,
  DownloaderClient,
  DownloaderStatus,
  Progress,
  Unusable,
} from "../../domain/downloader.ts";
import { byKey, holdsUpOthers, mayBeWithSender, type ShownStatus, saysItFailed } from "../../domain/downloads.ts";
import { filterInParts, readInParts, slicesOf } from "../../domain/in-parts.ts";
import type { Log } from "../../domain/log.ts";
import { toMaxQuality } from "../../domain/quality.ts";
import type { Actor } from "../../domain/role.ts";
import type { Store } from "../../domain/storage.ts";
import { keyOf } from "../../domain/url.ts";
import type { Wait } from "../../domain/wait.ts";
import { everyOwnerOf, ownershipOf, placeOf } from "./ownership.ts";
import type { Registry } from "./registry.ts";
import { createRemoval, type Placement, type Removable, type Removal } from "./removal.ts";
import { createSharedQuery } from "./shared-query.ts";
import type { Usability } from "./usability.ts";

/** A download that an actor may see. */
export interface FleetDownload extends Omit<Download, "status">, Removable {
  /** Chats that wait for it or, if everyone's was asked for, that have waited for it; empty if no chat of this bot has. */
  readonly owners: readonly number[];
  /** How many are ahead of it at its downloader; undefined if that is not known, or it no longer waits. */
  readonly ahead: number | undefined;
  /** The delivery with which it can be sent again, if it has failed there and that is recorded. */
  readonly failed: number | undefined;
}

export interface FleetList {
  /** What is at work comes first, what is done last. */
  readonly downloads: readonly FleetDownload[];
  /** Downloaders that have not answered; the list still has what was last known of them. */
  readonly silent: readonly string[];
}

/** One downloader as an actor may see it. */
export interface FleetStatus {
  readonly downloader: Downloader;
  /** Why it is of no use although it answers, if only to calls other than this one. */
  readonly problem: Unusable | undefined;
  /** Undefined if it has not answered. */
  readonly answer: FleetAnswer | undefined;
}

/** What a downloader says about itself, as far as it concerns an actor. */
export interface FleetAnswer {
  /** Downloads that run there for the actor's chat. */
  readonly own: readonly Progress[];
  /** Other downloads that run there, for an admin; empty for others. */
  readonly foreign: readonly Progress[];
  /** How many run there for other chats. */
  readonly others: number;
  /** For an admin; empty for others. */
  readonly sensors: string;
}

/**
 * All downloaders together, as people see them. Each is asked separately, and none can keep a person waiting for long. Everything is
 * limited to what the actor may see (rules 8 and 9). Each function may reject with `StoreUnavailable`.
 */
export interface Fleet {
  /** The actor's own downloads; everyone's for an admin who asks for `all`. */
  downloads(actor: Actor, of: { all: boolean; stop: AbortSignal }): Promise<FleetList>;
  /** The deliveries of the actor's chat that are meant: those that have not ended, or else those that have. */
  own(actor: Actor, isMeant: (at: Pick<Placement, "downloader" | "key">) => boolean): Promise<readonly Delivery[]>;
  /** Every registered downloader, by name. */
  statuses(actor: Actor, stop: AbortSignal): Promise<FleetStatus[]>;
  remove(actor: Actor, download: Removable, stop: AbortSignal): Promise<Removal>;
}

const ORDER: readonly ShownStatus[] = ["WORK", "SENDING", "TO_SEND", "MISSING", "NEW", "UNKNOWN", "DONE"];

export function createFleet(deps: {
  client: DownloaderClient;
  registry: Registry;
  usability: Pick<Usability, "problemOf">;
  store: Store;
  patienceMs: number;
  now: () => number;
  wait: Wait;
  log: Log;
}): Fleet {
  const { client, registry, store, now } = deps;
  const lists = createSharedQuery({ ...deps, ask: async (downloader) => byKey(await client.queue(downloader)) });
  const states = createSharedQuery<DownloaderStatus>({ ...deps, ask: (downloader) => client.status(downloader) });
  const remove = createRemoval(deps);

  async function reported(stop: AbortSignal) {
    const asked = registry.all().map(async ({ name, host, port }) => {
      // It has not answered several times just now: nobody needs to wait to find that out again.
      const answer = registry.stateOf(name) === "unreachable" ? undefined : await lists.of({ name, host, port }, stop);
      return [name, answer] as const;
    });
    return new Map(await Promise.all(asked));
  }

  return {
    async downloads(actor, { all, stop }) {
      const answers = await reported(stop);
      const everything = all && actor.role === "admin";
      const own = ownershipOf(actor, { deliveries: store.deliveries, now: now() });
      const open = everything ? store.deliveries.open() : own.open;
      const owners = Map.groupBy(open, placeOf);
      const found = new Map<string, FleetDownload>();
      for (const [downloader, answer] of answers) {
        let before = 0;
        await readInParts(slicesOf(answer?.value ?? []), (slice) => {
          for (const [key, download] of slice) {
            const at = { downloader, key };
            const ahead = download.status === "NEW" && !saysItFailed(download) ? before : undefined;
            if (holdsUpOthers(download)) before += 1;
            if (!everything && !own.owns(at)) continue;
            const waiting = owners.get(placeOf(at));
            const chats =
              waiting?.map(({ chatId }) => chatId) ??
              (everything ? everyOwnerOf(at, { deliveries: store.deliveries, now: now() }) : []);
            const failed = saysItFailed(download) ? waiting?.find(hasFailedThere)?.id : undefined;
            found.set(placeOf(at), { ...download, ...at, owners: chats, ahead, failed });
          }
        });
      }
      for (const [place, [delivery, ...others]] of owners) {
        if (delivery === undefined || found.has(place)) continue;
        const answer = answers.get(delivery.downloader);
        // If it was accepted by a clock that was ahead, it would not count as missing before that time has come.
        const isMissing = answer !== undefined && (answer.askedAt > delivery.acceptedAt || delivery.acceptedAt > now());
        if (isMissing && !mayBeWithSender(delivery.status)) continue;
        // The downloader is silent, or was asked before it got the link: what was last known holds.
        found.set(place, {
          url: delivery.url,
          status: isMissing ? "MISSING" : (delivery.status ?? "NEW"),
          quality: String(toMaxQuality(delivery.quality)),
          name: delivery.name ?? undefined,
          remark: delivery.trouble === null ? undefined : { kind: "trouble", text: delivery.trouble },
          downloader: delivery.downloader,
          key: delivery.key,
          owners: [delivery, ...others].map(({ chatId }) => chatId),
          ahead: undefined,
          failed: hasFailedThere(delivery) ? delivery.id : undefined,
        });
      }
      return {
        downloads: sorted(found.values()),
        silent: [...answers].flatMap(([name, answer]) => (answer === undefined ? [name] : [])),
      };
    },

    async own(actor, isMeant) {
      const meant = await filterInParts(ownershipOf(actor, { deliveries: store.deliveries, now: now() }).all, isMeant);
      const open = meant.filter(({ state }) => state === "open");
      return open.length > 0 ? open : meant;
    },

    async statuses(actor, stop) {
      const downloaders = registry.all();
      const answers = await Promise.all(downloaders.map((downloader) => states.of(downloader, stop)));
      const own = ownershipOf(actor, { deliveries: store.deliveries, now: now() });
      const seesAll = actor.role === "admin";
      const status = async (asked: Downloader, index: number): Promise<FleetStatus> => {
        const answer = answers[index]?.value;
        const { name } = asked;
        const isOwn = ({ url }: Progress) => own.owns({ downloader: name, key: keyOf(url) });
        const running = answer?.running ?? [];
        const mine = new Set(await filterInParts(running, isOwn));
        const foreign = seesAll ? await filterInParts(running, (progress) => !mine.has(progress)) : [];
        return {
          // Read again: the exchange has updated its record.
          downloader: registry.byName(name) ?? asked,
          problem: deps.usability.problemOf(name),
          answer: answer && {
            own: [...mine],
            foreign,
            others: running.length - mine.size,
            sensors: seesAll ? answer.sensors : "",
          },
        };
      };
      return Promise.all(downloaders.map(status));
    },

    async remove(actor, download, stop) {
      try {
        return await remove(actor, download, stop);
      } finally {
        lists.forget(download.downloader);
        states.forget(download.downloader);
      }
    },
  };
}

/** Without comparing each with each: there may be hundreds of thousands. */
function sorted(downloads: Iterable<FleetDownload>): FleetDownload[] {
  const byStatus = Map.groupBy(downloads, ({ status }) => status);
  return ORDER.flatMap((status) => byStatus.get(status) ?? []);
}
